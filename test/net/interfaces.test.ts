import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import {
  addressFamily,
  broadcastAddress,
  describeNetwork,
  type InterfaceInfo,
  isInNetwork,
  listLocalAddresses,
  networkFingerprint,
  normalizeAddress,
  readInterfaces,
  zoneOf,
} from "../../src/net/interfaces.js";
import { loopback4, loopback6, wired4, wired6 } from "./networks.js";

const ipv4 = fc.ipV4();
const prefix = fc.integer({ min: 0, max: 32 });

function netmaskOf(bits: number): string {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(bits).toString();
}

describe("broadcastAddress", () => {
  it("equals ipaddr.js for every network that has one", () => {
    fc.assert(
      fc.property(ipv4, fc.integer({ min: 0, max: 30 }), (address, bits) => {
        const expected = ipaddr.IPv4.broadcastAddressFromCIDR(`${address}/${bits}`).toString();
        expect(broadcastAddress(address, netmaskOf(bits))).toBe(expected);
      }),
    );
  });

  it.each([
    ["192.0.2.7", "255.255.255.254"],
    ["192.0.2.7", "255.255.255.255"],
    ["fe80::1", "ffff:ffff:ffff:ffff::"],
    ["192.0.2.7", ""],
    ["192.0.2", "255.255.255.0"],
    ["eth0", "255.255.255.0"],
  ])("is null for %s %s", (address, netmask) => {
    expect(broadcastAddress(address, netmask)).toBeNull();
  });
});

it("isInNetwork equals ipaddr.js", () => {
  fc.assert(
    fc.property(ipv4, ipv4, prefix, (address, local, bits) => {
      const expected = ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parse(local), bits);
      expect(isInNetwork(address, local, netmaskOf(bits))).toBe(expected);
    }),
  );
  expect(isInNetwork("fe80::1", "192.0.2.1", "255.255.255.0")).toBe(false);
});

describe("normalizeAddress", () => {
  it.each([
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["192.0.2.7", "192.0.2.7"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["::ffff:c000:207", "::ffff:c000:207"],
    ["::ffff:1", "::ffff:1"],
    ["::ffff:999.0.2.7", "::ffff:999.0.2.7"],
    ["::1", "::1"],
  ])("%s is %s", (address, expected) => {
    expect(normalizeAddress(address)).toBe(expected);
  });
});

it.each([
  ["192.0.2.7", 4],
  ["::", 6],
  ["fe80::1%eth0", 6],
  ["localhost", 0],
  ["192.0.2", 0],
  ["", 0],
] as const)("addressFamily of %j is %i", (address, family) => {
  expect(addressFamily(address)).toBe(family);
});

describe("the network as the node sees it", () => {
  it("lists addresses with broadcast and zone, and the first real MAC", () => {
    expect(describeNetwork([loopback4, loopback6, wired4, wired6], 2_425)).toEqual({
      port: 2_425,
      addresses: [
        { interfaceName: "lo", address: "127.0.0.1", family: "IPv4", broadcast: null, loopback: true },
        { interfaceName: "lo", address: "::1", family: "IPv6", broadcast: null, loopback: true },
        {
          interfaceName: "eth0",
          address: "192.0.2.7",
          family: "IPv4",
          broadcast: "192.0.2.255",
          loopback: false,
        },
        { interfaceName: "eth0", address: "fe80::7%eth0", family: "IPv6", broadcast: null, loopback: false },
      ],
      mac: "02005E10AB07",
    });
  });

  it.each([
    [["0.0.0.0"], ["127.0.0.1", "192.0.2.7"]],
    [["::"], ["::1", "fe80::7%eth0"]],
    [["192.0.2.7"], ["192.0.2.7"]],
    [["127.0.0.1"], ["127.0.0.1"]],
    [["127.0.0.2"], ["127.0.0.2"]],
    [
      ["192.0.2.7", "fe80::7%eth0"],
      ["192.0.2.7", "fe80::7%eth0"],
    ],
    [["203.0.113.9"], []],
  ])("bound to %j is at %j", (bound, expected) => {
    const { addresses } = describeNetwork([loopback4, loopback6, wired4, wired6], 2_425, bound);
    expect(addresses.map((one) => one.address)).toEqual(expected);
  });

  it.each<[string, InterfaceInfo[]]>([
    ["nothing", []],
    ["loopback", [loopback4]],
    ["a tunnel without one", [{ ...wired4, mac: "00:00:00:00:00:00" }]],
    ["a broken entry", [{ ...wired4, mac: "" }]],
  ])("has no MAC with %s", (_name, interfaces) => {
    expect(describeNetwork(interfaces, 1).mac).toBeNull();
  });

  it("a point-to-point address has no broadcast; a global IPv6 address no zone", () => {
    const addresses = listLocalAddresses([
      { ...wired4, netmask: "255.255.255.255" },
      { ...wired6, address: "fd00::7" },
    ]);
    expect(addresses.map(({ address, broadcast }) => [address, broadcast])).toEqual([
      ["192.0.2.7", null],
      ["fd00::7", null],
    ]);
  });

  it("names the zone by number on Windows", () => {
    expect([zoneOf(wired6, "linux"), zoneOf(wired6, "win32")]).toEqual(["eth0", "2"]);
  });

  it("has a fingerprint that any change moves, and order does not", () => {
    const one = networkFingerprint([loopback4, wired4]);
    expect(networkFingerprint([wired4, loopback4])).toBe(one);
    const changes = [
      { name: "eth1" },
      { address: "192.0.2.8" },
      { netmask: "255.255.0.0" },
      { mac: "02:00:00:00:00:01" },
    ];
    for (const change of changes)
      expect(networkFingerprint([loopback4, { ...wired4, ...change }])).not.toBe(one);
  });

  it("of this machine has a loopback address", () => {
    expect(readInterfaces().find((info) => info.address === "127.0.0.1")).toMatchObject({
      family: "IPv4",
      internal: true,
      scopeId: null,
    });
  });
});
