// Against the authors' vectors: key 00 … 07, input 00, 01, 02, …; those of even length, as texts are 16-bit units here.
import { expect, it } from "vitest";
import { createKeyedHash } from "../../src/core/keyed-hash.js";

const vectors = [
  [0, "218d1f59b9b83cc8"],
  [2, "064f39ef7c50eb57"],
  [4, "d5e78a175be52ea1"],
  [6, "ce3e91358aa2bc25"],
  [8, "edfee820bce4858c"],
  [10, "95b0469f06a6f2ee"],
  [14, "3bb1a870eae8e658"],
  [16, "7336aad25f7bf3b5"],
  [20, "1bf52b0a6feea7db"],
] as const;

function keyed(): ReturnType<typeof createKeyedHash> {
  const words = [0x0302_0100, 0x0706_0504];
  return createKeyedHash({ uint32: () => words.shift() ?? 0 });
}

it.each(vectors)("%i bytes give %s", (length, expected) => {
  const units = Array.from({ length: length / 2 }, (_, at) => 2 * at + 256 * (2 * at + 1));
  const hash = keyed();
  hash.take(String.fromCharCode(...units));
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setInt32(0, hash.high, true);
  bytes.setInt32(4, hash.low, true);
  const hex = Array.from({ length: 8 }, (_, at) => bytes.getUint8(at).toString(16).padStart(2, "0")).join("");
  expect(hex).toBe(expected);
});
