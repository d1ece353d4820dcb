import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Impairment, validateImpairment } from "../../src/net/impairment.js";
import { formatImpairment, impairmentKeys, parseImpairment } from "../../src/net/impairment-text.js";
import { FeiyanError } from "../../src/ports/error.js";

function failureOf(text: string): FeiyanError {
  try {
    parseImpairment(text);
  } catch (error) {
    if (error instanceof FeiyanError) return error;
    throw error;
  }
  throw new Error(`${text} was understood`);
}

function outcomeOf(text: string): unknown {
  try {
    validateImpairment(parseImpairment(text));
    return "understood";
  } catch (error) {
    return error instanceof FeiyanError ? error.code : error;
  }
}

describe("parseImpairment", () => {
  it("reads every key", () => {
    const text =
      "loss=30%,burst=5,dup=3%,reorder=5%:3,corrupt=1%,delay=20ms+-5ms,rate=1mbit/15k/64k,mtu=1500,seed=42,keep-order";
    expect(parseImpairment(text)).toEqual({
      loss: { kind: "bursts", probability: 0.3, meanBurst: 5 },
      duplicate: 0.03,
      reorder: { probability: 0.05, distance: 3 },
      corrupt: 0.01,
      delay: { baseMs: 20, widthMs: 5 },
      rate: { bitsPerSecond: 1_000_000, burstBytes: 15_360, queueBytes: 65_536 },
      mtu: 1_500,
      seed: "42",
      keepOrder: true,
    });
    expect(formatImpairment(parseImpairment(text))).toBe(text);
  });

  it.each<[string, Impairment]>([
    ["", {}],
    [" , ", {}],
    ["loss=0", { loss: { kind: "independent", probability: 0 } }],
    ["loss=100%", { loss: { kind: "independent", probability: 1 } }],
    [" loss = 5% , dup=.5% ", { loss: { kind: "independent", probability: 0.05 }, duplicate: 0.005 }],
    ["burst=2,loss=10%", { loss: { kind: "bursts", probability: 0.1, meanBurst: 2 } }],
    ["reorder=5%", { reorder: { probability: 0.05, distance: 1 } }],
    ["delay=20", { delay: { baseMs: 20, widthMs: 0 } }],
    ["delay=20+-5", { delay: { baseMs: 20, widthMs: 5 } }],
    ["delay=1.5s±500us", { delay: { baseMs: 1_500, widthMs: 0.5 } }],
    ["rate=64kbit", { rate: { bitsPerSecond: 64_000, burstBytes: 1_500, queueBytes: 65_536 } }],
    ["rate=1mbit/15k", { rate: { bitsPerSecond: 1_000_000, burstBytes: 15_360, queueBytes: 65_536 } }],
    ["seed=007", { seed: "7" }],
    ["seed=18446744073709551615", { seed: "18446744073709551615" }],
    [
      "ge=1%:19%",
      {
        loss: {
          kind: "gilbert-elliott",
          goodToBad: 0.01,
          badToGood: 0.19,
          deliveredInBad: 0,
          deliveredInGood: 1,
        },
      },
    ],
  ])("reads %j", (text, expected) => {
    expect(parseImpairment(text)).toEqual(expected);
  });

  it.each([
    ["los=5%", "los=5%", "loss"],
    ["duplicate=3%", "duplicate=3%", "dup"],
    ["loss=5%,keeporder", "keeporder", "keep-order"],
    ["de1ay=5", "de1ay=5", "delay"],
    ["toString=5%", "toString=5%", expect.any(String)],
    ["__proto__=5%", "__proto__=5%", expect.any(String)],
  ])("refuses the unknown key in %j and names the nearest", (text, part, nearest) => {
    expect(failureOf(text)).toMatchObject({ code: "impairment-invalid", fields: { part, nearest } });
  });

  it.each([
    ["loss=5", "loss=5", "loss"],
    ["dup=3%,loss=101%", "loss=101%", "loss"],
    ["loss=-1%", "loss=-1%", "loss"],
    ["loss", "loss", "loss"],
    ["loss=", "loss=", "loss"],
    ["loss=5%,loss=6%", "loss=6%", "loss"],
    ["loss=1e999%", "loss=1e999%", "loss"],
    ["burst=5", "burst", "burst"],
    ["loss=90%,burst=2", "burst=2", "burst"],
    ["loss=100%,burst=2", "burst=2", "burst"],
    ["loss=5%,burst=0.5", "burst=0.5", "burst"],
    ["loss=5%,ge=1%:19%", "ge", "ge"],
    ["ge=1%", "ge=1%", "ge"],
    ["ge=1%:2%:3%:4%:5%", "ge=1%:2%:3%:4%:5%", "ge"],
    ["reorder=5%:0", "reorder=5%:0", "reorder"],
    ["reorder=5%:1.5", "reorder=5%:1.5", "reorder"],
    ["reorder=5%:3:4", "reorder=5%:3:4", "reorder"],
    ["delay=20m", "delay=20m", "delay"],
    ["delay=1+-2+-3", "delay=1+-2+-3", "delay"],
    ["delay=2h", "delay=2h", "delay"],
    ["delay=61s", "delay=61s", "delay"],
    ["rate=fast", "rate=fast", "rate"],
    ["rate=1", "rate=1", "rate"],
    ["rate=0bit", "rate=0bit", "rate"],
    ["rate=1mbit/1/2/3", "rate=1mbit/1/2/3", "rate"],
    ["rate=1mbit/0", "rate=1mbit/0", "rate"],
    ["mtu=20", "mtu=20", "mtu"],
    ["mtu=1500.5", "mtu=1500.5", "mtu"],
    ["seed=-1", "seed=-1", "seed"],
    ["seed=18446744073709551616", "seed=18446744073709551616", "seed"],
    ["keep-order=yes", "keep-order=yes", "keep-order"],
  ])("refuses %j and names the part", (text, part, key) => {
    expect(failureOf(text)).toMatchObject({ code: "impairment-invalid", fields: { part, key } });
  });

  it("throws nothing but its own error for any text", () => {
    const word = fc.oneof(fc.constantFrom(...impairmentKeys), fc.string({ maxLength: 12 }));
    const value = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[0-9.e%:+\-/kmbits]{0,12}$/));
    const part = fc.tuple(word, value).map(([key, text]) => `${key}=${text}`);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const outcome = outcomeOf(parts.join(","));
        expect(["understood", "impairment-invalid"]).toContain(outcome);
      }),
    );
  });
});

const share = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1_000 / 100);
const bytes = fc.integer({ min: 1, max: 64 * 1024 * 1024 });
const time = fc.integer({ min: 0, max: 60_000_000 }).map((us) => us / 1_000);
const spec: fc.Arbitrary<Impairment> = fc.record(
  {
    loss: fc.oneof(
      fc.record({ kind: fc.constant("independent" as const), probability: share }),
      fc.record({
        kind: fc.constant("bursts" as const),
        probability: share.map((p) => p / 2),
        meanBurst: fc.integer({ min: 1, max: 1_000 }),
      }),
      fc.record({
        kind: fc.constant("gilbert-elliott" as const),
        goodToBad: share,
        badToGood: share,
        deliveredInBad: share,
        deliveredInGood: share,
      }),
    ),
    corrupt: share,
    duplicate: share,
    reorder: fc.record({ probability: share, distance: fc.integer({ min: 1, max: 1_000 }) }),
    delay: fc.record({ baseMs: time, widthMs: time }),
    keepOrder: fc.constant(true),
    rate: fc.record({
      bitsPerSecond: fc.integer({ min: 8, max: 100_000_000_000 }),
      burstBytes: bytes,
      queueBytes: bytes,
    }),
    mtu: fc.integer({ min: 68, max: 65_535 }),
    seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  },
  { requiredKeys: [] },
);

describe("formatImpairment", () => {
  it("writes what parses to an equal value", () => {
    fc.assert(
      fc.property(spec, (given) => {
        expect(parseImpairment(formatImpairment(given))).toEqual(given);
      }),
    );
  });

  it("keeps shares short", () => {
    expect(formatImpairment({ corrupt: 0.07, duplicate: 0.29 })).toBe("dup=29%,corrupt=7%");
  });
});
