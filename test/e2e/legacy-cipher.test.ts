// OpenSSL's own Blowfish and PKCS#1 unpadding, in a Node started with the legacy provider, against what this program does by hand.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptBlowfish, encryptBlowfish } from "../../src/crypto/blowfish.js";
import { wrapKey } from "../../src/crypto/rsa.js";
import { keyPair } from "../crypto/keys.js";

/** Node 20 refuses the unpadding unless it is told to; newer ones do it with OpenSSL's own guard. */
const isRefusing = process.versions.node.startsWith("20.");
const revert = "--security-revert=CVE-2023-46809";

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "hex");
const hex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString("hex");

function legacy(script: string, input: unknown): unknown {
  const read = `const input = JSON.parse(require("fs").readFileSync(0, "utf8")); const c = require("crypto");`;
  const flags = ["--openssl-legacy-provider", ...(isRefusing ? [revert] : [])];
  const options = { input: JSON.stringify(input), encoding: "utf8" } as const;
  const output = execFileSync(process.execPath, [...flags, "-e", read + script], options);
  // Before it, Node says that it was told to be careless.
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

describe("OpenSSL with the legacy provider", () => {
  it("has the same Blowfish-CBC, both ways, for keys and texts of many lengths", () => {
    const cases = Array.from({ length: 40 }, (_, index) => ({
      key: hex(randomBytes(16)),
      iv: hex(randomBytes(8)),
      plain: hex(randomBytes(index * 3)),
    }));
    const theirs = legacy(
      `console.log(JSON.stringify(input.map(({ key, iv, plain }) => {
        const b = (h) => Buffer.from(h, "hex");
        const e = c.createCipheriv("bf-cbc", b(key), b(iv));
        return Buffer.concat([e.update(b(plain)), e.final()]).toString("hex");
      })));`,
      cases,
    );
    const ours = cases.map(({ key, iv, plain }) =>
      encryptBlowfish(bytesOf(key), bytesOf(iv), bytesOf(plain)),
    );
    expect(theirs).toEqual(ours.map(hex));
    for (const [index, { key, iv, plain }] of cases.entries())
      expect(hex(decryptBlowfish(bytesOf(key), bytesOf(iv), ours[index] ?? new Uint8Array()))).toMatch(
        new RegExp(`^${plain}`, "u"),
      );
  });

  it("takes our RSA padding off", () => {
    const keys = Array.from({ length: 10 }, () => randomBytes(16));
    const { privateKey, publicKey } = keyPair("a1024");
    const wrapped = keys.map((key) => hex(wrapKey(publicKey, key, randomBytes)));
    const key = privateKey.export({ format: "pem", type: "pkcs8" });
    const theirs = legacy(
      `console.log(JSON.stringify(input.wrapped.map((w) => c.privateDecrypt(
        { key: input.key, padding: c.constants.RSA_PKCS1_PADDING }, Buffer.from(w, "hex")).toString("hex"))));`,
      { wrapped, key },
    );
    expect(theirs).toEqual(keys.map(hex));
  });
});
