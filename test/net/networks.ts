// Interface entries the tests of this folder share, in the documentation ranges.
import type { InterfaceInfo } from "../../src/net/interfaces.js";

export const loopback4: InterfaceInfo = {
  name: "lo",
  address: "127.0.0.1",
  netmask: "255.0.0.0",
  family: "IPv4",
  mac: "00:00:00:00:00:00",
  internal: true,
  scopeId: null,
};

export const loopback6: InterfaceInfo = {
  ...loopback4,
  address: "::1",
  netmask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  family: "IPv6",
  scopeId: 0,
};

export const wired4: InterfaceInfo = {
  name: "eth0",
  address: "192.0.2.7",
  netmask: "255.255.255.0",
  family: "IPv4",
  mac: "02:00:5e:10:ab:07",
  internal: false,
  scopeId: null,
};

export const wired6: InterfaceInfo = {
  ...wired4,
  address: "fe80::7",
  netmask: "ffff:ffff:ffff:ffff::",
  family: "IPv6",
  scopeId: 2,
};

export const wireless4: InterfaceInfo = {
  ...wired4,
  name: "wlan0",
  address: "198.51.100.9",
  mac: "02:00:5e:10:ab:09",
};
