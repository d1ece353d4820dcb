// The other checks of `doctor`, on given machines; and reachability between two nodes on a network inside this process.
import { describe, expect, it } from "vitest";
import { checkBroadcast, checkInterfaces, checkReach, listTesters } from "../../src/doctor/network-check.js";
import { interfaceKindOf } from "../../src/doctor/interface-kind.js";
import {
  checkClock,
  checkDrops,
  checkFolder,
  checkLocale,
  checkReceiveBuffer,
} from "../../src/doctor/system-check.js";
import type { InterfaceInfo, TapRecord } from "../../src/index.js";
import { createNodeOf } from "../../src/node/node.js";
import type { NodeParts } from "../../src/node/node.js";
import { createSeededRandom } from "../../src/node/random.js";
import { createManualClock, createMemoryNetwork, tapped } from "../../src/testing.js";
import { createTextCodec } from "../../src/charset/codecs.js";

const card = (name: string, address: string, mac = "a0:36:9f:00:00:01"): InterfaceInfo => ({
  name,
  address,
  netmask: address.includes(":") ? "ffff:ffff:ffff:ffff::" : "255.255.255.0",
  family: address.includes(":") ? "IPv6" : "IPv4",
  mac,
  internal: name === "lo",
  scopeId: null,
});

const codes = (...cards: InterfaceInfo[]) => checkInterfaces(cards).map(({ code }) => code);

describe("interfaces", () => {
  it.each([
    ["eth0", "a0:36:9f:00:00:01", "ethernet"],
    ["enp3s0", "a0:36:9f:00:00:01", "ethernet"],
    ["wlp2s0", "a0:36:9f:00:00:01", "wireless"],
    ["WLAN", "a0:36:9f:00:00:01", "wireless"],
    ["tun0", "00:00:00:00:00:00", "vpn"],
    ["wg0", "00:00:00:00:00:00", "vpn"],
    ["utun4", "00:00:00:00:00:00", "vpn"],
    ["Sangfor SSL VPN CS Support System VNIC", "00:ff:00:00:00:00", "vpn"],
    ["docker0", "02:42:ac:11:00:01", "container"],
    ["br-1a2b3c4d5e6f", "02:42:ac:11:00:01", "container"],
    ["vmnet8", "00:50:56:c0:00:08", "vm"],
    ["VMware Network Adapter VMnet1", "00:50:56:c0:00:01", "vm"],
    ["vEthernet (WSL)", "00:15:5d:00:00:01", "vm"],
    ["eth0", "08:00:27:00:00:01", "vm"],
    ["br0", "a0:36:9f:00:00:01", "bridge"],
  ])("%s %s is %s", (name, mac, kind) => {
    expect(interfaceKindOf(name, mac, false)).toBe(kind);
  });

  it("are all told, and what is missing", () => {
    expect(codes(card("lo", "127.0.0.1"), card("eth0", "10.0.0.7"))).toEqual([
      "doctor-interface",
      "doctor-interface",
    ]);
    expect(checkInterfaces([card("eth0", "10.0.0.7")])[0]?.fields).toMatchObject({
      broadcast: "10.0.0.255",
      kind: "ethernet",
      virtual: false,
    });
    expect(codes(card("lo", "127.0.0.1"))).toContain("doctor-no-network");
    expect(codes(card("eth0", "fe80::1"))).toContain("doctor-no-network");
    expect(codes(card("docker0", "172.17.0.1"), card("tun0", "10.8.0.2"))).toContain("doctor-only-virtual");
  });
});

describe("the machine", () => {
  it.each([
    [{ LANG: "zh_CN.UTF-8" }, "doctor-locale"],
    [{ LANG: "zh_CN.UTF-8", LC_ALL: "C" }, "doctor-locale-not-utf8"],
    [{ LC_CTYPE: "C.utf8" }, "doctor-locale"],
    [{ LANG: "zh_CN.GBK" }, "doctor-locale-not-utf8"],
    [{ LANG: "en_US" }, "doctor-locale-not-utf8"],
    [{}, "doctor-locale-not-utf8"],
  ])("locale %j: %s", (environment, code) => {
    expect(checkLocale(environment, "gbk", "linux").code).toBe(code);
  });

  it("clock, drops, folders, buffer", async () => {
    expect(checkClock(Date.UTC(2026, 5, 1)).code).toBe("doctor-clock");
    expect(checkClock(0).code).toBe("doctor-clock-off");
    expect(checkDrops(null, 3)).toEqual([]);
    expect(checkDrops(3, 3)[0]?.code).toBe("doctor-no-drops");
    expect(checkDrops(3, 5)[0]?.code).toBe("doctor-drops");
    expect(checkFolder("state", "/dev/null/x")[0]?.code).toBe("doctor-folder-unwritable");
    expect(checkFolder("state", import.meta.dirname)[0]?.code).toBe("doctor-folder");
    expect((await checkReceiveBuffer()).fields["sizeBytes"]).toBeGreaterThan(1_000);
  });
});

function stage(reach: NodeParts["tryReach"]) {
  const clock = createManualClock(1_800_000_000_000);
  const network = createMemoryNetwork({ clock });
  const listeners = new Set<(record: TapRecord) => void>();
  const nodeAt = (address: string, nick: string, tryReach: NodeParts["tryReach"]) =>
    createNodeOf({
      machine: {
        self: { user: nick, host: "pc", nick, group: "", away: null },
        legacyCharset: "gbk",
        codec: createTextCodec(),
        random: createSeededRandom(3),
        versionItem: "ipmsg",
        announceUtf8: true,
        presence: true,
        hostList: false,
        staticPeers: [],
        firstPacketNo: 1,
        versionText: "feiyan",
      },
      transport: tapped(network.transport({ address }), (record) => {
        if (nick === "asker") for (const listener of listeners) listener(record);
      }),
      clock,
      defaultPort: 2425,
      tryReach,
    });
  const asker = nodeAt("10.0.0.1", "asker", undefined);
  const helper = nodeAt("10.0.0.2", "helper", reach);
  const fresh = network.transport({ address: "10.0.0.2", port: 40_000 });
  const pause = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await Promise.resolve();
    }
  };
  return {
    asker,
    helper,
    fresh,
    pause,
    listen: (listener: (record: TapRecord) => void) => listeners.add(listener),
  };
}

it("a system that grants little, or nothing, is told", async () => {
  const found = [212_992, 8_388_608].map(
    async (sizeBytes) => (await checkReceiveBuffer(async () => sizeBytes)).code,
  );
  expect(await Promise.all(found)).toEqual(["doctor-buffer-small", "doctor-buffer"]);
  expect(await checkReceiveBuffer(() => Promise.reject(new Error("EPERM")))).toMatchObject({
    code: "doctor-buffer-small",
    severity: "warning",
    fields: { sizeBytes: 0 },
  });
});

describe("the network", () => {
  it("hears its own broadcast and whoever answers", async () => {
    const { asker, helper, pause, listen } = stage(undefined);
    await asker.start();
    const parts = { node: asker, onDatagram: listen, pause, waitMs: 3_000 };
    expect((await checkBroadcast(parts)).map(({ code }) => code)).toContain("doctor-nobody");
    await helper.start();
    const found = await checkBroadcast(parts);
    expect(found.map(({ code }) => code)).toEqual(["doctor-broadcast-heard", "doctor-peers-heard"]);
    expect(listTesters(asker)).toEqual([]);
  });

  it.each([
    ["open", true, ["doctor-reach-udp", "doctor-reach-tcp"]],
    ["refused", true, ["doctor-reach-udp", "doctor-reach-tcp"]],
    ["silent", true, ["doctor-reach-udp", "doctor-reach-tcp-blocked"]],
    ["silent", false, ["doctor-reach-udp-blocked", "doctor-reach-tcp-blocked"]],
  ] as const)("a peer tries from outside: TCP %s, UDP %s", async (tcp, passes, expected) => {
    const staged = stage(async (to, bytes) => {
      if (passes) staged.fresh.send(bytes, to);
      return tcp;
    });
    const { asker, helper, fresh, pause } = staged;
    await Promise.all([asker.start(), helper.start()]);
    await fresh.open({ arrived: () => undefined, problem: () => undefined, networkChanged: () => undefined });
    await pause(3_000);
    const [tester] = listTesters(asker);
    expect(tester?.nick).toBe("helper");
    expect((await checkReach(asker, tester!, pause)).map(({ code }) => code)).toEqual(expected);
  });

  it("a peer asked too often is silent for a while", async () => {
    let tries = 0;
    const { asker, helper, pause } = stage(async () => {
      tries += 1;
      return "open";
    });
    await Promise.all([asker.start(), helper.start()]);
    await pause(3_000);
    const [tester] = listTesters(asker);
    const outcomes: (string | undefined)[] = [];
    for (let round = 0; round < 4; round += 1)
      outcomes.push((await checkReach(asker, tester!, pause))[0]?.code);
    expect(outcomes.at(-1)).toBe("doctor-tester-silent");
    expect(tries).toBe(3);
    await pause(60_000);
    await checkReach(asker, tester!, pause);
    expect(tries).toBe(4);
  });
});
