// A message as rows of the log: time, name, wrapped text, offered files, and for our own what became of it. Text from the network
// passes `safeText` here. Knows nothing of scrolling; the log asks for the rows of one entry at a time.
import { isUnopened, safeText } from "../../index.js";
import type { Charset, FileRecord, Message } from "../../index.js";
import { splitFaces } from "../faces.js";
import { fileFate } from "../file-rows.js";
import { splitMatches } from "../find.js";
import { readAs } from "../reading.js";
import { shownText } from "../roster.js";
import { fitText, truncateText } from "../text/fit.js";
import { displayText } from "../text/display.js";
import { cellWidth } from "../text/width.js";
import { wrapPieces } from "../text/wrap.js";
import type { SystemLine } from "../timeline.js";
import type { World } from "../world.js";
import { deliveryMark, ledgerPieces } from "./delivery.js";
import { lineWidth, span } from "./lines.js";
import { fileLock } from "./lock.js";
import { formatSize, formatTime } from "./moment.js";
import { closedWords, protectionMarks } from "./protection.js";
import type { Line, Role, Span } from "./scene.js";

/** How the columns of a log are shared out. */
export interface LogColumns {
  readonly columns: number;
  /** Width of the name column; null puts the name before the text without one. */
  readonly nameColumns: number | null;
}

/** How the reader looks at a message. */
export interface MessageLook {
  /** Words that are searched, to be marked; empty: none. */
  readonly query: string;
  /** Another charset to read it in. */
  readonly reading: Charset | null;
  /** Shown whole, however long. */
  readonly isExpanded: boolean;
}

const plainLook: MessageLook = { query: "", reading: null, isExpanded: false };

/** Longest text that is laid out; a datagram holds no more than 64 KB, a screen needs far less. */
const shownCharacters = 8_000;
/** Files of one offer that are listed one by one. */
const shownFiles = 20;
const timeColumns = 5;

/** Columns before the text of a message. */
export function gutterColumns({ nameColumns }: LogColumns): number {
  return nameColumns === null ? timeColumns + 1 : timeColumns + 1 + nameColumns + 2;
}

/** Rows of a message; at least one. */
export function messageLines(
  message: Message,
  columns: LogColumns,
  world: World,
  look: MessageLook = plainLook,
): readonly Line[] {
  const isOwn = message.direction === "out";
  const name = isOwn ? world.text("peer.self") : shownText(message.peerName, 80);
  const nameRole: Role = isOwn ? "message.name.own" : nameRoleOf(message.peerId ?? message.peerName);
  const gutter = gutterColumns(columns);
  const time = span(`${formatTime(message.at)} `, "message.time");
  const textColumns = Math.max(2, columns.columns - gutter);
  const blank = span(" ".repeat(gutter), "screen");

  let head: Line;
  let first: readonly Span[] = [];
  if (columns.nameColumns === null) {
    const short = truncateText(name, 12);
    head = [time];
    first = [span(`${short} `, nameRole)];
  } else {
    head = [time, span(`${fitText(name, columns.nameColumns)}  `, nameRole)];
  }
  const body = bodyPieces(message, world, look, isOwn ? "message.own" : "message.peer");
  const rows: Line[] = [];
  for (const [index, pieces] of body.entries()) {
    const shown = index === 0 ? [...first, ...pieces] : pieces;
    for (const row of wrapPieces(shown, { columns: textColumns })) {
      rows.push([...(rows.length === 0 ? head : [blank]), ...row]);
    }
  }
  const mark = isOwn ? deliveryMark(message, world) : null;
  if (mark !== null) {
    const last = rows.at(-1) ?? head;
    if (lineWidth(last) + 1 + cellWidth(mark.text) <= columns.columns) {
      rows[Math.max(0, rows.length - 1)] = [...last, span(" ", "screen"), mark];
    } else {
      rows.push([blank, mark]);
    }
  }
  const ledger = isOwn ? ledgerPieces(message, world) : [];
  if (ledger.length > 0) {
    for (const row of wrapPieces(ledger, { columns: textColumns })) rows.push([blank, ...row]);
  }
  return rows;
}

/** One of the eight name colours, the same one every day. */
export function nameRoleOf(identity: string): Role {
  let hash = 0x811c9dc5;
  for (let index = 0; index < identity.length; index += 1) {
    hash = Math.imul(hash ^ identity.charCodeAt(index), 0x01000193);
  }
  const names = [
    "message.name.1",
    "message.name.2",
    "message.name.3",
    "message.name.4",
    "message.name.5",
    "message.name.6",
    "message.name.7",
    "message.name.8",
  ] as const;
  return names[(hash >>> 0) % names.length] ?? "message.name.1";
}

/** A line of the UI's own, with a star where messages have a name. */
export function systemLines(line: SystemLine, columns: LogColumns): readonly Line[] {
  const role: Role = line.tone === "error" ? "message.error" : "message.system";
  const sign = line.tone === "error" ? "! " : "* ";
  const gutter = timeColumns + 1 + sign.length;
  const rows = wrapPieces([span(line.text, role)], { columns: Math.max(2, columns.columns - gutter) });
  return rows.map((row, index) =>
    index === 0
      ? [span(`${formatTime(line.at)} `, "message.time"), span(sign, role), ...row]
      : [span(" ".repeat(gutter), "screen"), ...row],
  );
}

/** The paragraphs of a message: its text with the marks before it, then one for each offered file. */
function bodyPieces(
  message: Message,
  world: World,
  look: MessageLook,
  role: Role,
): readonly (readonly Span[])[] {
  const marks: Span[] = [];
  marks.push(...protectionMarks(message, world));
  if (message.autoReply) marks.push(span(`${world.text("log.autoReply")} `, "message.system"));
  const images = message.images.map((_image) => span(` ${world.text("log.image")}`, "message.file"));
  // The limit is on what is laid out, so it comes before the cleaning, which costs as much.
  const whole = isUnopened(message)
    ? closedWords(message, world)
    : look.reading === null
      ? message.displayText
      : readAs(message, look.reading, world.codec);
  const isCut = whole.length > shownCharacters && !look.isExpanded;
  const cut = isCut ? whole.slice(0, shownCharacters) : whole;
  const text = safeText(cut, { newlines: "keep" }).replace(/\n+$/u, "");
  const paragraphs: (readonly Span[])[] = [];
  const shown = text.split("\n").map(displayText).join("\n");
  if (shown !== "" || message.files.length === 0 || marks.length > 0) {
    const more = { count: whole.length - shownCharacters, key: world.keymap.keyOf("expand") };
    const rest = isCut ? [span(` ${world.text("log.more", more)}`, "message.system")] : [];
    const pieces = linkPieces(shown, role).flatMap((piece) =>
      piece.role === role && message.dialect === "feiq" ? facePieces(piece, world) : [piece],
    );
    paragraphs.push([...marks, ...matchPieces(pieces, look.query), ...images, ...rest]);
  }
  for (const file of message.files.slice(0, shownFiles)) {
    paragraphs.push([
      ...matchPieces(filePieces(file, world), look.query),
      ...fatePieces(message, file, world),
    ]);
  }
  if (message.files.length > shownFiles) {
    const count = message.files.length - shownFiles;
    paragraphs.push([span(world.text("log.moreFiles", { count }), "message.system")]);
  }
  return paragraphs;
}

const link = /(https?:\/\/[^\s\u3000-\u303f\uff00-\uffef"'<>]+)/u;

function linkPieces(text: string, role: Role): readonly Span[] {
  return text
    .split(link)
    .map((piece, index) => span(piece, index % 2 === 1 ? "message.link" : role))
    .filter((piece) => piece.text !== "");
}

/** FeiQ's codes as words in brackets; only FeiQ writes them, for others they may be half of anything. */
function facePieces(piece: Span, world: World): readonly Span[] {
  return splitFaces(piece.text, world.lang).map((part) =>
    part.isFace ? span(part.text, "message.emoticon") : { ...piece, text: part.text },
  );
}

function matchPieces(pieces: readonly Span[], query: string): readonly Span[] {
  if (query === "") return pieces;
  return pieces.flatMap((piece) =>
    splitMatches(piece.text, query)
      .map((text, index): Span => (index % 2 === 1 ? span(text, "message.match") : { ...piece, text }))
      .filter((part) => part.text !== ""),
  );
}

/** What became of it, and where it lies. */
function fatePieces(message: Message, file: FileRecord, world: World): readonly Span[] {
  const fate = fileFate(world, message.id, file.id);
  if (fate === null) return [];
  const { offer, transfer } = fate;
  if (
    transfer !== null &&
    (transfer.state === "done" || transfer.state === "failed" || transfer.state === "cancelled")
  ) {
    const words = world.text(`files.transfer.${transfer.state}`);
    const path =
      transfer.direction === "in" && transfer.state === "done" ? shownText(transfer.path ?? "", 300) : "";
    const role = transfer.state === "failed" ? "message.error" : "message.system";
    const lock = fileLock(transfer);
    return [span(`  ${lock}${path === "" ? words : `${words} ${path}`}`, role)];
  }
  const states = offer.parties.map(({ state }) => state);
  const [state] = states;
  const isOne = state !== undefined && states.every((one) => one === state);
  return isOne ? [span(`  ${world.text(`files.offer.${state}`)}`, "message.system")] : [];
}

function filePieces(file: FileRecord, world: World): readonly Span[] {
  const kind = file.type === 2 ? "log.folder" : file.type === 0x20 ? "log.image" : "log.file";
  const size = file.type === 2 && file.sizeBytes === 0n ? "" : `  ${formatSize(file.sizeBytes)}`;
  return [
    span(`${world.text(kind)} `, "message.file", { bold: true }),
    span(shownText(file.name, 255), "message.file"),
    span(size, "message.system"),
  ];
}
