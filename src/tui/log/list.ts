// A list of any length as a window with a selection. The selection is an identity, not an index: it stays on its peer when the
// order changes. Pure: items come from the caller, already in order; state in, state out.

export interface ListState {
  /** Key of the selected item; null selects nothing. */
  readonly selected: string | null;
  /** Where the selected item stood last: its neighbour is selected when it is gone. */
  readonly index: number;
  /** First visible item. */
  readonly top: number;
}

export const emptyList: ListState = { selected: null, index: 0, top: 0 };

export interface ListItems<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
}

export interface ListView<Item> {
  /** Items of the window, top to bottom. */
  readonly visible: readonly Item[];
  /** Index of the selected item in all items, -1 for none. */
  readonly selectedIndex: number;
  /** Row of the selected item in the window, -1 when it is out of sight. */
  readonly selectedRow: number;
  /** The state after clamping: keep it. */
  readonly state: ListState;
}

function findSelected<Item>({ items, keyOf }: ListItems<Item>, state: ListState): number {
  if (state.selected === null) return -1;
  const hinted = items[state.index];
  if (hinted !== undefined && keyOf(hinted) === state.selected) return state.index;
  return items.findIndex((item) => keyOf(item) === state.selected);
}

/** The window for a height; keeps the selected item in it unless `isFree` (the wheel has moved away from it). */
export function viewList<Item>(
  list: ListItems<Item>,
  state: ListState,
  height: number,
  isFree = false,
): ListView<Item> {
  const { items, keyOf } = list;
  const rows = Math.max(0, height);
  let index = findSelected(list, state);
  let selected = state.selected;
  if (index === -1 && selected !== null) {
    index = Math.min(state.index, items.length - 1);
    const heir = items[index];
    // With no item left the wish is kept: the peer may come back.
    if (heir !== undefined) selected = keyOf(heir);
  }
  const highestTop = Math.max(0, items.length - rows);
  let top = Math.max(0, Math.min(state.top, highestTop));
  if (index >= 0 && !isFree && rows > 0) top = Math.min(index, Math.max(top, index - rows + 1));
  const selectedRow = index >= top && index < top + rows ? index - top : -1;
  return {
    visible: items.slice(top, top + rows),
    selectedIndex: index,
    selectedRow,
    state: { selected, index: Math.max(0, index), top },
  };
}

/** Selects the item so many places further, stopping at the ends; from nothing the first, or the last when going up. */
export function moveSelection<Item>(list: ListItems<Item>, state: ListState, delta: number): ListState {
  const { items } = list;
  if (items.length === 0) return state;
  const from = findSelected(list, state);
  const start = from === -1 && state.selected !== null ? Math.min(state.index, items.length - 1) : from;
  const target = start === -1 ? (delta < 0 ? items.length - 1 : 0) : start + delta;
  return selectIndex(list, state, target);
}

/** Selects by index, clamped: 0 is the first item, Infinity the last. */
export function selectIndex<Item>(
  { items, keyOf }: ListItems<Item>,
  state: ListState,
  index: number,
): ListState {
  const inside = Math.max(0, Math.min(items.length - 1, index));
  const item = items[inside];
  return item === undefined ? state : { ...state, selected: keyOf(item), index: inside };
}

/** Selects by identity; an unknown key is kept and found when it appears. */
export function selectKey<Item>(list: ListItems<Item>, state: ListState, key: string | null): ListState {
  const index = findSelected(list, { ...state, selected: key });
  return { ...state, selected: key, index: index === -1 ? state.index : index };
}

/** Moves the window without the selection, as the wheel does. */
export function scrollList(state: ListState, delta: number, count: number, height: number): ListState {
  const top = Math.max(0, Math.min(count - height, state.top + delta));
  return { ...state, top: Math.max(0, top) };
}

/**
 * A filter by typing. While the query only grows and the items stay the same array, each step looks at the last result only.
 * `matches` is the caller's: substring, pinyin initials, anything where a longer query finds no more than a shorter one.
 */
export function createListFilter<Item>(
  matches: (item: Item, query: string) => boolean,
): (items: readonly Item[], query: string) => readonly Item[] {
  let lastItems: readonly Item[] = [];
  let lastQuery = "";
  let lastResult: readonly Item[] = [];
  return (items, query) => {
    if (query === "") return items;
    const isSame = items === lastItems && lastQuery !== "";
    if (isSame && query === lastQuery) return lastResult;
    const from = isSame && query.startsWith(lastQuery) ? lastResult : items;
    lastResult = from.filter((item) => matches(item, query));
    lastItems = items;
    lastQuery = query;
    return lastResult;
  };
}
