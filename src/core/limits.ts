// Every bound and every timer of the state machine, each with its reason (invariant I6). What one packet may hold stands in
// protocol/limits.ts. Values marked "section 19" are the good-citizen table of docs/protocol.md.

export const limits = {
  /** A class, an office or a whole school; a flood of forged senders stops here. */
  peers: 10_000,
  /** Interfaces and DHCP changes of one machine. */
  addressesPerPeer: 8,
  /** Names are cut for storage; official allows 80 bytes. */
  nameCharacters: 80,
  /** An evening of everybody; older ones come from the store. */
  messagesInMemory: 100_000,
  /** The same where older ones can be had from the history: a page of it is milliseconds away, and these cost some 400 bytes each. */
  messagesBeforeHistory: 10_000,
  /** Kept messages that are objects, the newest; the others are packed, at a third of the memory. */
  messageObjects: 4_096,
  /** Raw bytes and text of all kept messages. */
  messageBytesInMemory: 128 * 1024 * 1024,
  /** Keys of shown packets over all peers, one a packet that nobody forged: ten minutes at two hundred messages a second, some 20 MB when full. */
  seenKeys: 130_000,
  /** Messages waiting for an acknowledgement, and late ones still listened for. */
  pendingMessages: 20_000,
  /** Received messages on their way into the store; past it new ones are left to be sent again. */
  unstoredMessages: 2_000,
  /** Pinned keys and choices kept; some 600 bytes each on disk. */
  trustRecords: 5_000,
  /** Keys of one peer that a person said no to. */
  rejectedKeys: 4,
  /** Peers whose key is being asked for. */
  openKeyQuestions: 500,
  /** Wrapped session keys that were opened, so that none is opened twice. */
  openedKeys: 20_000,
  /** Encrypted dictionaries kept as they came, so that their repeats are known: some 6 MB of the largest. */
  openedDicts: 200,
  /** Signed messages of one peer that wait for its key. */
  waitingSignatures: 20,
  /** Packets known to be unreadable, so that their repeats cost nothing. */
  unreadable: 2_000,
  /** Opened messages whose senders have not said that they heard, and wishes to take one back. */
  openReceipts: 500,
  /** How far back in a conversation a message can be taken back. */
  recallDepth: 1_000,
  /** Messages waiting for absent receivers. */
  queuedMessages: 10_000,
  /** Answers to version and absence queries as kept; official's fit one line. */
  infoCharacters: 2_000,
  /** A line that somebody wrote about himself. */
  mottoCharacters: 200,
  /** Our absence text: it goes out as an automatic answer and must fit every datagram. */
  awayCharacters: 1_000,
  /** FeiQ groups that we belong to. */
  rooms: 100,
  /** Others that were heard, the latest. */
  strangeRooms: 200,
  /** Members of one group that were heard, the latest. */
  roomMembers: 500,
  /** Groups that we are told of in one run, for the first word in each. */
  roomNotices: 20,
  /** Own broadcast numbers remembered to know our echo by. */
  ownBroadcasts: 8,
  /** Addresses greeted on request, or found there, that hear our changes and our goodbye. */
  greeted: 1_000,
  /** Feiyan peers that addresses are told to and asked of. */
  peerListPartners: 256,
  /** Addresses told by others: waiting to be greeted, and remembered so that none is greeted often. */
  toldAddresses: 300,
  /** Addresses greeted on suspicion (told by others, or of a configured segment) whose answer is waited for. */
  greetedOnSuspicion: 5_000,
  toldRemembered: 5_000,
  /** Own reachability questions whose answers count. */
  probesAsked: 64,
  /** Delayed answers to entries waiting at one time. */
  waitingAnswers: 2_000,
  /** Events kept for a slow async iterator. */
  eventBacklog: 10_000,
  /** Hosts and bytes of a page that we give. */
  hostListPageHosts: 100,
  hostListPageBytes: 7_000,
  /** Pages of one host list; official writes about 100 hosts to a page. */
  hostListPages: 200,
  /** Whole datagram to peers of unknown buffer; iptux reads 8192 bytes (section 11). */
  datagramBytes: 8_000,
  /** Official reads 32767. */
  datagramBytesIpmsg: 32_000,
  /** IPv4 cannot carry more. */
  datagramBytesRaw: 65_507,
} as const;

/** Milliseconds. */
export const timers = {
  /** First BR_ENTRY after NOOPERATION (section 19). */
  firstEntryMs: 250,
  /** Second BR_ENTRY with the same number, for those that missed the first (official does the same). */
  secondEntryMs: 5_000,
  /** ANSENTRY comes after a random delay below this, so that a crowd does not answer at once (section 19). */
  answerDelayMs: 1_024,
  /** Message repeat (section 19). */
  repeatMs: 1_500,
  exitAgainMs: 100,
  /** A feiyan peer is asked whom it knows after a pause by chance below this, and again at the earliest after so long. */
  peerListPauseMs: 3_000,
  peerListAskMs: 600_000,
  /** A question, a pass and an answer that belong together. */
  peerListMs: 10_000,
  /** Who was told gets no other list for so long. */
  peerListAgainMs: 60_000,
  peerListWindowMs: 60_000,
  /** Between two handfuls of addresses of a configured segment. */
  segmentPauseMs: 100,
  /** Between two greetings of addresses that were told, and before the same one is greeted again. */
  toldPauseMs: 500,
  toldAgainMs: 600_000,
  /** One answer per entry number for so long: past the second sending, before a client that counts from 1 crashed and is back. */
  answeredMs: 15_000,
  /** Duplicate memory and late acknowledgements (section 19). */
  seenMs: 600_000,
  /** GETPUBKEY is asked so often, so far apart. */
  keyAnswerMs: 1_000,
  keyAttempts: 3,
  /** READMSG after the first. */
  readRepeats: 3,
  /** One word per peer that its message could not be opened. */
  unreadableAnswerMs: 60_000,
  typingShownMs: 5_000,
  knockMs: 10_000,
  /** Who was knocked at answers at once, or not at all. */
  knockAnswerMs: 3_000,
  /** We tell that we type at most so often (section 19), and forget whom we told after an hour. */
  typingTellMs: 3_000,
  typingForgetMs: 3_600_000,
  autoReplyMs: 60_000,
  /** Peers silent for so long after a refresh are taken for gone. */
  refreshCheckMs: 8_000,
  hostListMs: 3_000,
  /** Our membership of the FeiQ groups is told again at most so often when somebody new is heard there, after a pause by chance. */
  roomAgainMs: 30_000,
  roomPauseMs: 2_000,
  /** Who is heard in a group is told of at most so often: a telling has the whole list. */
  roomChangesMs: 500,
  /** Between two notices that messages cannot be kept: a full disk is told of now and then, not for each of thousands. */
  storeNoticeMs: 10_000,
  /** A message that waited longer says when it was written. */
  lateMs: 60_000,
} as const;

export const rates = {
  /** Answers to entries per second, against storms and reflection. */
  entryAnswersPerSecond: 200,
  /** Our key is ten times the question: a forged sender must not make us a cannon. */
  keyAnswersPerSecond: 100,
  /** Private operations, half a millisecond each: at most a quarter of our time, half of that for one address. */
  openingsPerSecond: 500,
  openingsPerAddress: 250,
  /** Pages of our host list, some 7 KB each. */
  hostListAnswersPerSecond: 20,
  /** Answers to version and absence queries per address and ten seconds. */
  queryAnswers: 10,
  queryWindowMs: 10_000,
  /** Reachability tries for others: in one window in all, and for one peer. */
  probes: 30,
  probesPerPeer: 3,
  probeWindowMs: 60_000,
  /** Addresses remembered for that. */
  queryAddresses: 1_000,
  /** Questions, passes and lists of addresses that leave in a minute. */
  peerListAnswers: 60,
} as const;

export const defaultRetries = 3;

/** Bounds of files and folders on their way. */
export const fileLimits = {
  /** Offers remembered, both directions; closed ones go first. */
  offers: 2_000,
  /** Transfers remembered; what is over goes first. */
  transfers: 5_000,
  /** Things in one offer: their ids must stay apart in either base (core/files/offers.ts). */
  offerFiles: 1_000,
  /** Connections from others, in all and from one address (section 19). */
  connections: 16,
  connectionsPerAddress: 4,
  /** Files and folders fetched at one time; the others wait. */
  fetches: 2,
  /** Parts of earlier runs taken up at one time. */
  unfinished: 1_000,
  /** Entries of a folder's list held while it comes. */
  manifestEntries: 200_000,
  /** Pages of it asked for at one time: 6 KB each, well within the smallest receive buffer. */
  manifestPagesAsked: 8,
  /** Lists that others may ask for at one time; each keeps a disk busy. */
  manifestsWanted: 8,
  /** Numbers of encrypted requests remembered per peer: they overtake each other on at most a few connections. */
  requestNumbers: 1_024,
  /** Peers whose numbers are remembered. */
  requestPeers: 1_000,
  /** Pictures on their way out. */
  pictures: 4,
  /** Pictures of messages whose files are remembered, the latest. */
  picturesKept: 500,
  /** One clipboard picture: official makes none over 10 MB. */
  clipboardBytes: 10 * 1024 * 1024,
} as const;

export const fileTimers = {
  /** Waited before something is fetched from who has not announced itself yet: an answer comes within a second (section 19). */
  announcementMs: 1_500,
  /** How long an offer may be fetched. */
  offerMs: 24 * 60 * 60 * 1000,
  /** A page of a folder's list is asked for again. */
  manifestMs: 1_000,
  /** While the sender makes its hashes. */
  manifestPollMs: 100,
  /** Rounds without a new page before the list is given up; hashing tells of itself and counts as none. */
  manifestRounds: 5,
  /** How long a sender may be busy with its hashes. */
  manifestWaitMs: 10 * 60 * 1000,
  /** Pace of picture slices, a window's wait for its acknowledgements (section 12.6). */
  pictureSliceMs: 2,
  pictureWaitMs: 1_000,
} as const;

/** Slices of a picture sent before their acknowledgements are waited for, and how often those missing are sent again. */
export const pictureWindow = { slices: 32, rounds: 4 } as const;
