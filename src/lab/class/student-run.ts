// A student on a socket: joins, asks the person before a plan runs, measures, reports each second. And finding a class: WHO to
// every private network and to this machine.
import type { Endpoint } from "../../index.js";
import { isLabAddress, scopeOf } from "../address.js";
import { reduceExperiment } from "../experiment.js";
import { limitOf } from "../limits.js";
import type { LabParts } from "../runner/lab-parts.js";
import { type LabOutcome, type Measurement, openMeasurement } from "../runner/measurement.js";
import { openReflectorHost } from "../runner/reflector-host.js";
import type { InitiatorEvent } from "../session/initiator-types.js";
import type { RunBook } from "../session/run-book.js";
import { wilson95 } from "../stats/interval.js";
import { liveWays, type LiveWay } from "../live-cells.js";
import { createWaker } from "../runner/waker.js";
import { noToken } from "../wire/header.js";
import { parseMessage } from "../wire/messages.js";
import { classTypes } from "../wire/class-types.js";
import {
  buildClassMessage,
  type Here,
  paddedTo,
  parseClassBody,
  type Plan,
  type StudentReport,
} from "./class-messages.js";
import { broadcastTargets } from "./class-host.js";
import { createStudent, type StudentEvent, type StudentStep } from "./student.js";
import { reportOfStudent } from "./student-report.js";

export interface JoinOptions {
  readonly to: Endpoint;
  readonly name: string;
  readonly code: string | null;
  readonly event: (event: StudentEvent | { readonly kind: "outcome"; readonly outcome: LabOutcome }) => void;
  /** The measurement of a plan while it runs: for a picture of it. */
  readonly watch?: (plan: Plan, measurement: Measurement, event: InitiatorEvent) => void;
  /** Whether a plan may run; asked once per plan. */
  readonly consent: (plan: Plan) => Promise<boolean>;
  readonly isSimulated?: boolean;
}

export interface Joined {
  readonly local: Endpoint;
  /** Ends a measurement that runs; always allowed. */
  stop(): void;
  leave(): Promise<void>;
}

const reportNs = 1e9;

export async function openStudent(parts: LabParts, options: JoinOptions): Promise<Joined> {
  const { time, crypto, network } = parts;
  const codeKey = options.code === null ? null : await crypto.codeKey(options.code);
  let measurement: Measurement | null = null;
  let isOpen = true;
  const isNear = options.to.address === network.loopback;
  const reflector = await openReflectorHost(parts, {
    listen: { address: isNear ? network.loopback : "0.0.0.0", port: 0 },
    codeKey,
    intercept: (_bytes, from) => !isLabAddress(from.address, isNear ? "loopback" : "lan"),
  });
  const machine = createStudent({
    crypto,
    codeKey,
    name: options.name,
    reflector: reflector.local.port,
  });
  const socket = await network.open({
    address: isNear ? network.loopback : options.to.address.includes(":") ? "::" : "0.0.0.0",
    port: 0,
    arrived: (bytes, from, atNs) => {
      const isTeacher = from.address === options.to.address && from.port === options.to.port;
      if (isTeacher) perform(machine.datagram(bytes, atNs));
    },
    problem: () => undefined,
  });
  const waker = createWaker(time, () => {
    perform(machine.tick(time.nowNs()));
  });

  function perform(step: StudentStep): void {
    if (!isOpen) return;
    for (const bytes of step.effects) socket.send(bytes, options.to);
    for (const event of step.events) {
      options.event(event);
      if (event.kind === "plan") void follow(event.plan);
    }
    waker.want(machine.wakeNs());
  }

  async function follow(plan: Plan): Promise<void> {
    // From now, not from the answer: those who think it over begin with the others.
    const startNs = time.nowNs() + plan.startInMs * 1e6;
    const agreed = await options.consent(plan);
    perform(machine.consent(plan.id, agreed ? "yes" : "no", time.nowNs()));
    if (!agreed || !isOpen) return;
    await new Promise<void>((resolve) => {
      time.at(startNs, resolve);
    });
    await measure(plan);
  }

  async function measure(plan: Plan): Promise<void> {
    let isOver = false;
    const opened = await openMeasurement(parts, {
      to: partnerOf(plan) ?? options.to,
      // Whatever a teacher asks, nobody here passes the hard limits.
      experiment: reduceExperiment(plan.experiment, "loopback", limitOf("sessionPps", "loopback")).experiment,
      name: options.name,
      codeKey,
      staggerMs: plan.staggerMs,
      kind: "class",
      event: (event) => {
        if (measurement !== null) options.watch?.(plan, measurement, event);
      },
      ...(options.isSimulated === true ? { isSimulated: true } : {}),
    });
    measurement = opened;
    const tick = (): void => {
      if (isOver) return;
      const book = opened.run.book();
      if (book !== null) perform(machine.report(liveReport(plan.id, book), time.nowNs()));
      time.at(time.nowNs() + reportNs, tick);
    };
    tick();
    const outcome = await opened.outcome;
    isOver = true;
    measurement = null;
    options.event({ kind: "outcome", outcome });
    perform(machine.report(reportOfStudent(plan.id, outcome), time.nowNs()));
  }

  /** The student named in the plan; never somebody on our own machine for a teacher who is not on it. */
  function partnerOf({ to }: Plan): Endpoint | null {
    return to === null || (scopeOf(to.address) === "loopback") !== isNear ? null : to;
  }

  perform(machine.start(time.nowNs()));
  return {
    local: socket.local,
    stop: () => measurement?.run.tell({ kind: "stop" }),
    leave: async () => {
      measurement?.run.tell({ kind: "stop" });
      perform(machine.leave(time.nowNs()));
      isOpen = false;
      waker.stop();
      await Promise.all([socket.close(), reflector.close()]);
    },
  };
}

function liveWay({ n, lost }: LiveWay): StudentReport["up"] {
  const [low, high] = wilson95(lost, n) ?? [null, null];
  return { n, lost, low, high, run: 0, copies: 0, reordered: 0 };
}

/** What the answers so far say, as it stands in the teacher's table meanwhile. */
function liveReport(id: number, book: RunBook): StudentReport {
  const { up, down } = liveWays(book);
  return {
    id,
    state: "running",
    sent: up.n,
    up: liveWay(up),
    down: liveWay(down),
    rttUs: null,
    where: "none",
  };
}

export interface FoundClass extends Here {
  readonly address: string;
}

const searchNs = 2e9;
const askAgainNs = 400e6;

/** Lists the classes that answer within two seconds. */
export async function findClasses(
  parts: LabParts,
  port: number,
  targets: readonly string[] = [parts.network.loopback, ...broadcastTargets()],
): Promise<readonly FoundClass[]> {
  const { time, network } = parts;
  const found = new Map<string, FoundClass>();
  const socket = await network.open({
    address: targets.every((one) => one === network.loopback) ? network.loopback : "0.0.0.0",
    port: 0,
    broadcast: true,
    arrived: (bytes, from) => {
      const parsed = parseMessage(bytes);
      const body = parsed.ok ? parseClassBody(parsed.message) : null;
      // As many as a school has rooms; more is somebody's joke.
      if (body?.kind !== "here" || found.size >= 64 || !isLabAddress(from.address, "lan")) return;
      found.set(`${body.here.name} ${body.here.port}`, {
        ...body.here,
        address: from.address,
        port: from.port,
      });
    },
    problem: () => undefined,
  });
  const endNs = time.nowNs() + searchNs;
  const ask = (): void => {
    if (time.nowNs() >= endNs) return;
    const envelope = { token: noToken, seq: 0, nowNs: time.nowNs() };
    const bytes = buildClassMessage(classTypes.who, {}, envelope, paddedTo.who);
    for (const address of targets) socket.send(bytes, { address, port });
    time.at(time.nowNs() + askAgainNs, ask);
  };
  ask();
  await new Promise<void>((resolve) => {
    time.at(endNs, resolve);
  });
  await socket.close();
  return [...found.values()];
}
