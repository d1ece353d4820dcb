// A small LAN of network namespaces on one bridge, made for one test and taken down after it. Needs root and iproute2.
import { execFileSync } from "node:child_process";

export interface Lan {
  /** Names of the namespaces; host number n has the address `10.99.<subnet>.<n + 1>`. */
  readonly hosts: readonly string[];
  address(host: number): string;
  /** Words to put before a command so that it runs on a host. */
  on(host: number): readonly string[];
  down(): void;
}

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"], timeout: 10_000 });
}

/** Why no LAN can be made here; null when it can. */
export function lanProblem(): string | null {
  const probe = `fy${process.pid}probe`;
  try {
    ip("netns", "add", probe);
    ip("netns", "del", probe);
    return null;
  } catch (error) {
    return `network namespaces are not to be had here: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  }
}

export function createLan(count: number): Lan {
  const prefix = `fy${process.pid}`;
  const bridge = `${prefix}sw`;
  const hosts = Array.from({ length: count }, (_, index) => `${prefix}h${index}`);
  const down = (): void => {
    for (const name of [...hosts, bridge]) {
      try {
        ip("netns", "del", name);
      } catch {
        // It was never made: taking down must go on to the next.
      }
    }
  };
  down();
  try {
    ip("netns", "add", bridge);
    ip("-n", bridge, "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    ip("-n", bridge, "link", "set", "br0", "up");
    for (const [index, host] of hosts.entries()) {
      ip("netns", "add", host);
      ip("-n", bridge, "link", "add", `p${index}`, "type", "veth", "peer", "name", "eth0", "netns", host);
      ip("-n", bridge, "link", "set", `p${index}`, "master", "br0", "up");
      ip("-n", host, "link", "set", "lo", "up");
      ip("-n", host, "addr", "add", `10.99.0.${index + 1}/24`, "broadcast", "10.99.0.255", "dev", "eth0");
      ip("-n", host, "link", "set", "eth0", "up");
      ip("-n", host, "route", "add", "default", "dev", "eth0");
    }
  } catch (error) {
    down();
    throw error;
  }
  return {
    hosts,
    address: (host) => `10.99.0.${host + 1}`,
    on: (host) => ["ip", "netns", "exec", hosts[host] ?? ""],
    down,
  };
}
