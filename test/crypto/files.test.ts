// Keys and pins on disk: made once, for their owner only, agreed on by two instances that start together.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { keyFileName, openKeys, readKeys, writeKeys } from "../../src/crypto/key-file.js";
import { exportPublicKey } from "../../src/crypto/rsa.js";
import { readTrust, trustFileName, writeTrust } from "../../src/crypto/trust-file.js";
import { keyNumbers, keyPair } from "./keys.js";

const root = mkdtempSync(join(tmpdir(), "feiyan-keys-"));
afterAll(() => rmSync(root, { recursive: true }));

const pairs = (letter: "a" | "b") => ({
  rsa1024: keyPair(`${letter}1024`),
  rsa2048: keyPair(`${letter}2048`),
});
const modulus = (found: ReturnType<typeof readKeys>) =>
  found === null ? "" : exportPublicKey(found.rsa2048.publicKey).n;

it("keys are kept for their owner only; what others may read is closed", () => {
  const folder = join(root, "new", "state");
  expect(readKeys(folder)).toBeNull();
  writeKeys(folder, pairs("a"));
  const path = join(folder, keyFileName);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  expect(modulus(readKeys(folder))).toBe(keyNumbers["a2048"]?.n);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual([keyFileName]);
});

it("the second of two instances takes the keys of the first", async () => {
  const folder = join(root, "two");
  writeKeys(folder, pairs("a"));
  expect(modulus(writeKeys(folder, pairs("b")))).toBe(keyNumbers["a2048"]?.n);
  expect(modulus(await openKeys(folder))).toBe(keyNumbers["a2048"]?.n);
});

it("a file that holds something else is an error, not new keys", () => {
  const folder = join(root, "bad");
  writeKeys(folder, pairs("a"));
  for (const text of ["{}", "[]", "x", '{"rsa1024":"","rsa2048":""}']) {
    writeFileSync(join(folder, keyFileName), text);
    expect(() => readKeys(folder)).toThrow(/key|JSON|PEM|DECODER/iu);
  }
});

it("pins of two instances are put together, and what is no pin is left out", () => {
  const folder = join(root, "pins");
  const key = { caps: "20002", e: "10001", n: keyNumbers["a1024"]?.n ?? "", bits: 1024 };
  const pin = (peerId: string, policy: "always" | null = null) =>
    ({
      peerId,
      key,
      fingerprint: "f",
      pinnedAt: 1,
      verified: false,
      addresses: ["10.0.0.1"],
      rejected: [],
      policy,
    }) as const;
  expect(readTrust(folder)).toEqual([]);
  writeTrust(folder, [pin("a"), pin("b")]);
  writeTrust(folder, [pin("b", "always"), pin("c")]);
  expect(readTrust(folder).map(({ peerId, policy }) => [peerId, policy])).toEqual([
    ["a", null],
    ["b", "always"],
    ["c", null],
  ]);
  expect(readTrust(folder)[0]).toEqual(pin("a"));
  expect(statSync(join(folder, trustFileName)).mode & 0o777).toBe(0o600);
  writeFileSync(
    join(folder, trustFileName),
    '[1,{"peerId":"d","key":{"caps":"zz","e":"1","n":"2"},"policy":"x"}]',
  );
  expect(readTrust(folder)).toMatchObject([{ peerId: "d", key: null, policy: null }]);
  writeFileSync(join(folder, trustFileName), "{}");
  expect(() => readTrust(folder)).toThrow("no list");
});
