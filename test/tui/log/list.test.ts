// The virtual list: selection by identity, window, filter.
import { describe, expect, it } from "vitest";
import {
  createListFilter,
  emptyList,
  type ListState,
  moveSelection,
  scrollList,
  selectIndex,
  selectKey,
  viewList,
} from "../../../src/tui/log/list.js";

const listOf = (...items: string[]) => ({ items, keyOf: (item: string) => item });

describe("virtual list", () => {
  it("keeps the selected peer when the order changes", () => {
    const state = selectKey(listOf("a", "b", "c"), emptyList, "b");
    const view = viewList(listOf("x", "c", "a", "b"), state, 2);
    expect(view.selectedIndex).toBe(3);
    expect(view.visible).toEqual(["a", "b"]);
    expect(view.selectedRow).toBe(1);
  });

  it("selects the neighbour of a peer that is gone, and waits when all are gone", () => {
    const state = selectKey(listOf("a", "b", "c"), emptyList, "b");
    expect(viewList(listOf("a", "c"), state, 5).state.selected).toBe("c");
    expect(viewList(listOf("a"), state, 5).state.selected).toBe("a");
    const none = viewList(listOf(), state, 5);
    expect(none).toMatchObject({ visible: [], selectedIndex: -1, selectedRow: -1, state: { selected: "b" } });
  });

  it("moves within the ends", () => {
    const list = listOf("a", "b", "c");
    const steps = (state: ListState, ...deltas: number[]) =>
      deltas.reduce((current, delta) => moveSelection(list, current, delta), state).selected;
    expect(steps(emptyList, 1)).toBe("a");
    expect(steps(emptyList, -1)).toBe("c");
    expect(steps(emptyList, 1, 1, 1, 1, 1)).toBe("c");
    expect(steps(emptyList, 1, 1, -9)).toBe("a");
    expect(selectIndex(list, emptyList, Infinity).selected).toBe("c");
    expect(moveSelection(listOf(), emptyList, 1)).toBe(emptyList);
    expect(selectKey(list, emptyList, null).selected).toBeNull();
  });

  it("scrolls as little as it must, and not at all with the wheel", () => {
    const list = listOf(...Array.from("abcdefghij"));
    let { state } = viewList(list, selectKey(list, emptyList, "d"), 3);
    expect(state.top).toBe(1);
    state = viewList(list, selectKey(list, state, "c"), 3).state;
    expect(state.top).toBe(1);
    const wheel = viewList(list, scrollList(state, 5, 10, 3), 3, true);
    expect(wheel.visible).toEqual(["g", "h", "i"]);
    expect(wheel.selectedRow).toBe(-1);
    expect(scrollList(state, 99, 10, 3).top).toBe(7);
    expect(scrollList(state, -99, 10, 3).top).toBe(0);
    expect(viewList(listOf("a"), wheel.state, 0).visible).toEqual([]);
  });

  it("finds its selection among 10,000 again with one look at each, and shows it with none", () => {
    const items = Array.from({ length: 10_000 }, (_, index) => `peer-${index}`);
    const state = selectKey(listOf(...items), emptyList, "peer-9999");
    let asked = 0;
    const list = { items, keyOf: (item: string) => ((asked += 1), item) };
    const shown = viewList(list, { ...state, index: 0 }, 20);
    expect(shown.visible.at(-1)).toBe("peer-9999");
    expect(asked).toBeLessThanOrEqual(10_100);
    asked = 0;
    viewList(list, shown.state, 20);
    expect(asked).toBeLessThan(100);
  });

  it("filters by typing, from the last result while the query grows", () => {
    let asked = 0;
    const filter = createListFilter((item: string, query) => {
      asked += 1;
      return item.includes(query);
    });
    const items = ["abc", "abd", "xyz"];
    expect(filter(items, "")).toBe(items);
    expect(filter(items, "a")).toEqual(["abc", "abd"]);
    expect(asked).toBe(3);
    expect(filter(items, "ab")).toEqual(["abc", "abd"]);
    expect(filter(items, "abd")).toEqual(["abd"]);
    expect(asked).toBe(7);
    expect(filter(items, "abd")).toEqual(["abd"]);
    expect(asked).toBe(7);
    expect(filter(items, "x")).toEqual(["xyz"]);
    expect(filter([...items, "x2"], "x")).toEqual(["xyz", "x2"]);
  });
});
