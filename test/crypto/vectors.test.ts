// Every crypto and ipdict vector, both ways where that is possible, and the encrypted messages of real clients.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createBodyCipher } from "../../src/crypto/file-cipher.js";
import { openDict, sealDict, signDict, verifyDict } from "../../src/crypto/dict-cipher.js";
import { decryptBlowfish, encryptBlowfish } from "../../src/crypto/blowfish.js";
import { rawDecrypt, unwrapKey } from "../../src/crypto/rsa.js";
import { decode } from "../../src/protocol.js";
import type { Packet } from "../../src/protocol.js";
import { chooseSuite } from "../../src/protocol/encryption/capabilities.js";
import { buildEnvelope, initialVector, parseEnvelope } from "../../src/protocol/encryption/envelope.js";
import { buildEncryptedRequest, parseEncryptedRequest } from "../../src/protocol/encryption/file-request.js";
import { buildInnerText, packetWithPlain } from "../../src/protocol/encryption/inner-text.js";
import { buildKeyName, parseKeyName } from "../../src/protocol/encryption/key-name.js";
import {
  buildContent,
  buildIpDict,
  dictNumber,
  dictText,
  parseContent,
  parseDictList,
  parseIpDict,
  type DictValue,
} from "../../src/protocol/ipdict.js";
import { codec, fromHex, toHex, vectorsOf } from "../protocol/vectors.js";
import { cipherOf, cipherOfPem, keyPair, publicKey } from "./keys.js";

interface Crypto {
  readonly caps: string;
  readonly status: string;
  readonly sessionKeyHex: string;
  readonly ivHex: string;
  readonly cipherHex: string;
  readonly plainHex: string;
  readonly text: string;
  readonly cipher: string;
  readonly encoding: string;
  readonly signature: "none" | "valid" | "invalid" | "not-checked";
  readonly fileList?: string;
  readonly toList?: readonly (readonly [string, string])[];
  readonly request: Record<string, unknown>;
  readonly bodyNonceHex: string;
  readonly streamPlainHex: string;
  readonly streamCipherHex: string;
}

interface CryptoVector {
  readonly id: string;
  readonly hex: string;
  readonly privateKey: string;
  readonly senderPublicKey?: string;
  readonly publicKeyN: string;
  readonly keyHex: string;
  readonly ivHex: string;
  readonly plainHex: string;
  readonly expect: {
    readonly crypto: Crypto;
    readonly fingerprint: string;
    readonly userName: string;
    readonly cipherHex: string;
    readonly ok: boolean;
    readonly typed?: Record<string, unknown>;
    readonly entries?: readonly (readonly [string, string])[];
    readonly bytes?: Record<string, string>;
    readonly fileNames?: readonly string[];
    readonly innerHex: string;
    readonly signedHex: string;
    readonly signature: string;
  };
}

const of = (...kinds: string[]): CryptoVector[] => vectorsOf(...kinds) as unknown as CryptoVector[];
const gbk = { legacyCharset: "gbk" } as const;

function packetIn(hex: string): Packet {
  const decoded = decode(fromHex(hex), codec, gbk);
  if (decoded.kind !== "packet") throw new Error(decoded.reason);
  return decoded;
}

function envelopeIn(packet: Packet) {
  const envelope = parseEnvelope(packet.text);
  if (!envelope.ok) throw new Error(envelope.fault);
  return envelope;
}

const cipher = cipherOf("a");
const messages = of("crypto-message");
const openable = messages.filter((vector) => vector.expect.crypto.status === "ok");

describe.each(openable)("$id", (vector) => {
  const expected = vector.expect.crypto;
  const packet = packetIn(vector.hex);

  it("opens", () => {
    const envelope = envelopeIn(packet);
    expect(envelope.caps.toString(16)).toBe(expected.caps);
    expect(envelope.suite.cipher).toBe(expected.cipher);
    expect(envelope.suite.encoding).toBe(expected.encoding);
    expect(toHex(envelope.cipherText)).toBe(expected.cipherHex);
    expect(toHex(initialVector(envelope.suite, packet.packetNo))).toBe(expected.ivHex);
    const block = rawDecrypt(keyPair(vector.privateKey).privateKey, envelope.wrappedKey);
    const { keyBytes } = envelope.suite;
    const unwrapped = unwrapKey(block, keyBytes, 0, new Uint8Array(keyBytes));
    expect({ valid: unwrapped.valid, key: toHex(unwrapped.key) }).toEqual({
      valid: 1,
      key: expected.sessionKeyHex,
    });
    const plain = cipher.open(envelope, packet.packetNo);
    expect(plain === null ? null : toHex(plain)).toBe(expected.plainHex);
  });

  it("means what the vector says", () => {
    const { packet: opened, recipients } = packetWithPlain(packet, fromHex(expected.plainHex), codec, gbk);
    expect(opened.text).toBe(expected.text);
    const { body } = opened;
    if (body.kind !== "message") throw new Error("no message");
    expect(body.displayText).toBe(expected.text);
    const names = (expected.fileList ?? "").split("\x07").filter((record) => record !== "");
    expect(body.files.map(({ name }) => name)).toEqual(names.map((record) => record.split(":")[1]));
    expect(recipients.map(({ user, host }) => [user, host])).toEqual(expected.toList ?? []);
  });

  it("has the signature that the vector says", () => {
    const { signature, suite } = envelopeIn(packet);
    const key = publicKey(vector.senderPublicKey ?? "b2048");
    const state =
      signature === null || suite.digest === null
        ? "none"
        : cipher.verify(fromHex(expected.plainHex), signature, key, suite.digest)
          ? "valid"
          : "invalid";
    expect(state).toBe(expected.signature);
  });

  it("is made again: the envelope byte for byte, the sealed text so that its owner can open it", () => {
    const envelope = envelopeIn(packet);
    expect(buildEnvelope(envelope)).toBe(packet.text);
    const { suite } = envelope;
    const sealed = cipherOf("b").seal(
      fromHex(expected.plainHex),
      suite,
      publicKey(vector.privateKey),
      packet.packetNo,
    );
    const again = parseEnvelope(sealed ?? "");
    if (!again.ok) throw new Error(again.fault);
    expect(again.suite).toEqual(suite);
    const plain = cipher.open(again, packet.packetNo);
    expect(plain === null ? null : toHex(plain)).toBe(expected.plainHex);
    if (suite.digest !== null)
      expect(
        cipher.verify(
          fromHex(expected.plainHex),
          again.signature ?? new Uint8Array(),
          publicKey("b2048"),
          suite.digest,
        ),
      ).toBe(true);
  });

  it("builds the inside again", () => {
    const { packet: opened, recipients } = packetWithPlain(packet, fromHex(expected.plainHex), codec, gbk);
    const list = opened.options.includes("ENCEXTMSGOPT") ? (expected.fileList ?? "") : "";
    const inner = buildInnerText(opened.text, list, recipients);
    // libipmsg leaves the NUL out.
    const end = expected.plainHex.endsWith("00") ? "" : "00";
    expect(toHex(codec.encode(inner, opened.charset))).toBe(`${expected.plainHex}${end}`);
  });
});

describe("messages that cannot be opened", () => {
  it.each(messages.filter((vector) => vector.expect.crypto.status !== "ok"))("$id", (vector) => {
    const packet = packetIn(vector.hex);
    const envelope = parseEnvelope(packet.text);
    const { status } = vector.expect.crypto;
    if (!envelope.ok) {
      expect(envelope.fault).toBe(status);
      return;
    }
    expect(status).toBe("rsa-padding-error");
    const fallback = new Uint8Array(16).fill(7);
    const block = rawDecrypt(keyPair(vector.privateKey).privateKey, envelope.wrappedKey);
    expect(unwrapKey(block, 16, 8, fallback)).toEqual({ valid: 0, key: fallback, isShort: 0 });
    expect(cipher.open(envelope, packet.packetNo)).toBeNull();
  });
});

describe("messages of real clients", () => {
  const capture = JSON.parse(
    readFileSync(new URL("../captures/encryption-rsa1024-blowfish128.json", import.meta.url), "utf8"),
  ) as { private_key: string; actions: { udp: { to: string; hex: string; by: string }[] }[] };
  const real = cipherOfPem(capture.private_key);
  const found = new Set<string>();
  for (const { to, hex, by } of capture.actions.flatMap((action) => action.udp)) {
    const decoded = decode(fromHex(hex), codec, gbk);
    if (to !== "10.77.0.2:2425" || decoded.kind !== "packet") continue;
    if (!decoded.options.includes("ENCRYPTOPT") || decoded.modeName !== "SENDMSG") continue;
    const envelope = parseEnvelope(decoded.text);
    const plain = envelope.ok ? real.open(envelope, decoded.packetNo) : null;
    const text = plain === null ? "unreadable" : packetWithPlain(decoded, plain, codec, gbk).packet.text;
    found.add(`${by}: ${text}`);
  }

  it("are read: zero padding and 8-byte keys of IpMsg.Net, no NUL of libipmsg", () => {
    expect([...found]).toEqual([
      "IpMsg.Net 王五: 网传密信",
      "IpMsg.Net 王五: second",
      "libipmsg 铃木: lib secret 1",
    ]);
  });
});

describe.each(of("fingerprint"))("$id", (vector) => {
  it("is the official one", () => {
    const fingerprint = cipher.nameFingerprintOf({ e: "10001", n: vector.publicKeyN });
    expect(fingerprint).toBe(vector.expect.fingerprint);
    expect(buildKeyName("alice", fingerprint)).toBe(vector.expect.userName);
    expect(parseKeyName(vector.expect.userName)).toEqual({ name: "alice", fingerprint });
    expect(parseKeyName("alice-f5c8dee47338ba54")).toBeNull();
    const sha = createHash("sha256").update(fromHex(vector.publicKeyN)).digest("hex");
    expect(cipher.fingerprintOf({ e: "10001", n: vector.publicKeyN })).toBe(sha);
  });
});

describe("Blowfish", () => {
  it.each(of("blowfish-ecb"))("$id", (vector) => {
    const zeros = new Uint8Array(8);
    // One block of CBC with a zero vector is ECB.
    const made = encryptBlowfish(fromHex(vector.keyHex), zeros, fromHex(vector.plainHex));
    expect(toHex(made?.subarray(0, 8) ?? new Uint8Array())).toBe(vector.expect.cipherHex);
    const back = decryptBlowfish(fromHex(vector.keyHex), zeros, fromHex(vector.expect.cipherHex));
    expect(toHex(back ?? new Uint8Array())).toBe(vector.plainHex);
  });

  it.each(of("blowfish-cbc"))("$id", (vector) => {
    const made = encryptBlowfish(fromHex(vector.keyHex), fromHex(vector.ivHex), fromHex(vector.plainHex));
    expect(toHex(made ?? new Uint8Array())).toBe(vector.expect.cipherHex);
  });
});

describe.each(of("crypto-file"))("$id", (vector) => {
  const expected = vector.expect.crypto;
  const packet = packetIn(vector.hex);

  it("opens, verifies and is understood", () => {
    const envelope = envelopeIn(packet);
    const plain = cipher.open(envelope, packet.packetNo) ?? new Uint8Array();
    expect(toHex(plain)).toBe(expected.plainHex);
    expect(cipher.verify(plain, envelope.signature ?? new Uint8Array(), publicKey("b2048"), "sha256")).toBe(
      true,
    );
    const parsed = parseEncryptedRequest(Buffer.from(plain).toString("latin1"), "dir");
    expect(parsed).toMatchObject({
      request: { packetNo: expected.request["packetNo"], fileIdIfHex: expected.request["fileId"] },
      bodyKeyHex: expected.request["bodyKeyHex"],
      replayNo: expected.request["replayNo"],
    });
    // Our own mark behind the number: a folder that will be compared (section 23); others stop reading before it.
    const marked = buildEncryptedRequest({
      type: "dir",
      packetNo: 1n,
      fileId: 2n,
      offset: 0n,
      bodyKeyHex: "ab".repeat(32),
      replayNo: 255n,
      willCompare: true,
    });
    expect(marked).toBe(`1:2:900000:${"ab".repeat(32)}:ff:manifest\0`);
    expect(parseEncryptedRequest(marked, "dir")).toMatchObject({ replayNo: 255, willCompare: true });
    const built = buildEncryptedRequest({
      type: "dir",
      packetNo: 1_786_000_101n,
      fileId: 89_000_400n,
      offset: 0n,
      bodyKeyHex: parsed?.bodyKeyHex ?? null,
      replayNo: 1_786_000_300n,
    });
    expect(toHex(codec.encode(built, "utf-8"))).toBe(expected.plainHex);
  });

  it("encrypts the body, from any offset", () => {
    const key = fromHex(String(expected.request["bodyKeyHex"]));
    const body = fromHex(expected.streamPlainHex);
    const whole = createBodyCipher({ key, requestNo: packet.packetNo }).update(body);
    expect(toHex(whole)).toBe(expected.streamCipherHex);
    for (const offset of [1, 15, 16, 17, 100]) {
      const rest = createBodyCipher({ key, requestNo: packet.packetNo, offset: BigInt(offset) });
      expect(toHex(rest.update(body.subarray(offset)))).toBe(expected.streamCipherHex.slice(2 * offset));
    }
  });
});

/** A typed dictionary as what the vectors show: numbers, texts, dictionaries, lists. */
function valueAs(shape: unknown, value: Uint8Array | undefined): unknown {
  if (typeof shape === "number") return dictNumber(value);
  if (typeof shape === "string") return dictText(value, codec);
  const content = value ?? new Uint8Array();
  if (Array.isArray(shape))
    return (parseDictList(content) ?? []).map((item, index) => valueAs(shape[index], item));
  const dict = parseContent(content);
  return Object.fromEntries(
    Object.entries(shape as object).map(([key, inner]) => [key, valueAs(inner, dict?.get(key))]),
  );
}

describe.each(of("ipdict"))("$id", (vector) => {
  const { expect: expected } = vector;
  const dict = parseIpDict(fromHex(vector.hex));

  it("is read as the vector says", () => {
    expect(dict !== null).toBe(expected.ok);
    if (expected.entries !== undefined)
      expect([...(dict ?? [])].map(([key, value]) => [key, codec.decode(value, "utf-8")])).toEqual(
        expected.entries,
      );
    for (const [key, shape] of Object.entries(expected.typed ?? {}))
      expect(valueAs(shape, dict?.get(key))).toEqual(shape);
    for (const [key, hex] of Object.entries(expected.bytes ?? {}))
      expect(toHex(dict?.get(key) ?? new Uint8Array())).toBe(hex);
    if (expected.fileNames !== undefined) {
      const files = parseDictList(dict?.get("FILE") ?? new Uint8Array()) ?? [];
      expect(files.map((file) => dictText(parseContent(file)?.get("FN"), codec))).toEqual(expected.fileNames);
    }
  });

  it("is built again, byte for byte", () => {
    if (dict !== null) expect(toHex(buildIpDict(Object.fromEntries(dict), codec))).toBe(vector.hex);
    else expect(expected.ok).toBe(false);
  });

  it("is built from typed values", () => {
    const isComplete = dict !== null && Object.keys(expected.typed ?? {}).length === dict.size;
    if (isComplete)
      expect(toHex(buildIpDict((expected.typed ?? {}) as Record<string, DictValue>, codec))).toBe(vector.hex);
    else expect(buildContent({}, codec)).toHaveLength(0);
  });
});

describe.each(of("ipdict-encrypted"))("$id", (vector) => {
  const { expect: expected } = vector;

  it("opens, verifies, and refuses a changed one", () => {
    const outer = parseIpDict(fromHex(vector.hex));
    const inner = outer === null ? null : openDict(outer, keyPair(vector.privateKey));
    expect(inner === null ? null : toHex(inner)).toBe(expected.innerHex);
    expect(verifyDict(inner ?? new Uint8Array(), publicKey("b2048"))).toBe(expected.signature);
    expect(verifyDict(inner ?? new Uint8Array(), publicKey("a2048"))).toBe("invalid");
    expect(verifyDict(fromHex(expected.signedHex), publicKey("b2048"))).toBe("none");
    const dict = parseIpDict(inner ?? new Uint8Array());
    for (const [key, shape] of Object.entries(expected.typed ?? {}))
      expect(valueAs(shape, dict?.get(key))).toEqual(shape);
    expect(outer === null ? null : openDict(outer, keyPair("b2048"))).toBeNull();
  });

  it("is signed again byte for byte, and sealed so that its owner can open it", () => {
    const rest = Object.fromEntries(
      [...(parseIpDict(fromHex(expected.innerHex)) ?? [])].filter(([key]) => key !== "SIGN"),
    );
    expect(toHex(buildIpDict(rest, codec))).toBe(expected.signedHex);
    const signed = signDict(rest, keyPair("b2048"), codec);
    expect(toHex(signed)).toBe(expected.innerHex);
    const sealed = parseIpDict(sealDict(signed, publicKey("a2048")) ?? new Uint8Array());
    expect(sealed === null ? null : toHex(openDict(sealed, keyPair("a2048")) ?? new Uint8Array())).toBe(
      expected.innerHex,
    );
  });
});

describe("the choice of ciphers", () => {
  it("takes the strongest pair that exists and never RSA-512 or RC2", () => {
    expect(chooseSuite({ caps: "65900004", bits: 2048 })).toMatchObject({
      cipher: "aes-256-cbc",
      digest: "sha256",
      caps: 0x41900004,
    });
    expect(chooseSuite({ caps: "21003", bits: 1024 })).toMatchObject({
      cipher: "blowfish-128-cbc",
      encoding: "hex",
      packetNoIv: false,
      digest: null,
      caps: 0x20002,
    });
    expect(chooseSuite({ caps: "11", bits: 512 })).toBeNull();
    expect(chooseSuite({ caps: "1001", bits: 512 })).toBeNull();
    expect(chooseSuite({ caps: "1002", bits: 1024 })).toBeNull();
    expect(chooseSuite({ caps: "65900004", bits: 1024 })).toBeNull();
  });
});
