// What the program's thread and the writing thread say to each other: batches of messages, calls of the engine, and what became of them.
// Types only; how a batch is packed is in packed-rows.ts.
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Recovery } from "./sqlite/recover.js";
import type { HistoryEngine } from "./engine.js";
import type { PackedBatch } from "./packed-rows.js";

export type EngineCall = Exclude<keyof HistoryEngine, "write" | "close" | "indexSome">;

export type ToThread =
  | { readonly kind: "batch"; readonly number: number; readonly batch: PackedBatch }
  | {
      readonly kind: "call";
      readonly number: number;
      readonly name: EngineCall;
      readonly given: readonly unknown[];
    }
  | { readonly kind: "close" };

/** A FeiyanError as it crosses: classes do not. */
export interface SentError {
  readonly code: ErrorCode;
  readonly text: string;
  readonly fields: ErrorFields;
}

export type FromThread =
  | { readonly kind: "opened"; readonly driver: string; readonly recovery: Recovery | null }
  | { readonly kind: "refused"; readonly error: SentError }
  /** `errors`: null when all was written; else one for each item. */
  | {
      readonly kind: "written";
      readonly number: number;
      readonly errors: readonly (SentError | null)[] | null;
    }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "fault"; readonly number: number; readonly error: SentError }
  | { readonly kind: "closed" };
