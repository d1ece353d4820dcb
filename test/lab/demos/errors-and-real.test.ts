import { execFile } from "node:child_process";
import { describe, expect, it } from "vitest";
import { errorCaseNames, runErrors } from "../../../src/lab/demos/errors.js";
import { parseRealOutput, runReal, type Execute } from "../../../src/lab/demos/real.js";

describe("errors", () => {
  it.runIf(process.platform === "linux")("shows what a program is told, and what it is not", async () => {
    const cases = await runErrors();
    expect(cases.map((one) => one.name)).toEqual([...errorCaseNames]);
    const told = Object.fromEntries(cases.map((one) => [one.name, one.told]));
    expect(told).toEqual({
      "largest-datagram": null,
      "too-large": "EMSGSIZE",
      "empty-datagram": null,
      "closed-port-unconnected": null,
      "closed-port-connected": "ECONNREFUSED",
      "closed-port-tcp": "ECONNREFUSED",
      "broadcast-without-permission": "EACCES",
      "broadcast-with-permission": null,
      "port-taken": "EADDRINUSE",
    });
    const arrived = Object.fromEntries(cases.map((one) => [one.name, one.arrived]));
    expect(arrived).toMatchObject({
      "largest-datagram": true,
      "too-large": false,
      "empty-datagram": true,
      "broadcast-with-permission": true,
      "broadcast-without-permission": false,
    });
  });
});

const nftOutput = `{"tcpSentBytes":300000,"tcpReceivedBytes":300000,"tcpRetransmitted":28,"tcpTimeMs":2100.5,"udpSent":300,"udpReceived":275}
table ip lab {
\tchain in {
\t\ttype filter hook input priority filter; policy accept;
\t\ttcp dport 40001 numgen random mod 1000 < 100 counter packets 28 bytes 29000 drop
\t\tudp dport 40002 numgen random mod 1000 < 100 counter packets 25 bytes 25700 drop
\t}
}
`;

const iptablesOutput = `{"tcpSentBytes":300000,"tcpReceivedBytes":300000,"tcpRetransmitted":31,"tcpTimeMs":2100,"udpSent":300,"udpReceived":270}
Chain INPUT (policy ACCEPT 900 packets, 64000 bytes)
    pkts      bytes target     prot opt in     out     source               destination
      31    32000 DROP       tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:40001 statistic mode random probability 0.10
      30    30840 DROP       udp  --  *      *       0.0.0.0/0            0.0.0.0/0            udp dpt:40002 statistic mode random probability 0.10
`;

const withoutNft: Execute = async (_program, words) => {
  const isNft = words.some((word) => word.includes("nft add table"));
  return { ok: !isNft, text: isNft ? "Error: Operation not supported" : iptablesOutput };
};

describe("real", () => {
  it("reads the program's line and the firewall's counters", () => {
    expect(parseRealOutput(nftOutput, "nft")).toEqual({
      tcpSentBytes: 300_000,
      tcpReceivedBytes: 300_000,
      tcpDropped: 28,
      tcpRetransmitted: 28,
      tcpTimeMs: 2_100.5,
      udpSent: 300,
      udpReceived: 275,
      udpDropped: 25,
    });
    expect(parseRealOutput(iptablesOutput, "iptables")).toMatchObject({ tcpDropped: 31, udpDropped: 30 });
    for (const bad of ["", "{", "{}\n", nftOutput.replace("packets 25", ""), "null"]) {
      expect(parseRealOutput(bad, "nft")).toBeNull();
    }
  });

  it.each([
    ["unshare --version", "no-unshare"],
    ["unshare -Urn true", "not-allowed"],
    ["ip -V", "no-ip"],
    ["--version", "no-firewall"],
    ["sh -c", "failed"],
  ])("refuses with a reason where %s does not work", async (without, reason) => {
    const execute: Execute = async (program, words) => ({
      ok:
        !`${program} ${words.join(" ")}`.includes(without) ||
        (without === "--version" && program === "unshare"),
      text: "operation not permitted",
    });
    const result = await runReal({ loss: 0.1, messages: 10, execute, platform: "linux" });
    expect(result).toMatchObject({ kind: "refused", reason });
  });

  it("takes the other firewall where the kernel lacks the first", async () => {
    const result = await runReal({ loss: 0.1, messages: 10, execute: withoutNft, platform: "linux" });
    expect(result).toMatchObject({ kind: "done", firewall: "iptables" });
  });

  it("is for Linux", async () => {
    expect(await runReal({ loss: 0.1, messages: 10, platform: "win32" })).toMatchObject({
      reason: "not-linux",
    });
  });

  it("builds a namespace script of its own numbers only, and runs its pair", async () => {
    const calls: (readonly string[])[] = [];
    const execute: Execute = async (program, words) => {
      calls.push([program, ...words]);
      return { ok: true, text: words.includes("sh") ? nftOutput : "" };
    };
    const result = await runReal({ loss: 0.1, messages: 300, execute, platform: "linux" });
    expect(result).toMatchObject({ kind: "done", firewall: "nft", counts: { udpDropped: 25 } });
    const script = calls.at(-1)![4]!;
    expect(script).toContain("numgen random mod 1000 '<' 100 counter drop");
    // The pair itself, here without a namespace and without loss.
    const [node, source] = calls.at(-1)!.slice(6, 8);
    const told = await new Promise<string>((resolve, reject) => {
      execFile(node!, ["--eval", source!, "20", "0", "0"], { timeout: 8_000 }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    });
    expect(JSON.parse(told)).toMatchObject({
      tcpSentBytes: 20_000,
      tcpReceivedBytes: 20_000,
      udpSent: 20,
      udpReceived: 20,
    });
  });
});
