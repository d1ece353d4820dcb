// Pictures of strangers: told by their first bytes, decoded within limits, made small; any bytes in, never an exception.
import { array, assert, constantFrom, nat, property, tuple, uint8Array } from "fast-check";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { readPictureHead } from "../../src/pictures/picture-head.js";
import { workOnPicture } from "../../src/pictures/picture-work.js";
import { fitWithin, flattenRaster, scaleRaster } from "../../src/pictures/raster.js";

/** Left half red, right half blue, the lower half clear. */
function sample(width: number, height: number): { width: number; height: number; data: Buffer } {
  const data = Buffer.alloc(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    data[at * 4] = at % width < width / 2 ? 255 : 0;
    data[at * 4 + 2] = at % width < width / 2 ? 0 : 255;
    data[at * 4 + 3] = at < (width * height) / 2 ? 255 : 0;
  }
  return { width, height, data };
}

const png = new Uint8Array(PNG.sync.write(sample(8, 6)));
const jpg = new Uint8Array(jpeg.encode(sample(16, 8), 90).data);

function bitmap(width: number, height: number, bits: number): Uint8Array {
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const bytes = new Uint8Array(54 + rowBytes * Math.abs(height)).fill(0x40, 54);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, bits, true);
  return bytes;
}

const preview = (bytes: Uint8Array) => workOnPicture({ kind: "preview", bytes, width: 4, height: 4 });

describe("head", () => {
  it("tells format and size", () => {
    const gif = Uint8Array.from([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 3, 0, 2, 0, 0]);
    expect([png, jpg, bitmap(3, -2, 24), gif].map(readPictureHead)).toEqual([
      { format: "png", width: 8, height: 6 },
      { format: "jpeg", width: 16, height: 8 },
      { format: "bmp", width: 3, height: 2 },
      { format: "gif", width: 3, height: 2 },
    ]);
  });

  it("takes any bytes", () => {
    const starts = [[0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x42, 0x4d], [0x47, 0x49, 0x46, 0x38], []];
    const some = tuple(constantFrom(...starts), uint8Array({ maxLength: 64 }));
    const heads = property(some, ([start, rest]) => {
      const head = readPictureHead(Uint8Array.from([...start, ...rest]));
      return head === null || (head.width > 0 && head.height > 0);
    });
    expect(() => assert(heads, { numRuns: 300 })).not.toThrow();
  });
});

describe("work", () => {
  it("makes a preview of a PNG, a JPEG and a bitmap, with a PNG of its own", () => {
    for (const [bytes, size] of [
      [png, [4, 3]],
      [jpg, [4, 2]],
      [bitmap(8, 8, 32), [4, 4]],
    ] as const) {
      const answer = preview(bytes);
      if (answer.kind !== "preview") throw new Error(JSON.stringify(answer));
      const { raster, png: own } = answer.preview;
      expect([raster.width, raster.height]).toEqual(size);
      expect(Buffer.from(PNG.sync.read(Buffer.from(own)).data).equals(Buffer.from(raster.pixels))).toBe(true);
    }
  });

  it("makes a JPEG of a PNG, clear pixels white", () => {
    const answer = workOnPicture({ kind: "to-jpeg", bytes: png, limit: 100_000 });
    if (answer.kind !== "jpeg") throw new Error(JSON.stringify(answer));
    const { width, height, data } = jpeg.decode(answer.bytes, { useTArray: true });
    expect([width, height]).toEqual([8, 6]);
    expect(Math.min(...data.slice(-4))).toBeGreaterThan(230);
  });

  it("refuses a claim of a giant before it decodes anything, and what is no picture", () => {
    const giant = new Uint8Array(png);
    new DataView(giant.buffer).setUint32(16, 100_000_000);
    expect([giant, Uint8Array.from([1, 2, 3]), png.subarray(0, 40)].map(preview)).toEqual([
      { kind: "refused", reason: "too-large" },
      { kind: "refused", reason: "unknown" },
      { kind: "refused", reason: "broken" },
    ]);
  });

  it("takes damaged pictures", () => {
    const damage = array(tuple(nat(1_000), nat(255)), { maxLength: 6 });
    const answers = property(
      constantFrom(png, jpg, bitmap(5, 5, 24)),
      damage,
      nat(19),
      (whole, changes, cut) => {
        const bytes = new Uint8Array(whole);
        // The size stays, or a test would decode millions of pixels.
        for (const [at, value] of changes) bytes[40 + (at % (bytes.length - 40))] = value;
        const { kind } = preview(bytes.subarray(0, bytes.length - cut));
        return kind === "preview" || kind === "refused";
      },
    );
    expect(() => assert(answers, { numRuns: 60 })).not.toThrow();
  });
});

describe("raster", () => {
  it("takes the mean of what lies under a pixel, by opacity", () => {
    const { width, height, data } = sample(4, 4);
    const raster = { width, height, pixels: new Uint8Array(data) };
    expect(Array.from(scaleRaster(raster, 2, 1).pixels)).toEqual([255, 0, 0, 128, 0, 0, 255, 128]);
    expect(Array.from(flattenRaster(scaleRaster(raster, 1, 2)).pixels)).toEqual([
      128, 0, 128, 255, 255, 255, 255, 255,
    ]);
  });

  it("fits without growing and never to nothing", () => {
    expect(fitWithin({ width: 100, height: 50 }, { width: 40, height: 40 })).toEqual({
      width: 40,
      height: 20,
    });
    expect(fitWithin({ width: 2, height: 2 }, { width: 40, height: 40 })).toEqual({ width: 2, height: 2 });
    expect(fitWithin({ width: 10_000, height: 1 }, { width: 40, height: 40 })).toEqual({
      width: 40,
      height: 1,
    });
  });
});
