// `feiyan lab lesson [NAME|list]`: a lesson step by step. Asks for a guess and waits for Enter on a terminal, goes on by itself
// elsewhere and with `--yes`; shows what was predicted and measured, and one sentence why.
import { createInterface } from "node:readline";
import { lessonNamed, lessons } from "../../../lab/lessons/lesson-table.js";
import type { Lesson, LessonStep, LessonStrip } from "../../../lab/lessons/lesson.js";
import { runLesson, type StepOutcome } from "../../../lab/lessons/run-lesson.js";
import { stripRows } from "../../../lab/report/strip.js";
import { findNearest } from "../../../config/nearest.js";
import { hasFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { formatTable, wrapWidth } from "../../width.js";
import { emitReport } from "./demo-report.js";
import {
  bandWords,
  demoTexts,
  formatMeasure,
  measureLabel,
  stripTitle,
  type DemoText,
} from "../../../lab/demo-texts.js";

const textColumns = 80;
/** Of a strip: enough to see bursts. */
const mostCells = 200;
const rowCells = 50;

export const lesson = async (context: CommandContext): Promise<number> => {
  const name = context.args[0] ?? "list";
  if (name === "list") return list(context);
  const found = lessonNamed(name);
  if (found === null) {
    const nearest = findNearest(
      name,
      lessons.map((one) => one.name),
    );
    throw new CliProblem("unknown-command", {
      command: `lab lesson ${name}`,
      nearest: `lab lesson ${nearest ?? "list"}`,
    });
  }
  return await teach(found, context);
};

const list = ({ output, language }: CommandContext): number => {
  const text = demoTexts(language);
  for (const one of lessons) {
    const { name, title, steps } = one;
    output.object("lesson", { name, title: title[language], steps: steps.length });
  }
  const rows = lessons.map(({ name, title, steps }) => [
    name,
    text("lesson.steps", { count: steps.length }),
    title[language],
  ]);
  for (const row of formatTable(rows)) output.line(row);
  output.remark(text("lesson.list"));
  return exitCodes.done;
};

const teach = async (found: Lesson, context: CommandContext): Promise<number> => {
  const { output, language, surroundings } = context;
  const text = demoTexts(language);
  const say = (words: string): void => {
    for (const row of wrapWidth(words, textColumns)) output.line(row);
  };
  const person = createPerson(context);
  const rows: (readonly (string | number)[])[] = [];
  let reached = 0;
  say(found.title[language]);
  say(found.text[language]);
  try {
    const outside = await runLesson(found, {
      ready: async (step, index) => {
        output.line("");
        say(headingOf(found, step, index, text, context));
        say(step.question[language]);
        if (!(await person.wait(text("lesson.guess")))) return false;
        // After the guess, which it shall not lead, and before the run, which it shall not follow.
        say(text("lesson.predicted", { text: step.prediction[language] }));
        return true;
      },
      done: (step, _index, outcome) => {
        reached += 1;
        for (const line of linesOf(outcome, text)) output.line(line);
        say(text("lesson.why", { text: step.why[language] }));
        output.line(text("lesson.command", { command: step.command }));
        rows.push(...rowsOf(step, outcome));
      },
    });
    output.line("");
    if (reached === found.steps.length) {
      output.line(outside === 0 ? text("lesson.allInside") : text("lesson.someOutside", { count: outside }));
    } else output.remark(text("stopped"));
    emitReport(context, {
      kind: "lesson",
      columns: ["step", "what", "measured", "lo", "hi", "holds"],
      rows,
      notes: [`lesson=${found.name}`],
    });
    if (surroundings.stop.aborted) return exitCodes.interrupted;
    return outside > 0 && hasFlag(context, "check") ? exitCodes.different : exitCodes.done;
  } finally {
    person.close();
  }
};

const headingOf = (
  { steps }: Lesson,
  step: LessonStep,
  index: number,
  text: DemoText,
  { language }: CommandContext,
): string => {
  const title = text("lesson.step", { number: index + 1, count: steps.length, title: step.title[language] });
  return step.minute === undefined ? title : `${title}  (${text("lesson.minute", { minute: step.minute })})`;
};

const linesOf = (outcome: StepOutcome, text: DemoText): readonly string[] => {
  if (outcome.kind === "not-here") return [text("lesson.notHere")];
  const compared = new Set(outcome.comparisons.map((one) => one.what));
  return [
    ...outcome.strips.flatMap((strip) => stripLines(strip, outcome.strips.length, text)),
    ...outcome.comparisons.map((one) =>
      text(one.holds ? "lesson.inside" : "lesson.outside", {
        what: measureLabel(one.what, text),
        measured: formatMeasure(one.what, one.measured, text),
        band: bandWords(one, text),
      }),
    ),
    ...Object.entries(outcome.measurement)
      .filter(([what]) => !compared.has(what))
      .map(([what, measured]) =>
        text("lesson.shown", {
          what: measureLabel(what, text),
          measured: formatMeasure(what, measured, text),
        }),
      ),
  ];
};

/** The beginning of a run, datagram by datagram; of several a row each, to be laid beside each other. */
const stripLines = (strip: LessonStrip, strips: number, text: DemoText): readonly string[] => {
  const title = stripTitle(strip, strips === 1 ? mostCells : rowCells, text);
  const cells = strip.cells.slice(0, strips === 1 ? mostCells : rowCells);
  return [...(title === null ? [] : [`  ${title}`]), ...stripRows(cells, rowCells)];
};

const rowsOf = (step: LessonStep, outcome: StepOutcome): readonly (readonly (string | number)[])[] =>
  outcome.kind === "not-here"
    ? []
    : outcome.comparisons.map((one) => [
        step.name,
        one.what,
        one.measured,
        one.lo,
        one.hi,
        Number(one.holds),
      ]);

/** Who leads the lesson: somebody at a terminal, or nobody. */
const createPerson = (context: CommandContext): { wait(words: string): Promise<boolean>; close(): void } => {
  const { stdin, stderr, stop } = context.surroundings;
  const isAlone = stdin.isTTY !== true || hasFlag(context, "yes") || context.output.json;
  if (isAlone) return { wait: async () => !stop.aborted, close: () => undefined };
  // One reader for the whole lesson: a new one each time would lose what was typed ahead.
  const lines = createInterface({ input: stdin });
  const reader = lines[Symbol.asyncIterator]();
  const close = (): void => lines.close();
  stop.addEventListener("abort", close);
  return {
    wait: async (words) => {
      if (stop.aborted) return false;
      stderr.write(`${words} `);
      const next = await reader.next();
      return next.done !== true && !/^\s*q/iu.test(next.value);
    },
    close: () => {
      stop.removeEventListener("abort", close);
      close();
    },
  };
};
