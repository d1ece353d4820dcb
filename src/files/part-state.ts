// The small file beside a part: what it will be, from whom, and how much of it is certainly whole, with the hash of that much. The
// part's own name comes from what was offered, so that the same offer made again finds it.
import { createHash } from "node:crypto";
import { lstatSync, promises } from "node:fs";
import { join } from "node:path";
import type { PartClaim, UnfinishedPart } from "../ports/file-store.js";

/** What is certain about a part. */
export interface Checkpoint {
  readonly heldBytes: number;
  /** Of these bytes. */
  readonly sha256: string;
}

interface State extends Checkpoint {
  readonly claim: PartClaim;
}

const prefix = ".feiyan-";
const stateEnding = ".json";
const partEnding = ".part";
/** A state is a few hundred bytes; names may be long. */
const mostStateBytes = 16 * 1024;
const mostStates = 1_000;

/** Names one thing of one peer, and the same thing offered again. */
export function partKey(claim: PartClaim): string {
  const parts = [claim.peer.id, claim.name, claim.kind, String(claim.sizeBytes), String(claim.mtime)];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

export function partPath(dir: string, key: string): string {
  return join(dir, `${prefix}${key}${partEnding}`);
}

export function statePath(dir: string, key: string): string {
  return join(dir, `${prefix}${key}${stateEnding}`);
}

export async function writeState(
  dir: string,
  key: string,
  claim: PartClaim,
  checkpoint: Checkpoint,
): Promise<void> {
  const path = statePath(dir, key);
  const scratch = `${path}.new`;
  const { heldBytes, sha256 } = checkpoint;
  await promises.writeFile(scratch, JSON.stringify({ v: 1, claim, heldBytes, sha256 }), { mode: 0o600 });
  await promises.rename(scratch, path);
}

/** Null when there is none, or when it is not one of ours. */
export async function readState(path: string): Promise<State | null> {
  try {
    if (!lstatSync(path).isFile() || lstatSync(path).size > mostStateBytes) return null;
    const value: unknown = JSON.parse(await promises.readFile(path, "utf8"));
    return parseState(value);
  } catch {
    // No state is as good as a broken one: the part begins anew.
    return null;
  }
}

export async function findStates(dir: string): Promise<readonly UnfinishedPart[]> {
  let names: string[];
  try {
    names = await promises.readdir(dir);
  } catch {
    // No folder, nothing unfinished.
    return [];
  }
  const found: UnfinishedPart[] = [];
  for (const name of names
    .filter((one) => one.startsWith(prefix) && one.endsWith(stateEnding))
    .slice(0, mostStates)) {
    // oxlint-disable-next-line no-await-in-loop -- a handful of small files
    const state = await readState(join(dir, name));
    const isOurs = state !== null && name === `${prefix}${partKey(state.claim)}${stateEnding}`;
    if (isOurs) found.push({ claim: state.claim, dir, heldBytes: state.heldBytes });
  }
  return found;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function parseState(value: unknown): State | null {
  if (!isFields(value) || value["v"] !== 1) return null;
  const { claim, heldBytes, sha256 } = value;
  const parsed = parseClaim(claim);
  if (parsed === null || !isCount(heldBytes) || typeof sha256 !== "string") return null;
  return { claim: parsed, heldBytes, sha256 };
}

function parseClaim(value: unknown): PartClaim | null {
  if (!isFields(value) || !isFields(value["peer"])) return null;
  const { name, kind, sizeBytes, mtime, readOnly, peer, packetNo, fileId } = value;
  if (!isFields(peer)) return null;
  const { id, name: peerName, address, port } = peer;
  if (typeof name !== "string" || (kind !== "file" && kind !== "folder") || typeof readOnly !== "boolean")
    return null;
  if ((sizeBytes !== null && !isCount(sizeBytes)) || !isCount(mtime) || !isCount(port)) return null;
  if (typeof id !== "string" || typeof peerName !== "string" || typeof address !== "string") return null;
  if (typeof packetNo !== "string" || !/^\d{1,20}$/.test(packetNo)) return null;
  if (typeof fileId !== "string" || !/^\d{1,20}$/.test(fileId)) return null;
  return {
    name,
    kind,
    sizeBytes,
    mtime,
    readOnly,
    peer: { id, name: peerName, address, port },
    packetNo,
    fileId,
  };
}
