// A datagram taken apart: its bytes with the fields in colours, what each field means, the command with its bits by name, and the text
// as it reads in GBK and in UTF-8. Everything in it may come from the network and is cleaned on its way here.
import { formatEndpoint, isSafeName } from "../../index.js";
import type { Charset, TapRecord } from "../../index.js";
import { inspect } from "../../protocol.js";
import type { Field, Inspection } from "../../protocol.js";
import { hasTuiText } from "../../i18n/tui-zh-CN.js";
import { passagesOf } from "../passages.js";
import type { Passage } from "../passages.js";
import { shownText } from "../roster.js";
import { fitText, padText } from "../text/fit.js";
import { wrapText } from "../text/wrap.js";
import { cellWidth } from "../text/width.js";
import type { Dialog, PacketSource } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { fateMark } from "./fate.js";
import { centered, cutLine, framed, span } from "./lines.js";
import { lockOf, protectionWords } from "./lock.js";
import { formatExactTime } from "./moment.js";
import type { Line, Pane, Rect, Role, Span } from "./scene.js";

/** Bytes that are drawn; a datagram of 64 KB would be thousands of rows. */
const shownBytes = 2_048;
const shownReading = 2_000;
const fieldRoles: readonly Role[] = ["hex.field.1", "hex.field.2", "hex.field.3", "hex.field.4"];
const readings: readonly Charset[] = ["gbk", "utf-8"];

export function packetRect({ screen, kind }: Layout): Rect {
  return kind === "narrow"
    ? { column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1 }
    : centered(screen, Math.min(100, screen.columns - 2), screen.rows - 2);
}

export function packetHeight(layout: Layout): number {
  return packetRect(layout).rows - 2;
}

export function packetPopup(world: World, layout: Layout, dialog: Extract<Dialog, { kind: "packet" }>): Pane {
  const rect = packetRect(layout);
  const lines = packetLines(dialog.of, world, layout);
  const room = rect.rows - 2;
  const top = Math.max(0, Math.min(dialog.top, lines.length - room));
  const shown = lines.slice(top, top + room).map((line): Line => [span(" ", "popup"), ...line]);
  const { bytes } = bytesOf(dialog.of, world);
  const words = {
    title: world.text("packet.title", { count: bytes.length }),
    hint: world.text(rect.columns < 60 ? "packet.hintShort" : "packet.hint"),
  };
  return framed("packet", rect, words, shown);
}

/** What the view is about, in bytes and in one line. */
function bytesOf(of: PacketSource, world: World): { readonly bytes: Uint8Array; readonly head: string } {
  if (of.kind === "wire") return { bytes: of.record.bytes, head: wireHead(of.record, world) };
  const message = world.node.message(of.id);
  if (message === undefined) return { bytes: new Uint8Array(), head: world.text("packet.gone") };
  const parts = [
    formatExactTime(message.at),
    world.text(message.direction === "in" ? "wire.in" : "wire.out"),
    message.endpoint === null ? "" : formatEndpoint(message.endpoint),
    shownText(message.peerName, 60),
    message.encryption === null
      ? ""
      : `${lockOf(message.encryption)} ${protectionWords(message.encryption, world)}`,
  ];
  return { bytes: message.raw, head: parts.filter((part) => part !== "").join("  ") };
}

function wireHead(record: TapRecord, world: World): string {
  const to = record.broadcast ? world.text("wire.broadcast") : formatEndpoint(record.peer);
  const mark = fateMark(record.fate, world);
  const fate = mark === null ? "" : `  ${mark.glyph} ${mark.words}`;
  return `${formatExactTime(record.at)}  ${world.text(`wire.${record.direction}`)}  ${to}${fate}`;
}

interface Kept {
  readonly key: string;
  readonly lines: readonly Line[];
}

const kept = new WeakMap<Uint8Array, Kept>();

/** All rows of the view; kept, because scrolling asks for them with every key. */
export function packetLines(of: PacketSource, world: World, layout: Layout): readonly Line[] {
  const { bytes, head } = bytesOf(of, world);
  const columns = packetRect(layout).columns - 4;
  const message = of.kind === "message" ? world.node.message(of.id) : undefined;
  const passages = message === undefined ? [] : passagesOf(message, world);
  const key = `${columns} ${world.lang} ${head} ${passages.length} ${passages[0]?.entry.serial ?? ""}`;
  const known = kept.get(bytes);
  if (known?.key === key) return known.lines;
  const lines = [
    ...wrapText(head, { columns }).map((row): Line => [span(row, "popup.hint")]),
    ...buildLines(bytes, passageLines(passages, columns, world), columns, world),
  ];
  kept.set(bytes, { key, lines });
  return lines;
}

/** Every sending of the message and every acknowledgement that passed here, with what was done to it on purpose. */
function passageLines(passages: readonly Passage[], columns: number, world: World): readonly Line[] {
  if (passages.length === 0) return [];
  const lines: Line[] = [[], [span(world.text("packet.passages"), "popup", { bold: true })]];
  for (const { entry, kind, count } of passages) {
    const { record } = entry;
    const mark = fateMark(record.fate, world);
    const isIn = record.direction === "in";
    const what = world.text(`packet.passage.${kind}`, { count });
    const to = record.broadcast ? world.text("wire.broadcast") : formatEndpoint(record.peer);
    const line: Line = [
      span(`${formatExactTime(record.at)} `, "popup.hint"),
      span(world.text(isIn ? "wire.arrowIn" : "wire.arrowOut"), isIn ? "hex.field.1" : "hex.field.2"),
      span(`${mark?.glyph ?? " "} `, mark?.role ?? "popup", { bold: true }),
      span(columns < 60 ? what : `${to}  ${what}`, "popup"),
      ...(mark === null ? [] : [span(`  ${mark.words}`, mark.role)]),
    ];
    lines.push(cutLine(line, columns));
  }
  return lines;
}

function buildLines(
  bytes: Uint8Array,
  passages: readonly Line[],
  columns: number,
  world: World,
): readonly Line[] {
  const found = inspect(bytes, world.codec, { legacyCharset: world.broadcastCharset }, { isSafeName });
  const lines: Line[] = [];
  for (const [label, value] of summaryOf(found, world)) {
    const text = `${world.text(label)}  `;
    for (const [index, row] of wrapText(value, {
      columns: Math.max(8, columns - cellWidth(text)),
    }).entries()) {
      lines.push([span(index === 0 ? text : " ".repeat(cellWidth(text)), "popup.hint"), span(row, "popup")]);
    }
  }
  // What most people open this view for stands where no scrolling is needed.
  lines.push([], ...readingLines(bytes, found.fields, columns, world), ...passages);
  lines.push([], ...hexLines(bytes, found.fields, columns));
  if (bytes.length > shownBytes) {
    lines.push([span(world.text("packet.more", { count: bytes.length - shownBytes }), "popup.hint")]);
  }
  lines.push([], [span(world.text("packet.fields"), "popup", { bold: true })]);
  for (const [index, field] of meaningful(found.fields).entries()) {
    lines.push(...fieldLines(field, roleOf(index), bytes, found, columns, world));
  }
  return lines;
}

type Fact = readonly [
  "packet.command" | "packet.bits" | "packet.dialect" | "packet.reason" | "packet.charset",
  string,
];

function summaryOf(found: Inspection, world: World): readonly Fact[] {
  if (!found.ok) {
    const words = world.text(found.treatAs === "raw-text" ? "wire.rawText" : "wire.dropped");
    return [["packet.reason", `${words}: ${found.reason}`]];
  }
  const hex = (found.command >>> 0).toString(16).padStart(8, "0");
  const bits = [
    ...found.options,
    ...(found.unknownBitsHex === undefined ? [] : [`0x${found.unknownBitsHex}`]),
  ];
  return [
    ["packet.command", `0x${hex} = ${found.modeName} (0x${found.mode.toString(16)})`],
    ["packet.bits", bits.length === 0 ? "-" : bits.join(" | ")],
    ["packet.dialect", found.dialect],
    ["packet.charset", found.charset.toUpperCase()],
  ];
}

/** Separators get no colour and no line of their own. */
function meaningful(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => field.name !== "separator");
}

function roleOf(index: number): Role {
  return fieldRoles[index % fieldRoles.length] ?? "hex.byte";
}

function hexLines(bytes: Uint8Array, fields: readonly Field[], columns: number): readonly Line[] {
  const perRow = columns >= 74 ? 16 : columns >= 40 ? 8 : 6;
  const roles = new Map<number, Role>();
  for (const [index, field] of meaningful(fields).entries()) {
    for (let at = field.start; at < Math.min(field.end, shownBytes); at += 1) roles.set(at, roleOf(index));
  }
  const lines: Line[] = [];
  const end = Math.min(bytes.length, shownBytes);
  for (let start = 0; start < end; start += perRow) {
    const hex: Span[] = [];
    const plain: Span[] = [];
    for (let at = start; at < start + perRow; at += 1) {
      const gap = at === start + perRow / 2 && perRow > 6 ? " " : "";
      const byte = at < end ? bytes[at] : undefined;
      const role = roles.get(at) ?? "hex.byte";
      push(hex, byte === undefined ? `${gap}   ` : `${gap}${byte.toString(16).padStart(2, "0")} `, role);
      if (byte !== undefined)
        push(plain, byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".", role);
    }
    const offset = start.toString(16).padStart(4, "0");
    lines.push([span(`${offset}  `, "hex.offset"), ...hex, span(" ", "popup"), ...plain]);
  }
  return lines;
}

/** Neighbours of one role are one span. */
function push(line: Span[], text: string, role: Role): void {
  const last = line.at(-1);
  if (last?.role === role) line[line.length - 1] = { ...last, text: last.text + text };
  else line.push(span(text, role));
}

const nameColumns = 14;
const rangeColumns = 10;

function fieldLines(
  field: Field,
  role: Role,
  bytes: Uint8Array,
  found: Inspection,
  columns: number,
  world: World,
): readonly Line[] {
  const key = `field.${field.name}`;
  const name = hasTuiText(key) ? world.text(key) : shownText(field.name, 40);
  const range = `${field.start}-${field.end - 1}`;
  const isNarrow = columns < 60;
  const at = nameColumns + (isNarrow ? 0 : rangeColumns);
  const rows = wrapText(fieldValue(field, bytes, found, world), { columns: Math.max(8, columns - at) });
  const lines = rows.map((row, index): Line => {
    if (index > 0) return [span(" ".repeat(at), "popup"), span(row, "popup")];
    const place = isNarrow ? [] : [span(padText(range, rangeColumns), "hex.offset")];
    return [span(`${fitText(name, nameColumns - 1)} `, role), ...place, span(row, "popup")];
  });
  const meaning = fieldMeaning(field.name, world);
  if (meaning === null) return lines;
  const meant = wrapText(meaning, { columns: Math.max(8, columns - at) });
  return [...lines, ...meant.map((row): Line => [span(" ".repeat(at), "popup"), span(row, "popup.hint")])];
}

/** One line on what the field is for; fields that come several times share theirs. */
function fieldMeaning(name: string, world: World): string | null {
  const kind = name.replace(/^(file|host|section)\d+/u, "$1");
  for (const key of [`meaning.${kind}`, `meaning.${kind.replace(/\..*/u, "")}`]) {
    if (hasTuiText(key)) return world.text(key);
  }
  return null;
}

/** What stands in the field: the command by its names, text as it reads in the packet's charset. */
function fieldValue(field: Field, bytes: Uint8Array, found: Inspection, world: World): string {
  if (field.name === "command" && found.ok) {
    return [found.modeName, ...found.options].join(" | ");
  }
  if (binaryFields.has(field.name)) return world.text("packet.bytes", { count: field.end - field.start });
  const charset = found.charset ?? "gbk";
  const text = shownText(world.codec.decode(bytes.subarray(field.start, field.end), charset), shownReading);
  return text === "" ? world.text("packet.bytes", { count: field.end - field.start }) : text;
}

const binaryFields: ReadonlySet<string> = new Set(["cipher", "data", "pad", "padding", "key", "bytes"]);

/** What is worth reading both ways, the best first. */
const textFields: readonly string[] = ["text", "nick", "group", "section0", "user", "host"];

/** The text side by side, so that the right charset is the one that makes sense. */
function readingLines(
  bytes: Uint8Array,
  fields: readonly Field[],
  columns: number,
  world: World,
): readonly Line[] {
  const text = textFields
    .map((name) => fields.find((field) => field.name === name))
    .find((one) => one !== undefined);
  if (text === undefined) return [];
  const slice = bytes.subarray(text.start, Math.min(text.end, text.start + shownReading));
  const lines: Line[] = [[span(world.text("packet.readings"), "popup", { bold: true })]];
  const half = columns >= 60 ? Math.floor((columns - 3) / 2) : columns;
  const cells = readings.map((charset) => {
    const shown = shownText(world.codec.decode(slice, charset), shownReading);
    return [charset.toUpperCase(), ...wrapText(shown, { columns: half })];
  });
  if (half === columns) {
    for (const [head = "", ...rows] of cells) {
      lines.push([span(head, "popup.hint")], ...rows.map((row): Line => [span(row, "popup")]));
    }
    return lines;
  }
  const [left = [], right = []] = cells;
  for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
    const role: Role = row === 0 ? "popup.hint" : "popup";
    lines.push([
      span(padText(left[row] ?? "", half), role),
      span(" │ ", "popup.border"),
      span(right[row] ?? "", role),
    ]);
  }
  return lines;
}
