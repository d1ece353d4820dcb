// The history as the node and the front ends see it: messages kept before they are acknowledged, found again, read page by page;
// and the state that outlives the program. Implemented on SQLite and in memory (`history/`); both pass the same contract suite.
import type { Delivery, Message, MessageId, PeerId } from "../core/model.js";
import type { KeptOffer, PeerMemory, PeerMerge, QueuedMessage, SavedState } from "../core/saved.js";
import type { SearchQuery } from "../core/search-query.js";
import type { FeiyanError } from "./error.js";
import type { Charset, CharsetReason } from "../protocol/text-codec.js";

/** Something to be kept. Several written one after the other become durable together, or none of them. */
export type HistoryWrite =
  /** `group` is what its peer announced at the time. A message whose id is kept already is kept once. */
  | { readonly kind: "message"; readonly message: Message; readonly group: string }
  /** Another state of a kept message: opened, taken back, verified, encrypted. Its bytes, place and deliveries stay; unknown ones are let be. */
  | { readonly kind: "change"; readonly message: Message }
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "peer"; readonly peer: PeerMemory }
  | { readonly kind: "forget-peer"; readonly id: PeerId }
  | { readonly kind: "read"; readonly conversation: PeerId; readonly at: number }
  | { readonly kind: "merge"; readonly merge: PeerMerge }
  | { readonly kind: "unmerge"; readonly from: PeerId }
  /**
   * `claims`: it is sent now. Rejects with `queue-taken` when another program with the same file, one that runs, is sending it, or when
   * it waits no more.
   */
  | { readonly kind: "queue"; readonly queued: QueuedMessage; readonly claims: boolean }
  | { readonly kind: "unqueue"; readonly messageId: MessageId; readonly peerId: PeerId }
  /** Goes when its message goes. */
  | { readonly kind: "offer"; readonly offer: KeptOffer }
  /** Drafts, input history and the like, by name; null forgets it. */
  | { readonly kind: "value"; readonly name: string; readonly value: string | null };

/** A message as it was kept. */
export interface KeptMessage {
  /** Its place in time: grows with it, and is never given twice. */
  readonly place: number;
  readonly group: string;
  /** Without the merges of peers: under the ids of the time. Deliveries are the latest of each receiver. */
  readonly message: Message;
}

export interface PageRequest {
  /** One conversation (with those merged into it), or null for all. */
  readonly conversation: PeerId | null;
  /** Older than this place, or from this moment on; both absent: the newest. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly sinceMs?: number | undefined;
  readonly limit: number;
}

export interface HistoryPage {
  /** Oldest first. */
  readonly messages: readonly KeptMessage[];
  /** There are more on that side. */
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export interface SearchRequest {
  readonly query: SearchQuery;
  readonly conversation?: PeerId | undefined;
  /** Older than this place. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface SearchPage {
  /** Newest first. */
  readonly hits: readonly KeptMessage[];
  /** Where to go on with `before`; null: that was all. Hits may be fewer than the limit and more still come. */
  readonly next: number | null;
}

export interface ConversationSummary {
  readonly id: PeerId;
  readonly name: string;
  readonly messages: number;
  readonly lastAt: number;
}

export interface TextChange {
  readonly id: MessageId;
  readonly text: string;
  readonly displayText: string;
  readonly charset: Charset;
  readonly charsetReason: CharsetReason;
}

/** Which messages go: all that fit every part given. */
export interface RemoveRequest {
  readonly ids?: readonly MessageId[] | undefined;
  readonly conversation?: PeerId | undefined;
  readonly beforeMs?: number | undefined;
}

export interface RetentionRule {
  /** Older ones go. */
  readonly beforeMs: number | null;
  /** The oldest go until the file needs no more than this. */
  readonly maxBytes: number | null;
}

export interface HistorySizes {
  readonly messages: number;
  readonly bytes: number;
  /** Messages that are found by looking at each, as the index does not hold them yet. */
  readonly unindexed: number;
}

export interface ImportResult {
  readonly added: number;
  /** Kept already. */
  readonly known: number;
}

export interface WaitingMessage {
  readonly queued: QueuedMessage;
  /** Another program that runs is sending it. */
  readonly isTaken: boolean;
}

/** One attempt of one delivery. */
export interface LedgerLine extends Delivery {
  readonly receiver: number;
}

/**
 * What a front end may do with the history of a node: read it, and keep values by name beside it. The store itself can do that, and so can
 * the history of an instance in another process.
 */
export interface HistoryView extends Pick<HistoryStore, "page" | "search" | "message" | "value"> {
  write(item: Extract<HistoryWrite, { readonly kind: "value" }>): Promise<void>;
}

export interface HistoryStore {
  /** Resolves when it is durable; rejects with `store-failed`, `store-full`, `store-locked`, … */
  write(item: HistoryWrite): Promise<void>;
  /** The same for thousands a second: `done` is called once, later, with what went wrong or null. */
  put(item: HistoryWrite, done: (error: FeiyanError | null) => void): void;
  /** What was kept besides messages, the peers seen last first and bounded; `recent` from `recentSinceMs` on. */
  state(recentSinceMs?: number): Promise<SavedState>;
  /** What waits for absent receivers, oldest first; null where this program is to leave alone what others put there. */
  waiting(): Promise<readonly WaitingMessage[] | null>;
  value(name: string): Promise<string | null>;
  page(request: PageRequest): Promise<HistoryPage>;
  message(id: MessageId): Promise<KeptMessage | null>;
  /** Every attempt for every receiver, in order. */
  ledger(id: MessageId): Promise<readonly LedgerLine[]>;
  conversations(): Promise<readonly ConversationSummary[]>;
  search(request: SearchRequest): Promise<SearchPage>;
  rewrite(changes: readonly TextChange[]): Promise<void>;
  /** Many at once, into their places by time. */
  import(messages: readonly Omit<KeptMessage, "place">[]): Promise<ImportResult>;
  /** Resolves with how many went. */
  remove(request: RemoveRequest): Promise<number>;
  retain(rule: RetentionRule): Promise<number>;
  sizes(): Promise<HistorySizes>;
  /** What is wrong with the file; empty when it is sound. */
  check(): Promise<readonly string[]>;
  /** Waits for what was written. */
  close(): Promise<void>;
}
