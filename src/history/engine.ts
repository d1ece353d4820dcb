// A storage engine: the history store without waiting. SQLite and memory are two; the stores put them behind a batch in this thread or
// behind a thread of their own. Types only.
import type {
  HistoryStore,
  HistoryWrite,
  RemoveRequest,
  RetentionRule,
  WaitingMessage,
} from "../ports/history-store.js";
import type { MessageRow } from "./message-row.js";

/** What is written: as the node gives it, or a message that crossed a thread as a row. */
export type EngineWrite =
  | HistoryWrite
  | { readonly kind: "row"; readonly row: MessageRow }
  | { readonly kind: "change-row"; readonly row: MessageRow };

export type HistoryEngine = {
  readonly [
    K in Exclude<keyof HistoryStore, "write" | "put" | "close" | "remove" | "retain" | "waiting">
  ]: HistoryStore[K] extends (...given: infer G) => Promise<infer R> ? (...given: G) => R : never;
} & {
  /** All of them in one transaction, durable when it returns. */
  write(items: readonly EngineWrite[]): void;
  waiting(): readonly WaitingMessage[];
  /** Removes some of those that are meant, and says how many; 0 when there are no more. */
  removeSome(request: RemoveRequest): number;
  /** The same by a rule, the oldest first. */
  retainSome(rule: RetentionRule): number;
  /** Puts some messages into the index that are not there yet; false when there are no more. For idle moments. */
  indexSome(limit: number): boolean;
  close(): void;
};
