import type { Socket } from "node:dgram";
import { describe, expect, it } from "vitest";
import { createBroadcaster } from "../../src/net/udp/broadcaster.js";
import { type BroadcastTarget, ipv6Zones, listEars, listTargets } from "../../src/net/udp/targets.js";
import type { FeiyanError } from "../../src/ports/error.js";
import { loopback4, loopback6, wired4, wired6, wireless4 } from "./networks.js";

function lines(targets: readonly BroadcastTarget[]): string[] {
  return targets.map(({ from, to, zone }) => `${from} > ${to}${zone === null ? "" : ` on ${zone}`}`);
}

describe("listTargets", () => {
  it("from every address goes to each network once, to everybody, and to the IPv6 groups per interface", () => {
    const second = { ...wired4, address: "192.0.2.8" };
    const interfaces = [loopback4, loopback6, wired4, second, wired6, wireless4];
    expect(lines(listTargets(interfaces, ["0.0.0.0", "::"]))).toEqual([
      "0.0.0.0 > 192.0.2.255",
      "0.0.0.0 > 198.51.100.255",
      "0.0.0.0 > 255.255.255.255",
      ":: > ff15::979 on eth0",
      ":: > ff02::1%eth0 on eth0",
    ]);
  });

  it("on a machine alone stays on loopback, and still tries the way out", () => {
    expect(listTargets([loopback4, loopback6], ["0.0.0.0", "::"])).toEqual([
      { from: "0.0.0.0", to: "127.255.255.255", zone: null, leavesMachine: false },
      { from: "0.0.0.0", to: "255.255.255.255", zone: null, leavesMachine: true },
    ]);
  });

  it("from a bound address goes to its network only", () => {
    const interfaces = [loopback4, wired4, wireless4, wired6];
    expect(lines(listTargets(interfaces, ["198.51.100.9"]))).toEqual([
      "198.51.100.9 > 198.51.100.255",
      "198.51.100.9 > 255.255.255.255",
    ]);
    expect(lines(listTargets(interfaces, ["127.0.0.2"]))).toEqual(["127.0.0.2 > 127.255.255.255"]);
    expect(lines(listTargets(interfaces, ["fe80::7%eth0"]))).toEqual([
      "fe80::7%eth0 > ff15::979 on eth0",
      "fe80::7%eth0 > ff02::1%eth0 on eth0",
    ]);
  });

  it("from an address that has gone tries everybody only", () => {
    expect(lines(listTargets([loopback4], ["192.0.2.7"]))).toEqual(["192.0.2.7 > 255.255.255.255"]);
  });
});

it.each([
  ["0.0.0.0", []],
  ["::", []],
  ["192.0.2.7", ["192.0.2.255", "255.255.255.255"]],
  ["127.0.0.1", ["127.255.255.255"]],
])("listEars of %s", (bound, ears) => {
  expect(listEars([loopback4, wired4, wireless4], bound)).toEqual(ears);
});

it("ipv6Zones names every interface with IPv6 once, loopback apart", () => {
  expect(ipv6Zones([loopback6, wired4, wired6, { ...wired6, address: "fd00::7" }])).toEqual(["eth0"]);
});

/** A socket that fails as told and answers at once. */
function fakeSocket(codeFor: (address: string) => string | null): { socket: Socket; sent: string[] } {
  const sent: string[] = [];
  const fake: Partial<Socket> = {
    setMulticastInterface: (name: string) => {
      if (codeFor(name) !== null) throw Object.assign(new Error("refused"), { code: codeFor(name) });
    },
    send: (...given: unknown[]) => {
      const [, , address, answer] = given;
      sent.push(String(address));
      const code = codeFor(String(address));
      if (typeof answer === "function")
        answer(code === null ? null : Object.assign(new Error(code), { code }), 1);
    },
  };
  // Only these two methods are called.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { socket: fake as Socket, sent };
}

describe("the broadcaster", () => {
  const bytes = new Uint8Array(3);

  function broadcastVia(codes: Record<string, string>): {
    problems: FeiyanError[];
    sent: string[];
    round: () => void;
  } {
    const problems: FeiyanError[] = [];
    const { socket, sent } = fakeSocket((address) => codes[address] ?? null);
    const broadcaster = createBroadcaster(
      2_425,
      () => socket,
      (error) => problems.push(error),
    );
    broadcaster.aim(listTargets([wired4, wireless4, wired6], ["0.0.0.0", "::"]));
    return {
      problems,
      sent,
      round: () => {
        broadcaster.send(bytes);
      },
    };
  }

  it("is silent when one network is away and another works", () => {
    const { problems, round, sent } = broadcastVia({
      "255.255.255.255": "ENETUNREACH",
      "192.0.2.255": "ENETUNREACH",
      "::%eth0": "EADDRNOTAVAIL",
    });
    round();
    expect(problems).toEqual([]);
    expect(sent).toEqual(["192.0.2.255", "198.51.100.255", "255.255.255.255"]);
  });

  it("says once that nothing leaves, and again after it worked in between", () => {
    const codes: Record<string, string> = {};
    const { problems, round } = broadcastVia(codes);
    const down = {
      "192.0.2.255": "ENETUNREACH",
      "198.51.100.255": "ENETUNREACH",
      "255.255.255.255": "ENETUNREACH",
    };
    Object.assign(codes, down);
    round();
    round();
    expect(problems).toMatchObject([
      {
        code: "broadcast-unavailable",
        fields: { addresses: Object.keys(down), port: 2_425, systemCode: "ENETUNREACH" },
      },
    ]);
    for (const address of Object.keys(down)) delete codes[address];
    round();
    expect(problems.length).toBe(1);
    Object.assign(codes, down);
    round();
    expect(problems.length).toBe(2);
  });

  it("names what a firewall refuses, also while the rest works", () => {
    const { problems, round } = broadcastVia({ "192.0.2.255": "EPERM", "ff02::1%eth0": "EPERM" });
    round();
    round();
    expect(problems.map(({ fields }) => fields["addresses"])).toEqual([["192.0.2.255", "ff02::1%eth0"]]);
  });
});
