// The input: prompt, editor rows, caret; under it one row of hints and problems; above it the completion popup.
import { everyone, roomNumberOf, safeText } from "../../index.js";
import { findInLog } from "../find.js";
import { checkedPeers } from "../receivers.js";
import { completionsOf } from "../completion.js";
import { checkDraft, isNearLimit } from "../draft-check.js";
import { layoutEditor } from "../edit/layout.js";
import type { EditorLayout, EditorRun } from "../edit/layout.js";
import { editorText, emptyEditor, isEditorEmpty } from "../edit/editor.js";
import { onlineCount, shownName, shownText } from "../roster.js";
import { fitText, truncateText } from "../text/fit.js";
import { splitClusters } from "../text/clusters.js";
import { cellWidth } from "../text/width.js";
import { draftOf } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { layoutKind } from "./layout.js";
import type { Layout } from "./layout.js";
import { cutLine, fillLine, framed, span, spread } from "./lines.js";
import { conversationName } from "./peer-list.js";
import type { Line, Pane, Rect, Span } from "./scene.js";

const popupRows = 8;

/** Where the editor lies right of its prompt. Updates use it to keep the caret in sight. */
export function editorRect(state: UiState, world: World, layout: Layout): Rect {
  const prompt = Math.min(cellWidth(promptText(state, world, layout)), layout.input.columns - 2);
  return { ...layout.input, column: prompt, columns: layout.input.columns - prompt };
}

/** The editor's rows; `window` of the result belongs into the draft. */
export function editorLayout(state: UiState, world: World, layout: Layout): EditorLayout {
  const area = editorRect(state, world, layout);
  const { editor, window } = draftOf(state);
  return layoutEditor(editor, area.columns, area.rows, window);
}

export function inputPane(state: UiState, world: World, layout: Layout): Pane {
  const area = editorRect(state, world, layout);
  const { rows } = editorLayout(state, world, layout);
  const lost = new Set(checkDraft(state, world)?.lost ?? []);
  const prompt = fitText(promptText(state, world, layout), area.column);
  const lines = rows.map((runs, index): Line => {
    const text = runs.flatMap((run) => runSpans(run, lost));
    return [
      span(index === 0 ? prompt : " ".repeat(area.column), "input.prompt"),
      ...(isPlaceholderDue(state) && index === 0 ? placeholder(state, world, area.columns) : text),
    ];
  });
  return { id: "input", rect: layout.input, lines, fill: "input" };
}

/** The caret on the screen. */
export function inputCaret(
  state: UiState,
  world: World,
  layout: Layout,
): { readonly column: number; readonly row: number } {
  const area = editorRect(state, world, layout);
  const { caret } = editorLayout(state, world, layout);
  return { column: area.column + caret.column, row: area.row + caret.row };
}

/** Hints and problems; null when there is nothing to say. What is wrong with the draft comes before news. */
export function noticeLine(state: UiState, world: World): Line | null {
  const { notice } = state;
  const isNews = notice !== null && notice.until > world.now();
  if (isNews && notice.tone === "warning") return [span(` ${notice.text}`, "status.warning")];
  const fault = draftFault(state, world);
  if (fault !== null) return [span(` ${fault}`, "status.warning")];
  if (isNews) return [span(` ${notice.text}`, "message.system")];
  return focusHint(state, world) ?? draftHint(state, world);
}

/** Why the draft would not arrive as it stands. */
function draftFault(state: UiState, world: World): string | null {
  const check = checkDraft(state, world);
  if (check === null) return null;
  if (check.sizeBytes > check.limitBytes) {
    return world.text("input.tooLong", { bytes: check.sizeBytes, limit: check.limitBytes });
  }
  if (check.lostCount === 0) return null;
  return world.text("input.unencodable", {
    charset: check.charset.toUpperCase(),
    count: check.lostCount,
    sample: check.lost.slice(0, 8).map(visible).join(" "),
  });
}

/** A character by its look, an invisible one by its number. */
function visible(character: string): string {
  const shown = safeText(character).trim();
  return shown === ""
    ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
    : shown;
}

function draftHint(state: UiState, world: World): Line | null {
  const draft = draftOf(state);
  const checked = checkedPeers(state, world);
  if (checked.length > 0) {
    const gone = checked.filter((one) => one.state === "offline");
    const names = (gone.length > 0 ? gone : checked).map(shownName).join(", ");
    const key = gone.length > 0 ? "input.checkedOffline" : "input.checked";
    const role = gone.length > 0 ? "status.warning" : "message.system";
    return [span(` ${world.text(key, { count: checked.length, names })}`, role)];
  }
  if (isEditorEmpty(draft.editor)) return null;
  const check = checkDraft(state, world);
  if (check !== null && isNearLimit(check)) {
    const values = { bytes: check.sizeBytes, limit: check.limitBytes };
    return [span(` ${world.text("input.bytes", values)}`, "status.unread")];
  }
  if (world.node.peer(state.conversation)?.state === "offline") {
    const name = conversationName(state, world);
    return [span(` ${world.text("input.offline", { name })}`, "status.warning")];
  }
  if (state.conversation === everyone && onlineCount(world) > 0) {
    return [span(` ${world.text("input.everyone", { count: onlineCount(world) })}`, "message.system")];
  }
  const number = roomNumberOf(state.conversation);
  if (number !== null)
    return [span(` ${world.text("input.room", { group: shownText(number) })}`, "message.system")];
  return draft.raw ? [span(` ${world.text("input.raw")}`, "message.system")] : null;
}

/** What can be done where the focus is, while it is not where one writes. */
function focusHint(state: UiState, world: World): Line | null {
  if (state.dialog !== null || layoutKind(state.size) === "narrow") return null;
  const isLog = state.focus === "log" && state.picked !== null;
  if (state.focus !== "peers" && !isLog) return null;
  const key = !isLog ? "peers.keys" : state.search === null ? "log.keys" : "log.keysSearch";
  return [span(` ${world.text(key)}`, "message.system")];
}

/** Commands, names and arguments to choose from, above the input. */
export function completionPopup(state: UiState, world: World, layout: Layout): Pane | null {
  const candidates = completionsOf(state, world);
  if (candidates.length === 0) return null;
  const height = Math.min(popupRows, candidates.length, Math.max(1, layout.input.row - 3));
  const selected = Math.min(state.completion.selected, candidates.length - 1);
  const top = Math.max(0, Math.min(candidates.length - height, selected - height + 1));
  const labelColumns = Math.min(28, Math.max(...candidates.map((one) => cellWidth(one.label)))) + 2;
  const detailColumns = Math.max(...candidates.map((one) => cellWidth(one.detail)));
  const columns = Math.min(layout.screen.columns, labelColumns + detailColumns + 4);
  const inner = columns - 2;
  const lines = candidates.slice(top, top + height).map((one, index): Line => {
    const isSelected = top + index === selected;
    const role = isSelected ? "popup.selected" : "popup";
    const detail = truncateText(one.detail, Math.max(0, inner - labelColumns - 1));
    const line = [
      span(` ${fitText(one.label, labelColumns)}`, role),
      span(detail, isSelected ? role : "popup.hint"),
    ];
    return isSelected ? fillLine(cutLine(line, inner), inner, role) : line;
  });
  const rows = height + 2;
  const rect = { column: 0, row: Math.max(0, layout.input.row - rows), columns, rows };
  return framed("completion", rect, { title: world.text("completion.title") }, lines);
}

/** The line to search with, where the input is. */
export function searchPane(
  state: UiState,
  world: World,
  layout: Layout,
): { readonly pane: Pane; readonly cursor: { readonly column: number; readonly row: number } } {
  const { search } = state;
  const query = search?.query ?? emptyEditor;
  const words = editorText(query);
  const hits = findInLog(world.timelines.of(state.conversation), words);
  const at = search?.serial === null || search?.serial === undefined ? 0 : hits.indexOf(search.serial) + 1;
  const count =
    words === ""
      ? world.text(layout.kind === "narrow" ? "search.hintShort" : "search.hint", {
          key: world.keymap.keyOf("find"),
        })
      : hits.length === 0
        ? world.text("search.none", { key: world.keymap.keyOf("find") })
        : world.text("search.count", { at, count: hits.length });
  const prompt = world.text("search.prompt");
  const room = Math.max(
    4,
    layout.input.columns - cellWidth(prompt) - Math.min(cellWidth(count) + 1, layout.input.columns >> 1),
  );
  const { rows, caret } = layoutEditor(query, room, 1);
  const text = (rows[0] ?? []).map((run) => span(run.text, run.isMarker ? "input.marker" : "input"));
  const role = words !== "" && hits.length === 0 ? "input.warning" : "input.marker";
  const line = spread(
    [span(prompt, "input.prompt"), ...text],
    [span(count, role)],
    layout.input.columns,
    "input",
  );
  return {
    pane: { id: "search", rect: layout.input, lines: [line], fill: "input" },
    cursor: { column: cellWidth(prompt) + caret.column, row: layout.input.row },
  };
}

function promptText(state: UiState, world: World, layout: Layout): string {
  const count = checkedPeers(state, world).length;
  if (count > 0) {
    return world.text(layout.kind === "narrow" ? "input.promptManyShort" : "input.promptMany", { count });
  }
  const most = Math.max(4, Math.floor(layout.input.columns / 3));
  const name = truncateText(conversationName(state, world), most - 6);
  return world.text(layout.kind === "narrow" ? "input.promptShort" : "input.prompt", { name });
}

/** With nobody there the empty input says what Enter does. */
function isPlaceholderDue(state: UiState): boolean {
  return isEditorEmpty(draftOf(state).editor);
}

function placeholder(state: UiState, world: World, columns: number): readonly Span[] {
  if (world.node.peers().length > 0 || state.simulation.kind !== "off") return [];
  return [span(truncateText(world.text("input.simulate"), columns), "input.marker")];
}

function runSpans(run: EditorRun, lost: ReadonlySet<string>): readonly Span[] {
  if (run.isMarker) return [span(run.text, "input.marker")];
  if (lost.size === 0) return [span(run.text, "input")];
  return splitClusters(run.text).map((cluster) =>
    Array.from(cluster).some((character) => lost.has(character))
      ? span(cluster, "input.warning", { underline: true })
      : span(cluster, "input"),
  );
}
