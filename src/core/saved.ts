// What outlives the program besides messages: who people are and what we decided about them, what was read, what still waits for
// somebody. Plain data for the store; the machine gives it out as it changes and takes it back before the start.
import type { Offer, Transfer } from "./files/model.js";
import type { KnownAddress, Message, MessageId, PeerId } from "./model.js";
import type { SayOptions } from "./input.js";
import type { Dialect, PacketNo } from "../protocol/message.js";
import type { Charset, CharsetReason } from "../protocol/text-codec.js";
import type { Endpoint } from "../ports/transport.js";

/** How offers of one peer are met; what is null is as for everybody. */
export interface FilePolicy {
  readonly accept: "ask" | "always" | "never";
  /** Larger ones are asked about. */
  readonly maxSizeBytes: number | null;
  readonly dir: string | null;
}

/** What we decided about a peer. */
export interface PeerPolicy {
  readonly favourite: boolean;
  /** It makes no noise. */
  readonly muted: boolean;
  /** Nothing of it is shown or acknowledged. */
  readonly blocked: boolean;
  /** Its messages are not written to the store. */
  readonly unlogged: boolean;
  readonly note: string;
  /** Own groups it was put into; not the one it announces. */
  readonly groups: readonly string[];
  /** Null: as for everybody. */
  readonly files: FilePolicy | null;
}

export const defaultPolicy: PeerPolicy = {
  favourite: false,
  muted: false,
  blocked: false,
  unlogged: false,
  note: "",
  groups: [],
  files: null,
};

/** What is remembered of a peer. */
export interface PeerMemory {
  readonly id: PeerId;
  readonly nick: string;
  readonly group: string;
  readonly user: string;
  readonly host: string;
  readonly endpoint: Endpoint;
  readonly addresses: readonly KnownAddress[];
  readonly dialect: Dialect;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly acknowledges: boolean;
  readonly readsUtf8: boolean;
  readonly pastCharset: Charset | null;
  readonly lastCharset: Charset | null;
  readonly lastReason: CharsetReason;
  readonly chosenCharset: Charset | null;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly policy: PeerPolicy;
}

/** Two entries that are one person: `from` is counted to `into` from now on. */
export interface PeerMerge {
  readonly from: PeerId;
  readonly into: PeerId;
  readonly at: number;
  /** By the program, as an address turned out to be a peer; else by a person. */
  readonly automatic: boolean;
}

/** A message that waits, and for whom: one to several may wait for each of them. */
export interface QueuedKey {
  readonly messageId: MessageId;
  readonly peerId: PeerId;
}

/** A message that waits for an absent receiver. */
export interface QueuedMessage extends QueuedKey {
  /** When it was written; those to one receiver go out in this order. */
  readonly at: number;
  readonly text: string;
  /** Written before the text when it had to wait: the original time, in the words of the front end. */
  readonly prefix: string;
  /** Given at the first sending: a repeat after a crash is known as one by the receiver. */
  readonly packetNo: PacketNo | null;
  /** Nobody wants it after this; null: it waits for ever. */
  readonly expiresAt: number | null;
  readonly charset: Charset | null;
  readonly lossy: boolean;
  readonly retries: number;
  /** How it is to be protected, as it was asked for; absent: by the policies at the time of sending. */
  readonly protection?: Pick<SayOptions, "encrypt" | "seal" | "lock" | "plain">;
}

/** The queue of a history that several programs use, looked at anew. */
export interface SharedQueue {
  /** Free to be sent. */
  readonly free: readonly QueuedMessage[];
  /** Waited with us before that look, and are not free: another program sends them, or they wait no more (`isOver`). */
  readonly gone: readonly (QueuedKey & { readonly isOver: boolean })[];
  /** As the history has them: those of `gone`, and of `free` those that we did not know. */
  readonly messages: readonly Message[];
}

/** An offer and what became of it. */
export interface KeptOffer {
  readonly offer: Offer;
  /** Decimal digits as in its message. */
  readonly packetNo: string;
  readonly expiresAt: number;
  /** Where to fetch what others offered; null for ours. */
  readonly source: OfferSource | null;
  /** Those that ended. */
  readonly transfers: readonly Transfer[];
}

/** Where an offer came from. */
export interface OfferSource {
  readonly to: Endpoint;
  readonly charset: Charset;
}

/** What a repeat of a message that came is known by. */
export interface RecentMessage {
  readonly peerId: PeerId;
  readonly packetNo: PacketNo;
  readonly address: string;
  readonly text: string;
  readonly at: number;
  /** Its datagram, when the text is not the one it came with: encrypted on its way, or taken back. */
  readonly wire?: Uint8Array;
}

/** What the store gives back at the start. */
export interface SavedState {
  readonly peers: readonly PeerMemory[];
  readonly merges: readonly PeerMerge[];
  readonly queue: readonly QueuedMessage[];
  /** Unread messages by conversation, from the read marks. */
  readonly unread: Readonly<Record<string, number>>;
  /** The latest messages that came in, oldest first: their senders may not know yet that they did. */
  readonly recent: readonly RecentMessage[];
  /** The latest offers, oldest first. */
  readonly offers: readonly KeptOffer[];
}

export const nothingSaved: SavedState = {
  peers: [],
  merges: [],
  queue: [],
  unread: {},
  recent: [],
  offers: [],
};
