// The student's side of a class, as a pure machine: joins with cookie and code, takes plans with the student's consent, reports.
// The measurement itself is an initiator of its own; this machine never sends to anybody but the teacher.
import type { LabCrypto } from "../session/lab-crypto.js";
import { createRequests } from "../session/requests.js";
import { classTypes } from "../wire/class-types.js";
import { isSameToken, noToken, type Token } from "../wire/header.js";
import { buildMessage, parseMessage } from "../wire/messages.js";
import {
  buildClassMessage,
  type ClassBody,
  joinProof,
  mostNameCharacters,
  paddedTo,
  parseClassBody,
  type Plan,
  type StudentReport,
  toHex,
} from "./class-messages.js";

export interface StudentOptions {
  readonly crypto: LabCrypto;
  readonly codeKey: Uint8Array | null;
  readonly name: string;
  /** Port of our own reflector, for students against students. */
  readonly reflector: number | null;
}

export type StudentEvent =
  | { readonly kind: "joined"; readonly ordinal: number; readonly className: string }
  /** The teacher asks; answer with `consent`. */
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "reported"; readonly id: number }
  /** No answer: nobody there, a wrong code (never answered), or the teacher has gone. */
  | { readonly kind: "silence" };

export interface StudentStep {
  readonly effects: readonly Uint8Array[];
  readonly events: readonly StudentEvent[];
}

export interface StudentMachine {
  start(nowNs: number): StudentStep;
  datagram(bytes: Uint8Array, nowNs: number): StudentStep;
  tick(nowNs: number): StudentStep;
  consent(id: number, answer: "yes" | "no", nowNs: number): StudentStep;
  report(report: StudentReport, nowNs: number): StudentStep;
  leave(nowNs: number): StudentStep;
  wakeNs(): number;
}

const idleNs = 5e9;
const joinTries = 12;

export function createStudent(options: StudentOptions): StudentMachine {
  const { crypto } = options;
  const name = options.name.slice(0, mostNameCharacters);
  const requests = createRequests();
  const nonce = crypto.randomBytes(16);
  let token: Token = noToken;
  let seq = 0;
  let joined = false;
  let lastPlan = 0;
  let answered: { id: number; answer: "yes" | "no" } | null = null;
  let idleAtNs = Number.POSITIVE_INFINITY;
  let effects: Uint8Array[] = [];
  let events: StudentEvent[] = [];

  function step(act: () => void): StudentStep {
    effects = [];
    events = [];
    act();
    return { effects, events };
  }

  function say(type: number, value: unknown, nowNs: number, sizeBytes = 0): void {
    seq += 1;
    effects.push(buildClassMessage(type, value, { token, seq, nowNs }, sizeBytes));
  }

  function ask(
    key: string,
    type: number,
    value: unknown,
    nowNs: number,
    sizeBytes: number,
    tries?: number,
  ): void {
    requests.ask(
      key,
      nowNs,
      () => {
        say(type, value, nowNs, sizeBytes);
      },
      tries,
    );
  }

  function datagram(bytes: Uint8Array, nowNs: number): void {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) return;
    const { message } = parsed;
    if (message.body.kind === "cookie") {
      if (requests.settle("hello")) join(toHex(message.body.cookie), nowNs);
      return;
    }
    const body = parseClassBody(message);
    if (body?.kind === "joined" && requests.settle("join")) {
      ({ token } = message);
      joined = true;
      idleAtNs = nowNs + idleNs;
      events.push({ kind: "joined", ordinal: body.joined.ordinal, className: body.joined.name });
    } else if (body !== null && joined && isSameToken(message.token, token)) inClass(body, nowNs);
  }

  function join(cookie: string, nowNs: number): void {
    const nonceHex = toHex(nonce);
    const mark =
      options.codeKey === null
        ? new Uint8Array(16)
        : crypto.hmac(options.codeKey, joinProof(name, nonceHex, cookie)).slice(0, 16);
    const { reflector } = options;
    const value = {
      name,
      nonce: nonceHex,
      cookie,
      auth: toHex(mark),
      ...(reflector === null ? {} : { reflector }),
    };
    ask("join", classTypes.join, value, nowNs, paddedTo.join, joinTries);
  }

  function inClass(body: ClassBody, nowNs: number): void {
    if (body.kind === "plan") {
      const { plan } = body;
      if (plan.id === answered?.id) say(classTypes.planOk, { id: plan.id, consent: answered.answer }, nowNs);
      if (plan.id <= lastPlan) return;
      lastPlan = plan.id;
      answered = null;
      events.push({ kind: "plan", plan });
    } else if (body.kind === "report-ok") {
      requests.settle("idle");
      if (requests.settle(`report ${body.id}`)) events.push({ kind: "reported", id: body.id });
      idleAtNs = nowNs + idleNs;
    }
  }

  return {
    start: (nowNs) =>
      step(() => {
        const send = (): void => {
          seq += 1;
          effects.push(
            buildMessage({ token: noToken, seq, t1: nowNs, flags: 0, body: { kind: "hello", nonce } }),
          );
        };
        requests.ask("hello", nowNs, send, joinTries);
      }),
    datagram: (bytes, nowNs) =>
      step(() => {
        datagram(bytes, nowNs);
      }),
    tick: (nowNs) =>
      step(() => {
        if (nowNs >= idleAtNs) {
          idleAtNs = nowNs + idleNs;
          const idle: StudentReport = {
            id: lastPlan,
            state: "idle",
            sent: 0,
            up: null,
            down: null,
            rttUs: null,
            where: "none",
          };
          if (!requests.has("idle")) ask("idle", classTypes.report, idle, nowNs, paddedTo.report);
        }
        if (requests.tick(nowNs).length > 0) events.push({ kind: "silence" });
      }),
    consent: (id, answer, nowNs) =>
      step(() => {
        answered = { id, answer };
        say(classTypes.planOk, { id, consent: answer }, nowNs);
      }),
    report: (report, nowNs) =>
      step(() => {
        idleAtNs = nowNs + idleNs;
        // Only the last word must arrive; the next second brings a newer one of the others.
        if (report.state === "running") say(classTypes.report, report, nowNs, paddedTo.report);
        else ask(`report ${report.id}`, classTypes.report, report, nowNs, paddedTo.report);
      }),
    leave: (nowNs) =>
      step(() => {
        requests.settleAll();
        idleAtNs = Number.POSITIVE_INFINITY;
        if (joined) say(classTypes.leave, {}, nowNs);
      }),
    wakeNs: () => Math.min(requests.wakeNs(), idleAtNs),
  };
}
