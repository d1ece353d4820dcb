// Inline images: slices, their limits, and what becomes of the payload.
import { describe, expect, it, onTestFinished } from "vitest";
import type { ImageSlice } from "../../src/protocol.js";
import {
  buildImageMark,
  buildImageSlice,
  createImageAssembler,
  limits,
  openPicture,
  parseStyledText,
  sliceImage,
} from "../../src/protocol.js";
import { fromHex, packetOf } from "./vectors.js";

function slice(change: Partial<ImageSlice> = {}): ImageSlice {
  return {
    id: "00000001",
    total: 1000,
    offset: 0,
    count: 2,
    index: 1,
    length: 512,
    flags: [0, 2, 0],
    padNul: false,
    data: new Uint8Array(512),
    ...change,
  };
}

function dib(bitCount: number, extra = 12): Uint8Array {
  const bytes = new Uint8Array(40 + extra);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 40, true);
  view.setUint16(14, bitCount, true);
  return bytes;
}

function container(length: number, crc: number, codes: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(12 + codes.length);
  bytes.set(Buffer.from("LZW!"));
  new DataView(bytes.buffer).setUint32(4, length, true);
  new DataView(bytes.buffer).setUint32(8, crc, true);
  bytes.set(codes, 12);
  return bytes;
}

describe("images", () => {
  it.each([
    ["id|1|0|1|1|1|0|2|0|00000000", null],
    ["id|1|0|1|1|1|0|2|0#x", null],
    ["id|1|0|1|1|1|0|2|0|0|0#x", null],
    ["id|a|0|1|1|1|0|2|0|00000000#x", null],
    ["id|1|0|1|1|1|0|2|z|00000000#x", null],
    ["i d|1|0|1|1|1|0|2|0|00000000#x", null],
    ["id|1|0|1|1|2|0|2|0|00000000#x", null],
    ["id|1|0|1|1|1|0|2|0|00000000#x", { id: "id", padNul: false }],
    ["id|1|0|1|1|1|0|2|0|00000000#\0x", { id: "id", padNul: true }],
    ["id|1|0|1|1|1|0|2|0|00000000#zx", null],
    ["id|0|0|1|1|0|0|2|0|00000000#", { length: 0 }],
  ])("slice %j", (text, expected) => {
    const { body } = packetOf(`1:1:u:h:192:${text}`);
    expect(body).toMatchObject({ kind: "image-slice", slice: expected });
  });

  it("reads acknowledgements", () => {
    expect(packetOf("1:1:u:h:193:64ea4edd|12#").body).toEqual({
      kind: "image-ack",
      id: "64ea4edd",
      index: 12,
    });
    expect(packetOf("1:1:u:h:193:64ea4edd").body).toEqual({ kind: "other" });
  });

  it.each([
    [{ total: 0 }, "image without bytes"],
    [{ total: 4 * 2 ** 30 }, "image over the limit"],
    [{ count: 3 }, "number of slices does not fit the size"],
    [{ index: 0 }, "slice number out of range"],
    [{ index: 3 }, "slice number out of range"],
    [{ offset: 1 }, "offset does not fit the slice number"],
    [{ length: 511 }, "slice of a wrong length"],
  ])("refuses %j", (change, reason) => {
    const assembler = createImageAssembler();
    expect(assembler.accept("a", slice(change), 0)).toEqual({ kind: "refused", reason });
    expect(assembler.load()).toEqual({ images: 0, bytes: 0 });
  });

  it("refuses a slice that contradicts an earlier one", () => {
    const assembler = createImageAssembler();
    assembler.accept("a", slice(), 0);
    const other = slice({ total: 900, index: 2, offset: 512, length: 388, data: new Uint8Array(388) });
    expect(assembler.accept("a", other, 0)).toEqual({
      kind: "refused",
      reason: "contradicts an earlier slice",
    });
    expect(assembler.accept("b", other, 0).kind).toBe("kept");
  });

  it("limits images in the making for one sender and for all", () => {
    const assembler = createImageAssembler();
    const begin = (sender: string, id: number) => assembler.accept(sender, slice({ id: `${id}` }), 0);
    for (let id = 0; id < 4; id += 1) expect(begin("a", id).kind).toBe("kept");
    expect(begin("a", 9)).toEqual({ kind: "refused", reason: "too many images at once from this sender" });
    for (let id = 0; id < 12; id += 1) expect(begin(`peer ${id}`, id).kind).toBe("kept");
    expect(begin("late", 0)).toEqual({ kind: "refused", reason: "too many images at once" });
    expect(assembler.load()).toEqual({ images: 16, bytes: 16 * 512 });
    expect(assembler.accept("late", slice(), limits.imageIdleMs)).toMatchObject({ kind: "kept" });
    expect(assembler.load().images).toBe(1);
  });

  it("limits the bytes held for all images", () => {
    // A sixteenth of the real ones: the logic at the limit is the same.
    const real = { ...limits };
    Object.assign(limits, { imageBytes: real.imageBytes / 16, openImageBytes: real.openImageBytes / 16 });
    onTestFinished(() => void Object.assign(limits, real));
    const assembler = createImageAssembler();
    const total = limits.imageBytes;
    const count = total / 512;
    let refused = "";
    for (const sender of ["a", "b", "c", "d"]) {
      for (let index = 1; index < count && refused === ""; index += 1) {
        const outcome = assembler.accept(
          sender,
          slice({ total, count, index, offset: (index - 1) * 512 }),
          0,
        );
        if (outcome.kind === "refused") refused = outcome.reason;
      }
    }
    expect(refused).toBe("too many bytes held for images");
    expect(assembler.load().bytes).toBe(limits.openImageBytes);
  });

  it("forgets finished images after a while, oldest first when there are many", () => {
    const assembler = createImageAssembler();
    const [only] = sliceImage("1", Uint8Array.of(1, 2, 3));
    const finish = (id: string, nowMs: number) =>
      assembler.accept("a", { ...only!, id, length: 3 }, nowMs).kind;
    expect(finish("1", 0)).toBe("complete");
    expect(finish("1", 1)).toBe("repeat");
    expect(assembler.expire(limits.imageIdleMs)).toBe(0);
    expect(finish("1", limits.imageIdleMs)).toBe("complete");
    for (let id = 0; id <= limits.finishedImages; id += 1) finish(`x${id}`, limits.imageIdleMs);
    expect(finish("1", limits.imageIdleMs)).toBe("complete");
  });

  it("writes slices and marks", () => {
    const [first, second] = sliceImage("64ea4edd", new Uint8Array(600));
    expect(second).toMatchObject({ total: 600, count: 2, index: 2, offset: 512, flags: [0, 2, 0] });
    expect(
      Buffer.from(buildImageSlice({ ...first!, padNul: false }))
        .subarray(0, 45)
        .toString(),
    ).toBe("64ea4edd|600|0|2|1|512|0|2|0|00000000#\0\0\0\0\0\0\0");
    expect(buildImageMark({ id: "64ea4edd", kind: "G" })).toBe("/~#>64ea4edd<G~");
    expect(parseStyledText("/~#>64ea4edd<G~", "feiq").images).toEqual([{ id: "64ea4edd", kind: "G" }]);
  });
});

describe("pictures", () => {
  it.each([
    ["ffd8ffe0", "jpeg"],
    ["89504e470d0a", "png"],
    ["474946383961", "gif"],
    ["424d00", "bmp"],
    ["0011", "unknown"],
    ["", "unknown"],
  ])("%s is %s, left as it is", (hex, format) => {
    expect(openPicture(fromHex(hex))).toEqual({ kind: "picture", format, bytes: fromHex(hex) });
  });

  it("puts a file header before a bare bitmap", () => {
    const picture = openPicture(dib(32));
    expect(picture).toMatchObject({ kind: "picture", format: "dib" });
    const head = picture.kind === "picture" ? Buffer.from(picture.bytes.subarray(0, 14)).toString("hex") : "";
    expect(head).toBe("424d420000000000000036000000");
    expect(openPicture(dib(8))).toMatchObject({ format: "unknown" });
  });

  it.each([
    [Uint8Array.from(Buffer.from("LZW!12")), "container cut short"],
    [container(limits.bitmapBytes + 1, 0), "bitmap over the limit"],
    [container(100, 0), "codes do not decode"],
    [container(1, 0, [0x82, 0x21]), "checksum does not match"],
    // One code, "A": CRC-32 d3d99e8b.
    [container(1, 0xd3d99e8b, [0x82, 0x21]), "no bitmap inside"],
  ])("says what is broken", (payload, reason) => {
    expect(openPicture(payload)).toEqual({ kind: "broken", format: "lzw-dib", reason });
  });
});
