// FeiQ's LZW against an encoder written here from the same description, far enough for the table to be overwritten.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLzw, openPicture } from "../../src/protocol.js";
import { byteAt, wordAt } from "../../src/protocol/bytes.js";
import { crc32 } from "../../src/protocol/image/crc32.js";
import { fromHex } from "./vectors.js";

/** Codes of FeiQ's variant: 256 bytes at the start, no clear code, overwritten from 256 on after 4095. */
function codesOf(data: Uint8Array): number[] {
  const codeByText = new Map<string, number>();
  const textByCode = new Map<number, string>();
  const codes: number[] = [];
  let free = 256;
  let current = "";
  const codeOf = (text: string): number =>
    text.length === 1 ? text.charCodeAt(0) : (codeByText.get(text) ?? -1);
  for (const byte of data) {
    const next = current + String.fromCharCode(byte);
    if (codeOf(next) !== -1) {
      current = next;
      continue;
    }
    codes.push(codeOf(current));
    codeByText.delete(textByCode.get(free) ?? "");
    textByCode.set(free, next);
    codeByText.set(next, free);
    free = free === 4095 ? 256 : free + 1;
    current = String.fromCharCode(byte);
  }
  return current === "" ? codes : [...codes, codeOf(current)];
}

/** Lowest bit of a code first, into bytes filled from their highest bit. */
function packCodes(codes: readonly number[]): Uint8Array {
  const bits: number[] = [];
  codes.forEach((code, index) => {
    const width = index < 256 ? 9 : index < 768 ? 10 : index < 1792 ? 11 : 12;
    for (let bit = 0; bit < width; bit += 1) bits.push((code >> bit) & 1);
  });
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, at) => {
    bytes[at >> 3] = byteAt(bytes, at >> 3) | (bit << (7 - (at & 7)));
  });
  return bytes;
}

describe("decodeLzw", () => {
  it("undoes the encoder on small inputs", () => {
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.constantFrom(0, 1, 65), { maxLength: 400 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(data, (input) => {
        expect(decodeLzw(packCodes(codesOf(input)), input.length)).toEqual(input);
      }),
      { numRuns: 300 },
    );
  });

  it("overwrites the table after entry 4095", () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 40_000 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) % 11;
    });
    const codes = codesOf(noise);
    expect(codes.length).toBeGreaterThan(2 * 4096);
    expect(decodeLzw(packCodes(codes), noise.length)).toEqual(noise);
  });

  it("packs long runs, and stops at the limit in the middle of one", () => {
    const run = new Uint8Array(100_000).fill(7);
    const codes = packCodes(codesOf(run));
    expect(codes.length).toBeLessThan(1000);
    expect(decodeLzw(codes, run.length)).toEqual(run);
    expect(decodeLzw(codes, 12_345)).toHaveLength(12_345);
  });

  it("refuses codes that were never defined", () => {
    expect(decodeLzw(packCodes([65, 300]), 100)).toBeNull();
    expect(decodeLzw(packCodes([256]), 100)).toBeNull();
    expect(decodeLzw(packCodes([65, 256, 258]), 100)).toBeNull();
    expect(decodeLzw(new Uint8Array(), 100)).toEqual(new Uint8Array());
  });

  it("opens a container made by the encoder", () => {
    const dib = new Uint8Array(40 + 4 * 100);
    const view = new DataView(dib.buffer);
    view.setUint32(0, 40, true);
    view.setUint16(14, 32, true);
    const codes = packCodes(codesOf(dib));
    const payload = new Uint8Array(12 + codes.length);
    payload.set(Buffer.from("LZW!"));
    new DataView(payload.buffer).setUint32(4, dib.length, true);
    new DataView(payload.buffer).setUint32(8, crc32(dib), true);
    payload.set(codes, 12);
    expect(openPicture(payload)).toMatchObject({ kind: "picture", format: "lzw-dib" });
  });
});

describe("bytes", () => {
  it("gives the known CRC-32", () => {
    expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
    expect(crc32(fromHex(""))).toBe(0);
  });

  it("reads 0 outside an array", () => {
    expect(byteAt(fromHex("ff"), 1)).toBe(0);
    expect(byteAt(fromHex("ff"), -1)).toBe(0);
    expect(wordAt(Uint16Array.of(5), 1)).toBe(0);
  });
});
