// The real program on loopback: watching, listing, taking apart, leaving in order, and the codes of wrong usage.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { feiyan, newHome, start } from "./program.js";
import { addressOf, eventOf, instanceFlags, seesInstance, textsHeard, useStage } from "./stage.js";

const stage = useStage();

describe("watch", () => {
  it("0: prints events as objects until --count", async () => {
    const flags = await instanceFlags(addressOf(stage().node));
    const watching = start(["watch", "--json", "--type", "message", "--count", "2", ...flags], null);
    const port = Number(flags[1]);
    await eventOf(stage(), seesInstance);
    await stage().node.say({ endpoint: { address: "127.0.0.1", port } }, "一");
    await stage().node.say({ endpoint: { address: "127.0.0.1", port } }, "二");
    const { code, objects } = await watching.ended;
    expect(code).toBe(0);
    expect(objects).toMatchObject([
      { type: "message", direction: "in", text: "一", peer: { address: addressOf(stage().node) } },
      { type: "message", direction: "in", text: "二" },
    ]);
  });

  it("0: ends at --timeout", async () => {
    expect((await feiyan(["watch", "--timeout", "0.1", ...(await instanceFlags())])).code).toBe(0);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s: %i, after the goodbye", async (signal, expected) => {
    const watching = start(["watch", ...(await instanceFlags(addressOf(stage().node)))], null);
    await eventOf(stage(), seesInstance);
    watching.child.kill(signal);
    const { code } = await watching.ended;
    expect(code).toBe(expected);
    expect(stage().node.peers()[0]!.state).toBe("offline");
  });

  it("ends quietly when its reader goes away", async () => {
    const flags = await instanceFlags(addressOf(stage().node));
    const watching = start(["watch", "--json", ...flags], null);
    await eventOf(stage(), seesInstance);
    watching.child.stdout.destroy();
    await stage().node.say({ endpoint: { address: "127.0.0.1", port: Number(flags[1]) } }, "一");
    const { code, stderr } = await watching.ended;
    expect(code).toBe(0);
    expect(stderr).toBe("");
  });
});

describe("peers", () => {
  it("lists who answered, for people and for programs", async () => {
    const address = addressOf(stage().node);
    // An answer comes within 1.024 s by the clock of the one who answers; the rest is for a busy machine.
    const wait = ["peers", "--wait", "4"];
    const [people, programs] = await Promise.all([
      feiyan([...wait, ...(await instanceFlags(address))]),
      feiyan([...wait, "--json", ...(await instanceFlags(address))]),
    ]);
    expect(people.code).toBe(0);
    expect(people.stdout).toMatch(
      /^NAME +STATE +GROUP +ADDRESS +DIALECT +CHARSET +KEY\n小明 +online +- +127\.0\.0\.1:\d+ +ipmsg +utf-8 +-\n$/,
    );
    expect(programs.objects).toMatchObject([{ v: 1, type: "peer", nick: "小明", state: "online", address }]);
  });

  it("says on stderr that nobody is there", async () => {
    const { code, stdout, stderr } = await feiyan(["peers", "--wait", "0", ...(await instanceFlags())]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("nobody answered");
  });
});

describe("inspect", () => {
  it("takes the example of the contract apart", async () => {
    const { code, stdout } = await feiyan([
      "inspect",
      "313a3130303a736869726f757a753a6a7570697465723a33323a48656c6c6f",
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SENDMSG {2}packet 100 {2}shirouzu@jupiter {2}version 1 {2}\(IP Messenger\)\n/);
  });

  it("reads many lines and survives a reader that stops", async () => {
    const inspecting = start(["inspect", "--json"], "68656c6c6f\n".repeat(20_000));
    inspecting.child.stdout.once("data", () => inspecting.child.stdout.destroy());
    const { code, stderr } = await inspecting.ended;
    expect([code, stderr]).toEqual([0, ""]);
  });
});

describe("sim", () => {
  it("0: five peers greet a program on that port, and leave after --for", async () => {
    const { code, stdout } = await feiyan([
      "sim",
      "--for",
      "2.6",
      "--port",
      String(stage().node.network!.port),
    ]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(5);
    const states = stage()
      .node.peers()
      .filter((peer) => peer.dialect !== "raw")
      .map((peer) => `${peer.dialect} ${peer.state}`);
    expect(states.toSorted()).toEqual(["feige5 offline", "feiq offline", "ipmsg offline", "iptux offline"]);
    expect(textsHeard(stage()).length).toBeGreaterThan(1);
  });
});

describe("usage", () => {
  it("2: without a terminal there is help on stderr", async () => {
    const { code, stdout, stderr } = await feiyan([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Usage: feiyan/);
  });

  it("2: an unknown flag names the nearest", async () => {
    const { code, stderr } = await feiyan(["send", "--tp", "x", "hi"]);
    expect([code, stderr]).toEqual([2, 'feiyan: unknown flag --tp\n  → did you mean "--to"?\n']);
  });

  it("2: a settings file that is wrong, with file and line", async () => {
    const home = newHome();
    writeFileSync(join(home, "config.toml"), "port = 1\nprot = 2\n");
    const { code, stderr } = await feiyan(["peers", "--home", home]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("config.toml:2:1")]);
  });

  it("2 and 5: what this version cannot do", async () => {
    expect((await feiyan(["inspect", "--pcap", "x"])).code).toBe(2);
    expect((await feiyan(["away", "吃饭"])).code).toBe(5);
  });

  it("0: help and version", async () => {
    expect(await feiyan(["--help"])).toMatchObject({ code: 0, stderr: "" });
    expect(await feiyan(["--version"])).toMatchObject({ code: 0, stdout: "feiyan 0.1.0\n" });
  });
});
