// `feiyan lab join [HOST]`: takes part in a class; without HOST it looks for one. A plan can be refused with `n`, and Ctrl-C always
// stops.
import { formatEndpoint, safeText, type Endpoint } from "../../../index.js";
import { isLabAddress } from "../../../lab/address.js";
import {
  findClasses,
  type FoundClass,
  type JoinOptions,
  openStudent,
} from "../../../lab/class/student-run.js";
import type { Plan } from "../../../lab/class/class-messages.js";
import { labPort } from "../../../lab/limits.js";
import { createLabParts, type LabParts } from "../../../lab/runner/lab-parts.js";
import { numberFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { askLine } from "../../read-input.js";
import { endpointOf } from "./lab-flags.js";
import { labText, printReport } from "./measure.js";
import { impairmentText, reportLines } from "./report-lines.js";
import { ownName } from "./own-name.js";

/** Time to say no before a plan starts. */
const refusalMs = 2_500;

export const labJoin = async (context: CommandContext): Promise<number> => {
  const { output, surroundings } = context;
  const text = labText(context);
  const parts = createLabParts();
  const port = numberFlag(context, "lab-port") ?? labPort;
  const to = await findTeacher(context, parts, port);
  if (typeof to === "number") return to;
  const count = numberFlag(context, "students") ?? 1;
  const mostPlans = (numberFlag(context, "plans") ?? Number.POSITIVE_INFINITY) * count;
  let plans = 0;
  let settle: ((exitCode: number) => void) | null = null;
  const done = new Promise<number>((resolve) => {
    settle = resolve;
  });
  const over = (exitCode: number): void => settle?.(exitCode);
  const event: JoinOptions["event"] = (what) => {
    switch (what.kind) {
      case "joined":
        output.line(text("join.joined", { name: safeText(what.className), ordinal: what.ordinal }));
        output.object("lab-tick", { joined: true, ordinal: what.ordinal });
        return;
      case "outcome":
        if (what.outcome.kind === "report") {
          // Forty pictures say less than the teacher's table.
          if (count === 1) for (const line of reportLines(what.outcome.report, text)) output.line(line);
          printReport(context, what.outcome.report);
        }
        return;
      case "reported":
        plans += 1;
        if (plans >= mostPlans) over(exitCodes.done);
        return;
      case "silence":
        output.complain(text("join.silence"));
        over(exitCodes.unconfirmed);
        return;
      case "plan":
        return;
      default:
        what satisfies never;
    }
  };
  const own = ownName(context);
  let asked: { readonly id: number; readonly answer: Promise<boolean> } | null = null;
  const names = Array.from({ length: count }, (_unused, index) =>
    count === 1 ? own : `${own} ${index + 1}`,
  );
  const students = await Promise.all(
    names.map((name) =>
      openStudent(parts, {
        to,
        name,
        code: textFlag(context, "code") ?? null,
        // One person, one question, however many students.
        consent: async (plan) => {
          if (asked?.id !== plan.id) asked = { id: plan.id, answer: askConsent(context, plan) };
          return await asked.answer;
        },
        event,
      }),
    ),
  );
  surroundings.stop.addEventListener("abort", () => {
    over(exitCodes.done);
  });
  const exit = await done;
  await Promise.all(students.map((student) => student.leave()));
  return exit;
};

const findTeacher = async (
  context: CommandContext,
  parts: LabParts,
  port: number,
): Promise<Endpoint | number> => {
  const { output, args } = context;
  const text = labText(context);
  if (args[0] !== undefined) {
    const to = endpointOf(args[0], port);
    if (isLabAddress(to.address, "lan")) return to;
    throw new CliProblem("target-invalid", { target: formatEndpoint(to) }, exitCodes.refused);
  }
  const classes = await findClasses(parts, port);
  for (const [index, one] of classes.entries()) {
    const found = text("join.found", { ...one, name: safeText(one.name), address: one.address });
    output.remark(classes.length === 1 ? found : ` ${index + 1} ${found}`);
  }
  const chosen = classes.length > 1 ? await chooseClass(context, classes) : classes[0];
  if (chosen !== undefined) return { address: chosen.address, port: chosen.port };
  output.complain(text(classes.length === 0 ? "join.none" : "join.several"));
  return classes.length === 0 ? exitCodes.unconfirmed : exitCodes.noSuchPeer;
};

/** Where somebody sits, the number of a class; nobody is asked elsewhere. */
const chooseClass = async (
  context: CommandContext,
  classes: readonly FoundClass[],
): Promise<FoundClass | undefined> => {
  if (context.surroundings.stdin.isTTY !== true) return undefined;
  const answer = await askLine(labText(context)("join.which"), context.surroundings);
  return classes[Number(answer ?? "") - 1];
};

const askConsent = async (context: CommandContext, plan: Plan): Promise<boolean> => {
  const { output, surroundings } = context;
  const text = labText(context);
  const { experiment } = plan;
  output.line(
    text("join.plan", {
      n: experiment.n,
      rate: experiment.ratePps,
      size: experiment.sizeBytes,
      up: impairmentText(experiment.up, text),
      down: impairmentText(experiment.down, text),
      seconds: Math.round(plan.startInMs / 100) / 10,
    }),
  );
  if (plan.to !== null)
    output.line(text("join.partner", { name: safeText(plan.to.name), address: safeText(plan.to.address) }));
  // A plan that starts at once, or nobody at the keyboard: joining was the consent, and Ctrl-C is always there.
  if (surroundings.stdin.isTTY !== true || plan.startInMs < refusalMs) return true;
  const agreed = await new Promise<boolean>((resolve) => {
    const read = (chunk: unknown): void => {
      if (String(chunk).trim().toLowerCase().startsWith("n")) settle(false);
    };
    const settle = (answer: boolean): void => {
      clearTimeout(timer);
      surroundings.stdin.off("data", read);
      surroundings.stdin.pause();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      settle(true);
    }, refusalMs);
    surroundings.stdin.on("data", read);
    surroundings.stdin.resume();
  });
  if (!agreed) output.line(text("join.refused"));
  return agreed;
};
