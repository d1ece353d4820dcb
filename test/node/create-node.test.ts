// The default wiring: what a node is when little is said, and what each option reaches.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createNode } from "../../src/create-node.js";
import type { ChatNode } from "../../src/create-node.js";
import type { TapRecord } from "../../src/net/tap.js";
import { createLan } from "./lan.js";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("a node by default", () => {
  it("is called as the system calls the user", () => {
    const { username } = userInfo();
    expect(createNode().self).toEqual({
      user: username,
      host: hostname(),
      nick: username,
      group: "",
      away: null,
    });
  });

  it("has its own clock, chance and sockets", async () => {
    const node = createNode({ port: 0, bind: ["127.0.0.1"], ipv6: false, presence: false });
    const network = await node.start();
    expect(network.port).toBeGreaterThan(1_023);
    await node.close();
  });
});

describe("options", () => {
  it("keep the FeiQ groups that were joined, beside those that are given each time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "feiyan-groups-"));
    folders.push(folder);
    const run = async (given: readonly string[], act: (node: ChatNode) => Promise<void>) => {
      const lan = createLan();
      const station = lan.station({
        address: "10.0.0.1",
        stateDir: folder,
        feiqGroups: given,
        encrypt: "never",
      });
      const joined = () =>
        station.node
          .rooms()
          .filter((room) => room.joined)
          .map(({ number }) => number);
      await lan.open(station);
      const before = joined();
      await act(station.node);
      await lan.close(station);
      return before;
    };
    expect(await run(["aa"], (node) => node.joinGroup("3b199b07"))).toEqual(["aa"]);
    expect(await run([], (node) => node.leaveGroup("3b199b07"))).toEqual(["3b199b07"]);
    writeFileSync(join(folder, "feiq-groups.json"), "no list");
    expect(await run(["aa", "not a number"], async () => undefined)).toEqual(["aa"]);
  });

  it("impair the line, and show every datagram", async () => {
    const lan = createLan();
    const records: TapRecord[] = [];
    const a = lan.station({
      address: "10.0.0.1",
      nick: "A",
      impair: "loss=100%",
      onDatagram: (record) => records.push(record),
    });
    const b = lan.station({ address: "10.0.0.2", nick: "B" });
    await lan.open(a, b);
    expect(b.node.peers()).toEqual([]);
    expect(records.filter(({ direction }) => direction === "out")).not.toEqual([]);
    const same = { kind: "independent", probability: 1 } as const;
    const c = lan.station({ address: "10.0.0.3", nick: "C", impair: { loss: same, seed: "5" } });
    const d = lan.station({ address: "10.0.0.4", nick: "D", impair: "" });
    await lan.open(c, d);
    expect(b.node.peers().map(({ nick }) => nick)).toEqual(["D"]);
    expect(() => createNode({ impair: "loss=nonsense" })).toThrow(/loss/u);
  });

  it("impair one peer's line from the start, by name or by address", async () => {
    const lan = createLan();
    const impair = "小红=loss=100%,seed=1; 10.0.0.3=loss=100%,seed=2";
    const a = lan.station({ address: "10.0.0.1", nick: "A", impair });
    const stations = ["小红", "C", "D"].map((nick, index) =>
      lan.station({ address: `10.0.0.${index + 2}`, nick }),
    );
    await lan.open(a, ...stations);
    for (const address of ["10.0.0.2", "10.0.0.3", "10.0.0.4"])
      await a.node.say(address, "x", { check: false });
    lan.clock.advance(200);
    expect(stations.map((one) => one.texts().length)).toEqual([0, 0, 1]);
    expect(a.node.impairments().map(({ to, spec }) => `${to?.address} ${spec.seed}`)).toEqual([
      "10.0.0.3 2",
      "10.0.0.2 1",
    ]);
    for (const slip of ["los=5%", "小红=los=5%", "小红=loss=5", "小红"])
      expect(() => createNode({ impair: slip }), slip).toThrow(
        expect.objectContaining({ code: "impairment-invalid" }),
      );
    await lan.close(a, ...stations);
  });

  it("let one peer's line be bad while the node runs, and good again", async () => {
    const lan = createLan();
    const a = lan.station({ address: "10.0.0.1", nick: "A" });
    const b = lan.station({ address: "10.0.0.2", nick: "B" });
    const c = lan.station({ address: "10.0.0.3", nick: "C" });
    await lan.open(a, b, c);
    const line = { address: "10.0.0.2", port: 2425 };
    const heardBy = async (other: typeof b): Promise<number> => {
      const before = other.texts().length;
      await a.node.say(other === b ? "10.0.0.2" : "10.0.0.3", "x", { check: false });
      lan.clock.advance(200);
      return other.texts().length - before;
    };
    const seeded = a.node.impair(line, "loss=100%");
    expect(seeded?.seed).toMatch(/^\d+$/u);
    expect(a.node.impairments()).toEqual([{ to: line, spec: seeded }]);
    expect([await heardBy(b), await heardBy(c)]).toEqual([0, 1]);
    expect(() => a.node.impair(line, "loss=5")).toThrow(/loss/u);
    // A port of the same machine that has no entry is another line.
    a.node.impair({ ...line, port: 9 }, "loss=100%,seed=1");
    expect(a.node.impair(line, null)).toBeNull();
    expect(await heardBy(b)).toBe(1);
    a.node.impair(null, "loss=100%,seed=2");
    expect([await heardBy(b), await heardBy(c)]).toEqual([0, 0]);
    expect(a.node.impairments().map(({ to }) => to?.port ?? "all")).toEqual(["all", 9]);
    await lan.close(a, b, c);
  });

  it("tell once that the packet number cannot be kept, and go on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "feiyan-node-"));
    folders.push(folder);
    // A file stands where the folder should be.
    writeFileSync(join(folder, "state"), "");
    const lan = createLan();
    const a = lan.station({ address: "10.0.0.1", stateDir: join(folder, "state") });
    await lan.open(a);
    for (let message = 0; message < 300; message++) await a.node.say("10.0.0.2", "x", { check: false });
    const notices = a.events.filter((event) => event.kind === "notice");
    expect(notices.map(({ code }) => code)).toEqual(["state-unreadable"]);
    await lan.close(a);
  });

  it("keep the packet number across restarts", async () => {
    const folder = mkdtempSync(join(tmpdir(), "feiyan-node-"));
    folders.push(folder);
    const numbers: number[] = [];
    for (let run = 0; run < 3; run++) {
      // Each run begins at the same time of day: only the file makes the numbers grow.
      const lan = createLan();
      const a = lan.station({ address: "10.0.0.1", nick: "A", stateDir: folder });
      await lan.open(a);
      const [message] = await a.node.say("everyone", "hi");
      numbers.push(Number(message!.packetNo));
      await lan.close(a);
    }
    expect(numbers[1]).toBeGreaterThan(numbers[0]!);
    expect(numbers[2]).toBeGreaterThan(numbers[1]!);
    expect(numbers[2]! - numbers[0]!).toBeLessThan(30);
  });
});
