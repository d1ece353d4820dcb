// The teacher's side of a class, as a pure machine: who joined, which plan runs, what everybody measured. Makes nobody send
// anywhere but to itself or, where that is wanted, to another student who joined. The measuring sessions are the reflector's; this machine only hands out plans and keeps the table.
import type { Endpoint } from "../../index.js";
import { type Experiment, formatExperiment } from "../experiment.js";
import { scopeOf } from "../address.js";
import { limitOf } from "../limits.js";
import { isEqualBytes } from "../session/lab-crypto.js";
import { createAuthGuard, isFreshCookie } from "../session/opening.js";
import { createRequests, type Requests } from "../session/requests.js";
import { classTypes } from "../wire/class-types.js";
import { isSameToken, noToken, readU32, type Token } from "../wire/header.js";
import { parseMessage } from "../wire/messages.js";
import {
  buildClassMessage,
  type ClassBody,
  fromHex,
  joinProof,
  mostNameCharacters,
  paddedTo,
  type Here,
  parseClassBody,
  type StudentReport,
} from "./class-messages.js";
import { pairStudents } from "./pairs.js";
import type { Consent, Teacher, TeacherEvent, TeacherOptions, TeacherStep } from "./teacher-types.js";

interface Student {
  readonly ordinal: number;
  readonly name: string;
  readonly token: Token;
  readonly nonce: string;
  readonly from: Endpoint;
  readonly reflector: number | null;
  readonly requests: Requests;
  consent: Consent;
  report: StudentReport | null;
  heardNs: number;
}

/** A student who says nothing for this long has gone. */
const goneNs = 60e9;

export function createTeacher(options: TeacherOptions): Teacher {
  const { crypto, secret, codeKey } = options;
  const className = options.name.slice(0, mostNameCharacters);
  const students = new Map<string, Student>();
  const guard = createAuthGuard();
  let nextOrdinal = 1;
  let planId = 0;
  let isPlanOpen = false;
  let refused = 0;
  let effects: { bytes: Uint8Array; to: Endpoint }[] = [];
  let events: TeacherEvent[] = [];

  function step(act: () => void): TeacherStep {
    effects = [];
    events = [];
    act();
    return { effects, events };
  }

  function hereBody(): Here {
    return { name: className, port: options.port, code: codeKey !== null, joined: students.size };
  }

  function answer(
    to: Endpoint,
    type: number,
    value: unknown,
    token: Token,
    seq: number,
    nowNs: number,
  ): void {
    effects.push({ bytes: buildClassMessage(type, value, { token, seq, nowNs }), to });
  }

  function join(
    body: Extract<ClassBody, { kind: "join" }>["join"],
    from: Endpoint,
    seq: number,
    nowNs: number,
  ): void {
    const key = `${from.address} ${from.port}`;
    const known = students.get(key);
    const isKnown = known !== undefined && known.nonce === body.nonce;
    if (!isKnown && !mayJoin(body, from, nowNs)) {
      refused += 1;
      return;
    }
    const student = isKnown ? known : admit(body, from, nowNs);
    if (student === null) {
      refused += 1;
      return;
    }
    students.set(key, student);
    const { ordinal, token } = student;
    answer(from, classTypes.joined, { ordinal, size: students.size, name: className }, token, seq, nowNs);
    if (!isKnown) events.push({ kind: "joined", ordinal, name: student.name });
  }

  function mayJoin(
    { name, nonce, cookie, auth }: Extract<ClassBody, { kind: "join" }>["join"],
    from: Endpoint,
    nowNs: number,
  ): boolean {
    if (guard.isPaused(from.address, nowNs)) return false;
    if (!isFreshCookie(crypto, secret, from, fromHex(nonce), fromHex(cookie), nowNs)) return false;
    if (codeKey === null) return true;
    const mark = crypto.hmac(codeKey, joinProof(name, nonce, cookie)).slice(0, 16);
    const isRight = isEqualBytes(fromHex(auth), mark);
    if (!isRight) guard.failed(from.address, nowNs);
    return isRight;
  }

  function admit(
    { name, nonce, reflector }: Extract<ClassBody, { kind: "join" }>["join"],
    from: Endpoint,
    nowNs: number,
  ): Student | null {
    if (students.size >= limitOf("students", scopeOf(from.address))) return null;
    const bytes = crypto.randomBytes(8);
    const token = { high: readU32(bytes, 0), low: readU32(bytes, 4) };
    const ordinal = nextOrdinal;
    nextOrdinal += 1;
    const requests = createRequests();
    return {
      ordinal,
      name,
      token,
      nonce,
      from,
      reflector: reflector ?? null,
      requests,
      consent: "none",
      report: null,
      heardNs: nowNs,
    };
  }

  function inClass(student: Student, body: ClassBody, seq: number, nowNs: number): void {
    student.heardNs = nowNs;
    switch (body.kind) {
      case "plan-ok":
        if (body.id !== planId || !student.requests.settle("plan")) return;
        student.consent = body.consent;
        events.push({ kind: "changed" });
        closePlan();
        return;
      case "report":
        answer(student.from, classTypes.reportOk, { id: body.report.id }, student.token, seq, nowNs);
        // A report that comes twice, or late, says nothing new.
        if (body.report.id !== planId || body.report.state === "idle" || isClosed(student)) return;
        student.report = body.report;
        events.push({ kind: "changed" });
        closePlan();
        return;
      case "leave":
        students.delete(`${student.from.address} ${student.from.port}`);
        events.push({ kind: "left", ordinal: student.ordinal, name: student.name });
        closePlan();
        return;
      case "here":
      case "who":
      case "join":
      case "joined":
      case "plan":
      case "report-ok":
        // Not a student's words.
        refused += 1;
        return;
      default:
        body satisfies never;
    }
  }

  function isClosed(student: Student): boolean {
    return (
      student.report?.id === planId && (student.report.state === "final" || student.report.state === "failed")
    );
  }

  function closePlan(): void {
    const open = [...students.values()].filter(
      (one) => one.consent === "asked" || (one.consent === "yes" && !isClosed(one)),
    );
    if (!isPlanOpen || open.length > 0) return;
    isPlanOpen = false;
    events.push({ kind: "plan-over", id: planId });
  }

  function datagram(bytes: Uint8Array, from: Endpoint, nowNs: number): void {
    const parsed = parseMessage(bytes);
    const body = parsed.ok ? parseClassBody(parsed.message) : null;
    if (!parsed.ok || body === null) {
      refused += 1;
      return;
    }
    const { token, seq } = parsed.message;
    if (body.kind === "who") {
      // As large a question as this gets an answer; a small one would make us shout.
      if (bytes.length >= paddedTo.who) answer(from, classTypes.here, hereBody(), noToken, seq, nowNs);
      return;
    }
    if (body.kind === "join") {
      if (bytes.length >= paddedTo.join) join(body.join, from, seq, nowNs);
      return;
    }
    const student = students.get(`${from.address} ${from.port}`);
    if (student === undefined || !isSameToken(student.token, token)) refused += 1;
    else inClass(student, body, seq, nowNs);
  }

  function plan(experiment: Experiment, startInMs: number, nowNs: number, isPaired: boolean): void {
    planId += 1;
    isPlanOpen = true;
    const size = students.size;
    let place = 0;
    const everybody = [...students.values()];
    const partners = isPaired ? pairStudents(everybody) : [];
    for (const student of everybody) {
      student.consent = "asked";
      student.report = null;
      // So that forty students do not fire together: each a part of the interval later.
      const staggerMs = (place * 1_000) / (experiment.ratePps * Math.max(1, size));
      const to = partners[place] ?? null;
      place += 1;
      const value = {
        id: planId,
        experiment: formatExperiment({ ...experiment, flow: student.ordinal }),
        startInMs,
        staggerMs,
        ...(to === null ? {} : { to }),
      };
      const send = (): void => {
        answer(student.from, classTypes.plan, value, student.token, planId, nowNs);
      };
      student.requests.settleAll();
      student.requests.ask("plan", nowNs, send);
    }
    closePlan();
  }

  function tick(nowNs: number): void {
    for (const [key, student] of students) {
      if (student.requests.tick(nowNs).length > 0) student.consent = "no";
      if (nowNs - student.heardNs <= goneNs) continue;
      students.delete(key);
      events.push({ kind: "left", ordinal: student.ordinal, name: student.name });
    }
    closePlan();
  }

  return {
    isMine: (bytes) =>
      bytes.length > 3 && (bytes[3] ?? 0) >= classTypes.here && bytes[0] === 0xff && bytes[1] === 0x4c,
    datagram: (bytes, from, nowNs) =>
      step(() => {
        datagram(bytes, from, nowNs);
      }),
    tick: (nowNs) =>
      step(() => {
        tick(nowNs);
      }),
    plan: (experiment, startInMs, nowNs, isPaired = false) =>
      step(() => {
        plan(experiment, startInMs, nowNs, isPaired);
      }),
    here: (nowNs) => buildClassMessage(classTypes.here, hereBody(), { token: noToken, seq: 0, nowNs }),
    wakeNs: () =>
      [...students.values()].reduce(
        (wake, one) => Math.min(wake, one.requests.wakeNs(), one.heardNs + goneNs + 1),
        Number.POSITIVE_INFINITY,
      ),
    rows: (nowNs) =>
      [...students.values()].map(({ ordinal, name, from, consent, report, heardNs }) => ({
        ordinal,
        name,
        from,
        consent,
        report,
        silentNs: nowNs - heardNs,
      })),
    refused: () => refused,
  };
}
