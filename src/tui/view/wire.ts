// The wire as it is: every datagram in and out, newest first, in a view of its own or in the third column. Addresses, sizes and texts
// pass the same cleaning as everything from the network.
import { formatEndpoint } from "../../index.js";
import { editorText } from "../edit/editor.js";
import { viewList } from "../log/list.js";
import type { ListItems } from "../log/list.js";
import { shownName } from "../roster.js";
import { fitText, padText } from "../text/fit.js";
import type { Dialog, UiState } from "../ui-state.js";
import { wireSummary } from "../wire-log.js";
import type { WireEntry } from "../wire-log.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, cutLine, fillLine, framed, queryLine, span } from "./lines.js";
import { fateMark } from "./fate.js";
import { formatExactTime } from "./moment.js";
import type { Line, Pane, Rect, Role } from "./scene.js";

/** More rows than any screen has, so that a page of a filtered list is always full. */
const listedLimit = 1_000;

export function wireRect({ screen, kind }: Layout): Rect {
  return kind === "narrow"
    ? { column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1 }
    : centered(screen, Math.min(120, screen.columns - 2), screen.rows - 2);
}

interface Kept {
  readonly key: string;
  readonly items: readonly WireEntry[];
}

const kept = new WeakMap<World["wire"], Kept>();

/** The datagrams that pass the filter, newest first. */
export function wireItems({ wire: look }: Pick<UiState, "wire">, world: World): ListItems<WireEntry> {
  const query = editorText(look.query).toLowerCase();
  const end = Math.min(look.pausedEnd ?? Infinity, world.wire.end);
  const key = `${world.wire.first} ${end} ${look.direction} ${query}`;
  let known = kept.get(world.wire);
  if (known?.key !== key) {
    const items: WireEntry[] = [];
    const names = query === "" ? null : namesByAddress(world);
    for (let serial = end - 1; serial >= world.wire.first && items.length < listedLimit; serial -= 1) {
      const entry = world.wire.entry(serial);
      if (entry === undefined) break;
      const { record } = entry;
      if (look.direction !== "both" && record.direction !== look.direction) continue;
      const address = formatEndpoint(record.peer);
      const isWanted =
        query === "" || address.includes(query) || names?.get(address)?.includes(query) === true;
      if (isWanted) items.push(entry);
    }
    known = { key, items };
    kept.set(world.wire, known);
  }
  return { items: known.items, keyOf: (entry) => String(entry.serial) };
}

function namesByAddress(world: World): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const peer of world.node.peers()) {
    for (const { endpoint } of peer.addresses)
      names.set(formatEndpoint(endpoint), shownName(peer).toLowerCase());
  }
  return names;
}

export function wirePopup(
  state: UiState,
  world: World,
  layout: Layout,
  dialog: Extract<Dialog, { kind: "wire" }>,
): Pane {
  const rect = wireRect(layout);
  const inner = rect.columns - 2;
  const items = wireItems(state, world);
  const { visible, selectedRow } = viewList(items, dialog.list, rect.rows - 3);
  const head = queryLine(state.wire.query, inner, world.text("wire.query"));
  const lines: Line[] = [head];
  if (visible.length === 0) lines.push([span(` ${world.text("wire.empty")}`, "popup.hint")]);
  for (const [index, entry] of visible.entries()) {
    lines.push(wireRow(entry, world, inner, index === selectedRow));
  }
  return framed("wire", rect, { title: titleText(state, world), hint: hintText(world, inner) }, lines);
}

function titleText(state: UiState, world: World): string {
  const { direction, pausedEnd } = state.wire;
  const words = [
    world.text("wire.title", { count: world.wire.end }),
    world.text(`wire.${direction}`),
    pausedEnd === null ? "" : world.text("wire.paused", { count: Math.max(0, world.wire.end - pausedEnd) }),
  ];
  return words.filter((word) => word !== "").join(" · ");
}

function hintText(world: World, columns: number): string {
  return world.text(columns < 60 ? "wire.hintShort" : "wire.hint");
}

function wireRow({ record, serial }: WireEntry, world: World, columns: number, isSelected: boolean): Line {
  const summary = wireSummary({ record, serial }, world.codec);
  const isIn = record.direction === "in";
  const base: Role = isSelected ? "popup.selected" : "popup";
  const hint: Role = isSelected ? base : "popup.hint";
  const arrow = world.text(isIn ? "wire.arrowIn" : "wire.arrowOut");
  const arrowRole: Role = isSelected ? base : isIn ? "hex.field.1" : "hex.field.2";
  const address = record.broadcast ? world.text("wire.broadcast") : formatEndpoint(record.peer);
  const mark = fateMark(record.fate, world);
  // What the datagram says comes first where it arrives whole; on a narrow screen the glyph must do.
  const isLate = mark?.role === "lab.late";
  const isNarrow = columns < 50;
  const words = mark === null || isNarrow ? [] : [span(`[${mark.words}] `, isSelected ? base : mark.role)];
  const isWide = columns >= 76;
  const time = formatExactTime(record.at);
  const shortAddress = record.broadcast ? address : record.peer.address;
  const line: Line = [
    span(isNarrow ? time.slice(3, 8) : ` ${time} `, hint),
    span(arrow, arrowRole, { bold: true }),
    span(`${mark?.glyph ?? " "} `, isSelected || mark === null ? base : mark.role, { bold: true }),
    span(`${fitText(isNarrow ? shortAddress : address, isWide ? 21 : isNarrow ? 12 : 15)} `, base),
    ...(isWide ? [span(`${padText(`${record.bytes.length} B`, 7)} `, hint)] : []),
    ...(isLate ? [] : words),
    span(`${commandText(summary, world)} `, isSelected ? base : "hex.field.3"),
    ...(isWide && summary.options.length > 0
      ? [span(`${summary.options.map(shortOption).join(" ")} `, hint)]
      : []),
    span(summary.text, base),
    ...(isLate ? [span(" ", base), ...words] : []),
  ];
  return fillLine(cutLine(line, columns), columns, base);
}

/** `SENDCHECKOPT` is `SENDCHECK`. */
function shortOption(name: string): string {
  return name.replace(/OPT$/, "");
}

function commandText(summary: ReturnType<typeof wireSummary>, world: World): string {
  if (summary.command !== null) return summary.command;
  return world.text(summary.kind === "raw-text" ? "wire.rawText" : "wire.dropped");
}

/** The third column: two short rows for each datagram, newest on top. */
export function wireColumn(state: UiState, world: World, columns: number, rows: number): readonly Line[] {
  const { items } = wireItems(state, world);
  if (items.length === 0) return [[span(world.text("wire.empty"), "message.system")]];
  const lines: Line[] = [];
  for (const entry of items.slice(0, Math.ceil(rows / 2))) {
    const { record } = entry;
    const summary = wireSummary(entry, world.codec);
    const isIn = record.direction === "in";
    const address = record.broadcast ? world.text("wire.broadcast") : record.peer.address;
    const mark = fateMark(record.fate, world);
    const arrow = world.text(isIn ? "wire.arrowIn" : "wire.arrowOut");
    const head: Line = [
      span(`${arrow} `, isIn ? "hex.field.1" : "hex.field.2", { bold: true }),
      span(`${formatExactTime(record.at).slice(0, 8)} `, "message.time"),
      span(address, "screen"),
      ...(mark === null ? [] : [span(` ${mark.glyph} ${mark.words}`, mark.role)]),
    ];
    const body: Line = [
      span(`  ${commandText(summary, world)} `, "hex.field.3"),
      span(summary.text, "message.system"),
    ];
    lines.push(cutLine(head, columns), cutLine(body, columns));
  }
  return lines.slice(0, rows);
}

/** What stands over the third column. */
export function wireColumnTitle(state: UiState, world: World): string {
  return titleText(state, world);
}
