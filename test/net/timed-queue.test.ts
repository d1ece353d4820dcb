import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRateLimit } from "../../src/net/rate-limit.js";
import { createTimedQueue } from "../../src/net/timed-queue.js";
import { createManualClock } from "../../src/node/clock.js";

describe("the timed queue", () => {
  it("releases in order of time, equal times in order of arrival, never early", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 }), (times) => {
        const clock = createManualClock();
        const released: { atMs: number; order: number; nowMs: number }[] = [];
        const queue = createTimedQueue<{ atMs: number; order: number }>(clock, (item) => {
          released.push({ ...item, nowMs: clock.now() });
        });
        for (const [order, atMs] of times.entries()) queue.add(atMs, { atMs, order });
        clock.advance(25);
        const expected = times
          .map((atMs, order) => ({ atMs, order, nowMs: atMs }))
          .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order);
        expect(released).toEqual(expected);
        expect(queue.size()).toBe(0);
      }),
    );
  });

  it("an earlier item added later comes first", () => {
    const clock = createManualClock();
    const released: string[] = [];
    const queue = createTimedQueue<string>(clock, (item) => released.push(item));
    queue.add(10, "late");
    queue.add(5, "early");
    clock.advance(5);
    expect(released).toEqual(["early"]);
    expect(queue.size()).toBe(1);
  });

  it("goes on after a release that throws", () => {
    const clock = createManualClock();
    const released: string[] = [];
    const queue = createTimedQueue<string>(clock, (item) => {
      if (item === "bad") throw new Error("a fault");
      released.push(item);
    });
    queue.add(1, "bad");
    queue.add(2, "good");
    expect(() => {
      clock.advance(1);
    }).toThrow("a fault");
    clock.advance(1);
    expect(released).toEqual(["good"]);
  });

  it("drains in order and then releases nothing", () => {
    const clock = createManualClock();
    const released: string[] = [];
    const queue = createTimedQueue<string>(clock, (item) => released.push(item));
    queue.add(2, "b");
    queue.add(1, "a");
    expect(queue.drain()).toEqual(["a", "b"]);
    clock.advance(5);
    expect(released).toEqual([]);
    queue.add(7, "c");
    clock.advance(5);
    expect(released).toEqual(["c"]);
  });
});

describe("the rate limit", () => {
  it("never lets more out than burst plus rate, and keeps the order", () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 1_500 })), {
      minLength: 1,
      maxLength: 80,
    });
    fc.assert(
      fc.property(arrivals, (list) => {
        const limit = createRateLimit({ bitsPerSecond: 80_000, burstBytes: 3_000, queueBytes: 10_000 });
        const departures: { atMs: number; lengthBytes: number }[] = [];
        let nowMs = 0;
        for (const [gapMs, lengthBytes] of list) {
          nowMs += gapMs;
          const atMs = limit.admit(lengthBytes, nowMs);
          if (atMs !== null) departures.push({ atMs, lengthBytes });
        }
        for (const [i, from] of departures.entries()) {
          let sum = 0;
          for (const to of departures.slice(i)) {
            expect(to.atMs).toBeGreaterThanOrEqual(from.atMs);
            sum += to.lengthBytes;
            // 10 bytes a millisecond.
            expect(sum).toBeLessThanOrEqual(3_000 + (to.atMs - from.atMs) * 10 + 1e-6);
          }
        }
      }),
    );
  });

  it("is free again after a pause", () => {
    const limit = createRateLimit({ bitsPerSecond: 8_000, burstBytes: 1_000, queueBytes: 1_000 });
    expect([limit.admit(1_000, 0), limit.admit(1_000, 0), limit.admit(1_000, 0)]).toEqual([0, 1_000, null]);
    // The bucket and the queue have emptied meanwhile: one at once, one waits, one too many.
    expect([limit.admit(1_000, 10_000), limit.admit(1_000, 10_000), limit.admit(1_000, 10_000)]).toEqual([
      10_000,
      11_000,
      null,
    ]);
  });
});
