import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grantTerms } from "../../../src/lab/session/grant.js";
import { packMap, unpackMap } from "../../../src/lab/session/receipts.js";
import { peekType } from "../../../src/lab/wire/header.js";
import { buildMessage, parseMessage } from "../../../src/lab/wire/messages.js";
import { type LabMessage } from "../../../src/lab/wire/message-types.js";
import { client, converse, createTestCrypto, createTestReflector, type Line, terms } from "./machines.js";

const isControl = (bytes: Uint8Array): boolean => (peekType(bytes) ?? 0) >= 0x80;

function summary(result: ReturnType<typeof converse>) {
  const { record } = result;
  return {
    there: record && [...record.there!],
    here: record && [...record.here],
    done: record?.done && { ...record.done, firstNs: 0, lastNs: 0 },
    sent: record?.attempted,
  };
}

const double: Line = (bytes) => (isControl(bytes) ? [bytes, bytes] : [bytes]);

const rough: Line = (bytes, direction) => {
  if (isControl(bytes)) return [bytes];
  const parsed = parseMessage(bytes);
  const seq = parsed.ok ? parsed.message.seq : -1;
  if (direction === "up" && seq >= 90) return [];
  if (direction === "up" && seq === 5) return [bytes, bytes];
  if (direction === "down" && seq === 7) return [];
  if (direction === "up" && seq === 9) {
    const damaged = new Uint8Array(bytes);
    damaged[100]! ^= 4;
    return [damaged];
  }
  return [bytes];
};

function opened() {
  const reflector = createTestReflector();
  const sent: Uint8Array[] = [];
  const record: Line = (bytes, direction) => {
    if (direction === "up") sent.push(bytes);
    return [bytes];
  };
  converse({}, record, reflector);
  return { reflector, sent };
}

describe("a session", () => {
  it("counts every datagram there and back on a clean line", () => {
    const { record, reflector } = converse();
    expect(record!.end).toEqual({ kind: "complete" });
    expect([...record!.there!]).toEqual(Array.from({ length: 100 }, () => 1));
    expect(record!.arrivalOrder.length).toBe(100);
    expect(record!.thereArrivals!.map((one) => one.seq)).toEqual(
      Array.from({ length: 100 }, (_unused, seq) => seq),
    );
    expect(record!.done).toMatchObject({ unique: 100, copies: 0, echoesSent: 100, ownDrops: 0 });
    expect(reflector.counts.wrongToken).toBe(0);
  });

  it("A5 gives the same result when every control message is doubled", () => {
    expect(summary(converse({}, double))).toEqual(summary(converse()));
  });

  it("A5 gives the same result when control messages overtake each other", () => {
    let kept: Uint8Array | null = null;
    // Each second control message goes out before the one before it, which comes twice.
    const swap: Line = (bytes) => {
      if (!isControl(bytes)) return [bytes];
      const before = kept;
      kept = before === null ? bytes : null;
      return before === null ? [bytes] : [bytes, before];
    };
    expect(summary(converse({}, swap))).toEqual(summary(converse()));
  });

  it("counts a lost tail, duplicates and damage by number", () => {
    const { record } = converse({}, rough);
    expect(
      [...record!.there!].map((copies, seq) => [seq, copies]).filter(([, copies]) => copies !== 1),
    ).toEqual([[5, 2], [9, 0], ...Array.from({ length: 10 }, (_unused, index) => [90 + index, 0])]);
    expect(record!.done).toMatchObject({ unique: 89, copies: 1, damaged: 1, echoesSent: 90 });
    expect(record!.here[5]).toBe(2);
    expect(record!.here[7]).toBe(0);
  });

  it("streams down, and stops when nobody listens any more", () => {
    const { record } = converse({ wanted: { ...terms, mode: "down" } });
    expect(record!.attempted).toBe(100);
    expect([...record!.here]).toEqual(Array.from({ length: 100 }, () => 1));
    let goes = 0;
    const deaf: Line = (bytes, direction) => {
      if (direction === "up" && peekType(bytes) === 0x84) goes += 1;
      return direction === "up" && peekType(bytes) === 0x84 && goes > 1 ? [] : [bytes];
    };
    const cut = converse({ wanted: { ...terms, mode: "down", n: 1_000 } }, deaf);
    expect(cut.record!.attempted).toBeGreaterThan(140);
    expect(cut.record!.attempted).toBeLessThan(160);
  });

  it("ends in time when nobody is there, and when data gets no answer", () => {
    const dead = converse({}, () => []);
    expect(dead.failure).toEqual({ kind: "nobody-answers", sawCookie: false });
    const mute = converse({ wanted: { ...terms, n: 10_000 } }, (bytes) => (isControl(bytes) ? [bytes] : []));
    expect(mute.record!.end).toEqual({ kind: "silence" });
    expect(mute.record!.attempted).toBeLessThanOrEqual(310);
  });

  it("shows what the server reduced, and does nothing then when strict", () => {
    const wanted = { ...terms, intervalUs: 10 };
    expect(converse({ wanted }).record!.terms.intervalUs).toBe(50);
    expect(converse({ wanted, strict: true }).failure).toMatchObject({
      kind: "reduced",
      granted: { intervalUs: 50 },
    });
  });

  it("lets in who knows the code, and answers nobody else", () => {
    const key = new TextEncoder().encode("key");
    expect(converse({ codeKey: key }).record!.end).toEqual({ kind: "complete" });
    const reflector = createTestReflector(key);
    const wrong = converse({ codeKey: new TextEncoder().encode("guess") }, undefined, reflector);
    expect(wrong.failure).toEqual({ kind: "nobody-answers", sawCookie: true });
    expect(reflector.counts.wrongCode).toBeGreaterThanOrEqual(5);
    expect(reflector.counts.paused).toBeGreaterThan(0);
    expect(reflector.sessions()).toEqual([]);
  });
});

describe("the map", () => {
  it("survives its two bits", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (copies) => {
        expect([...unpackMap(packMap(copies), copies.length)]).toEqual(
          [...copies].map((one) => Math.min(3, one)),
        );
      }),
    );
  });
});

describe("a hostile network", () => {
  /** A session that stands, and the datagrams that made it. */

  it("A15 gets no more bytes than it sends, makes no session and breaks nothing", () => {
    const reflector = createTestReflector();
    const { sent } = opened();
    const random = createTestCrypto(9);
    let into = 0;
    let out = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const dice = random.randomBytes(24);
      const base = sent[(dice[0]! * 256 + dice[1]!) % sent.length]!;
      const bytes =
        round % 2 === 0 ? new Uint8Array(random.randomBytes(dice[2]! % 33)) : new Uint8Array(base);
      if (round % 2 === 1 && round % 4 === 1) bytes[dice[3]! % bytes.length]! ^= dice[4]! | 1;
      const from = { address: `192.168.${dice[5]}.${dice[6]! % 254}`, port: 1_024 + dice[7]! };
      into += bytes.length;
      for (const { message } of reflector.handle({ kind: "datagram", bytes, from }, round * 1e7))
        out += buildMessage(message).length;
    }
    expect(out).toBeLessThanOrEqual(into);
    expect(reflector.sessions()).toEqual([]);
  });

  it("A16 counts a wrong token and a foreign address and answers neither", () => {
    const { reflector, sent } = opened();
    const data = sent.find((bytes) => peekType(bytes) === 1)!;
    const parsed = parseMessage(data);
    const message: LabMessage | null = parsed.ok ? parsed.message : null;
    const forged = buildMessage({
      ...message!,
      token: { high: message!.token.high, low: message!.token.low ^ 1 },
    });
    expect(reflector.handle({ kind: "datagram", bytes: forged, from: client }, 20e9)).toEqual([]);
    expect(reflector.counts.wrongToken).toBe(1);
    const elsewhere = { address: "127.0.0.1", port: 50_000 };
    expect(reflector.handle({ kind: "datagram", bytes: data, from: elsewhere }, 20e9)).toEqual([]);
    expect(reflector.counts.foreignAddress).toBe(1);
  });

  it("A16 answers a replayed START the same, and an expired cookie not at all", () => {
    const { reflector, sent } = opened();
    const start = sent.find((bytes) => peekType(bytes) === 0x82)!;
    const [first] = reflector.handle({ kind: "datagram", bytes: start, from: client }, 2e9);
    const [again] = reflector.handle({ kind: "datagram", bytes: start, from: client }, 3e9);
    expect(again!.message.token).toEqual(first!.message.token);
    expect(reflector.sessions().length).toBe(1);
    expect(reflector.handle({ kind: "datagram", bytes: start, from: client }, 95e9)).toEqual([]);
    expect(reflector.handle({ kind: "datagram", bytes: start, from: { ...client, port: 9 } }, 2e9)).toEqual(
      [],
    );
    expect(reflector.counts.staleCookie).toBe(2);
  });
});

describe("what a server grants", () => {
  const idle = { sessions: 0, fromSource: 0, pps: 0, bitsPerSecond: 0 };

  it("is never more than what was asked", () => {
    fc.assert(
      fc.property(
        fc.record({
          mode: fc.constantFrom("echo" as const, "up" as const, "down" as const),
          sizeBytes: fc.integer({ min: 0, max: 65_535 }),
          n: fc.integer({ min: 0, max: 0xffff_ffff }),
          intervalUs: fc.integer({ min: 0, max: 0xffff_ffff }),
          waitMs: fc.integer({ min: 0, max: 0xffff_ffff }),
        }),
        (wanted) => {
          const granted = grantTerms(wanted, "lan", idle);
          if (typeof granted === "string") return;
          expect(granted.n).toBeLessThanOrEqual(Math.min(wanted.n, 200_000));
          expect(granted.sizeBytes).toBeLessThanOrEqual(Math.min(wanted.sizeBytes, 1_472));
          expect(granted.intervalUs).toBeGreaterThanOrEqual(Math.max(500, wanted.intervalUs));
          expect((granted.sizeBytes * 8e6) / granted.intervalUs).toBeLessThanOrEqual(8_000_000);
        },
      ),
    );
  });

  it("shares the server and refuses what does not fit", () => {
    expect(grantTerms(terms, "lan", { ...idle, sessions: 64 })).toBe("busy");
    expect(grantTerms(terms, "lan", { ...idle, fromSource: 4 })).toBe("source");
    expect(grantTerms({ ...terms, sizeBytes: 40 }, "lan", idle)).toBe("mode");
    expect(grantTerms({ ...terms, intervalUs: 500 }, "lan", { ...idle, pps: 9_500 })).toMatchObject({
      intervalUs: 2_000,
    });
  });
});
