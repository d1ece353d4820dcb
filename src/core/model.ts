// The nouns of a chat: who we are, who is there, what was said and what became of it. Plain data, read-only outside the machine.
// Times are milliseconds since 1970 from the injected clock. Text is as decoded: hostile until `safeText` has been over it.
import type { FeiyanExtension } from "../protocol/entry.js";
import type { CipherName } from "../protocol/encryption/capabilities.js";
import type { Recipient } from "../protocol/encryption/inner-text.js";
import type { TrustState } from "./trust.js";
import type { Dialect, FileRecord, InlineImage, PacketNo } from "../protocol/message.js";
import type { Charset, CharsetReason } from "../protocol/text-codec.js";
import type { Endpoint } from "../ports/transport.js";
import type { PeerPolicy } from "./saved.js";

export type PeerId = string & { readonly brand: "PeerId" };
export type MessageId = string & { readonly brand: "MessageId" };

/** The conversation with everyone: broadcasts in and out. Every other conversation is named by its peer's id. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name of one conversation
export const everyone = "everyone" as PeerId;

/** What the id of a group's conversation begins with; a peer's holds an `@` or another beginning. */
const roomPrefix = "group:";

/** The conversation of a FeiQ group by its number. */
export function roomIdOf(number: string): PeerId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name of a conversation
  return `${roomPrefix}${number}` as PeerId;
}

/** The number of the group whose conversation this is; null for every other one. */
export function roomNumberOf(id: PeerId): string | null {
  return id.startsWith(roomPrefix) && !id.includes("@") ? id.slice(roomPrefix.length) : null;
}

/** A FeiQ group as far as the wire tells: nobody has its name or its list of members, only who spoke or announced himself in it. */
export interface Room {
  /** Names its conversation. */
  readonly id: PeerId;
  readonly number: string;
  /** We belong to it: what is said there is shown, and we may speak. */
  readonly joined: boolean;
  /** Heard there, the latest first, at most `limits.roomMembers`. */
  readonly members: readonly RoomMember[];
  readonly unread: number;
}

export interface RoomMember {
  /** Null: it never announced itself otherwise. */
  readonly peerId: PeerId | null;
  /** As it was called then. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly lastSeen: number;
}

export type PeerState = "online" | "away" | "offline";

/** An address a peer was heard from. */
export interface KnownAddress {
  readonly endpoint: Endpoint;
  readonly lastSeen: number;
}

export interface Peer {
  readonly id: PeerId;
  readonly state: PeerState;
  /** As announced; empty when never announced. `peerName` gives what to show. */
  readonly nick: string;
  readonly group: string;
  readonly user: string;
  readonly host: string;
  /** Where messages to this peer go. */
  readonly endpoint: Endpoint;
  /** All addresses it was heard from, newest first, at most `limits.addressesPerPeer`. */
  readonly addresses: readonly KnownAddress[];
  readonly dialect: Dialect;
  readonly version: string;
  /** The charset of what we send to it, and why. */
  readonly charset: Charset;
  readonly charsetReason: CharsetReason;
  readonly charsetChosen: boolean;
  /** What its entry announced: `files`, `encrypt`, `utf8`, …; empty until an entry came. */
  readonly capabilities: readonly string[];
  /** What a feiyan peer can do beyond the others (protocol.md section 23); null for the others. */
  readonly feiyan: FeiyanExtension | null;
  /** SHA-256 of its pinned key, 64 hexadecimal digits; null while none is known. */
  readonly fingerprint: string | null;
  readonly trust: TrustState;
  /** The user's choice for this peer; null as the settings say. */
  readonly encrypt: EncryptPolicy | null;
  /** It answers to SENDCHECK: it announced itself, asked for an acknowledgement or gave one. */
  readonly acknowledges: boolean;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The line that iptux and Feige let people write about themselves; empty for who wrote none. */
  readonly motto: string;
  /** Answers to our version and absence queries; null until asked and answered. */
  readonly versionText: string | null;
  readonly absenceText: string | null;
  /** Typing notice in force until this time; 0 when not typing. */
  readonly typingUntil: number;
  readonly unread: number;
  /** Datagrams of this peer dropped as repeats. */
  readonly duplicates: number;
  /** What we decided about it. */
  readonly policy: PeerPolicy;
  /** Other entries that a person counted to this one; each can be parted again. */
  readonly mergedIds: readonly PeerId[];
}

/** Whether to encrypt: where the peer can; only so or not at all; not. */
export type EncryptPolicy = "auto" | "always" | "never";

/** `unknown`: it is signed with a key that we do not have yet. */
export type SignatureState = "none" | "valid" | "invalid" | "unknown";

/** How a message was protected on its way. */
export interface MessageEncryption {
  /** CTR: it came as a dictionary. */
  readonly cipher: CipherName | "aes-256-ctr";
  readonly signature: SignatureState;
}

/** What became of a wish to take a message back. */
export type RecallState = "asked" | "done" | "refused" | "unconfirmed";

export type DeliveryState =
  | "queued"
  | "sent"
  | "retried"
  | "delivered"
  | "opened"
  | "unconfirmed"
  /** It could not go as it was meant to, and did not go at all. */
  | "refused"
  /** Taken back by us while it waited, or too old. */
  | "cancelled";

/** What is known of one message on its way to one receiver. Never `failed`: UDP tells no one. */
export interface Delivery {
  readonly messageId: MessageId;
  readonly peerId: PeerId;
  readonly state: DeliveryState;
  /** Sends so far. */
  readonly attempt: number;
  /** From the first send to the acknowledgement; null until then. */
  readonly rttMs: number | null;
  readonly at: number;
  /** True when nothing more will happen by itself. */
  readonly final: boolean;
  /** How it went to this receiver; null in clear. */
  readonly cipher: MessageEncryption["cipher"] | null;
}

export interface Message {
  readonly id: MessageId;
  readonly direction: "in" | "out";
  readonly at: number;
  /** The sender of a received message, the only receiver of a sent one; null for several receivers and for everyone. */
  readonly peerId: PeerId | null;
  /** Receivers of a sent message; empty for a received one. */
  readonly to: readonly PeerId[];
  /** Where it is shown: a peer's id, or `everyone`. */
  readonly conversation: PeerId;
  /** Name and address at that time, for logs and for peers that are gone. */
  readonly peerName: string;
  readonly endpoint: Endpoint | null;
  readonly packetNo: PacketNo;
  readonly dialect: Dialect;
  /** The whole text as decoded or as typed. */
  readonly text: string;
  /** Text to show: without the FeiQ font trailer or the Feige rich tag. */
  readonly displayText: string;
  readonly charset: Charset;
  readonly charsetReason: CharsetReason;
  readonly options: readonly string[];
  readonly sealed: boolean;
  /** Sealed, and the reader's own password is asked for. */
  readonly locked: boolean;
  /** When a received sealed message was opened; null before, and for all others. */
  readonly openedAt: number | null;
  /** Null in clear; of a message to several the weakest. */
  readonly encryption: MessageEncryption | null;
  /** The other receivers, as an encrypted message names them. */
  readonly recipients: readonly Recipient[];
  readonly recalled: RecallState | null;
  readonly broadcast: boolean;
  readonly autoReply: boolean;
  readonly raw: Uint8Array;
  readonly files: readonly FileRecord[];
  readonly images: readonly InlineImage[];
  /** One per receiver of a sent message, in the order of `to`; empty for broadcasts in, one entry for everyone out. */
  readonly deliveries: readonly Delivery[];
}

/** Who we are on the wire. */
export interface Identity {
  readonly user: string;
  readonly host: string;
  readonly nick: string;
  readonly group: string;
}

export interface Self extends Identity {
  /** Absence text while away; null while here. */
  readonly away: string | null;
}

/**
 * The messages of a conversation that are in memory, oldest first: a view that goes along with the conversation, read like an array.
 * Old ones are kept packed and made anew when they are looked at, so two looks may give two objects: compare ids.
 *
 * @example const latest = node.conversation(id).messages.at(-1);
 */
export interface MessageList extends Iterable<Message> {
  readonly length: number;
  /** How many older ones have left memory. Index plus this is a message's number, which stays while others come and go. */
  readonly evicted: number;
  /** Negative: from the end. */
  at(index: number): Message | undefined;
  slice(start?: number, end?: number): readonly Message[];
  /** -1 when it is not here. */
  indexOf(id: MessageId): number;
}

export interface Conversation {
  readonly id: PeerId;
  readonly unread: number;
  /** At most `limits.messagesInMemory` over all conversations. */
  readonly messages: MessageList;
}

/** Counts of what went by without being shown: for the status line, `doctor` and the curious. */
export interface Diagnostics {
  readonly datagramsIn: number;
  readonly datagramsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** By stable reason, e.g. `fewer than five colons`, `duplicate`, `forged-receipt`, `own-echo`, `table-full`. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly sendProblems: number;
  /** First sends and acknowledgements of acknowledged messages: loss as a user feels it. */
  readonly messagesSent: number;
  readonly messagesDelivered: number;
  readonly messagesUnconfirmed: number;
  readonly repeats: number;
  /** What two tables hold that nobody sees: packets that would be known again, and what is due later. */
  readonly packetsRemembered: number;
  readonly alarmsWaiting: number;
}
