// A3: three hosts in network namespaces, a firewall on the middle one that drops our data at random and counts what it dropped.
// It reads the datagrams' first bytes itself: only DATA and ECHO, so that its counters are the truth about data.
import { execFileSync } from "node:child_process";
import { type Finding, inTurn, notHere } from "./finding.js";
import { findTool, measureLab, startServer } from "./program.js";

const [client, router, server] = ["c", "r", "s"].map((name) => `fyacc${process.pid}${name}`);

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

function connect(host: string, network: number, device: string): void {
  ip("netns", "add", host);
  ip("-n", router ?? "", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", host);
  ip("-n", router ?? "", "addr", "add", `10.98.${network}.1/24`, "dev", device);
  ip("-n", router ?? "", "link", "set", device, "up");
  ip("-n", host, "link", "set", "lo", "up");
  ip("-n", host, "addr", "add", `10.98.${network}.2/24`, "dev", "eth0");
  ip("-n", host, "link", "set", "eth0", "up");
  ip("-n", host, "route", "add", "default", "via", `10.98.${network}.1`);
}

const onRouter = (...words: string[]): string =>
  execFileSync("ip", ["netns", "exec", router ?? "", ...words], { encoding: "utf8" });

const data = (type: number): string => `@th,64,16 0xff4c @th,88,8 ${type}`;

const rule = (type: number, share: number): string =>
  `meta l4proto udp ${data(type)} numgen random mod 10000 < ${share} counter drop`;

/** Drops of `share` of ten thousand, there (type 1) and back (type 2). */
function setRules(nft: string, there: number, back: number): void {
  onRouter(
    nft,
    `flush ruleset; add table ip judge; add chain ip judge f { type filter hook forward priority 0 ; }; ` +
      `add rule ip judge f ${rule(1, there)}; add rule ip judge f ${rule(2, back)};`,
  );
}

function readCounters(nft: string): number[] {
  const list = onRouter(nft, "list", "table", "ip", "judge");
  return [...list.matchAll(/counter packets (\d+)/gu)].map((match) => Number(match[1]));
}

const shares = [
  [500, 300],
  [100, 100],
  [2_000, 1_000],
] as const;

export async function measureFirewall(): Promise<Finding> {
  const nft = findTool("nft");
  if (nft === null || findTool("ip") === null) return notHere("nftables and iproute2 are needed");
  try {
    ip("netns", "add", router ?? "");
    connect(client ?? "", 1, "left");
    connect(server ?? "", 2, "right");
    onRouter("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    setRules(nft, 0, 0);
  } catch (error) {
    takeDown();
    return notHere(`no network namespaces or no firewall (${String(error).split("\n")[0]})`);
  }
  try {
    const far = await startServer([], ["ip", "netns", "exec", server ?? ""]);
    const found = await inTurn(shares, async ([there, back]) => {
      setRules(nft, there, back);
      const { report } = await measureLab(
        ["run", `10.98.2.2:${far.port}`, "-n", 20_000, "--rate", 2_000],
        ["ip", "netns", "exec", client ?? ""],
      );
      const [up = -1, down = -1] = readCounters(nft);
      const measured = [report["up"]?.["lost"], report["down"]?.["byDatagram"]?.["lost"]].map(Number);
      return { truth: [up, down], measured, title: `${there / 100}/${back / 100} %` };
    });
    await far.server.stop();
    return {
      measured: found
        .map(
          ({ title, truth, measured }) => `${title}: measured ${measured.join("/")}, nft ${truth.join("/")}`,
        )
        .join("; "),
      holds: found.every(({ truth, measured }) => truth.join(" ") === measured.join(" ")),
    };
  } finally {
    takeDown();
  }
}

function takeDown(): void {
  for (const name of [client, server, router]) {
    try {
      ip("netns", "del", name ?? "");
    } catch {
      // It was never made.
    }
  }
}
