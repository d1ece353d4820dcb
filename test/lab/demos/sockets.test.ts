import { describe, expect, it } from "vitest";
import { fragmentCount } from "../../../src/index.js";
import { noCounters } from "../../../src/lab/counters/system-counters.js";
import { createSystemCounters } from "../../../src/lab/counters/linux-counters.js";
import { runBacklog } from "../../../src/lab/demos/backlog.js";
import { chargeBytes, datagramsThatFit, measureCapacity } from "../../../src/lab/demos/capacity.js";
import { runHandshake, type HandshakeEvent } from "../../../src/lab/demos/handshake.js";
import { predictOverflow, runOverflow } from "../../../src/lab/demos/overflow.js";
import { datagramLoss, runSizes } from "../../../src/lab/demos/sizes.js";
import { runSticky } from "../../../src/lab/demos/sticky.js";

const hasTables = createSystemCounters().source === "linux";

describe("sticky", () => {
  it("keeps UDP's borders, loses TCP's, and finds them again", async () => {
    const { udp, tcp, cure } = await runSticky({ messages: 1_000 });
    expect(udp.sends).toBe(1_000);
    expect(udp.whole).toBe(udp.arrived);
    expect(udp.arrived).toBeGreaterThan(0);
    if (hasTables) expect(udp.arrived + udp.kernelDrops!).toBe(1_000);
    expect(tcp.receivedBytes).toBe(tcp.sentBytes);
    expect(tcp.reads).toBeLessThan(tcp.writes / 10);
    expect(tcp.readSizes.reduce((sum, size) => sum + size, 0)).toBe(
      tcp.reads > 20 ? expect.any(Number) : tcp.sentBytes,
    );
    expect(cure).toMatchObject({ messages: 1_000, whole: 1_000, wholeByteByByte: 1_000 });
    expect(cure.pushes).toBe(tcp.sentBytes + 4_000);
  });
});

const statesOf = (events: readonly HandshakeEvent[], side: string): string[] =>
  events.flatMap((one) => (one.kind === "state" && one.side === side ? [one.state] : []));

describe("handshake", () => {
  it.runIf(hasTables)("shows the kernel's states from LISTEN to TIME_WAIT", async () => {
    const { events, source, bytesAfterEnd } = await runHandshake({ watchMs: 20 });
    expect(source).toBe("kernel");
    expect(statesOf(events, "listener")).toEqual(["LISTEN"]);
    const client = statesOf(events, "client");
    // In this order; on a busy machine a look at the table may come too late for one of them.
    const inOrder = ["SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT"];
    expect(client).toEqual(inOrder.filter((state) => client.includes(state)));
    expect(client.at(-1)).toBe("TIME_WAIT");
    expect(statesOf(events, "server")).toContain("CLOSE_WAIT");
    expect(bytesAfterEnd).toBe("still here\n".length);
    expect(events.filter((one) => one.kind === "segment").every((one) => one.source === "inferred")).toBe(
      true,
    );
    const times = events.map((one) => one.atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("tells its own events as inferred where there is no table", async () => {
    const { events, source } = await runHandshake({ counters: noCounters, watchMs: 0, halfOpenMs: 1 });
    expect(source).toBe("inferred");
    expect(statesOf(events, "client")).toEqual(["ESTABLISHED", "FIN_WAIT2", "TIME_WAIT"]);
    expect(events.every((one) => one.kind === "action" || one.source === "inferred")).toBe(true);
  });
});

describe("backlog", () => {
  it.runIf(hasTables)("lets in one more than its length, and the others after it wakes", async () => {
    const result = await runBacklog({ backlog: 2, clients: 5, blockedMs: 200 });
    expect(result).toMatchObject({ enteredAtOnce: 3, waiting: 2 });
    expect(result.enteredMs).toHaveLength(5);
    expect(result.enteredMs.slice(3).every((ms) => ms > 200)).toBe(true);
  });
});

/** 50 ms of 2 ms each: so much may a receiver that overslept make up for. */
const oversleptAtMost = 25;

describe("overflow", () => {
  it.runIf(hasTables)("loses what the kernel dropped, about half at twice the load", async () => {
    const result = await runOverflow({
      datagrams: 600,
      ratePps: 1_000,
      sizeBytes: 500,
      serviceMs: 2,
      bufferBytes: 16_384,
      burst: 1,
    });
    expect(result.sent).toBe(600);
    expect(result.lost).toBe(result.kernelDrops);
    expect(result.predictedLoss).toBe(0.5);
    // True however busy the machine is: who works 2 ms on each has read no more than its time allows and the buffer held, and no fewer
    // than the buffer held.
    expect(result.received).toBeLessThanOrEqual(result.timeMs / 2 + result.fit + oversleptAtMost + 1);
    expect(result.received).toBeGreaterThanOrEqual(result.fit);
    expect(result.strip).toHaveLength(600);
    expect(result.strip.replaceAll(".", "")).toBe("b".repeat(result.lost));
  });

  it.runIf(hasTables)("loses what does not fit of a burst", async () => {
    const result = await runOverflow({
      datagrams: 200,
      ratePps: 400,
      sizeBytes: 1_000,
      serviceMs: 2,
      bufferBytes: 16_384,
      burst: 100,
    });
    expect(result.lost).toBe(result.kernelDrops);
    expect(result.predictedLoss).toBe((100 - result.fit) / 100);
    expect(result.received).toBeLessThanOrEqual(result.timeMs / 2 + 2 * result.fit + oversleptAtMost + 1);
    expect(result.received).toBeGreaterThanOrEqual(result.fit);
    // The first of a burst are read, its end is lost.
    expect(result.strip).toMatch(/^\.+b/);
  });

  it("loses nothing when the receiver is quick and the buffer large", async () => {
    const result = await runOverflow({
      datagrams: 100,
      ratePps: 1_000,
      sizeBytes: 100,
      serviceMs: 0,
      bufferBytes: 200_000,
      burst: 1,
    });
    expect(result).toMatchObject({ sent: 100, received: 100, lost: 0, predictedLoss: 0 });
  });

  it.each([
    [1_000, 2, 1, 14, 0.5],
    [1_000, 0.5, 1, 14, 0],
    [200, 2, 100, 14, 0.86],
    [200, 2, 10, 14, 0],
  ])("predicts %d/s, %d ms, bursts of %d, room for %d: %d", (ratePps, serviceMs, burst, fit, loss) => {
    expect(predictOverflow({ ratePps, serviceMs, burst }, fit)).toBeCloseTo(loss, 9);
  });
});

describe("capacity", () => {
  it("knows the charges", () => {
    expect([64, 200, 512, 1_024, 1_400].map(chargeBytes)).toEqual([832, 1_280, 1_280, 2_304, 2_304]);
    expect(datagramsThatFit(212_992, 64)).toBe(256);
    expect(datagramsThatFit(1, 1_400)).toBe(1);
  });

  it("measures what this machine keeps", async () => {
    const row = await measureCapacity(64);
    expect(row.measured).toBeGreaterThan(0);
    expect(row.bufferBytes).toBeGreaterThan(0);
  });
});

describe("sizes", () => {
  it("counts fragments", () => {
    expect([1_472, 1_473, 8_872, 65_507].map((size) => fragmentCount(size, 1_500))).toEqual([1, 2, 6, 45]);
    expect(datagramLoss(0.05, 2)).toBeCloseTo(0.0975, 9);
    expect(datagramLoss(0.05, 45)).toBeCloseTo(0.9006, 4);
  });

  it("loses large datagrams more often, as predicted", async () => {
    const rows = await runSizes({ loss: 0.05, seed: "1", datagrams: 600 });
    expect(rows.map((row) => row.fragments)).toEqual([1, 1, 2, 6, 45]);
    for (const row of rows) {
      const sd = Math.sqrt(row.sent * row.predictedLoss * (1 - row.predictedLoss));
      expect(Math.abs(row.lost - row.sent * row.predictedLoss)).toBeLessThan(3.5 * sd);
    }
    expect(await runSizes({ loss: 0.05, seed: "1", datagrams: 600 })).toEqual(rows);
  });
});
