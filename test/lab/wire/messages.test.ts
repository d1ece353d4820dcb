import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../../src/lab/wire/crc32.js";
import { createDataForms, mostFormBytes } from "../../../src/lab/wire/data-forms.js";
import { buildMessage, parseMessage } from "../../../src/lab/wire/messages.js";
import { type LabBody, refusals, systems } from "../../../src/lab/wire/message-types.js";
import { classTypes } from "../../../src/lab/wire/class-types.js";

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const mark = fc.option(
  fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, "0")),
);
const terms = fc.record({
  mode: fc.constantFrom("echo" as const, "up" as const, "down" as const),
  sizeBytes: u16,
  n: u32,
  intervalUs: u32,
  waitMs: u32,
});
const what = fc.constantFrom("map" as const, "arrivals" as const);

const body: fc.Arbitrary<LabBody> = fc.oneof(
  fc.record({ kind: fc.constant("data" as const), sizeBytes: fc.integer({ min: 32, max: 2_000 }) }),
  fc.record({
    kind: fc.constant("echo" as const),
    sizeBytes: fc.integer({ min: 72, max: 2_000 }),
    rseq: u32,
    t2: time,
    t3: time,
    unique: u32,
    copies: u32,
    next: u32,
  }),
  fc.record({ kind: fc.constant("segment" as const), payload: fc.uint8Array({ maxLength: 100 }) }),
  fc.record({
    kind: fc.constant("acknowledgement" as const),
    next: u32,
    acknowledges: fc.integer({ min: 0, max: 255 }),
  }),
  fc.record({ kind: fc.constant("hello" as const), nonce: bytes16 }),
  fc.record({
    kind: fc.constant("cookie" as const),
    nonce: bytes16,
    cookie: bytes16,
    mostPps: u32,
    mostBytesPerSecond: u32,
    mostDatagrams: u32,
  }),
  fc.record({
    kind: fc.constant("start" as const),
    nonce: bytes16,
    cookie: bytes16,
    auth: bytes16,
    terms,
    lane: fc.integer({ min: 0, max: 255 }),
    seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    name: fc.constantFrom("", "小明", "student 7", "x".repeat(48)),
    bootMark: mark,
  }),
  fc.record({
    kind: fc.constant("accept" as const),
    nonce: bytes16,
    terms,
    refusal: fc.constantFrom(...refusals),
    bootMark: mark,
    receiveBufferBytes: u32,
    system: fc.constantFrom(...systems),
    nodeMajor: fc.integer({ min: 0, max: 255 }),
  }),
  fc.constantFrom<LabBody>({ kind: "go" }, { kind: "bye" }, { kind: "bye-ok" }),
  fc.record({ kind: fc.constant("stop" as const), sent: u32, sendErrors: u32 }),
  fc.record({
    kind: fc.constant("done" as const),
    counts: fc.record({
      unique: u32,
      copies: u32,
      damaged: u32,
      reordered: u32,
      maxExtent: u32,
      echoesSent: u32,
      ownDrops: fc.option(fc.integer({ min: 0, max: 0xffff_fffe })),
      firstNs: time,
      lastNs: time,
      sendErrors: u32,
      damagedUnknown: u32,
    }),
  }),
  fc.record({ kind: fc.constant("fetch" as const), what, chunk: u32 }),
  fc.record({
    kind: fc.constant("chunk" as const),
    what,
    chunk: u32,
    totalBytes: u32,
    data: fc.uint8Array({ maxLength: 1_152 }),
  }),
  fc.record({
    kind: fc.constant("class" as const),
    type: fc.constantFrom(...Object.values(classTypes)),
    json: fc.uint8Array({ maxLength: 100 }),
  }),
);

const message = fc.record({
  token: fc.record({ high: u32, low: u32 }),
  seq: u32,
  t1: time,
  flags: u16,
  body,
});

const size = (kind: LabBody): number =>
  buildMessage({ token: { high: 0, low: 0 }, seq: 0, t1: 0, flags: 0, body: kind }).length;

describe("FYL/1", () => {
  it("gives back what was built", () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(parseMessage(buildMessage(one))).toEqual({ ok: true, message: one });
      }),
      { numRuns: 500 },
    );
  });

  it("takes any bytes without a word", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_500 }), (bytes) => {
        expect(parseMessage(bytes).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 28, maxLength: 300 }), (rest) => {
        expect(typeof parseMessage(Uint8Array.of(0xff, 0x4c, 1, 0x82, ...rest)).ok).toBe("boolean");
      }),
    );
  });

  it("finds every flipped bit", () => {
    const bytes = buildMessage({
      token: { high: 1, low: 2 },
      seq: 3,
      t1: 4,
      flags: 0,
      body: { kind: "data", sizeBytes: 80 },
    });
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const damaged = new Uint8Array(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, parseMessage(damaged).ok]).toEqual([bit, false]);
    }
  });

  it("has the checksum everybody has", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it("writes the data of a flood from forms, byte for byte the same", () => {
    fc.assert(
      fc.property(
        fc.record({ high: u32, low: u32 }),
        fc.integer({ min: 32, max: mostFormBytes }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), time), { minLength: 1, maxLength: 20 }),
        (token, sizeBytes, wanted) => {
          const forms = createDataForms(token, sizeBytes);
          const written = wanted.map(([seq, t1]) => {
            const form = forms.take(seq, t1);
            const bytes = form?.bytes.slice();
            form?.free();
            return bytes;
          });
          const fill = { kind: "data" as const, sizeBytes };
          const built = wanted.map(([seq, t1]) => buildMessage({ token, seq, t1, flags: 0, body: fill }));
          expect(isDeepStrictEqual(written, built)).toBe(true);
        },
      ),
    );
  });

  it("never writes over a form the system may still read", () => {
    const forms = createDataForms({ high: 1, low: 2 }, 64);
    const first = forms.take(5, 1);
    expect(forms.take(5 + 256, 2)).toBeNull();
    first?.free();
    expect(forms.take(5 + 256, 2)).not.toBeNull();
  });

  it("cuts a name at a whole character", () => {
    const start = {
      kind: "start" as const,
      nonce: new Uint8Array(16),
      cookie: new Uint8Array(16),
      auth: new Uint8Array(16),
      terms: { mode: "echo" as const, sizeBytes: 128, n: 1, intervalUs: 1, waitMs: 0 },
      lane: 0,
      seed: "18446744073709551615",
      name: `a${"飞".repeat(30)}`,
      bootMark: null,
    };
    const parsed = parseMessage(
      buildMessage({ token: { high: 0, low: 0 }, seq: 0, t1: 0, flags: 0, body: start }),
    );
    expect(parsed).toMatchObject({ message: { body: { name: `a${"飞".repeat(15)}`, seed: start.seed } } });
  });

  it("answers with no more bytes than the question has", () => {
    const [some] = fc.sample(
      body.filter((one) => one.kind === "cookie"),
      1,
    );
    expect(size(some!)).toBeLessThanOrEqual(size({ kind: "hello", nonce: new Uint8Array(16) }));
    expect(size({ kind: "bye-ok" })).toBeLessThanOrEqual(size({ kind: "bye" }));
    const chunk = {
      kind: "chunk" as const,
      what: "map" as const,
      chunk: 0,
      totalBytes: 0,
      data: new Uint8Array(1_152),
    };
    expect(size(chunk)).toBeLessThanOrEqual(size({ kind: "fetch", what: "map", chunk: 0 }));
  });
});
