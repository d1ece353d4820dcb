// The public library, `import … from "feiyan"`. Front ends of this repository use nothing else. Every export is listed by name.
export { createNode, defaultPort } from "./create-node.js";
export type { ChatNode, CreateNodeOptions } from "./create-node.js";
export { version } from "./version.js";

export type { Node } from "./node/node-api.js";
export { createSystemClock } from "./node/clock.js";
export { createSystemRandom } from "./node/random.js";

export { everyone, roomIdOf, roomNumberOf } from "./core/model.js";
export { isGroupNumber } from "./protocol/group.js";
export { readFeiqGroups, writeFeiqGroups } from "./files/feiq-group-file.js";
export type {
  Conversation,
  Delivery,
  DeliveryState,
  Diagnostics,
  EncryptPolicy,
  Identity,
  KnownAddress,
  Message,
  MessageEncryption,
  MessageId,
  MessageList,
  Peer,
  PeerId,
  PeerState,
  RecallState,
  Room,
  RoomMember,
  Self,
  SignatureState,
} from "./core/model.js";
export type { TrustAlarm, TrustAnswer, TrustRecord, TrustState } from "./core/trust.js";
export { formatFingerprint } from "./core/fingerprint-words.js";
export type { FingerprintForm } from "./core/fingerprint-words.js";
export type {
  AcceptOptions,
  AcceptPolicy,
  Offer,
  OfferedFile,
  OfferId,
  OfferParty,
  OfferState,
  Picture,
  Transfer,
  TransferId,
  TransferState,
} from "./core/files/model.js";
export type { FileApi, OfferOptions } from "./node/files/file-api.js";
export type { FileStore, LocalEntry, Overwrite } from "./ports/file-store.js";
export type { StreamConnection, StreamTransport } from "./ports/streams.js";
export { createDiskStore } from "./files/disk-store.js";
export { createPictureDesk } from "./pictures/picture-desk.js";
export type { PictureDesk } from "./pictures/picture-desk.js";
export type { PicturePreview } from "./pictures/picture-work.js";
export { scaleRaster, fitWithin } from "./pictures/raster.js";
export type { Raster } from "./pictures/raster.js";
export { createTcpStreams } from "./net/tcp.js";
export { defaultPolicy } from "./core/saved.js";
export type {
  FilePolicy,
  PeerMemory,
  PeerMerge,
  PeerPolicy,
  QueuedMessage,
  SavedState,
} from "./core/saved.js";
export { noticeCodes } from "./core/event.js";
export type { Event, NoticeCode } from "./core/event.js";
export { createMirror, snapshotOf } from "./core/mirror.js";
export type { Mirror, Snapshot } from "./core/mirror.js";
export type { QueueOptions, Receiver, SayOptions } from "./core/input.js";
export { announcedGroups, announcedMembers } from "./core/groups.js";
export type { OwnGroups } from "./core/groups.js";
export { formatGroups, parseGroups, readGroups, writeGroups } from "./files/group-file.js";
export type { GroupLists } from "./files/group-file.js";
export { isHighlight, notifyWayOf, parseNotifyRule } from "./core/attention.js";
export type { NotifyRule } from "./core/attention.js";
export { isUnopened, peerName, resolveTarget } from "./core/selectors.js";
export type { ResolvedTarget } from "./core/selectors.js";
export { formatEndpoint, isAddress, parseEndpoint } from "./core/endpoint.js";
export { safeText } from "./core/safe-text.js";
export type { SafeTextOptions } from "./core/safe-text.js";
export { limits, timers } from "./core/limits.js";
export { textRoomFor } from "./core/text-room.js";

export { deferHistory } from "./history/deferred-store.js";
export type { DeferredHistory } from "./history/deferred-store.js";
export { createMemoryHistory, openHistory } from "./history/open-history.js";
export type { HistoryOptions, OpenedHistory } from "./history/open-history.js";
export { readDate } from "./history/read-date.js";
export { formatHtml } from "./history/exchange/html.js";
export { formatIpmsgLog } from "./history/exchange/ipmsg-log.js";
export { readLog } from "./history/exchange/read-log.js";
export type { LogFormat } from "./history/exchange/read-log.js";
export type {
  ConversationSummary,
  HistoryPage,
  HistoryStore,
  HistoryView,
  HistoryWrite,
  KeptMessage,
  WaitingMessage,
  LedgerLine,
  PageRequest,
  RemoveRequest,
  SearchPage,
  SearchRequest,
  TextChange,
} from "./ports/history-store.js";
export { rereadMessage } from "./core/reread.js";
export { redecodeHistory } from "./node/redecode.js";
export type { RedecodeRequest, RedecodeResult } from "./node/redecode.js";
export { foldText } from "./core/fold-text.js";
export { parseSearch, searchWords } from "./core/search-query.js";
export type { SearchQuery } from "./core/search-query.js";

export { errorCodes, FeiyanError } from "./ports/error.js";
export type { ErrorCode, ErrorFields } from "./ports/error.js";
export type { Clock } from "./ports/clock.js";
export type { Random } from "./ports/random.js";
export type {
  DatagramTransport,
  Endpoint,
  LocalAddress,
  LocalNetwork,
  TransportHandlers,
} from "./ports/transport.js";

export type { Dialect, FileRecord, PacketNo } from "./protocol/message.js";
export type { Charset, CharsetReason, DecodeContext, TextCodec } from "./protocol/text-codec.js";
export { charsetNamed, createTextCodec } from "./charset/codecs.js";
export { createPacketCrypto } from "./crypto/group.js";
export { createMessageCipher } from "./crypto/message-cipher.js";
export type { MessageCipher } from "./protocol/encryption/message-cipher.js";
export { readPrivateKeys } from "./crypto/key-file.js";
export { createKeyRing } from "./crypto/key-ring.js";
export { generateKeyPairs } from "./crypto/key-ring.js";
export type { KeyPair, KeyPairs, KeyRing } from "./crypto/key-ring.js";
export { createBodyCipher } from "./crypto/file-cipher.js";
export { isSafeName } from "./files/safe-name.js";

export { createUdpTransport } from "./net/udp.js";
export { closeSocket, openSocket } from "./net/udp/open-socket.js";
export type { SocketRequest } from "./net/udp/open-socket.js";
export type { UdpOptions } from "./net/udp.js";
export { impaired } from "./net/impaired.js";
export { formatImpairment, parseImpairment } from "./net/impairment-text.js";
export type { ImpairedLine } from "./net/impairment-book.js";
export { burstTransitions } from "./net/impairment.js";
export type { Impairment, LossRule } from "./net/impairment.js";
export { createFates, fragmentCount } from "./net/fates.js";
export type { Fate, Fates } from "./net/fates.js";
export { createImpairedPath } from "./net/impaired-path.js";
export type { ImpairedPath, PathOptions } from "./net/impaired-path.js";
export { parseSeed } from "./net/philox.js";
export { findPortOwner } from "./net/port-owner.js";
export type { PortOwner } from "./net/port-owner.js";
export type { InterfaceInfo } from "./net/interfaces.js";
export { readInterfaces, broadcastAddress } from "./net/interfaces.js";
export type { FateList, FateRecord } from "./net/truth.js";
export { systemCodeOf } from "./net/socket-error.js";
export { tapped } from "./net/tap.js";
export type { DatagramFate, TapRecord } from "./net/tap.js";
