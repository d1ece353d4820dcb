// The live view of the wire: pause, filter by address and direction, and one datagram taken apart.
import { emptyEditor, insertText, replaceText } from "../edit/editor.js";
import { emptyList } from "../log/list.js";
import type { KeyEvent } from "../input/event.js";
import type { UiState, WireLook } from "../ui-state.js";
import { layoutKind } from "../view/layout.js";
import { wireItems } from "../view/wire.js";
import type { World } from "../world.js";
import { withNotice } from "./step.js";

export function toggleWire(state: UiState): UiState {
  if (state.dialog?.kind === "wire") return { ...state, dialog: null };
  return { ...state, dialog: { kind: "wire", list: emptyList }, focus: "input", filter: null };
}

/** The datagrams in the third column, or the details again. */
export function toggleColumn(state: UiState, world: World): UiState {
  if (layoutKind(state.size) !== "wide") return toggleWire(state);
  const isWire = state.column === "wire" && state.showDetails !== false;
  const next: UiState = { ...state, showDetails: true, column: isWire ? "details" : "wire" };
  return state.dialog?.kind === "wire"
    ? withNotice({ ...next, column: "wire", dialog: null }, world, world.text("notice.wireColumn"))
    : next;
}

export function pauseWire(state: UiState, world: World): UiState {
  const pausedEnd = state.wire.pausedEnd === null ? world.wire.end : null;
  return { ...state, wire: { ...state.wire, pausedEnd } };
}

export function turnDirection(state: UiState): UiState {
  const order = ["both", "in", "out"] as const;
  const direction = order[(order.indexOf(state.wire.direction) + 1) % order.length] ?? "both";
  return withLook(state, { direction });
}

export function typeWire(state: UiState, text: string): UiState {
  return withLook(state, { query: insertText(state.wire.query, text.replace(/\s+/g, "")) });
}

export function keyInWire(state: UiState, key: KeyEvent): UiState {
  if (key.key !== "backspace") return state;
  const { query } = state.wire;
  const clusters = query.clusters.slice(0, -1);
  return withLook(state, { query: replaceText(emptyEditor, clusters.join("")) });
}

function withLook(state: UiState, look: Partial<WireLook>): UiState {
  const { dialog } = state;
  const fresh = dialog?.kind === "wire" ? { ...dialog, list: emptyList } : dialog;
  return { ...state, wire: { ...state.wire, ...look }, dialog: fresh };
}

/** Enter on a datagram; in the list below it the choice stays on it. */
export function openDatagram(state: UiState, world: World): UiState {
  const { dialog } = state;
  if (dialog?.kind !== "wire") return state;
  const { items } = wireItems(state, world);
  const entry = items.find((one) => String(one.serial) === dialog.list.selected) ?? items[0];
  if (entry === undefined) return state;
  const list = { ...dialog.list, selected: String(entry.serial) };
  const under = { ...dialog, list };
  return { ...state, dialog: { kind: "packet", of: { kind: "wire", record: entry.record }, top: 0, under } };
}
