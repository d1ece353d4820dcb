// The lab over the whole screen: the frame, the page in it, the keys in the lower rule. Which page there is says the state, what stands
// on it the desk.
import type { DeskSnapshot } from "../../../lab/desk/desk-types.js";
import { truncateText } from "../../text/fit.js";
import { cellWidth } from "../../text/width.js";
import { unreadCount } from "../../roster.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import type { Layout } from "../layout.js";
import { cutLine, fillLine, span } from "../lines.js";
import type { Line, Pane, Rect, Role } from "../scene.js";
import { classPage } from "./class.js";
import { demoPage, demosPage } from "./demos.js";
import { joinPage } from "./join.js";
import { lessonPage, lessonsPage } from "./lessons.js";
import { isRule, keyHints, plain, type LabPageView, type PageLine, type PageRoom } from "./page.js";
import { racePage } from "./race.js";
import { soloPage } from "./solo.js";

/** Fewer rows, or columns, and a page shows the least there is to see. */
const smallRows = 20;
const smallColumns = 70;

export interface LabView {
  readonly pane: Pane;
  readonly cursor: { readonly column: number; readonly row: number } | null;
}

export function labScreen(state: UiState, world: World, layout: Layout): LabView {
  const rect = labRect(layout);
  const page = labPage(state, world, rect);
  const inner = Math.max(0, rect.columns - 2);
  const { head, body, foot, hidden } = fitPage(state, page, rect.rows - 2);
  const right = hidden === "" ? "" : ` ${hidden} `;
  const hints = page === null ? "" : keyHints(world, page.keys, inner - 3 - cellWidth(right));
  const unread = state.isLabOnly ? 0 : unreadCount(world);
  const corner = [
    ...(unread > 0 ? [world.text("lab.unread", { count: unread })] : []),
    ...(page === null || page.right === "" ? [] : [page.right]),
    `${world.keymap.keyOf("help")} ${world.text("menu.help")}`,
  ].join("  ");
  const lines: Line[] = [
    edge(page?.title ?? world.text("lab.title.solo"), corner, inner, "popup.title", "┌", "┐"),
    ...[...head, ...body, ...foot].map((line) => framedLine(line, inner)),
    edge(hints, hidden, inner, "popup.hint", "└", "┘"),
  ];
  const caret = page?.caret ?? null;
  const isCaretSeen = caret !== null && caret.line < head.length && caret.column < inner;
  return {
    pane: { id: "lab", rect, lines, fill: "popup" },
    cursor: isCaretSeen ? { column: rect.column + 1 + caret.column, row: rect.row + 1 + caret.line } : null,
  };
}

export function labRect({ screen }: Layout): Rect {
  return screen;
}

/** Null until the desk is there. */
export function labPage(state: UiState, world: World, rect: Rect): LabPageView | null {
  const desk = world.lab?.snapshot() ?? null;
  if (desk === null) return null;
  const columns = Math.max(1, rect.columns - 2);
  const isSmall = rect.rows < smallRows || rect.columns < smallColumns;
  return pageOf(state, world, desk, { columns, rows: rect.rows, isSmall });
}

function pageOf(state: UiState, world: World, desk: DeskSnapshot, room: PageRoom): LabPageView {
  const { columns, isSmall } = room;
  const { page } = state.lab;
  switch (page) {
    case "solo":
      return soloPage(state, world, desk, room);
    case "race":
      return racePage(state, world, desk, columns, isSmall);
    case "demos":
      return demosPage(state, world, desk, columns);
    case "demo":
      return demoPage(state, world, desk, columns);
    case "lessons":
      return lessonsPage(state, world, desk, columns);
    case "lesson":
      return lessonPage(state, world, desk, columns);
    case "class":
      return classPage(state, world, desk, columns);
    case "join":
      return joinPage(state, world, desk, columns);
    default:
      return page satisfies never;
  }
}

interface Fitted {
  readonly head: readonly PageLine[];
  readonly body: readonly Line[];
  readonly foot: readonly PageLine[];
  /** `11-20/34` when not everything is in sight. */
  readonly hidden: string;
}

/** What fits: the head first, then the foot, and for what scrolls at least three lines. */
function fitPage(state: UiState, page: LabPageView | null, rows: number): Fitted {
  if (page === null) return { head: [], body: blank(Math.max(0, rows)), foot: [], hidden: "" };
  const head = page.head.slice(0, Math.max(1, rows - 3));
  const foot = page.foot.slice(0, Math.max(0, rows - head.length - 3));
  const room = Math.max(0, rows - head.length - foot.length);
  const top = topOf(state, page, room);
  const shown = page.body.slice(top, top + room);
  const isAll = page.body.length <= room;
  return {
    head,
    body: [...shown, ...blank(room - shown.length)],
    foot,
    hidden: isAll ? "" : `${top + 1}-${top + shown.length}/${page.body.length}`,
  };
}

/** First line in sight: where somebody scrolled to, else the newest lines, else where the chosen one can be seen. */
function topOf(state: UiState, page: LabPageView, room: number): number {
  const most = Math.max(0, page.body.length - room);
  const chosen = page.body.findIndex((line) => line.some((one) => one.role === "popup.selected"));
  const usual = page.follows === true ? most : chosen < room - 1 ? 0 : chosen - room + 2;
  return Math.max(0, Math.min(most, state.lab.top ?? usual));
}

/** How many lines scroll, in how much room, from where: for the keys that scroll. */
export function scrollOf(
  state: UiState,
  world: World,
  layout: Layout,
): { readonly top: number; readonly room: number; readonly most: number; readonly follows: boolean } {
  const rect = labRect(layout);
  const page = labPage(state, world, rect);
  if (page === null) return { top: 0, room: 0, most: 0, follows: false };
  const { body } = fitPage(state, page, rect.rows - 2);
  const room = body.length;
  const most = Math.max(0, page.body.length - room);
  return { top: topOf(state, page, room), room, most, follows: page.follows === true };
}

function blank(count: number): readonly Line[] {
  return Array.from({ length: Math.max(0, count) }, () => plain(""));
}

function framedLine(line: PageLine, inner: number): Line {
  if (isRule(line)) return edge(line.rule, line.right ?? "", inner, "popup.title", "├", "┤");
  return [
    span("│", "popup.border"),
    ...fillLine(cutLine(line, inner), inner, "popup"),
    span("│", "popup.border"),
  ];
}

/** A rule with words near both ends; the right ones give way. */
function edge(left: string, right: string, inner: number, role: Role, from: string, to: string): Line {
  const words = left === "" || inner < 4 ? "" : ` ${truncateText(left, inner - 4)} `;
  const room = inner - 2 - cellWidth(words);
  const end = right === "" || cellWidth(right) + 2 > room ? "" : ` ${right} `;
  const gap = Math.max(0, inner - 1 - cellWidth(words) - cellWidth(end) - (end === "" ? 0 : 1));
  return [
    span(`${from}─`.slice(0, inner > 0 ? 2 : 1), "popup.border"),
    span(words, role, { bold: role === "popup.title" }),
    span("─".repeat(gap), "popup.border"),
    span(end, "popup.hint"),
    span(`${end === "" || inner < 1 ? "" : "─"}${to}`, "popup.border"),
  ];
}
