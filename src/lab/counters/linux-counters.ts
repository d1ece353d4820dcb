// The kernel's own numbers on Linux: /proc/net/udp (the drops column is the last one), /proc/net/snmp and /proc/net/tcp. Tables
// are small texts made when they are read, so reading them synchronously takes some 50 microseconds. Anything unexpected in
// them is "not known".
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { HostCounters, SystemCounters, TcpEntry } from "./system-counters.js";
import { createNetstatCounters } from "./netstat-counters.js";
import { noCounters } from "./system-counters.js";

const tcpStates: Readonly<Record<string, string>> = {
  "01": "ESTABLISHED",
  "02": "SYN_SENT",
  "03": "SYN_RECV",
  "04": "FIN_WAIT1",
  "05": "FIN_WAIT2",
  "06": "TIME_WAIT",
  "07": "CLOSE",
  "08": "CLOSE_WAIT",
  "09": "LAST_ACK",
  "0A": "LISTEN",
  "0B": "CLOSING",
  "0C": "NEW_SYN_RECV",
};

/** Reads tables below `root`; another root is for tests. */
export function createLinuxCounters(root = "/proc"): SystemCounters {
  const table = (name: string): string[][] =>
    readText(`${root}/${name}`)
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/u))
      .filter((columns) => columns.length > 3);

  return {
    source: "linux",
    socketDrops: (port) => {
      const drops = [...table("net/udp"), ...table("net/udp6")]
        .filter((columns) => portOf(columns[1] ?? "") === port)
        .map((columns) => Number(columns.at(-1)));
      return drops.length === 0 || drops.some((one) => !Number.isSafeInteger(one))
        ? null
        : drops.reduce((sum, one) => sum + one, 0);
    },
    host: () => parseHostCounters(readText(`${root}/net/snmp`)),
    tcpSockets: (port) => {
      const rows = [...table("net/tcp"), ...table("net/tcp6")];
      return rows
        .map((columns): TcpEntry | null => {
          const local = parseHexEndpoint(columns[1] ?? "");
          const remote = parseHexEndpoint(columns[2] ?? "");
          const state = tcpStates[columns[3] ?? ""];
          return local === null || remote === null || state === undefined ? null : { local, remote, state };
        })
        .filter((entry) => entry !== null)
        .filter((entry) => entry.local.port === port || entry.remote.port === port);
    },
    bootMark: () => {
      const id = readText(`${root}/sys/kernel/random/boot_id`).trim();
      // A hash, so that the wire carries no identifier of the machine that others could use.
      return id === "" ? null : createHash("sha256").update(`feiyan-lab ${id}`).digest("hex").slice(0, 16);
    },
  };
}

/** The counters this system has. */
export function createSystemCounters(platform: NodeJS.Platform = process.platform): SystemCounters {
  if (platform === "darwin" || platform === "win32") return createNetstatCounters(platform);
  return readText("/proc/net/udp") === "" ? noCounters : createLinuxCounters();
}

/** Each protocol has two lines: names, then values. */
export function parseHostCounters(text: string): HostCounters | null {
  const values = (protocol: string): ReadonlyMap<string, number> => {
    const [names = "", numbers = ""] = text.split("\n").filter((line) => line.startsWith(`${protocol}: `));
    const split = numbers.split(" ");
    return new Map(names.split(" ").map((name, index) => [name, Number(split[index])]));
  };
  const udp = values("Udp");
  const read = (name: string): number => udp.get(name) ?? Number.NaN;
  const counters = {
    receiveBufferErrors: read("RcvbufErrors"),
    sendBufferErrors: read("SndbufErrors"),
    checksumErrors: read("InCsumErrors"),
    noPorts: read("NoPorts"),
  };
  if (Object.values(counters).some((one) => !Number.isSafeInteger(one))) return null;
  return { ...counters, fragmentsFailed: values("Ip").get("ReasmFails") ?? null };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // No such table here, or it may not be read: the numbers are not known.
    return "";
  }
}

function portOf(hexEndpoint: string): number {
  return Number.parseInt(hexEndpoint.slice(-4), 16);
}

/** `0100007F:1F90` is 127.0.0.1:8080: four bytes of the machine's own order at a time. */
function parseHexEndpoint(hex: string): TcpEntry["local"] | null {
  const parts = /^((?:[0-9A-F]{8}){1}|(?:[0-9A-F]{8}){4}):([0-9A-F]{4})$/u.exec(hex);
  const [, address = "", port = ""] = parts ?? [];
  if (address === "") return null;
  const bytes = (address.match(/.{8}/gu) ?? []).flatMap((word) =>
    [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16)),
  );
  const mapped = bytes.length === 16 && bytes.slice(0, 12).join(",") === "0,0,0,0,0,0,0,0,0,0,255,255";
  if (bytes.length === 4 || mapped)
    return { address: bytes.slice(-4).join("."), port: Number.parseInt(port, 16) };
  const groups = Array.from({ length: 8 }, (_unused, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return { address: groups.join(":"), port: Number.parseInt(port, 16) };
}
