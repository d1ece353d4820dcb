// The numbers that `netstat -s -p udp` prints on macOS and Windows. They are of the whole machine since it was started, and a number
// the command does not give is null. Parsing is pure; only `createNetstatCounters` starts the command.
import { execFileSync } from "node:child_process";
import { type HostCounters, noCounters, type SystemCounters } from "./system-counters.js";

const nothing: HostCounters = {
  receiveBufferErrors: null,
  sendBufferErrors: null,
  checksumErrors: null,
  noPorts: null,
  fragmentsFailed: null,
};

function isAnythingKnown(counters: HostCounters): boolean {
  return Object.values(counters).some((one) => one !== null);
}

/** BSD's way, macOS too: `<tab>12 dropped due to full socket buffers`, the number first. */
export function parseBsdNetstat(text: string): HostCounters | null {
  const read = (words: string): number | null => {
    const found = new RegExp(`^\\s*(\\d{1,15}) ${words}s?\\s*$`, "mu").exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const counters = {
    ...nothing,
    receiveBufferErrors: read("dropped due to full socket buffer"),
    checksumErrors: read("with bad checksum"),
    noPorts: read("dropped due to no socket"),
  };
  return isAnythingKnown(counters) ? counters : null;
}

/**
 * Windows: `  No Ports    = 45`. Its "receive errors" are everything but closed ports, so they are no count of full buffers nor of
 * checksums, and only the closed ports are taken.
 */
export function parseWindowsNetstat(text: string): HostCounters | null {
  const found = /^\s*(?:No Ports|无端口)\s*=\s*(\d{1,15})\s*$/mu.exec(text)?.[1];
  return found === undefined ? null : { ...nothing, noPorts: Number(found) };
}

const limitMs = 2_000;

/** Counters by the system's command; null where that fails. */
export function createNetstatCounters(platform: "darwin" | "win32"): SystemCounters {
  const parse = platform === "darwin" ? parseBsdNetstat : parseWindowsNetstat;
  return {
    ...noCounters,
    source: "netstat",
    host: () => {
      try {
        const words = ["-s", "-p", "udp"];
        const stdio: ("ignore" | "pipe")[] = ["ignore", "pipe", "ignore"];
        return parse(execFileSync("netstat", words, { timeout: limitMs, encoding: "utf8", stdio }));
      } catch {
        // No such command, or it may not be run: the numbers are not known.
        return null;
      }
    },
  };
}
