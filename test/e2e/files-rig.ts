// Two nodes with real sockets and real files, for what needs a disk and seconds; and the program itself as a receiver that can be
// killed.
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode, type Event, type Node, type Transfer } from "../../src/index.js";

const nodes: Node[] = [];
const folders: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "feiyan-files-"));
  folders.push(folder);
  return folder;
}

export async function fileNode(nick: string, peers: readonly number[] = [], options = {}): Promise<Node> {
  const node = createNode({
    nick,
    user: nick,
    host: "test",
    port: 0,
    bind: ["127.0.0.1"],
    ipv6: false,
    peers: peers.map((port) => ({ address: "127.0.0.1", port })),
    ...options,
  });
  nodes.push(node);
  await node.start();
  return node;
}

export async function tearDown(): Promise<void> {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Resolves with the first event that the test wants. */
export function until<T>(node: Node, found: (event: Event) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const stop = node.subscribe((event) => {
      const result = found(event);
      if (result === undefined) return;
      stop();
      resolve(result);
    });
  });
}

const know = (node: Node): boolean => node.peers().some((peer) => peer.feiyan?.manifests === true);

/** Two that know each other, entries and answers heard on both sides. */
export async function couple(dir: string, options = {}): Promise<{ giver: Node; taker: Node }> {
  const giver = await fileNode("giver");
  const taker = await fileNode("taker", [giver.network!.port]);
  await Promise.all(
    [giver, taker].map(async (node) => {
      if (!know(node)) await until(node, () => (know(node) ? true : undefined));
    }),
  );
  await taker.setAcceptPolicy({
    accept: "all",
    maxSizeBytes: null,
    dir,
    overwrite: "rename",
    resume: true,
    ...options,
  });
  return { giver, taker };
}

export function ended(node: Node, direction: "in" | "out", name?: string): Promise<Transfer> {
  return until(node, (event) =>
    event.kind === "transfer" &&
    event.transfer.direction === direction &&
    event.transfer.endedAt !== null &&
    (name === undefined || event.transfer.name === name)
      ? event.transfer
      : undefined,
  );
}

export function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** Every path below a folder with size, hash and time. */
export function inventory(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const stats = lstatSync(path);
    const name = path.slice(folder.length + 1);
    found[name] = entry.isDirectory()
      ? "folder"
      : `${stats.size} ${Math.floor(stats.mtimeMs / 1000)} ${hashOf(path)}`;
  }
  return found;
}

export function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
