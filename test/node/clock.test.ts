import { afterEach, describe, expect, it, vi } from "vitest";
import { createManualClock, createSystemClock } from "../../src/node/clock.js";
import { createSeededRandom, createSystemRandom } from "../../src/node/random.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("system clock", () => {
  it("tells the time of day", () => {
    expect(Math.abs(createSystemClock().now() - Date.now())).toBeLessThan(60_000);
  });

  it("waits longer than the system's timer can count", () => {
    vi.useFakeTimers();
    const clock = createSystemClock();
    let fired = false;
    const days = 60 * 24 * 3_600_000;
    clock.at(clock.now() + days, () => {
      fired = true;
    });
    vi.advanceTimersByTime(days - 10);
    expect(fired).toBe(false);
    vi.advanceTimersByTime(20);
    expect(fired).toBe(true);
  });

  it("cancels in the middle of a long wait", () => {
    vi.useFakeTimers();
    const clock = createSystemClock();
    const fire = vi.fn<() => void>();
    const cancel = clock.at(clock.now() + 2 ** 32, fire);
    vi.advanceTimersByTime(2 ** 31 + 5);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(2 ** 32);
    expect(fire).not.toHaveBeenCalled();
  });

  it("never fires at the end of time", () => {
    vi.useFakeTimers();
    const cancel = createSystemClock().at(Number.POSITIVE_INFINITY, () => {});
    expect(vi.getTimerCount()).toBe(0);
    cancel();
  });

  it.each([
    [{}, false],
    [{ keepAlive: true }, true],
  ])("with %j holds the program: %s", (options, held) => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const clock = createSystemClock(options);
    const cancel = clock.at(clock.now() + 60_000, () => {});
    const timer: unknown = timers.mock.results[0]?.value;
    expect(timer).toMatchObject({ hasRef: expect.any(Function) });
    expect(timers.mock.results[0]?.value.hasRef()).toBe(held);
    cancel();
    timers.mockRestore();
  });
});

describe("manual clock", () => {
  it("shows each timer its own time", () => {
    const clock = createManualClock(100);
    const seen: number[] = [];
    for (const atMs of [130, 110, 110, 400]) clock.at(atMs, () => seen.push(clock.now()));
    clock.advance(50);
    expect(seen).toEqual([110, 110, 130]);
    expect(clock.now()).toBe(150);
    clock.advanceTo(400);
    expect(seen.at(-1)).toBe(400);
  });

  it("keeps the order of setting for equal times, also for one set on the way", () => {
    const clock = createManualClock();
    const order: string[] = [];
    clock.at(5, () => {
      order.push("a");
      clock.at(5, () => order.push("c"));
    });
    clock.at(5, () => order.push("b"));
    clock.advance(5);
    expect(order).toEqual(["a", "b", "c"]);
  });

  it("fires what is overdue without moving", () => {
    const clock = createManualClock(50);
    const seen: number[] = [];
    clock.at(10, () => seen.push(clock.now()));
    clock.advance(0);
    expect(seen).toEqual([50]);
  });

  it("refuses to go back", () => {
    const clock = createManualClock(50);
    expect(() => {
      clock.advanceTo(49);
    }).toThrow(RangeError);
    expect(() => {
      clock.advance(Number.NaN);
    }).toThrow(RangeError);
  });
});

function draw(seed: number, count: number): number[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => random.uint32());
}

describe("random", () => {
  it("repeats for a seed, also across versions", () => {
    expect(draw(42, 4)).toEqual(draw(42, 4));
    expect(draw(42, 4)).toEqual([2837322924, 544945897, 479756282, 3500138142]);
  });

  it("differs between neighbouring seeds, small, large and negative", () => {
    const firsts = [0, 1, 2, 3, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => draw(seed, 2).join(" "));
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it.each([
    ["seeded", createSeededRandom(7)],
    ["system", createSystemRandom()],
  ])("%s numbers are whole, within 32 bits, and spread evenly", (_name, random) => {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let i = 0; i < 16_000; i += 1) {
      const number = random.uint32();
      expect(Number.isInteger(number) && number >= 0 && number < 2 ** 32).toBe(true);
      counts[Math.floor(number / 2 ** 28)]! += 1;
    }
    // Chi-square with 15 degrees of freedom: 60 is beyond one in a million.
    expect(counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(60);
  });
});
