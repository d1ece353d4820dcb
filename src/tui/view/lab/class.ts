// The teacher's table: one line for each student, sorted, updated as reports come; the class together in the last line. Before a class
// is open, the form for it.
import { safeText } from "../../../index.js";
import { teacherTable, type TeacherLine } from "../../../lab/class/teacher-table.js";
import type { DeskSnapshot, TeachingSnapshot } from "../../../lab/desk/desk-types.js";
import type { ClassOrder } from "../../lab/lab-state.js";
import { readExperiment } from "../../lab/read-fields.js";
import { fitText, padText } from "../../text/fit.js";
import { displayText } from "../../text/display.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line, Role } from "../scene.js";
import { explainLine, formLines } from "./form.js";
import { paragraphs, percentText, plain, rule, type KeyHint, type LabPageView } from "./page.js";

const formKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-form", label: "labkey.openClass" },
  { action: "next-field", context: "lab-form", label: "labkey.nextField" },
  { action: "cancel", context: "lab-form", label: "labkey.back" },
];

const classKeys: readonly KeyHint[] = [
  { action: "accept", context: "lab-class", label: "labkey.plan" },
  { action: "lab-order", context: "lab-class", label: "labkey.order" },
  { action: "lab-reverse", context: "lab-class", label: "labkey.reverse" },
  { action: "lab-impaired", context: "lab-class", label: "labkey.impaired" },
  { action: "lab-pairs", context: "lab-class", label: "labkey.pairs" },
  { action: "lab-export", context: "lab-class", label: "labkey.export" },
  { action: "lab-end", context: "lab-class", label: "labkey.endClass" },
  { action: "cancel", context: "lab-class", label: "labkey.backToForm" },
];

export function classPage(state: UiState, world: World, desk: DeskSnapshot, columns: number): LabPageView {
  return desk.teaching === null
    ? openingPage(state, world, columns)
    : tablePage(state, world, desk.teaching, columns);
}

function openingPage(state: UiState, world: World, columns: number): LabPageView {
  const form = formLines(state, world, "class", columns);
  return {
    title: world.text("lab.title.class"),
    right: "",
    head: [...form.lines, explainLine(state, world, "class"), rule()],
    body: paragraphs(world.text("lab.class.intro"), columns),
    foot: [],
    keys: formKeys,
    caret: form.caret,
  };
}

function tablePage(state: UiState, world: World, teaching: TeachingSnapshot, columns: number): LabPageView {
  const { rows, port, code, plan } = teaching;
  const { lines, summary } = teacherTable(rows);
  const sorted = sortLines(lines, state);
  const table = columnsFor(columns);
  const where = world.text("lab.class.where", {
    address: teaching.addresses[0] ?? "127.0.0.1",
    port,
    code:
      code === null
        ? world.text("lab.class.open")
        : world.text("lab.class.code", { code: displayText(code) }),
  });
  const last: TeacherLine = {
    name: world.text("lab.class.total"),
    address: world.text("lab.class.joined", { count: summary.joined }),
    consent: "yes",
    sent: summary.sent,
    there: summary.upN === 0 ? null : summary.upLost / summary.upN,
    low: summary.upCi95?.[0] ?? null,
    high: summary.upCi95?.[1] ?? null,
    back: summary.downN === 0 ? null : summary.downLost / summary.downN,
    runThere: 0,
    runBack: 0,
    copies: lines.reduce((sum, one) => sum + one.copies, 0),
    reordered: lines.reduce((sum, one) => sum + one.reordered, 0),
    rttMs: null,
    where: "none",
  };
  return {
    title: world.text("lab.title.classOpen", { name: displayText(teaching.name) }),
    right: world.text("lab.class.refused", { count: teaching.refused }),
    head: [
      plain(where, "popup", true),
      planLine(state, world),
      explainLine(state, world, null),
      rule(`${world.text(`lab.plan.${plan}`)}  ${orderText(world, state)}`),
      headingLine(world, state, table),
    ],
    body:
      sorted.length === 0
        ? paragraphs(world.text("lab.class.waiting"), columns)
        : sorted.map((line) => studentLine(world, line, table, "popup")),
    foot: [
      rule(),
      studentLine(world, last, table, "popup.title", true),
      samePathLine(world, summary.samePath),
    ],
    keys: classKeys,
  };
}

/** What Enter would make everybody do. */
function planLine(state: UiState, world: World): Line {
  const reading = readExperiment(state.lab.values, world);
  if (!reading.ok) return plain(`! ${reading.text}`, "form.error");
  const { n, ratePps, sizeBytes } = reading.value;
  const isBad = state.lab.isPlanImpaired;
  const where = world.text(
    state.lab.isPlanPaired
      ? isBad
        ? "lab.class.pairedBad"
        : "lab.class.paired"
      : isBad
        ? "lab.class.badLine"
        : "lab.class.asItIs",
  );
  return plain(world.text("lab.class.plan", { n, rate: ratePps, size: sizeBytes, where }), "popup.hint");
}

function samePathLine(world: World, same: { readonly pValue: number } | null): Line {
  if (same === null) return plain(world.text("lab.class.sameUnknown"), "popup.hint");
  const isSame = same.pValue >= 0.001;
  const p = isSame ? `p = ${same.pValue.toFixed(3)}` : "p < 0.001";
  return plain(
    world.text(isSame ? "lab.class.same" : "lab.class.notSame", { p }),
    isSame ? "popup" : "lab.late",
    true,
  );
}

export function sortLines(lines: readonly TeacherLine[], { lab }: UiState): readonly TeacherLine[] {
  const sign = lab.isReversed ? -1 : 1;
  return lines.toSorted((a, b) => sign * compare(a, b, lab.order));
}

/** Most first; names by the alphabet. What is not known comes last. */
function compare(a: TeacherLine, b: TeacherLine, order: ClassOrder): number {
  switch (order) {
    case "there":
      return (b.there ?? -1) - (a.there ?? -1);
    case "back":
      return (b.back ?? -1) - (a.back ?? -1);
    case "sent":
      return b.sent - a.sent;
    case "rtt":
      return (b.rttMs ?? -1) - (a.rttMs ?? -1);
    case "name":
      return a.name.localeCompare(b.name);
    default:
      return order satisfies never;
  }
}

interface Column {
  readonly key:
    | "name"
    | "address"
    | "sent"
    | "there"
    | "interval"
    | "back"
    | "run"
    | "copies"
    | "reordered"
    | "rtt"
    | "where";
  readonly columns: number;
  readonly isRight: boolean;
}

/** The less needed columns go first where there is no room. */
function columnsFor(columns: number): readonly Column[] {
  const wide = columns >= 108;
  const all: readonly (Column & { readonly least: number })[] = [
    { key: "name", columns: wide ? 18 : 8, isRight: false, least: 0 },
    { key: "address", columns: wide ? 21 : 13, isRight: false, least: 60 },
    { key: "sent", columns: 5, isRight: true, least: 40 },
    { key: "there", columns: 6, isRight: true, least: 0 },
    { key: "interval", columns: wide ? 11 : 9, isRight: true, least: 50 },
    { key: "back", columns: 6, isRight: true, least: 30 },
    { key: "run", columns: wide ? 5 : 4, isRight: true, least: 78 },
    { key: "copies", columns: wide ? 5 : 3, isRight: true, least: 78 },
    { key: "reordered", columns: 5, isRight: true, least: 108 },
    { key: "rtt", columns: 5, isRight: true, least: 66 },
    { key: "where", columns: wide ? 16 : 8, isRight: false, least: 70 },
  ];
  return all.filter((one) => columns >= one.least);
}

const sortedBy: Readonly<Partial<Record<Column["key"], ClassOrder>>> = {
  name: "name",
  sent: "sent",
  there: "there",
  back: "back",
  rtt: "rtt",
};

/** In words: a mark has no room beside the titles. */
function orderText(world: World, { lab }: UiState): string {
  const column = world.text(`lab.column.${lab.order}`);
  if (lab.order === "name") return world.text(lab.isReversed ? "lab.order.nameBack" : "lab.order.name");
  return world.text(lab.isReversed ? "lab.order.least" : "lab.order.most", { column });
}

function headingLine(world: World, { lab }: UiState, table: readonly Column[]): Line {
  return [
    span(" ", "popup"),
    ...table.map(({ key, columns, isRight }) => {
      const isOrder = sortedBy[key] === lab.order;
      const words = fitText(world.text(`lab.column.${key}`), columns, isRight ? "right" : "left", "");
      return span(`${words} `, isOrder ? "popup.title" : "popup.hint", isOrder ? { bold: true } : {});
    }),
  ];
}

function studentLine(
  world: World,
  line: TeacherLine,
  table: readonly Column[],
  role: Role,
  isTotal = false,
): Line {
  return [
    span(" ", role),
    ...table.map(({ key, columns, isRight }) => {
      const text = cellText(world, line, key, isTotal);
      const words = fitText(text, columns, isRight ? "right" : "left");
      return span(
        `${padText(words, columns)} `,
        key === "there" && (line.there ?? 0) > 0 ? "lab.lost" : role,
        {
          bold: key === "name" || key === "there" || isTotal,
        },
      );
    }),
  ];
}

function share(value: number | null): string {
  return value === null ? "-" : percentText(value).replace(" ", "");
}

function cellText(world: World, line: TeacherLine, key: Column["key"], isTotal: boolean): string {
  switch (key) {
    case "name":
      return safeText(line.name, { maxCharacters: 20 });
    case "address":
      return line.address;
    case "sent":
      return String(line.sent);
    case "there":
      return share(line.there);
    case "interval":
      return line.low === null || line.high === null
        ? "-"
        : `${(line.low * 100).toFixed(1)}-${(line.high * 100).toFixed(1)}`;
    case "back":
      return share(line.back);
    case "run":
      return isTotal ? "" : `${line.runThere}/${line.runBack}`;
    case "copies":
      return String(line.copies);
    case "reordered":
      return String(line.reordered);
    case "rtt":
      return line.rttMs === null ? "-" : line.rttMs.toFixed(1);
    case "where":
      return isTotal ? "" : whereText(world, line);
    default:
      return key satisfies never;
  }
}

/** Until there is a result: where the plan stands with this student. */
function whereText(world: World, line: TeacherLine): string {
  if (line.consent === "asked") return world.text("lab.consent.asked");
  if (line.consent === "no") return world.text("lab.consent.no");
  if (line.consent === "none") return world.text("lab.consent.none");
  const key = line.where;
  switch (key) {
    case "none":
    case "relay":
    case "buffer":
    case "checksum":
    case "damaged":
    case "network":
      return line.rttMs === null ? world.text("lab.consent.running") : world.text(`lab.where.${key}`);
    default:
      return safeText(key, { maxCharacters: 10 });
  }
}
