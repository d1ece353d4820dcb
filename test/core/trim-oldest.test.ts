import { expect, it } from "vitest";
import { trimOldest } from "../../src/core/trim-oldest.js";

it("lets the oldest go, of maps and of sets, and nothing within the bound", () => {
  const map = new Map([
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
  trimOldest(map, 3);
  expect([...map.keys()]).toEqual(["a", "b", "c"]);
  trimOldest(map, 1);
  expect([...map.keys()]).toEqual(["c"]);
  const set = new Set([1, 2, 3]);
  trimOldest(set, 0);
  expect(set.size).toBe(0);
});
