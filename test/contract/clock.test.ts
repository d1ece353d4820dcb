// What every clock keeps, system or manual.
import { describe, expect, it } from "vitest";
import { createManualClock, createSystemClock } from "../../src/node/clock.js";
import type { Clock } from "../../src/ports/clock.js";

interface Rig {
  readonly clock: Clock;
  /** Resolves when the clock has moved on by at least `ms`. */
  readonly pass: (ms: number) => Promise<void>;
}

function systemRig(): Rig {
  const clock = createSystemClock({ keepAlive: true });
  return { clock, pass: (ms) => new Promise((resolve) => clock.at(clock.now() + ms, resolve)) };
}

function manualRig(): Rig {
  const clock = createManualClock(1_000);
  return {
    clock,
    pass: async (ms) => {
      clock.advance(ms);
    },
  };
}

describe.each([
  { name: "system clock", createRig: systemRig },
  { name: "manual clock", createRig: manualRig },
])("$name", ({ createRig }) => {
  it("does not go backwards", async () => {
    const { clock, pass } = createRig();
    const before = clock.now();
    await pass(2);
    expect(clock.now()).toBeGreaterThanOrEqual(before + 2);
  });

  it("fires once, not before its time", async () => {
    const { clock, pass } = createRig();
    const fired: number[] = [];
    const dueMs = clock.now() + 5;
    clock.at(dueMs, () => fired.push(clock.now()));
    await pass(30);
    expect(fired.length).toBe(1);
    expect(fired[0]).toBeGreaterThanOrEqual(dueMs);
  });

  it("never fires inside the call, also for a moment already past", async () => {
    const { clock, pass } = createRig();
    let fired = false;
    clock.at(clock.now() - 10, () => {
      fired = true;
    });
    expect(fired).toBe(false);
    await pass(20);
    expect(fired).toBe(true);
  });

  it("fires in order of time, whatever the order of setting", async () => {
    const { clock, pass } = createRig();
    const order: string[] = [];
    const start = clock.now();
    clock.at(start + 12, () => order.push("late"));
    clock.at(start + 2, () => order.push("early"));
    await pass(40);
    expect(order).toEqual(["early", "late"]);
  });

  it("does not fire what was cancelled; cancelling twice or too late is harmless", async () => {
    const { clock, pass } = createRig();
    const fired: string[] = [];
    const cancel = clock.at(clock.now() + 5, () => fired.push("cancelled"));
    const cancelFired = clock.at(clock.now() + 1, () => fired.push("kept"));
    cancel();
    cancel();
    await pass(30);
    cancelFired();
    expect(fired).toEqual(["kept"]);
  });

  it("fires what a timer sets", async () => {
    const { clock, pass } = createRig();
    let second = false;
    clock.at(clock.now() + 1, () => {
      clock.at(clock.now() + 1, () => {
        second = true;
      });
    });
    await pass(40);
    expect(second).toBe(true);
  });
});
