// What waits for absent receivers, in the file. Several programs may have the same file open, each with a copy of the queue in memory: who
// sends a message claims its row first, so that it goes out once. A claim counts as long as its program runs.
import { FeiyanError } from "../../ports/error.js";
import type { MessageId, PeerId } from "../../core/model.js";
import type { QueuedMessage } from "../../core/saved.js";
import type { WaitingMessage } from "../../ports/history-store.js";
import type { Database } from "./driver.js";
import { textOf } from "./values.js";

const queueLimit = 10_000;
/** After so long a program that runs under the number of the claim is another one. */
const claimMs = 600_000;

/** Beside the message in its row. */
interface Claim {
  readonly pid: number;
  /** Of this opening of the file: a thread, or a second opening in one process. */
  readonly token: string;
  readonly at: number;
}

export interface QueueTable {
  /** Throws `queue-taken` when it is claimed, and another program that runs has it or has sent it. */
  put(queued: QueuedMessage, claims: boolean): void;
  remove(message: MessageId, peer: PeerId): void;
  waiting(): readonly WaitingMessage[];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's program, but one that runs.
    return error instanceof Error && Reflect.get(error, "code") === "EPERM";
  }
}

export function createQueueTable(db: Database): QueueTable {
  const token = `${process.pid} ${Math.random().toString(36).slice(2)}`;

  function isOthers(claim: Claim | undefined): boolean {
    if (claim === undefined) return false;
    const { pid, token: theirs, at } = claim;
    if (theirs === token || Date.now() - at > claimMs) return false;
    return typeof pid === "number" && isRunning(pid);
  }

  return {
    put(queued, claims) {
      const { messageId, peerId } = queued;
      if (claims) {
        const row = db
          .prepare("SELECT item FROM queue WHERE message = ? AND peer = ?")
          .get(messageId, peerId);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written below
        const kept = parseKept(textOf(Reflect.get(row ?? {}, "item"))) as readonly {
          readonly claim?: Claim;
        }[];
        if (row === undefined || isOthers(kept[0]?.claim)) {
          throw new FeiyanError("queue-taken", "another program sends it", { messageId });
        }
      }
      const claim: Claim = { pid: process.pid, token, at: Date.now() };
      db.prepare("INSERT OR REPLACE INTO queue VALUES (?, ?, ?)").run(
        messageId,
        peerId,
        JSON.stringify(claims ? { ...queued, claim } : queued),
      );
    },

    remove(message, peer) {
      db.prepare("DELETE FROM queue WHERE message = ? AND peer = ?").run(message, peer);
    },

    waiting() {
      return db
        .prepare("SELECT item FROM queue ORDER BY message LIMIT ?")
        .all(queueLimit)
        .flatMap((row) => parseKept(textOf(Reflect.get(row, "item"))))
        .map((value) => {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `put`
          const { claim, ...queued } = value as QueuedMessage & { readonly claim?: Claim };
          return { queued, isTaken: isOthers(claim) };
        });
    },
  };
}

/** A column of JSON texts as values. */
export function textsIn(db: Database, sql: string, column: string, limit: number): readonly unknown[] {
  return db
    .prepare(sql)
    .all(limit)
    .flatMap((row) => parseKept(textOf(Reflect.get(row, column))));
}

/** What was written as JSON; nothing for a row that somebody spoilt. */
function parseKept(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? [value] : [];
  } catch {
    return [];
  }
}
