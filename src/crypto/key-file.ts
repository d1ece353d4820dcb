// Our private keys on disk: one file, readable by its owner only, made once. Two instances that start together agree on the one
// that was there first. Called by create-node at the start.
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generateKeyPairs, type KeyPair, type KeyPairs } from "./key-ring.js";

export const keyFileName = "keys.json";

const ownerOnly = 0o600;

const pemBlock = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/g;

/**
 * The keys kept in a folder; null when none are there. A file that others may read is closed to them first. Throws what the file
 * system says, and for a file that holds no keys.
 */
export function readKeys(folder: string): KeyPairs | null {
  const path = join(folder, keyFileName);
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, ownerOnly);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null || !("rsa1024" in found) || !("rsa2048" in found))
    throw new Error(`${path}: no keys`);
  return { rsa1024: pairOf(found.rsa1024, 1024, path), rsa2048: pairOf(found.rsa2048, 2048, path) };
}

/**
 * Private keys as a person has them: our own file, or one or two keys of 1024 and 2048 bits in PEM. Of a length that is missing nothing
 * can be opened. Null when there are none of these.
 *
 * @example const pairs = readPrivateKeys(readFileSync("keys.json", "utf8"));
 */
export function readPrivateKeys(text: string): KeyPairs | null {
  const blocks = text.replaceAll(String.raw`\n`, "\n").match(pemBlock) ?? [];
  const pairs = blocks.slice(0, 2).map(pairOfPem);
  const rsa1024 = pairs.find((pair) => bitsOf(pair) === 1024) ?? null;
  const rsa2048 = pairs.find((pair) => bitsOf(pair) === 2048) ?? null;
  const any = rsa1024 ?? rsa2048;
  return any === null ? null : { rsa1024: rsa1024 ?? any, rsa2048: rsa2048 ?? any };
}

/** Reads the keys of a folder, or makes and keeps new ones. */
export async function openKeys(folder: string): Promise<KeyPairs> {
  const kept = readKeys(folder);
  if (kept !== null) return kept;
  const made = await generateKeyPairs();
  return writeKeys(folder, made);
}

/** Keeps new keys unless another instance was quicker; then that one's count. */
export function writeKeys(folder: string, pairs: KeyPairs): KeyPairs {
  const path = join(folder, keyFileName);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  const text = JSON.stringify({ rsa1024: pemOf(pairs.rsa1024), rsa2048: pemOf(pairs.rsa2048) }, null, 1);
  writeFileSync(draft, `${text}\n`, { mode: ownerOnly, flag: "w" });
  try {
    // Fails when the name is taken, which a rename would not.
    linkSync(draft, path);
    return pairs;
  } catch (error) {
    const first = readKeys(folder);
    if (first === null) throw error;
    return first;
  } finally {
    unlinkSync(draft);
  }
}

function pemOf({ privateKey }: KeyPair): string {
  return String(privateKey.export({ format: "pem", type: "pkcs8" }));
}

function pairOf(pem: unknown, bits: number, path: string): KeyPair {
  const pair = pairOfPem(typeof pem === "string" ? pem : "");
  if (pair === null || bitsOf(pair) !== bits) throw new Error(`${path}: no ${bits}-bit key`);
  return pair;
}

function pairOfPem(pem: string): KeyPair | null {
  try {
    const privateKey: KeyObject = createPrivateKey(pem);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return null;
  }
}

const bitsOf = (pair: KeyPair | null): number | undefined =>
  pair?.privateKey.asymmetricKeyDetails?.modulusLength;

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
