// The file list: choosing what to send by its path, sending it to whom the open conversation is with, taking, refusing, cancelling and
// trying again what is offered.
import type { Event } from "../../index.js";
import { everyone, roomNumberOf } from "../../index.js";
import type { Request } from "../action.js";
import { createEditor, editorText, emptyEditor, insertText, applyEdit } from "../edit/editor.js";
import type { EditOperation } from "../edit/editor.js";
import { fileRows } from "../file-rows.js";
import type { FileRow } from "../file-rows.js";
import { messageAtHand } from "../pick.js";
import { emptyList, selectIndex } from "../log/list.js";
import { shownName, shownText } from "../roster.js";
import type { ChosenFile, Dialog, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { logLine, stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

type Files = Extract<Dialog, { kind: "files" }>;

/** Opens the list, or closes it; with words, these are paths to add. */
export function toggleFiles(state: UiState, world: World, argument: string): Step {
  if (state.dialog?.kind === "files" && argument === "") return stepTo({ ...state, dialog: null });
  const dialog: Files = { kind: "files", query: emptyEditor, list: emptyList, chosen: [] };
  const list = selectIndex(fileRows(world, []), emptyList, 0);
  const open: UiState = { ...state, focus: "input", filter: null, dialog: { ...dialog, list } };
  return argument === "" ? stepTo(open) : stepTo(open, { kind: "look-at-path", path: argument });
}

export function typePath(state: UiState, dialog: Files, text: string): UiState {
  const query = insertText(dialog.query, text.replace(/[\r\n]+/g, " "));
  return { ...state, dialog: { ...dialog, query } };
}

export function editPath(state: UiState, dialog: Files, operation: EditOperation): UiState {
  return { ...state, dialog: { ...dialog, query: applyEdit(dialog.query, operation) } };
}

export function completePath(state: UiState, dialog: Files): Step {
  return stepTo(state, { kind: "complete-path", text: editorText(dialog.query) });
}

export function pathCompleted(state: UiState, text: string): UiState {
  const { dialog } = state;
  return dialog?.kind === "files" ? { ...state, dialog: { ...dialog, query: createEditor(text) } } : state;
}

/** A path was looked at: it is on the list of what will be sent. */
export function pathLooked(state: UiState, world: World, file: ChosenFile): UiState {
  const { dialog } = state;
  if (dialog?.kind !== "files") return state;
  const others = dialog.chosen.filter(({ path }) => path !== file.path);
  const chosen = [...others, file];
  const list = selectIndex(fileRows(world, chosen), emptyList, chosen.length - 1);
  return { ...state, dialog: { ...dialog, chosen, query: emptyEditor, list } };
}

function rowOf(world: World, dialog: Files): FileRow | undefined {
  const { items } = fileRows(world, dialog.chosen);
  return items.find(({ key }) => key === dialog.list.selected) ?? items[0];
}

/** Enter: adds the path that stands there, else does the next thing with the chosen row. */
export function acceptFiles(state: UiState, world: World, dialog: Files): Step {
  const path = editorText(dialog.query).trim();
  if (path !== "") return stepTo(state, { kind: "look-at-path", path });
  const row = rowOf(world, dialog);
  if (row === undefined) return stepTo(state);
  if (row.kind === "chosen") return sendChosen(state, world, dialog);
  const request = nextFor(row);
  if (request === null) return stepTo(withNotice(state, world, world.text("why.nothingToTake"), "warning"));
  return stepTo(state, request);
}

function sendChosen(state: UiState, world: World, dialog: Files): Step {
  if (state.conversation === everyone) {
    return stepTo(withNotice(state, world, world.text("why.filesToEveryone"), "warning"));
  }
  if (roomNumberOf(state.conversation) !== null) {
    return stepTo(withNotice(state, world, world.text("why.filesToGroup"), "warning"));
  }
  const paths = dialog.chosen.map(({ path }) => path);
  return stepTo(
    { ...state, dialog: { ...dialog, chosen: [] } },
    { kind: "offer-files", to: state.conversation, paths },
  );
}

function nextFor({ offer, state, transfer }: Extract<FileRow, { kind: "offered" }>): Request | null {
  if (offer.direction === "out") return null;
  if (transfer?.state === "done" && transfer.path !== null)
    return { kind: "open-folder", path: transfer.path };
  const isFree = transfer === null || transfer.state === "failed" || transfer.state === "cancelled";
  const isOpen = state === "open" || state === "partly" || transfer !== null;
  return isFree && isOpen ? { kind: "accept-offer", offerId: offer.offerId } : null;
}

/** Shows where the files of the message at hand lie: the chosen one's, else those of the latest that came. */
export function showFolder(state: UiState, world: World): Step {
  const chosen = state.picked === null ? null : messageAtHand(state, world);
  const path = world.node
    .transfers()
    .findLast(
      (one) =>
        one.state === "done" &&
        one.direction === "in" &&
        one.path !== null &&
        (chosen === null ? one.peerId === state.conversation : one.offerId === chosen.id),
    )?.path;
  if (path == null) return stepTo(withNotice(state, world, world.text("why.nothingReceived"), "warning"));
  const told = withNotice(state, world, world.text("notice.folder", { path: shownText(path, 200) }));
  return stepTo(told, { kind: "open-folder", path });
}

/** Takes the row off: not sent, refused, cancelled. */
export function dropFile(state: UiState, world: World): Step {
  const { dialog } = state;
  if (dialog?.kind !== "files") return stepTo(state);
  const row = rowOf(world, dialog);
  if (row === undefined) return stepTo(state);
  if (row.kind === "chosen") {
    return stepTo({
      ...state,
      dialog: { ...dialog, chosen: dialog.chosen.filter((one) => one !== row.file) },
    });
  }
  const { offer, file, transfer } = row;
  const isMoving = transfer !== null && transfer.endedAt === null;
  if (row.state !== "open" && row.state !== "partly" && !isMoving) return stepTo(state);
  if (offer.direction === "in" && !isMoving)
    return stepTo(state, { kind: "refuse-offer", offerId: offer.offerId });
  const fileId = offer.direction === "in" ? file.fileId : null;
  return stepTo(state, { kind: "cancel-offer", offerId: offer.offerId, fileId });
}

/** News of files: an offer is told of, and how a transfer ended stands in the log. */
export function noteFiles(
  state: UiState,
  event: Extract<Event, { kind: "offer" | "transfer" | "picture" }>,
  world: World,
): Step {
  switch (event.kind) {
    case "offer": {
      const { offer } = event;
      const party = offer.parties[0];
      if (event.change !== "appeared" || offer.direction !== "in" || party === undefined)
        return stepTo(state);
      const peer = world.node.peer(party.peerId);
      const values = {
        name: peer === undefined ? "" : shownName(peer),
        count: offer.files.length,
        key: world.keymap.keyOf("files"),
      };
      return stepTo(withNotice(state, world, world.text("notice.offer", values)));
    }
    case "transfer": {
      const { transfer } = event;
      if (transfer.endedAt === null) return stepTo(state);
      const name = shownText(transfer.name, 80);
      const why = transfer.reason === null ? "" : world.problem(transfer.reason, transfer.fields).text;
      const isIn = transfer.direction === "in";
      const values = { name, path: shownText(transfer.path ?? "", 200), why };
      const key =
        transfer.state === "done"
          ? isIn
            ? "log.fileReceived"
            : "log.fileSent"
          : transfer.state === "cancelled"
            ? "log.fileCancelled"
            : "log.fileFailed";
      return stepTo(state, logLine(world, transfer.peerId, world.text(key, values)));
    }
    case "picture": {
      const { picture } = event;
      if (picture.state === "started") return stepTo(state);
      const key =
        picture.state === "failed"
          ? "log.pictureFailed"
          : picture.direction === "in"
            ? "log.picture"
            : "log.pictureSent";
      const values = { path: shownText(picture.path ?? "", 200), key: world.keymap.keyOf("picture") };
      const words = world.text(key, values);
      return stepTo(state, logLine(world, picture.peerId, words));
    }
    default: {
      const unreachable: never = event;
      return unreachable;
    }
  }
}
