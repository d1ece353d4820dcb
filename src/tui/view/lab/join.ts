// Taking part in a class: looking for one, joining it with its code, saying yes or no to what the teacher asks, and the strip of one's
// own measurement.
import { safeText } from "../../../index.js";
import type { DeskSnapshot, JoiningSnapshot } from "../../../lab/desk/desk-types.js";
import { displayText } from "../../text/display.js";
import { padText } from "../../text/fit.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { fillLine, span } from "../lines.js";
import type { Line, Role } from "../scene.js";
import { explainLine, formLines } from "./form.js";
import {
  paragraphs,
  percentText,
  plain,
  rule,
  type KeyHint,
  type LabPageView,
  type PageLine,
} from "./page.js";
import { legendText, stripLines } from "./strip.js";

const formKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-form", label: "labkey.joinClass" },
  { action: "next-field", context: "lab-form", label: "labkey.nextField" },
  { action: "cancel", context: "lab-form", label: "labkey.back" },
];

const listKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-list", label: "labkey.joinClass" },
  { action: "up", context: "lab-list", label: "labkey.choose" },
  { action: "cancel", context: "lab-list", label: "labkey.back" },
];

const studentKeys: readonly KeyHint[] = [
  { action: "lab-yes", context: "lab-student", label: "labkey.yes" },
  { action: "lab-no", context: "lab-student", label: "labkey.no" },
  { action: "lab-stop", context: "lab-student", label: "labkey.stop" },
  { action: "lab-export", context: "lab-student", label: "labkey.export" },
  { action: "lab-end", context: "lab-student", label: "labkey.leave" },
  { action: "cancel", context: "lab-student", label: "labkey.back" },
];

export function joinPage(
  state: UiState,
  world: World,
  { joining }: DeskSnapshot,
  columns: number,
): LabPageView {
  if (joining === null) return openingPage(state, world, columns);
  return joining.state === "searching" || joining.state === "choosing"
    ? foundPage(state, world, joining, columns)
    : studentPage(state, world, joining, columns);
}

function openingPage(state: UiState, world: World, columns: number): LabPageView {
  const form = formLines(state, world, "join", columns);
  return {
    title: world.text("lab.title.join"),
    right: "",
    head: [...form.lines, explainLine(state, world, "join"), rule()],
    body: paragraphs(world.text("lab.join.intro"), columns),
    foot: [],
    keys: formKeys,
    caret: form.caret,
  };
}

function foundPage(state: UiState, world: World, joining: JoiningSnapshot, columns: number): LabPageView {
  const body = joining.classes.map((one, index): Line => {
    const isChosen = index === state.lab.found;
    const role: Role = isChosen ? "popup.selected" : "popup";
    const code = world.text(one.code ? "lab.join.needsCode" : "lab.join.noCode");
    const name = padText(safeText(one.name, { maxCharacters: 30 }), 24);
    const words = ` ${isChosen ? ">" : " "} ${name} ${padText(`${one.address}:${one.port}`, 22)} ${code}  ${world.text("lab.class.joined", { count: one.joined })}`;
    return fillLine([span(words, role)], columns, role);
  });
  return {
    title: world.text("lab.title.join"),
    right: "",
    head: [
      explainLine(state, world, null),
      rule(world.text(`lab.join.state.${joining.state}`, { count: joining.classes.length })),
    ],
    body:
      joining.state === "choosing" && joining.classes.length === 0
        ? paragraphs(world.text("lab.join.nobody"), columns)
        : body,
    foot: [],
    keys: listKeys,
  };
}

function studentPage(state: UiState, world: World, joining: JoiningSnapshot, columns: number): LabPageView {
  const { plan, report, className, ordinal } = joining;
  const title =
    ordinal === null
      ? world.text("lab.title.join")
      : world.text("lab.title.joined", { name: displayText(className), ordinal });
  const head: PageLine[] = [
    plain(
      world.text(
        joining.isRefused && joining.state === "waiting"
          ? "lab.join.refused"
          : `lab.join.state.${joining.state}`,
        {
          seconds: Math.ceil((joining.beginsInMs ?? 0) / 1_000),
        },
      ),
      joining.state === "asked" || joining.state === "silent" ? "lab.late" : "popup",
      true,
    ),
    plan === null
      ? plain("")
      : plain(
          world.text("lab.join.plan", {
            n: plan.experiment.n,
            rate: Math.round(plan.experiment.ratePps),
            size: plan.experiment.sizeBytes,
          }) +
            (plan.to === null
              ? ""
              : `  ${world.text("lab.join.partner", { name: displayText(plan.to.name), address: displayText(plan.to.address) })}`),
        ),
    explainLine(state, world, null),
    rule(plan === null ? "" : `${joining.strip.length}/${plan.experiment.n}`),
  ];
  return {
    title,
    right: "",
    head,
    body: stripLines(joining.strip, columns),
    follows: true,
    foot: [
      rule("", legendText(world, columns)),
      ...(report === null
        ? [plain(world.text("lab.ledgerBefore"), "popup.hint")]
        : [wayText(world, "up", report.up), wayText(world, "down", report.down)]),
    ],
    keys: studentKeys,
  };
}

function wayText(
  world: World,
  way: "up" | "down",
  stats:
    | { readonly sent: number; readonly lost: number; readonly ci95: readonly [number, number] | null }
    | undefined,
): Line {
  if (stats === undefined || stats.sent === 0) return plain(`${world.text(`lab.way.${way}`)} -`);
  const { sent, lost, ci95 } = stats;
  const interval = ci95 === null ? "" : `${(ci95[0] * 100).toFixed(1)}..${percentText(ci95[1])}`;
  return plain(
    `${world.text(`lab.way.${way}`)}  ${lost}/${sent}  ${percentText(lost / sent)}  ${interval}`,
    "popup",
    true,
  );
}
