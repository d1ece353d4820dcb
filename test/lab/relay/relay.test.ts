import { describe, expect, it } from "vitest";
import { parseImpairment } from "../../../src/index.js";
import { isLabAddress, reachOf } from "../../../src/lab/address.js";
import { createLabRun } from "../../../src/lab/lab-run.js";
import { createSimulatedParts } from "../../../src/lab/runner/lab-parts.js";
import { openRelay } from "../../../src/lab/runner/relay.js";
import { createSimulation } from "../../../src/lab/runner/simulation.js";
import { createTestCrypto } from "../session/machines.js";
import { experiment } from "../runner/simulated.js";

function start() {
  const simulation = createSimulation();
  const parts = createSimulatedParts(simulation.time, createTestCrypto());
  const wait = (ms: number): Promise<void> =>
    simulation.run(
      new Promise((resolve) => {
        simulation.time.at(simulation.time.nowNs() + ms * 1e6, resolve);
      }),
    );
  return { simulation, parts, wait };
}

const here = { address: "127.0.0.1", port: 0 };

describe("a relay for any program", () => {
  it("loses by its dice, there and back, and tells two clients apart", async () => {
    const { simulation, parts, wait } = start();
    const { network } = parts;
    const server = await network.open({
      ...here,
      arrived: (bytes, from) => {
        server.send(bytes, from);
      },
      problem: () => undefined,
    });
    const spec = parseImpairment("loss=30%");
    const relay = await simulation.run(
      openRelay({
        ...parts,
        listen: here,
        to: server.local,
        up: spec,
        down: spec,
        seed: "1",
        scope: "loopback",
      }),
    );
    const heard = [0, 0];
    const clients = await Promise.all(
      heard.map((_unused, index) =>
        network.open({ ...here, arrived: () => (heard[index]! += 1), problem: () => undefined }),
      ),
    );
    for (let round = 0; round < 200; round += 1)
      for (const client of clients) client.send(new TextEncoder().encode(`hello ${round}`), relay.local);
    await wait(1_000);
    const flows = relay.flows();
    expect(flows.map(({ flow, up }) => [flow, up.in])).toEqual([
      [0, 200],
      [1, 200],
    ]);
    expect(flows.map(({ down }) => down.out)).toEqual(heard);
    expect(flows.map(({ up, down }) => up.out - down.in)).toEqual([0, 0]);
    expect(heard[0]).toBeGreaterThan(70);
    expect(heard[0]).toBeLessThan(130);
    expect(heard[0]).not.toBe(heard[1]);
    await relay.close();
  });

  it("forgets nobody who is held back when the traffic ends", async () => {
    const { simulation, parts, wait } = start();
    let heard = 0;
    const server = await parts.network.open({
      ...here,
      arrived: () => (heard += 1),
      problem: () => undefined,
    });
    const up = parseImpairment("reorder=100%:3");
    const relay = await simulation.run(
      openRelay({ ...parts, listen: here, to: server.local, up, down: {}, seed: "1", scope: "loopback" }),
    );
    const client = await parts.network.open({ ...here, arrived: () => undefined, problem: () => undefined });
    for (let round = 0; round < 5; round += 1) client.send(Uint8Array.of(round), relay.local);
    await wait(600);
    expect(heard).toBe(5);
  });

  it("serves only loopback unless a LAN is allowed, and never the world", async () => {
    const { parts } = start();
    const open = (to: string, scope: "lan" | "loopback") =>
      openRelay({ ...parts, listen: here, to: { address: to, port: 9 }, up: {}, down: {}, seed: "1", scope });
    await expect(open("192.168.1.2", "loopback")).rejects.toThrow("not an address");
    await expect(open("8.8.8.8", "lan")).rejects.toThrow("not an address");
    await (await open("192.168.1.2", "lan")).close();
    expect(
      ["127.0.0.1", "::1", "10.1.2.3", "172.20.0.1", "169.254.1.1", "fe80::1%eth0", "fd00::1"].map(reachOf),
    ).toEqual(["loopback", "loopback", "private", "private", "link-local", "link-local", "private"]);
    const far = [
      "8.8.8.8",
      "224.0.0.1",
      "255.255.255.255",
      "192.168.1.255",
      "0.0.0.0",
      "2001:db8::1",
      "ff02::1",
      "name",
    ];
    expect(far.filter((address) => isLabAddress(address, "lan"))).toEqual([]);
  });
});

describe("the controller, by hand", () => {
  it("holds each datagram for a decision, and the truth is what the hand did", async () => {
    const { simulation, parts } = start();
    const lab = createLabRun({
      parts,
      experiment: experiment("", "", { n: 6, ratePps: 100, seed: "1" }),
      isSimulated: true,
    });
    lab.setHand(true);
    const acts = ["pass", "kill", "double", "damage", "delay", "pass"] as const;
    let changes = 0;
    lab.subscribe(() => {
      changes += 1;
      const [held] = lab.snapshot().held;
      if (held === undefined) return;
      lab.act(held.id, held.direction === "there" ? acts[held.seq!]! : "pass");
    });
    const outcome = await simulation.run(lab.start());
    if (outcome.kind !== "report") throw new Error(outcome.kind);
    expect(outcome.report.strip).toBe(".u2xr.");
    expect(outcome.report.truth!.up).toMatchObject({ in: 6, dropped: 1, duplicated: 1, damaged: 1 });
    expect(outcome.report.check).toEqual({ upLost: "equal", downLost: "equal", lostNumbers: "identical" });
    expect(changes).toBeGreaterThan(10);
    expect(lab.snapshot()).toMatchObject({ state: "done", strip: ".u2xr." });
  });

  it("pauses, steps and goes on without losing a slot", async () => {
    const { simulation, parts, wait } = start();
    const lab = createLabRun({
      parts,
      experiment: experiment("", "", { n: 50, ratePps: 100 }),
      isSimulated: true,
    });
    lab.pause();
    const done = lab.start();
    await wait(500);
    expect(lab.snapshot()).toMatchObject({ state: "paused", sent: 0 });
    lab.step();
    lab.step();
    await wait(100);
    expect(lab.snapshot()).toMatchObject({ sent: 2, strip: ".." });
    lab.resume();
    const outcome = await simulation.run(done);
    if (outcome.kind !== "report") throw new Error(outcome.kind);
    expect(outcome.report).toMatchObject({ strip: ".".repeat(50), notes: ["paused"] });
  });

  it("stops early and still closes the account", async () => {
    const { simulation, parts, wait } = start();
    const lab = createLabRun({
      parts,
      experiment: experiment("loss=5%", "", { n: 500, ratePps: 100, seed: "42" }),
      isSimulated: true,
    });
    const done = lab.start();
    await wait(1_000);
    lab.stop();
    const outcome = await simulation.run(done);
    if (outcome.kind !== "report") throw new Error(outcome.kind);
    expect(outcome.report.up!.sent).toBeLessThan(110);
    expect(outcome.report.notes).toEqual(["stopped"]);
    expect(outcome.report.check).toMatchObject({ upLost: "equal", lostNumbers: "identical" });
  });
});
