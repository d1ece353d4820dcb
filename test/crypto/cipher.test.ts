// The RSA padding by hand, the ciphers against a second implementation, and what no input may do.
import { constants, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { assert, constantFrom, boolean, property, record, uint8Array } from "fast-check";
import forge, { type Numbers, type PrivateKey } from "node-forge";
import { describe, expect, it } from "vitest";
import { decryptBlowfish, encryptBlowfish } from "../../src/crypto/blowfish.js";
import { createMessageCipher } from "../../src/crypto/message-cipher.js";
import { createKeyRing } from "../../src/crypto/key-ring.js";
import { importPublicKey, rawDecrypt, unwrapKey, wrapKey } from "../../src/crypto/rsa.js";
import { createSeededRandom } from "../../src/node/random.js";
import { parsePacketNo } from "../../src/protocol.js";
import {
  answerFor,
  chooseSuite,
  isUsableKey,
  ownCaps,
  suiteOfMessage,
} from "../../src/protocol/encryption/capabilities.js";
import { parseEnvelope } from "../../src/protocol/encryption/envelope.js";
import { parsePublicKey } from "../../src/protocol/public-key.js";
import { cipherOf, keyNumbers, keyPair, publicKey } from "./keys.js";

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? "null" : Buffer.from(bytes).toString("hex");
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const number = parsePacketNo("1800000000") ?? ("" as never);

const forgePrivate = (name: string): PrivateKey => {
  const { n, e, d, p, q, dp, dq, qi } = keyNumbers[name] ?? ({} as never);
  const numbers = [n, e, d, p, q, dp, dq, qi].map((part) => new forge.jsbn.BigInteger(part, 16)) as Numbers;
  return forge.pki.setRsaPrivateKey(...numbers);
};

/** Sixteen or eight bytes behind 00 02, eight bytes or more without zero, and 00. */
const plainly = (block: Uint8Array): string => {
  const end = block.indexOf(0, 2);
  const isFramed = block[0] === 0 && block[1] === 2 && end >= 10;
  const rest = isFramed ? block.subarray(end + 1) : new Uint8Array();
  return rest.length === 16 || rest.length === 8 ? hex(rest) : "none";
};

describe("RSA padding", () => {
  const pair = keyPair("a1024");
  const fallback = Uint8Array.from({ length: 16 }, () => 0x55);

  it("is what Node and node-forge write, and ours is what they read", () => {
    const key = randomBytes(16);
    const byNode = publicEncrypt({ key: pair.publicKey, padding: constants.RSA_PKCS1_PADDING }, key);
    expect(hex(unwrapKey(rawDecrypt(pair.privateKey, byNode), 16, 0, fallback).key)).toBe(hex(key));
    const oracle = forgePrivate("a1024");
    const byForge = forge.pki.setRsaPublicKey(oracle.n, oracle.e).encrypt(binary(key), "RSAES-PKCS1-V1_5");
    const read = unwrapKey(rawDecrypt(pair.privateKey, Buffer.from(byForge, "latin1")), 16, 0, fallback);
    expect(hex(read.key)).toBe(hex(key));
    const ours = wrapKey(pair.publicKey, key, randomBytes) ?? new Uint8Array();
    expect(Buffer.from(oracle.decrypt(binary(ours), "RSAES-PKCS1-V1_5"), "latin1").toString("hex")).toBe(
      hex(key),
    );
  });

  it("agrees with a plain reading of the rule, whatever the block", () => {
    const blocks = record({
      head: constantFrom([0, 2], [0, 1], [1, 2], [0, 0], [0, 3], [0x80, 2]),
      filler: uint8Array({ minLength: 61, maxLength: 61, min: 0, max: 255 }),
      clean: boolean(),
      at: constantFrom(2, 9, 10, 46, 47, 48, 54, 55, 56, 62),
    });
    assert(
      property(blocks, ({ head, filler, clean, at }) => {
        const body = filler.map((byte) => (clean && byte === 0 ? 1 : byte));
        const block = Uint8Array.from([...head, ...body, 9]);
        block[at] = 0;
        const { valid, key, isShort } = unwrapKey(block, 16, 8, fallback);
        const found = valid === 0 ? "none" : hex(isShort === 1 ? key.subarray(0, 8) : key);
        expect(found).toBe(plainly(block));
        if (valid === 0) expect(hex(key)).toBe(hex(fallback));
      }),
      { numRuns: 500 },
    );
  });

  it("refuses the short key where it is not known to be written", () => {
    const wrapped = wrapKey(pair.publicKey, randomBytes(8), randomBytes) ?? new Uint8Array();
    const block = rawDecrypt(pair.privateKey, wrapped);
    expect(unwrapKey(block, 16, 8, fallback)).toMatchObject({ valid: 1, isShort: 1 });
    expect(unwrapKey(block, 16, 0, fallback)).toMatchObject({ valid: 0, isShort: 0, key: fallback });
  });

  it("never throws for blocks and keys that are none", () => {
    expect(hex(rawDecrypt(pair.privateKey, new Uint8Array(128).fill(0xff)))).toBe("00".repeat(128));
    expect(hex(rawDecrypt(pair.privateKey, new Uint8Array(129)))).toBe("00".repeat(129));
    expect(importPublicKey({ e: "10001", n: "" })).toBeNull();
    const even = importPublicKey({ e: "10001", n: "8".repeat(256) });
    if (even !== null) expect(() => wrapKey(even, randomBytes(16), randomBytes)).not.toThrow();
  });
});

describe("second opinions", () => {
  it("node-forge reads and verifies what we seal with RSA-2048, AES-256 and SHA-256", () => {
    const suite = chooseSuite({ caps: "65900004", bits: 2048 });
    if (suite === null) throw new Error("no suite");
    const plain = Buffer.from("三点开会\0");
    const envelope = parseEnvelope(cipherOf("b").seal(plain, suite, publicKey("a2048"), number) ?? "");
    if (!envelope.ok) throw new Error(envelope.fault);
    const oracle = forgePrivate("a2048");
    const key = oracle.decrypt(binary(envelope.wrappedKey), "RSAES-PKCS1-V1_5");
    const decipher = forge.cipher.createDecipher("AES-CBC", key);
    decipher.start({ iv: "1800000000\0\0\0\0\0\0" });
    decipher.update(forge.util.createBuffer(binary(envelope.cipherText)));
    expect(decipher.finish()).toBe(true);
    expect(decipher.output.toHex()).toBe(plain.toString("hex"));
    const digest = forge.md.sha256.create().update(binary(plain));
    const b = forgePrivate("b2048");
    const verifier = forge.pki.setRsaPublicKey(b.n, b.e);
    expect(verifier.verify(digest.digest().bytes(), binary(envelope.signature ?? new Uint8Array()))).toBe(
      true,
    );
  });

  it("we read and verify what node-forge seals and signs with SHA-1", () => {
    const plain = Buffer.from("from the other side\0");
    const key = randomBytes(32);
    const a = forgePrivate("a2048");
    const wrapped = forge.pki.setRsaPublicKey(a.n, a.e).encrypt(binary(key), "RSAES-PKCS1-V1_5");
    const cipher = forge.cipher.createCipher("AES-CBC", binary(key));
    cipher.start({ iv: "\0".repeat(16) });
    cipher.update(forge.util.createBuffer(binary(plain)));
    cipher.finish();
    const signature = forgePrivate("b2048").sign(forge.md.sha1.create().update(binary(plain)));
    const text = [
      "20100004",
      Buffer.from(wrapped, "latin1").toString("hex"),
      cipher.output.toHex(),
      Buffer.from(signature, "latin1").toString("hex"),
    ].join(":");
    const envelope = parseEnvelope(text);
    if (!envelope.ok) throw new Error(envelope.fault);
    expect(envelope.suite).toMatchObject({ digest: "sha1", packetNoIv: false });
    const ours = cipherOf("a");
    const opened = ours.open(envelope, number) ?? new Uint8Array();
    expect(hex(opened)).toBe(plain.toString("hex"));
    expect(ours.verify(opened, envelope.signature ?? opened, publicKey("b2048"), "sha1")).toBe(true);
    expect(ours.verify(opened, envelope.signature ?? opened, publicKey("a2048"), "sha1")).toBe(false);
  });
});

describe("Blowfish-CBC", () => {
  it("gives back what it was given, whatever its length", () => {
    assert(
      property(
        uint8Array({ minLength: 4, maxLength: 56 }),
        uint8Array({ maxLength: 100 }),
        uint8Array({ minLength: 8, maxLength: 8 }),
        (key, plain, iv) => {
          const blocks = decryptBlowfish(key, iv, encryptBlowfish(key, iv, plain) ?? plain);
          const padding = 8 - (plain.length % 8);
          expect(hex(blocks)).toBe(hex(plain) + padding.toString(16).padStart(2, "0").repeat(padding));
        },
      ),
      { numRuns: 20 },
    );
  });

  it("takes no keys, vectors and texts of other lengths", () => {
    expect(encryptBlowfish(new Uint8Array(3), new Uint8Array(8), new Uint8Array(1))).toBeNull();
    expect(encryptBlowfish(new Uint8Array(16), new Uint8Array(7), new Uint8Array(1))).toBeNull();
    expect(decryptBlowfish(new Uint8Array(16), new Uint8Array(8), new Uint8Array(9))).toBeNull();
    expect(decryptBlowfish(new Uint8Array(16), new Uint8Array(8), new Uint8Array(0))).toBeNull();
  });
});

const keyIn = (text: string) => parsePublicKey(text) ?? ({ caps: "0", e: "1", n: "1", bits: 1 } as const);

describe("keys of others", () => {
  it("are used when they are RSA-1024 or RSA-2048 with a decent exponent", () => {
    const { n = "" } = keyNumbers["a1024"] ?? {};
    expect(isUsableKey(keyIn(`20002:10001-${n}`))).toBe(true);
    expect(isUsableKey(keyIn(`20002:3-${n}`))).toBe(true);
    expect(isUsableKey(keyIn(`20002:1-${n}`))).toBe(false);
    expect(isUsableKey(keyIn(`20002:10000-${n}`))).toBe(false);
    expect(isUsableKey(keyIn(`20002:${"f".repeat(9)}-${n}`))).toBe(false);
    expect(isUsableKey(keyIn(`20002:10001-${n.slice(0, -1)}2`))).toBe(false);
    expect(isUsableKey(keyIn(`1:10001-${keyNumbers["a512"]?.n}`))).toBe(false);
  });

  it("are asked for and answered with nothing that the other side does not know", () => {
    expect(answerFor(0x21003)).toEqual({ bits: 1024, caps: 0x20002 });
    expect(answerFor(0x65920006)).toEqual({ bits: 2048, caps: 0x61900004 });
    expect(answerFor(0x1001)).toBeNull();
    expect(answerFor(0)).toBeNull();
    expect(ownCaps.toString(16)).toBe("61920006");
    expect(suiteOfMessage(0x1002, 128)).toBeNull();
    expect(suiteOfMessage(0x20002, 64)).toBeNull();
  });
});

describe("a cipher without keys", () => {
  const empty = createMessageCipher(createKeyRing());

  it("opens and signs nothing, and still seals for others where no signature is asked for", () => {
    const weak = chooseSuite({ caps: "20002", bits: 1024 });
    const strong = chooseSuite({ caps: "65900004", bits: 2048 });
    if (weak === null || strong === null) throw new Error("no suite");
    const sealed = parseEnvelope(empty.seal(new Uint8Array(3), weak, publicKey("a1024"), number) ?? "");
    expect(sealed.ok && empty.open(sealed, number)).toBeNull();
    expect(sealed.ok && hex(cipherOf("a").open(sealed, number))).toBe("000000");
    expect(empty.keys).toBeNull();
    expect(empty.sign(new Uint8Array(3))).toBeNull();
    expect(empty.seal(new Uint8Array(3), strong, publicKey("a1024"), number)).toBeNull();
  });
});

/** Mutated envelopes: some hundreds here, a million by hand (FEIYAN_FUZZ=1000000). */
describe("mutated encrypted messages", () => {
  it("give null or a text, never an exception", () => {
    const count = Number(process.env["FEIYAN_FUZZ"] ?? 300);
    const ours = cipherOf("a");
    const random = createSeededRandom(8);
    const chance = (below: number): number => random.uint32() % below;
    const seeds = (["65900004:2048", "20002:1024", "1820002:1024"] as const).map((word) => {
      const [caps = "", bits = ""] = word.split(":");
      const suite = chooseSuite({ caps, bits: Number(bits) });
      if (suite === null) throw new Error(word);
      return cipherOf("b").seal(Buffer.from("你好\0"), suite, publicKey(`a${bits}`), number) ?? "";
    });
    const digits = "0123456789abcdefABCDEF:+/=\u0000";
    let opened = 0;
    for (let round = 0; round < count; round++) {
      let text = seeds[chance(seeds.length)] ?? "";
      for (let change = 1 + chance(3); change > 0; change--) {
        const place = chance(text.length + 1);
        const cut = chance(4) === 0 ? chance(16) : 1;
        text = `${text.slice(0, place)}${digits.charAt(chance(digits.length))}${text.slice(place + cut)}`;
      }
      const envelope = parseEnvelope(text);
      if (!envelope.ok) continue;
      const plain = ours.open(envelope, number);
      if (plain === null) continue;
      opened++;
      if (envelope.signature !== null)
        ours.verify(plain, envelope.signature, publicKey("b2048"), envelope.suite.digest ?? "sha256");
    }
    expect(opened).toBeLessThan(count);
  }, 3_600_000);

  it("are not opened with a key of nobody", () => {
    const stranger = createPublicKey(keyPair("b1024").publicKey.export({ format: "pem", type: "spki" }));
    const wrapped = wrapKey(stranger, randomBytes(16), randomBytes) ?? new Uint8Array();
    const suite = suiteOfMessage(0x20002, 128);
    if (suite === null) throw new Error("no suite");
    const envelope = { ok: true, caps: 0x20002, suite, wrappedKey: wrapped, signature: null } as const;
    for (let round = 0; round < 20; round++)
      expect(cipherOf("a").open({ ...envelope, cipherText: randomBytes(16) }, number)).toBeNull();
  });
});
