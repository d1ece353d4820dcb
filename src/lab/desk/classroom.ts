// The part of the desk that is about a class: holding one, or taking part in one. Keeps what a screen shows of it. A plan is taken
// unless it is refused in time, as on the command line. Knows no screen.
import type { Endpoint } from "../../index.js";
import { formatEndpoint, readInterfaces } from "../../index.js";
import { isLabAddress } from "../address.js";
import { openClass, type ClassHost } from "../class/class-host.js";
import { findClasses, openStudent, type Joined } from "../class/student-run.js";
import { defaultExperiment, reduceExperiment, type Experiment } from "../experiment.js";
import type { StudentRow } from "../class/teacher-types.js";
import { createLiveCells, type LiveCells } from "../live-cells.js";
import type { LabParts } from "../runner/lab-parts.js";
import { done, type DeskAnswer, type JoiningSnapshot, type TeachingSnapshot } from "./desk-types.js";

/** Time for everybody to see that it begins. */
const startInMs = 3_000;
/** Time to say no before a plan starts. */
const refusalMs = 2_500;

export interface Classroom {
  teaching(): TeachingSnapshot | null;
  joining(): JoiningSnapshot | null;
  /** What the last plan measured: for the export. */
  plannedExperiment(): Experiment | null;
  teach(name: string, code: string | null, port: number): Promise<void>;
  plan(experiment: Partial<Experiment>, isPaired: boolean): DeskAnswer;
  endClass(): Promise<void>;
  search(port: number): Promise<void>;
  join(to: Endpoint, name: string, code: string | null): Promise<DeskAnswer>;
  consent(yes: boolean): void;
  stop(): void;
  leave(): Promise<void>;
}

const nothing: JoiningSnapshot = {
  state: "searching",
  classes: [],
  className: "",
  ordinal: null,
  plan: null,
  beginsInMs: null,
  isRefused: false,
  strip: "",
  report: null,
};

export function createClassroom(parts: LabParts, changed: () => void, classAddress: string): Classroom {
  let host: ClassHost | null = null;
  let held: { readonly name: string; readonly code: string | null } = { name: "", code: null };
  let addresses: readonly string[] = [];
  const kept = new Map<number, StudentRow>();
  let planState: TeachingSnapshot["plan"] = "none";
  let planned: Experiment | null = null;
  let joining: JoiningSnapshot | null = null;
  let joined: Joined | null = null;
  let cells: LiveCells | null = null;
  let answer: ((yes: boolean) => void) | null = null;
  let answerAtNs = 0;
  let turn = 0;

  function show(part: Partial<JoiningSnapshot>): void {
    joining = { ...(joining ?? nothing), ...part };
    changed();
  }

  function keepRows(open: ClassHost): void {
    for (const row of open.rows()) if (row.report !== null) kept.set(row.ordinal, row);
  }

  /** Who has gone home since is still in the table of what was measured. */
  function rowsOf(open: ClassHost): readonly StudentRow[] {
    const rows = open.rows();
    const here = new Set(rows.map((row) => row.ordinal));
    return [...rows, ...[...kept.values()].filter((row) => !here.has(row.ordinal))];
  }

  function ask(): Promise<boolean> {
    answerAtNs = parts.time.nowNs() + refusalMs * 1e6;
    return new Promise((resolve) => {
      const settle = (yes: boolean): void => {
        cancel();
        answer = null;
        resolve(yes);
      };
      const cancel = parts.time.at(answerAtNs, () => settle(true));
      answer = settle;
    });
  }

  async function leave(): Promise<void> {
    turn += 1;
    answer?.(false);
    const left = joined;
    joined = null;
    joining = null;
    cells = null;
    changed();
    await left?.leave();
  }

  async function endClass(): Promise<void> {
    const closing = host;
    host = null;
    planState = "none";
    kept.clear();
    changed();
    await closing?.close();
  }

  return {
    teaching: () =>
      host === null
        ? null
        : {
            ...held,
            port: host.local.port,
            addresses,
            rows: rowsOf(host),
            plan: planState,
            refused: host.refused(),
          },
    joining: () =>
      joining === null
        ? null
        : {
            ...joining,
            strip: joining.report?.strip ?? cells?.strip() ?? "",
            beginsInMs: answer === null ? null : Math.max(0, (answerAtNs - parts.time.nowNs()) / 1e6),
          },
    plannedExperiment: () => planned,
    teach: async (name, code, port) => {
      await endClass();
      const opened = await openClass(parts, {
        listen: { address: classAddress, port },
        name,
        code,
        event: (event) => {
          if (event.kind === "plan-over") planState = "over";
          if (host !== null) keepRows(host);
          changed();
        },
      });
      held = { name, code };
      addresses = readInterfaces()
        .filter((one) => !one.internal && one.family === "IPv4" && isLabAddress(one.address, "lan"))
        .map((one) => one.address);
      host = opened;
      changed();
    },
    plan: (part, isPaired) => {
      if (host === null || host.rows().length === 0) return { kind: "refused", why: "nobody-joined" };
      const { experiment } = reduceExperiment({ ...defaultExperiment, ...part }, "lan");
      planned = experiment;
      planState = "running";
      kept.clear();
      host.plan(experiment, startInMs, isPaired);
      changed();
      return done;
    },
    endClass,
    search: async (port) => {
      turn += 1;
      const mine = turn;
      joining = { ...nothing };
      changed();
      const classes = await findClasses(parts, port);
      if (mine !== turn) return;
      show({ state: "choosing", classes });
    },
    join: async (to, name, code) => {
      if (!isLabAddress(to.address, "lan"))
        return { kind: "refused", why: "not-local", detail: formatEndpoint(to) };
      await leave();
      turn += 1;
      const mine = turn;
      joining = { ...nothing, state: "joining" };
      changed();
      const student = await openStudent(parts, {
        to,
        name,
        code,
        consent: ask,
        watch: (_plan, measurement, event) => {
          const book = measurement.run.book();
          if (event.kind === "cell" && book !== null) cells?.changed(book, event.seq);
          if (event.kind === "state" && event.state === "running") show({ state: "running" });
          changed();
        },
        event: (event) => {
          if (mine !== turn) return;
          switch (event.kind) {
            case "joined":
              show({ state: "waiting", className: event.className, ordinal: event.ordinal });
              return;
            case "plan":
              cells = createLiveCells(event.plan.experiment.deadlineMs);
              show({ state: "asked", plan: event.plan, report: null, isRefused: false });
              return;
            case "outcome":
              show({
                state: "waiting",
                report: event.outcome.kind === "report" ? event.outcome.report : null,
              });
              return;
            case "silence":
              show({ state: "silent" });
              return;
            case "reported":
              return;
            default:
              event satisfies never;
          }
        },
      });
      if (mine === turn) joined = student;
      else await student.leave();
      return done;
    },
    consent: (yes) => {
      if (answer === null) return;
      answer(yes);
      show(yes ? { state: "running" } : { state: "waiting", isRefused: true });
    },
    stop: () => joined?.stop(),
    leave,
  };
}
