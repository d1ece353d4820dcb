import { describe, expect, it } from "vitest";
import { createLabParts, createSimulatedParts } from "../../../src/lab/runner/lab-parts.js";
import { openReflectorHost } from "../../../src/lab/runner/reflector-host.js";
import { openRelay } from "../../../src/lab/runner/relay.js";
import { openRun } from "../../../src/lab/runner/run-initiator.js";
import { createSimulation } from "../../../src/lab/runner/simulation.js";
import { openSolo } from "../../../src/lab/runner/solo.js";
import { termsOf } from "../../../src/lab/runner/measurement.js";
import { createTestCrypto } from "../session/machines.js";
import { experiment, simulate } from "./simulated.js";

const exact = { upLost: "equal", downLost: "equal", lostNumbers: "identical" };

const shortRun = (seed: string) =>
  experiment("loss=5%,dup=5%", "loss=5%,dup=5%", { seed, n: 400, ratePps: 1_000 });

describe("measured against the relay's truth", () => {
  it("A1 A8 loses the datagrams of seed 42, and counts them", async () => {
    const what = experiment("loss=5%", "loss=5%", { seed: "42", n: 20_000, ratePps: 4_000 });
    const { report } = await simulate(what);
    expect([report.up!.lost, report.down!.lost]).toEqual([973, 902]);
    expect(report.truth).toMatchObject({
      up: { in: 20_000, dropped: 973, out: 19_027 },
      down: { in: 19_027, dropped: 902 },
    });
    expect(report.check).toEqual(exact);
    expect(report.up!.lost).toBeGreaterThanOrEqual(900);
    expect(report.up!.lost).toBeLessThanOrEqual(1_103);
  });

  it.each([
    "dup=10%",
    "dup=20%,loss=5%",
    "reorder=5%:3,loss=5%",
    "corrupt=2%,loss=2%",
    "ge=1%:19%",
    "loss=5%,burst=5,dup=20%,reorder=5%:3,corrupt=2%,delay=3+-2",
  ])("A2 is exact by datagram and by number: %s", async (spec) => {
    const { report } = await simulate(experiment(spec, spec, { seed: "2425", n: 3_000, ratePps: 1_000 }));
    expect(report.check).toEqual(exact);
    const { truth, up, down } = report;
    // Every copy that left the relay intact or damaged arrived, or was refused for its damage.
    expect(truth!.up.out).toBe(up!.unique + up!.copies + up!.damaged);
    expect(down!.byDatagram!.sent).toBe(truth!.down.in);
    const arrived = down!.byDatagram!.sent - down!.byDatagram!.lost + down!.byDatagram!.copies;
    expect(truth!.down.out).toBe(arrived + down!.damaged);
    expect(report.ledger).toMatchObject({ up: { unexplained: 0 }, down: { unexplained: 0 } });
  });

  it("A4 finishes with 30 % loss both ways, control included, within five seconds over the run", async () => {
    const over: number[] = [];
    for (let seed = 1; seed <= 12; seed += 1) {
      const what = experiment("loss=30%", "loss=30%", { seed: String(seed), n: 500, ratePps: 500 });
      const { report, elapsedMs } = await simulate(what, { impairControl: true });
      expect(report.check).toEqual(exact);
      over.push(elapsedMs - 1_000);
    }
    expect(Math.max(...over)).toBeLessThanOrEqual(5_000);
  });

  it("A17 loses the same datagrams again with the same seed, and others with another", async () => {
    const [first, again, other] = [
      await simulate(shortRun("1")),
      await simulate(shortRun("1")),
      await simulate(shortRun("2")),
    ];
    expect(again.report.strip).toBe(first.report.strip);
    expect(other.report.strip).not.toBe(first.report.strip);
  });

  it("A12 is exact for forty students at once, in sum and one by one", async () => {
    const simulation = createSimulation();
    const parts = createSimulatedParts(simulation.time, createTestCrypto());
    const what = experiment("loss=5%", "loss=5%", { seed: "7", n: 200, ratePps: 100 });
    const place = { address: "127.0.0.1", port: 0 };
    const host = await simulation.run(openReflectorHost(parts, { listen: place, codeKey: null }));
    const relay = await simulation.run(
      openRelay({
        ...parts,
        listen: place,
        to: host.local,
        up: what.up,
        down: what.down,
        seed: "7",
        scope: "loopback",
      }),
    );
    const runs = Array.from({ length: 40 }, () =>
      openRun(parts, {
        to: relay.local,
        from: "127.0.0.1",
        session: { wanted: termsOf(what), waitMs: null, codeKey: null, name: "s", seed: "7" },
      }),
    );
    const opened = await simulation.run(Promise.all(runs));
    const outcomes = await simulation.run(Promise.all(opened.map((run) => run.outcome)));
    const flows = new Map(relay.flows().map((flow) => [flow.client.port, flow]));
    expect(flows.size).toBe(40);
    let lost = 0;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind !== "record") throw new Error("a student failed");
      const flow = flows.get(opened[index]!.local.port)!;
      const measured = outcome.record.there!.filter((copies) => copies === 0).length;
      lost += measured;
      expect([flow.flow, flow.up.in, flow.up.dropped]).toEqual([flow.flow, 200, measured]);
    }
    // 8,000 at 5 %, 99.9 % band.
    expect(lost).toBeGreaterThan(330);
    expect(lost).toBeLessThan(470);
    await relay.close();
    await host.close();
  });
});

describe("real sockets on loopback", () => {
  it("A12 A19 account for every datagram at 10,000 a second", async () => {
    const what = experiment("loss=5%", "loss=5%", {
      seed: "42",
      n: 10_000,
      ratePps: 10_000,
      deadlineMs: 10_000,
    });
    const { outcome } = await openSolo(createLabParts(), { experiment: what });
    const result = await outcome;
    if (result.kind !== "report") throw new Error(result.kind);
    const { ledger, check, up, sender } = result.report;
    expect(ledger).toMatchObject({ up: { unexplained: 0 }, down: { unexplained: 0 } });
    // A busy machine may drop in its own buffers; then the counters must say so.
    expect(check!.upLost).toMatch(/equal|explained/u);
    expect(check!.downLost).toMatch(/equal|explained/u);
    // A11: every datagram was sent, at the rate asked for: the whole run's length shows it, whatever single slots did.
    expect(up!.sent).toBe(10_000);
    expect(sender!.intervalUs!.want).toBe(100);
  });

  it("A11 keeps the rate and skips no slot", async () => {
    const what = experiment("", "", { n: 400, ratePps: 1_000, waitMs: 200, mode: "up" });
    const { outcome } = await openSolo(createLabParts(), { experiment: what });
    const result = await outcome;
    if (result.kind !== "report") throw new Error(result.kind);
    const { sentNs } = result.record;
    expect([...sentNs].filter(Number.isNaN)).toEqual([]);
    // The schedule is absolute: the last slot is where it belongs, late by what this machine is late.
    const tookMs = (sentNs[399]! - sentNs[0]!) / 1e6;
    expect(tookMs).toBeGreaterThan(399 - 60);
    expect(tookMs).toBeLessThan(399 + 60);
  });

  it("A21 finishes one command in time with nothing but itself", async () => {
    const startedMs = performance.now();
    const what = experiment("loss=5%", "loss=5%", { seed: "42", n: 200, ratePps: 200, deadlineMs: 10_000 });
    const { outcome } = await openSolo(createLabParts(), { experiment: what });
    const result = await outcome;
    if (result.kind !== "report") throw new Error(result.kind);
    expect(result.report.strip!.slice(0, 50)).toBe("d.............d..........................ud.......");
    expect(performance.now() - startedMs).toBeLessThan(7_000);
  });
});
