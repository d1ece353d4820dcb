// Our GBK reader against the library's GB18030 decoder: equal on every input, table or no table.
import * as fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeGbk } from "../../src/charset/gbk.js";

function isSame(bytes: Uint8Array): boolean {
  return decodeGbk(bytes) === iconv.decode(bytes, "gb18030");
}

describe("decodeGbk equals iconv-lite's gb18030", () => {
  it("on every single byte and every pair of bytes", () => {
    const differing: string[] = [];
    for (let lead = 0; lead < 256; lead += 1) {
      if (!isSame(Uint8Array.of(lead))) differing.push(lead.toString(16));
      for (let trail = 0; trail < 256; trail += 1) {
        // What follows a bad pair must not be swallowed.
        if (!isSame(Uint8Array.of(lead, trail, 0x41)))
          differing.push(`${lead.toString(16)} ${trail.toString(16)}`);
      }
    }
    expect(differing).toEqual([]);
  });

  it("on the borders of the four-byte ranges, whole and cut short", () => {
    const ends = [0x2f, 0x30, 0x39, 0x3a, 0x7f, 0x80, 0x81, 0x84, 0x90, 0xe3, 0xfe, 0xff];
    const bad: number[][] = [];
    for (const a of [0x81, 0x84, 0x90, 0xe3, 0xfe]) {
      for (const b of ends) {
        for (const c of ends) {
          for (const d of ends) {
            for (const bytes of [
              [a, b],
              [a, b, c],
              [a, b, c, d],
              [a, b, c, d, 0x41],
              [0xc4, 0xe3, a, b, c, d, a],
            ]) {
              if (!isSame(Uint8Array.from(bytes))) bad.push(bytes);
            }
          }
        }
      }
    }
    expect(bad).toEqual([]);
  });

  it("on random bytes, and on bytes that look like text", () => {
    const likely = fc.oneof(
      fc.integer({ min: 0x81, max: 0xfe }),
      fc.integer({ min: 0x30, max: 0x39 }),
      fc.integer({ min: 0, max: 255 }),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(likely, { maxLength: 60 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        expect(decodeGbk(input)).toBe(iconv.decode(input, "gb18030"));
      }),
      { numRuns: 3000 },
    );
  });

  it("on a text longer than the scratch buffer", () => {
    const bytes = iconv.encode("汉字and ASCII，".repeat(10_000), "gbk");
    expect(bytes.length).toBeGreaterThan(64 * 1024);
    expect(isSame(bytes)).toBe(true);
  });

  it("on a view into a larger buffer", () => {
    const whole = Uint8Array.from([0x41, 0xc4, 0xe3, 0xba, 0xc3, 0x42]);
    expect(decodeGbk(whole.subarray(1, 5))).toBe("你好");
  });
});
