// The part of the initiator behind the last datagram: STOP, and together with it the questions for the far end's map, since on a bad line
// each round trip saved is a second; then the record, then BYE. Knows no schedule. Used by `initiator`.
import { flagBits, type Token } from "../wire/header.js";
import { buildMessage } from "../wire/messages.js";
import type { DoneCounts, LabBody, Terms } from "../wire/message-types.js";
import { type Account, createAccount } from "./account.js";
import type { InitiatorEffect, InitiatorEvent, InitiatorState } from "./initiator-types.js";
import type { Sending } from "./initiator-sending.js";
import type { RunBook } from "./run-book.js";
import type { PeerInfo } from "./run-record.js";

/** The session whose account is closed. */
export interface OpenedSession {
  readonly wanted: Terms;
  readonly terms: Terms;
  readonly token: Token;
  readonly peer: PeerInfo;
  readonly book: RunBook;
}

/** What it may do to the machine, and ask of it. */
export interface ClosingShell {
  effect(effect: InitiatorEffect): void;
  event(event: InitiatorEvent): void;
  enter(state: InitiatorState): void;
  state(): InitiatorState;
  requestNumber(): number;
  request(key: string, nowNs: number, body: LabBody, tries?: number): void;
  /** False: nobody asked this. */
  settle(key: string): boolean;
  settleAll(): void;
}

export interface Closing {
  begin(session: OpenedSession, nowNs: number): void;
  done(counts: DoneCounts, nowNs: number): void;
  chunk(body: Extract<LabBody, { kind: "chunk" }>, nowNs: number): void;
  byeOk(): void;
  tick(nowNs: number): void;
  /** Nobody answers any more: what was seen here stands, without a verdict. */
  giveUp(nowNs: number): void;
  wakeNs(): number;
}

const byeTries = 3;

export function createClosing(sending: Pick<Sending, "used" | "told">, shell: ClosingShell): Closing {
  let session: OpenedSession | null = null;
  let account: Account | null = null;
  let hasVerdict = true;

  /** Finishes when the account is complete, or as complete as it will be. */
  function look(nowNs: number): void {
    if (account === null || account.isComplete(nowNs)) finish(nowNs);
  }

  function finish(nowNs: number): void {
    if (session === null) return;
    const { wanted, terms, peer, book } = session;
    shell.settleAll();
    account = null;
    shell.event({
      kind: "finished",
      record: book.close({
        wanted,
        terms,
        ...sending.told(),
        ...(hasVerdict ? {} : { end: { kind: "no-verdict" } as const }),
        peer,
        attempted: terms.mode === "down" ? (book.doneCounts()?.echoesSent ?? terms.n) : sending.used(),
      }),
    });
    shell.enter("bye");
    // The result stands; the goodbye only frees the server's memory earlier.
    shell.request("bye", nowNs, { kind: "bye" }, byeTries);
  }

  function giveUp(nowNs: number): void {
    hasVerdict = false;
    finish(nowNs);
  }

  return {
    begin: (opened, nowNs) => {
      session = opened;
      shell.enter("stop");
      const { terms, token, book } = opened;
      const refused = book.refusedCount();
      shell.request("stop", nowNs, { kind: "stop", sent: sending.used() - refused, sendErrors: refused });
      // The reflector of a down stream has received nothing.
      if (terms.mode === "down") return;
      account = createAccount(terms.n, book, (body, again) => {
        const flags = again ? flagBits.retransmission : 0;
        const seq = shell.requestNumber();
        shell.effect({ kind: "send", bytes: buildMessage({ token, seq, t1: nowNs, flags, body }) });
      });
      account.begin(nowNs);
    },
    done: (counts, nowNs) => {
      if (shell.state() !== "stop" || !shell.settle("stop")) return;
      session?.book.setDone(counts);
      shell.enter("fetch");
      account?.expect(nowNs);
      look(nowNs);
    },
    chunk: (body, nowNs) => {
      if (account?.take(body, nowNs) === true && shell.state() === "fetch") look(nowNs);
    },
    byeOk: () => {
      if (shell.state() === "bye") shell.enter("done");
    },
    tick: (nowNs) => {
      if (account?.tick(nowNs) === false) giveUp(nowNs);
      else if (shell.state() === "fetch") look(nowNs);
    },
    giveUp,
    wakeNs: () => account?.wakeNs() ?? Number.POSITIVE_INFINITY,
  };
}
