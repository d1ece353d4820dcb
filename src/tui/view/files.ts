// The file list on the screen: the line for a path, what will be sent with sizes, and everything offered with its progress.
import { fileRows } from "../file-rows.js";
import type { FileRow } from "../file-rows.js";
import { viewList } from "../log/list.js";
import { shownName, shownText } from "../roster.js";
import { formatByteSize, formatDuration } from "../text/byte-size.js";
import type { Dialog, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, fillLine, framed, queryLine, span, spread } from "./lines.js";
import { fileLock } from "./lock.js";
import { conversationName } from "./peer-list.js";
import type { Line, Pane, Rect, Role } from "./scene.js";

type Files = Extract<Dialog, { kind: "files" }>;

export function filesRect({ screen, kind }: Layout): Rect {
  return kind === "narrow"
    ? { column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1 }
    : centered(screen, Math.min(110, screen.columns - 4), screen.rows - 4);
}

export function filesPopup(state: UiState, world: World, layout: Layout, dialog: Files): Pane {
  const rect = filesRect(layout);
  const inner = rect.columns - 2;
  const { visible, selectedRow } = viewList(fileRows(world, dialog.chosen), dialog.list, rect.rows - 3);
  const lines: Line[] = [queryLine(dialog.query, inner, world.text("files.query"))];
  if (visible.length === 0) lines.push([span(` ${world.text("files.empty")}`, "popup.hint")]);
  for (const [index, row] of visible.entries()) lines.push(rowLine(row, world, inner, index === selectedRow));
  const to = conversationName(state, world);
  const words = {
    title: world.text("files.title", { name: to }),
    hint: world.text(inner < 60 ? "files.hintShort" : "files.hint"),
  };
  return framed("files", rect, words, lines);
}

function rowLine(row: FileRow, world: World, columns: number, isSelected: boolean): Line {
  const role: Role = isSelected ? "popup.selected" : "popup";
  const left =
    row.kind === "chosen"
      ? `+ ${describe(row.file)}`
      : `${arrowOf(row)} ${fileLock(row.transfer)}${describe(row.file)}`;
  const right = row.kind === "chosen" ? world.text("files.willBeSent") : stateOf(row, world);
  return fillLine(spread([span(` ${left}`, role)], [span(`${right} `, role)], columns, role), columns, role);
}

function arrowOf({ offer }: Extract<FileRow, { kind: "offered" }>): string {
  return offer.direction === "in" ? "←" : "→";
}

function describe(file: {
  readonly name: string;
  readonly kind: string;
  readonly sizeBytes: number | null;
}): string {
  const name = shownText(file.name, 120);
  const size = file.sizeBytes === null ? "" : `  ${formatByteSize(file.sizeBytes)}`;
  return file.kind === "folder" ? `${name}/${size}` : `${name}${size}`;
}

function stateOf({ peerId, state, transfer }: Extract<FileRow, { kind: "offered" }>, world: World): string {
  const peer = world.node.peer(peerId);
  const name = peer === undefined ? "" : shownName(peer);
  if (transfer === null) return `${name}  ${world.text(`files.offer.${state}`)}`;
  if (transfer.state !== "started") {
    const why = transfer.reason === null ? "" : `: ${world.problem(transfer.reason, transfer.fields).text}`;
    const checked = transfer.isVerified ? ` ${world.text("files.verified")}` : "";
    const sealed = transfer.cipher === null ? "" : ` ${world.text("files.encrypted")}`;
    return `${name}  ${world.text(`files.transfer.${transfer.state}`)}${sealed}${checked}${why}`;
  }
  const { doneBytes, totalBytes, bytesPerSecond } = transfer;
  const share =
    totalBytes === null || totalBytes === 0
      ? ""
      : `${Math.min(100, Math.floor((doneBytes / totalBytes) * 100))}%`;
  const left =
    totalBytes === null || bytesPerSecond === 0
      ? ""
      : formatDuration((totalBytes - doneBytes) / bytesPerSecond);
  const pieces = [name, share, formatByteSize(doneBytes), `${formatByteSize(bytesPerSecond)}/s`, left];
  return pieces.filter((piece) => piece !== "").join("  ");
}
