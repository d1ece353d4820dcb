// The whole screen as a scene: the regions where the layout puts them, then what lies over them, then the caret. The only view that
// knows all the others.
import type { Snapshot } from "../edit/editor.js";
import type { UiState } from "../ui-state.js";
import { unreadCount } from "../roster.js";
import { takeColumns } from "../text/fit.js";
import type { World } from "../world.js";
import { conversationPanes, logView, narrowHeader } from "./conversation.js";
import { detailsPanes, detailsPopup } from "./details.js";
import { filesPopup, filesRect } from "./files.js";
import { helpPopup, palettePopup, paletteRect } from "./help.js";
import { completionPopup, inputCaret, inputPane, searchPane } from "./input.js";
import { impairPopup } from "./impair.js";
import { labScreen } from "./lab/screen.js";
import { layoutOf } from "./layout.js";
import type { Layout } from "./layout.js";
import { queryCaret, span } from "./lines.js";
import { menuBar, menuPopup } from "./menu.js";
import { conversationName, filterCaret, peerListPanes, peerListPopup } from "./peer-list.js";
import { picturePopup } from "./picture.js";
import { alarmQuestion } from "./protection.js";
import { pasteQuestion } from "./question.js";
import { packetPopup } from "./packet.js";
import { receivePopup, receiveRect } from "./receive.js";
import type { Pane, PlacedImage, Rect, Scene } from "./scene.js";
import { sendForm } from "./send-form.js";
import { statusPanes } from "./status.js";
import { themesPopup } from "./themes.js";
import { welcomePopup } from "./welcome.js";
import { wirePopup, wireRect } from "./wire.js";

/** Draws what the state wants to see of the world. */
export function viewScreen(state: UiState, world: World): Scene {
  const layout = layoutOf(state);
  const title = windowTitle(state, world);
  if (layout.kind === "tiny") {
    const text = takeColumns(world.text("app.tooSmall"), layout.screen.columns);
    const pane: Pane = { id: "notice", rect: layout.screen, lines: [[span(text, "screen")]], fill: "screen" };
    return { size: state.size, panes: [pane], cursor: null, title };
  }
  const log = logView(state, world, layout);
  const panes: Pane[] = [
    layout.kind === "narrow" ? narrowHeader(state, world, layout) : menuBar(state, world, layout),
    ...rulePanes(layout),
    ...peerListPanes(state, world, layout),
    ...conversationPanes(state, world, layout, log),
    ...detailsPanes(state, world, layout),
    inputPane(state, world, layout),
    ...statusPanes(state, world, layout, log),
  ];
  const over = overlay(state, world, layout);
  panes.push(...over.panes);
  const images = over.images === undefined ? {} : { images: over.images };
  return { size: state.size, panes, cursor: over.cursor, title, ...images };
}

function rulePanes(layout: Layout): readonly Pane[] {
  return layout.rules.map((rect, index): Pane => {
    const text = rect.rows === 1 ? "─".repeat(rect.columns) : "│";
    return {
      id: `rule-${index}`,
      rect,
      lines: Array.from({ length: rect.rows }, () => [span(text, "border")]),
      fill: "border",
    };
  });
}

/** What lies on top, and where the caret stands because of it. */
function overlay(
  state: UiState,
  world: World,
  layout: Layout,
): {
  readonly panes: readonly Pane[];
  readonly cursor: Scene["cursor"];
  readonly images?: readonly PlacedImage[];
} {
  const { dialog } = state;
  if (state.focus === "menu") {
    return { panes: layout.kind === "narrow" ? [menuPopup(state, world, layout)] : [], cursor: null };
  }
  switch (dialog?.kind) {
    case "form": {
      const { pane, cursor } = sendForm(dialog, world, layout);
      return { panes: [pane], cursor };
    }
    case "receive":
      return {
        panes: [receivePopup(world, layout, dialog)],
        cursor: caretIn(receiveRect(layout), dialog.query),
      };
    case "packet":
      return { panes: [packetPopup(world, layout, dialog)], cursor: null };
    case "wire":
      return {
        panes: [wirePopup(state, world, layout, dialog)],
        cursor: caretIn(wireRect(layout), state.wire.query),
      };
    case "files":
      return {
        panes: [filesPopup(state, world, layout, dialog)],
        cursor: caretIn(filesRect(layout), dialog.query),
      };
    case "picture": {
      const { pane, images } = picturePopup(world, layout, dialog);
      return { panes: [pane], cursor: null, images };
    }
    case "themes":
      return { panes: [themesPopup(world, layout, dialog)], cursor: null };
    case "lab": {
      const { pane, cursor } = labScreen(state, world, layout);
      return { panes: [pane], cursor };
    }
    case "impair":
      return { panes: [impairPopup(state, world, layout, dialog)], cursor: null };
    case "welcome": {
      const { pane, cursor } = welcomePopup(world, layout, dialog);
      return { panes: [pane], cursor };
    }
    case "help":
      return dialog.under?.kind === "lab"
        ? {
            panes: [labScreen(state, world, layout).pane, helpPopup(world, layout, dialog.top, "lab")],
            cursor: null,
          }
        : { panes: [helpPopup(world, layout, dialog.top)], cursor: null };
    case "details":
      return { panes: [detailsPopup(state, world, layout, dialog.top)], cursor: null };
    case "palette":
      return {
        panes: [palettePopup(state, world, layout, dialog)],
        cursor: caretIn(paletteRect(layout, dialog), dialog.query),
      };
    case "alarm":
      return { panes: [alarmQuestion(world, layout, dialog.peer)], cursor: null };
    case "paste":
      return { panes: [pasteQuestion(world, layout, dialog)], cursor: null };
    case undefined:
      break;
    default: {
      const unreachable: never = dialog;
      return unreachable;
    }
  }
  if (state.focus === "search") {
    const { pane, cursor } = searchPane(state, world, layout);
    return { panes: [pane], cursor };
  }
  if (state.focus === "peers") return peersOverlay(state, world, layout);
  const popup = completionPopup(state, world, layout);
  // The caret stays in the input while the log has the focus: typing goes there, and input methods follow it.
  return { panes: popup === null ? [] : [popup], cursor: inputCaret(state, world, layout) };
}

/** The caret in the first row of a list; on a narrow frame it stays inside. */
function caretIn(rect: Rect, query: Snapshot): Scene["cursor"] {
  const column = rect.column + 1 + queryCaret(query);
  return { column: Math.min(rect.column + rect.columns - 1, column), row: rect.row + 1 };
}

function peersOverlay(
  state: UiState,
  world: World,
  layout: Layout,
): { readonly panes: readonly Pane[]; readonly cursor: Scene["cursor"] } {
  const isNarrow = layout.kind === "narrow";
  const title = isNarrow ? layout.list : layout.listTitle;
  const at = isNarrow ? 3 : 0;
  const cursor =
    state.filter === null || title === null
      ? null
      : {
          column: Math.min(title.column + title.columns - 1, title.column + at + filterCaret(state, world)),
          row: title.row,
        };
  return { panes: isNarrow ? [peerListPopup(state, world, layout)] : [], cursor };
}

function windowTitle(state: UiState, world: World): string {
  const peer = conversationName(state, world);
  const count = unreadCount(world);
  return count > 0 ? world.text("app.titleUnread", { count, peer }) : world.text("app.title", { peer });
}
