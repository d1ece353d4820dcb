// The lab as a screen sees it: one value to look at, one way to ask, one call per change. Ties the measurement, the bench (races,
// demonstrations, lessons) and the class together; draws nothing and decides nothing of its own.
import { version } from "../../index.js";
import { buildClassReport } from "../class/class-report.js";
import { defaultExperiment, formatExperiment, type Experiment } from "../experiment.js";
import { createLabRun } from "../lab-run.js";
import { raceCells, raceColumns } from "../lanes/race-table.js";
import type { LabReport } from "../report/report-shape.js";
import type { LabParts } from "../runner/lab-parts.js";
import { createBench } from "./bench.js";
import { createClassroom } from "./classroom.js";
import { done, type DeskAnswer, type DeskSnapshot, type DeskWish, type RaceSnapshot } from "./desk-types.js";
import { exportReport } from "./export-report.js";

export interface LabDeskOptions {
  readonly parts: LabParts;
  /** Where exports go. */
  readonly exportFolder: string;
  readonly experiment?: Experiment;
  /** Where a class listens; default every interface. */
  readonly classAddress?: string;
}

export interface LabDesk {
  snapshot(): DeskSnapshot;
  /** Calls `listener` on every change; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Resolves when it is done or refused. Rejects with a FeiyanError, such as a port that is in use. */
  perform(wish: DeskWish): Promise<DeskAnswer>;
  /** Ends everything that runs and leaves the class. */
  close(): Promise<void>;
}

export function createLabDesk(options: LabDeskOptions): LabDesk {
  const { parts } = options;
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const run = createLabRun({
    parts,
    experiment: options.experiment ?? defaultExperiment,
    keepsDatagrams: true,
  });
  run.subscribe(changed);
  const bench = createBench(changed);
  const classroom = createClassroom(parts, changed, options.classAddress ?? "0.0.0.0");

  function reportOf(what: Extract<DeskWish, { kind: "export" }>["what"]): LabReport | null {
    const at = new Date(parts.time.wallMs()).toISOString();
    switch (what) {
      case "run":
        return run.snapshot().report;
      case "race":
        return raceReport(bench.snapshot().race, at);
      case "class": {
        const teaching = classroom.teaching();
        const experiment = classroom.plannedExperiment() ?? defaultExperiment;
        return teaching === null || teaching.rows.length === 0
          ? null
          : buildClassReport(teaching.rows, formatExperiment(experiment), at);
      }
      case "student":
        return classroom.joining()?.report ?? null;
      default:
        return what satisfies never;
    }
  }

  async function perform(wish: DeskWish): Promise<DeskAnswer> {
    switch (wish.kind) {
      case "start":
        if (!["ready", "done", "failed"].includes(run.snapshot().state))
          return { kind: "refused", why: "busy" };
        run.change(wish.experiment);
        await run.start();
        break;
      case "stop":
        run.stop();
        classroom.stop();
        break;
      case "pause":
        run.pause();
        break;
      case "resume":
        run.resume();
        break;
      case "step":
        run.step();
        break;
      case "hand":
        run.setHand(wish.on);
        break;
      case "act":
        run.act(wish.id, wish.act);
        break;
      case "race":
        return await bench.race(wish.wish);
      case "demo":
        return await bench.demo(wish.name);
      case "lesson-step":
        return await bench.lessonStep(wish.lesson, wish.step);
      case "stop-bench":
        bench.stop();
        break;
      case "teach":
        await classroom.teach(wish.name, wish.code, wish.port);
        break;
      case "plan":
        return classroom.plan(wish.experiment, wish.isPaired);
      case "end-class":
        await classroom.endClass();
        break;
      case "search":
        await classroom.search(wish.port);
        break;
      case "join":
        return await classroom.join(wish.to, wish.name, wish.code);
      case "consent":
        classroom.consent(wish.yes);
        break;
      case "leave":
        await classroom.leave();
        break;
      case "export": {
        const report = reportOf(wish.what);
        return report === null
          ? { kind: "refused", why: "no-report" }
          : exportReport(report, options.exportFolder);
      }
      default:
        wish satisfies never;
    }
    return done;
  }

  return {
    snapshot: () => ({
      run: run.snapshot(),
      ...bench.snapshot(),
      teaching: classroom.teaching(),
      joining: classroom.joining(),
    }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    perform,
    close: async () => {
      run.stop();
      bench.stop();
      await Promise.all([classroom.leave(), classroom.endClass()]);
    },
  };
}

function raceReport(race: RaceSnapshot | null, at: string): LabReport | null {
  if (race === null || race.results.length === 0) return null;
  const { seed } = race.wish.there;
  return {
    v: 1,
    type: "lab-report",
    at,
    schema: "feiyan-lab/1",
    tool: { version },
    kind: "race",
    table: { columns: raceColumns, rows: race.results.map(raceCells) },
    notes: [
      `seed=${seed ?? "0"}`,
      `window=${race.planned.plan.window}`,
      race.wish.simulated ? "simulated" : "real sockets",
    ],
  };
}
