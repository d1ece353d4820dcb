// Any text at all, for properties. The library's own `unit: "binary"` makes a table of all 1.1 million characters first, a second for
// each worker.
import * as fc from "fast-check";

const point = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
  { weight: 2, arbitrary: fc.integer({ min: 0x80, max: 0xd7ff }) },
  { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0x10_ffff }) },
);

/** One character of any plane, controls and unassigned ones too; no lone surrogates. */
export const anyCharacter = point.map((value) => String.fromCodePoint(value));

export const anyText = (maxLength?: number): fc.Arbitrary<string> =>
  fc.string({ unit: anyCharacter, ...(maxLength === undefined ? {} : { maxLength }) });
