// The lessons: the list of them, and a step of one: the question, the student's own guess, then what was measured beside what was
// expected, and one sentence why.
import {
  bandWords,
  demoTexts,
  type DemoText,
  formatMeasure,
  measureLabel,
  stripTitle,
} from "../../../lab/demo-texts.js";
import { stepKey, type DeskSnapshot } from "../../../lab/desk/desk-types.js";
import { lessons } from "../../../lab/lessons/lesson-table.js";
import type { LessonStrip } from "../../../lab/lessons/lesson.js";
import type { StepOutcome } from "../../../lab/lessons/run-lesson.js";
import { displayText } from "../../text/display.js";
import { padText } from "../../text/fit.js";
import { cellWidth } from "../../text/width.js";
import { wrapText } from "../../text/wrap.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { fillLine, span } from "../lines.js";
import type { Line, Role } from "../scene.js";
import { explainLine } from "./form.js";
import { stripColumns, stripLines } from "./strip.js";
import { plain, rule, type KeyHint, type LabPageView, type PageLine } from "./page.js";

const listKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-list", label: "labkey.open" },
  { action: "up", context: "lab-list", label: "labkey.choose" },
  { action: "lab-race", context: "lab-list", label: "labkey.race" },
  { action: "lab-demos", context: "lab-list", label: "labkey.demos" },
  { action: "cancel", context: "lab-list", label: "labkey.back" },
];

const stepKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-lesson", label: "labkey.runStep" },
  { action: "left", context: "lab-lesson", label: "labkey.otherStep" },
  { action: "lab-again", context: "lab-lesson", label: "labkey.again" },
  { action: "page-down", context: "global", label: "labkey.scroll" },
  { action: "cancel", context: "lab-lesson", label: "labkey.back" },
];

export function lessonsPage(state: UiState, world: World, desk: DeskSnapshot, columns: number): LabPageView {
  const names = Math.max(...lessons.map((one) => cellWidth(one.name)));
  const body = lessons.map(({ name, title, steps }, index): Line => {
    const isChosen = index === state.lab.lesson;
    const role: Role = isChosen ? "popup.selected" : "popup";
    const done = steps.filter((_step, step) => desk.steps.has(stepKey(name, step))).length;
    const count = padText(`${done}/${steps.length}`, 6, "right");
    return fillLine(
      [
        span(` ${isChosen ? ">" : " "} ${count}  `, role),
        span(title[world.lang], role, { bold: true }),
        span(columns >= 108 ? `   ${padText(name, names)}` : "", role),
      ],
      columns,
      role,
    );
  });
  return {
    title: world.text("lab.title.lessons"),
    right: world.text("lab.lessonCount", { count: lessons.length }),
    head: [
      state.notice === null
        ? plain(world.text("lab.lessons.intro"), "popup.hint")
        : explainLine(state, world, null),
      rule(),
    ],
    body,
    foot: [],
    keys: listKeys,
  };
}

export function lessonPage(state: UiState, world: World, desk: DeskSnapshot, columns: number): LabPageView {
  const lesson = lessons[state.lab.lesson];
  const step = lesson?.steps[state.lab.step];
  if (lesson === undefined || step === undefined) return lessonsPage(state, world, desk, columns);
  const key = stepKey(lesson.name, state.lab.step);
  const outcome = desk.steps.get(key) ?? null;
  const isRunning = desk.runningStep === key;
  const say = (text: string, role: Role = "popup", bold = false): readonly Line[] =>
    wrapText(text, { columns: columns - 2 }).map((row) => plain(row, role, bold));
  const texts = demoTexts(world.lang);
  const guess = displayText(state.lab.guesses[key] ?? "");
  const guessLine: Line = [
    span(` ${world.text("lab.yourGuess")} `, "popup", { bold: true }),
    fillGuess(guess, outcome === null && !isRunning),
  ];
  const head: PageLine[] = [
    ...(state.lab.step === 0 && outcome === null ? say(lesson.text[world.lang], "popup.hint") : []),
    ...say(step.question[world.lang], "popup.title", true),
    guessLine,
  ];
  const status = isRunning ? "lab.state.running" : outcome === null ? "lab.state.guess" : "lab.state.done";
  const number = texts("lesson.step", {
    number: state.lab.step + 1,
    count: lesson.steps.length,
    title: step.title[world.lang],
  });
  return {
    title: lesson.title[world.lang],
    right: step.minute === undefined ? "" : texts("lesson.minute", { minute: step.minute }),
    head: [plain(number, "popup", true), ...head, rule(world.text(status))],
    body: [
      // After the guess, which it shall not lead, and before the run, which it shall not follow.
      ...(outcome === null && !isRunning
        ? []
        : say(texts("lesson.predicted", { text: step.prediction[world.lang] }))),
      [],
      ...(outcome === null || isRunning
        ? say(world.text(isRunning ? "lab.demo.wait" : "lab.lesson.guessFirst"), "popup.hint")
        : outcomeLines(world, outcome, columns)),
    ],
    foot:
      outcome === null || isRunning
        ? []
        : [
            rule(),
            ...say(texts("lesson.why", { text: step.why[world.lang] }), "popup", true),
            ...say(texts("lesson.command", { command: step.command }), "popup.hint"),
          ],
    keys: stepKeys,
    caret:
      outcome === null && !isRunning
        ? {
            line: 1 + head.length - 1,
            column: 1 + cellWidth(world.text("lab.yourGuess")) + 1 + cellWidth(guess),
          }
        : null,
  };
}

function fillGuess(guess: string, isOpen: boolean): Line[number] {
  if (!isOpen) return span(guess === "" ? "-" : guess, "popup");
  return span(padText(guess, 30), "form.field.focused");
}

/** Every number beside its band; by words, not by colour alone. */
function outcomeLines(world: World, outcome: StepOutcome, columns: number): readonly Line[] {
  const texts = demoTexts(world.lang);
  if (outcome.kind === "not-here") return [plain(texts("lesson.notHere"))];
  const compared = new Set(outcome.comparisons.map((one) => one.what));
  const shown = Object.entries(outcome.measurement).filter(([what]) => !compared.has(what));
  const labels = [...compared, ...shown.map(([what]) => what)].map((what) => measureLabel(what, texts));
  const bandColumns = Math.max(
    0,
    ...outcome.comparisons.map((one) =>
      cellWidth(world.text("lab.expected", { band: bandWords(one, texts) })),
    ),
  );
  const labelColumns = Math.max(8, ...labels.map(cellWidth)) + 2;
  return [
    ...outcome.comparisons.map((one): Line => [
      span(one.holds ? "  = " : "  ! ", one.holds ? "lab.good" : "lab.lost", { bold: true }),
      span(padText(measureLabel(one.what, texts), labelColumns), "popup"),
      span(padText(formatMeasure(one.what, one.measured, texts), 10, "right"), "popup", { bold: true }),
      span(
        `   ${padText(world.text("lab.expected", { band: bandWords(one, texts) }), bandColumns)}  `,
        "popup.hint",
      ),
      span(world.text(one.holds ? "lab.inside" : "lab.outside"), one.holds ? "lab.good" : "lab.lost", {
        bold: true,
      }),
    ]),
    ...outcome.strips.flatMap((strip) => stripOf(strip, outcome.strips.length, texts, columns)),
    ...shown.map(([what, measured]): Line => [
      span("    ", "popup"),
      span(padText(measureLabel(what, texts), labelColumns), "popup.hint"),
      span(padText(formatMeasure(what, measured, texts), 10, "right"), "popup"),
    ]),
  ];
}

/** The beginning of a run, datagram by datagram; of several a row each, to be laid beside each other. */
function stripOf(strip: LessonStrip, strips: number, texts: DemoText, columns: number): readonly Line[] {
  const most = stripColumns(columns) * (strips === 1 ? 4 : 1);
  const title = stripTitle(strip, most, texts);
  return [
    ...(title === null ? [] : [plain(`   ${title}`, "popup.hint")]),
    ...stripLines(strip.cells.slice(0, most), columns),
  ];
}
