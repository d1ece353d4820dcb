// Pinned keys and choices on disk, one small file that only its owner reads. What two instances of one home learned is put together
// when it is written. Called by create-node.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePublicKey } from "../protocol/public-key.js";
import type { PublicKeyBody } from "../protocol/message.js";

export const trustFileName = "known-keys.json";

/** As core keeps it (core/trust.ts), with ids as plain text. */
export interface KeptTrust {
  readonly peerId: string;
  readonly key: PublicKeyBody | null;
  readonly fingerprint: string | null;
  readonly pinnedAt: number;
  readonly verified: boolean;
  readonly addresses: readonly string[];
  readonly rejected: readonly string[];
  readonly policy: "auto" | "always" | "never" | null;
}

/** What is kept in a folder; nothing where no file is. Throws what the file system says, and for a file that is something else. */
export function readTrust(folder: string): readonly KeptTrust[] {
  const path = join(folder, trustFileName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
  const found: unknown = JSON.parse(text);
  if (!Array.isArray(found)) throw new Error(`${path}: no list of keys`);
  return found.map(readRecord).filter((record) => record !== null);
}

/** Writes the records; those of other instances that these do not name stay. */
export function writeTrust(folder: string, records: readonly KeptTrust[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = new Set(records.map(({ peerId }) => peerId));
  const others = readTrust(folder).filter(({ peerId }) => !own.has(peerId));
  const path = join(folder, trustFileName);
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify([...others, ...records], null, 1)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function readRecord(value: unknown): KeptTrust | null {
  if (!isFields(value)) return null;
  const { peerId, key, fingerprint, pinnedAt, verified, addresses, rejected, policy } = value;
  if (typeof peerId !== "string") return null;
  const pinned = readKey(key);
  return {
    peerId,
    key: pinned,
    fingerprint: pinned !== null && typeof fingerprint === "string" ? fingerprint : null,
    pinnedAt: typeof pinnedAt === "number" ? pinnedAt : 0,
    verified: verified === true,
    addresses: textsOf(addresses),
    rejected: textsOf(rejected),
    policy: policy === "auto" || policy === "always" || policy === "never" ? policy : null,
  };
}

function readKey(value: unknown): PublicKeyBody | null {
  if (!isFields(value)) return null;
  const { caps, e, n } = value;
  if (typeof caps !== "string" || typeof e !== "string" || typeof n !== "string") return null;
  return parsePublicKey(`${caps}:${e}-${n}`);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
