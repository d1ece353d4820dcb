import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { CliProblem } from "../../src/cli/problem.js";
import { parseTargets } from "../../src/cli/targets.js";

const addresses = (text: string) => parseTargets([text], 2425).wide.map((endpoint) => endpoint.address);

function refusal(text: string): string | undefined {
  try {
    parseTargets([text], 2425);
  } catch (error) {
    return error instanceof CliProblem ? error.code : String(error);
  }
  return undefined;
}

describe("parseTargets", () => {
  it("keeps names for the node", () => {
    expect(parseTargets(["小明, 老王", "li@pc-li", "id:addr:1", "@研发"], 2425)).toEqual({
      names: ["小明", "老王", "li@pc-li", "id:addr:1", "@研发"],
      endpoints: [],
      wide: [],
    });
  });

  it("reads addresses, each once", () => {
    expect(parseTargets(["10.0.0.1", "10.0.0.1:2425,[fe80::1%eth0]:99", "::1"], 2425).endpoints).toEqual([
      { address: "10.0.0.1", port: 2425 },
      { address: "fe80::1%eth0", port: 99 },
      { address: "::1", port: 2425 },
    ]);
  });

  it("expands ranges", () => {
    expect(addresses("192.168.1.100-102")).toEqual(["192.168.1.100", "192.168.1.101", "192.168.1.102"]);
    expect(addresses("192.168.1.254-192.168.2.1")).toEqual([
      "192.168.1.254",
      "192.168.1.255",
      "192.168.2.0",
      "192.168.2.1",
    ]);
    expect(parseTargets(["10.0.0.1-2:99"], 2425).wide).toEqual([
      { address: "10.0.0.1", port: 99 },
      { address: "10.0.0.2", port: 99 },
    ]);
  });

  it("expands networks without their own and their broadcast address", () => {
    expect(addresses("192.168.1.77/30")).toEqual(["192.168.1.77", "192.168.1.78"]);
    expect(addresses("10.0.0.4/31")).toEqual(["10.0.0.4", "10.0.0.5"]);
    expect(addresses("10.0.0.4/32")).toEqual(["10.0.0.4"]);
    expect(addresses("10.1.0.0/24")).toHaveLength(254);
  });

  it.each([
    ["192.168.1.120-100", "target-invalid"],
    ["192.168.1.1-300", "target-invalid"],
    ["192.168.300.0/24", "target-invalid"],
    ["10.0.0.0/33", "target-invalid"],
    ["10.0.0.1-2:70000", "target-invalid"],
    ["10.0.0.0/8", "too-many-receivers"],
    ["0.0.0.0/0", "too-many-receivers"],
  ])("refuses %s: %s", (text, code) => {
    expect(refusal(text)).toBe(code);
  });

  it("agrees with another program about networks", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 20, max: 30 }), (address, bits) => {
        const network = addresses(`${address}/${bits}`);
        const first = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`).toString();
        const last = ipaddr.IPv4.broadcastAddressFromCIDR(`${address}/${bits}`).toString();
        expect(network).toHaveLength(2 ** (32 - bits) - 2);
        expect(network).not.toContain(first);
        expect(network).not.toContain(last);
        const [base] = ipaddr.parseCIDR(`${first}/${bits}`);
        expect(network.every((each) => ipaddr.parse(each).match(base, bits))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("gives targets or a problem for any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(["undefined", "string"]).toContain(typeof refusal(text));
        expect(refusal(text) ?? "").not.toMatch(/Error/);
      }),
    );
  });
});
