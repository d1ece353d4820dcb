// What became of each message, for each receiver and attempt: lines of the ledger in and out.
import type { Delivery, DeliveryState, MessageId, PeerId } from "../../core/model.js";
import type { LedgerLine } from "../../ports/history-store.js";
import type { CipherName } from "../../protocol/encryption/capabilities.js";
import type { Statement } from "./driver.js";
import { numberOf, textOf } from "./values.js";

export interface Ledger {
  write(place: number, receiver: number, delivery: Delivery): void;
  /** For a receiver that the message has. */
  note(place: number, delivery: Delivery): void;
  of(place: number): readonly LedgerLine[];
}

export function createLedger(prepared: (sql: string) => Statement): Ledger {
  function write(at: number, receiver: number, delivery: Delivery): void {
    const { attempt, peerId, state, rttMs, final, cipher } = delivery;
    prepared("INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
      at,
      receiver,
      attempt,
      peerId,
      state,
      rttMs,
      delivery.at,
      final ? 1 : 0,
      cipher,
    );
  }

  return {
    write,
    note(at, delivery) {
      const known = prepared("SELECT receiver FROM ledger WHERE place = ? AND peer = ? LIMIT 1").get(
        at,
        delivery.peerId,
      );
      if (known !== undefined) write(at, numberOf(Reflect.get(known, "receiver")), delivery);
    },
    of(at) {
      return prepared(
        `SELECT l.*, m.id AS message FROM ledger l JOIN messages m ON m.place = l.place
         WHERE l.place = ? ORDER BY l.receiver, l.attempt`,
      )
        .all(at)
        .map((line) => ledgerLine(line));
    },
  };
}

function ledgerLine(line: object): LedgerLine {
  const value = (name: string): unknown => Reflect.get(line, name);
  const rtt = value("rtt");
  const cipher = value("cipher");
  // What was written came from a delivery: the brands and unions of its fields are those of then.
  /* oxlint-disable typescript/no-unsafe-type-assertion */
  return {
    messageId: textOf(value("message")) as MessageId,
    peerId: textOf(value("peer")) as PeerId,
    state: textOf(value("state")) as DeliveryState,
    attempt: numberOf(value("attempt")),
    rttMs: typeof rtt === "number" ? rtt : null,
    at: numberOf(value("at")),
    final: value("final") === 1,
    receiver: numberOf(value("receiver")),
    cipher: typeof cipher === "string" ? (cipher as CipherName) : null,
  };
  /* oxlint-enable typescript/no-unsafe-type-assertion */
}

/** The last attempt for each receiver. */
export function latest(lines: readonly LedgerLine[]): readonly Delivery[] {
  const byReceiver = new Map<number, Delivery>();
  for (const { receiver, ...delivery } of lines) byReceiver.set(receiver, delivery);
  return [...byReceiver.values()];
}
