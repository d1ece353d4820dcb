// Who holds a UDP port, asked of Linux's tables: port -> socket number in /proc/net/udp and udp6, socket number -> process
// by the links in /proc/<pid>/fd. Best effort: elsewhere, or for another user's process, part of the answer is missing.
// Called by `udp` when a bind was refused and by the network check; never on the way of a datagram.
import { promises as fs } from "node:fs";

/** The holder of a port; `pid` and `program` are absent where the system does not tell. */
export interface PortOwner {
  readonly port: number;
  readonly pid?: number;
  readonly program?: string;
}

// An interpreter's name alone says nothing, so its script is named with it.
const interpreters = /^(?:node|nodejs|python[\d.]*|perl|ruby|java|bun|deno)$/;

/** Finds the process that has `port` bound, or null when no process (that we may see) has. */
export async function findPortOwner(port: number, procRoot = "/proc"): Promise<PortOwner | null> {
  const inodes = new Set<string>();
  for (const table of ["udp", "udp6"]) {
    for (const inode of portInodes(await readText(`${procRoot}/net/${table}`), port)) inodes.add(inode);
  }
  if (inodes.size === 0) return null;
  for (const pid of await listNames(procRoot)) {
    if (!/^\d+$/.test(pid)) continue;
    if (!(await hasSocket(`${procRoot}/${pid}/fd`, inodes))) continue;
    const program = await readProgram(`${procRoot}/${pid}`);
    return { port, pid: Number(pid), ...(program === "" ? {} : { program }) };
  }
  return { port };
}

/** Socket numbers of the rows whose local port is `port`; the table writes `0100007F:0979`, ports in hex. */
function portInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const inodes: string[] = [];
  for (const line of table.split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    const inode = columns[9];
    if (columns[1]?.split(":")[1] === wanted && inode !== undefined && inode !== "0") inodes.push(inode);
  }
  return inodes;
}

async function hasSocket(folder: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const name of await listNames(folder)) {
    const target = await readLink(`${folder}/${name}`);
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function readProgram(folder: string): Promise<string> {
  const words = (await readText(`${folder}/cmdline`)).split("\0");
  const name = lastPart(words[0] ?? "") || (await readText(`${folder}/comm`)).trim();
  // A flag first may mean that the next word is program text, not a name.
  const script = interpreters.test(name) && !words[1]?.startsWith("-") ? lastPart(words[1] ?? "") : "";
  // A process chooses its own name, so it may hold anything; control characters stay out of messages.
  return `${name} ${script}`.replaceAll(/\p{C}/gu, "").trim().slice(0, 80);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

// A process may end, or belong to somebody else, between two looks: then there is nothing to read.
async function readText(path: string): Promise<string> {
  return fs.readFile(path, "utf8").catch(() => "");
}

async function readLink(path: string): Promise<string> {
  return fs.readlink(path).catch(() => "");
}

async function listNames(folder: string): Promise<string[]> {
  return fs.readdir(folder).catch(() => []);
}
