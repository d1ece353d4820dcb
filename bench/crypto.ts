// Encrypted messages against the bare RSA operations they cannot do without, an encrypted file over loopback against the clear one,
// and how long the loop waits while keys are made.
import {
  constants,
  createPrivateKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { connect, createServer } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBodyCipher, createKeyRing, createMessageCipher, generateKeyPairs } from "../src/index.js";
import { chooseSuite, parseEnvelope, parsePacketNo } from "../src/protocol.js";
import type { Figure } from "./figure.js";
import { compare } from "./ratio.js";
import type { Ratio } from "./ratio.js";

const messages = 400;
const fileBytes = 128 * 1024 * 1024;
const chunkBytes = 64 * 1024;

function perSecond(count: number, work: () => void): number {
  const start = performance.now();
  for (let done = 0; done < count; done++) work();
  return (count * 1000) / (performance.now() - start);
}

/** One file through a socket on loopback, each way with the given transforms; bytes a second. */
async function transfer(outbound: () => Transform | null, inbound: () => Transform | null): Promise<number> {
  const chunk = Buffer.alloc(chunkBytes, 7);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  let left = fileBytes / chunkBytes;
  const source = new Readable({
    read() {
      this.push(left-- > 0 ? chunk : null);
    },
  });
  const sent = new Promise<void>((resolve, reject) => {
    server.once("connection", (socket) => {
      const cipher = outbound();
      (cipher === null ? pipeline(source, socket) : pipeline(source, cipher, socket)).then(resolve, reject);
    });
  });
  const start = performance.now();
  const client = connect(port, "127.0.0.1");
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  const decipher = inbound();
  await Promise.all([sent, decipher === null ? pipeline(client, sink) : pipeline(client, decipher, sink)]);
  server.close();
  return (fileBytes * 1000) / (performance.now() - start);
}

export async function benchCrypto(): Promise<readonly Ratio[]> {
  const pairs = await generateKeyPairs();
  const cipher = createMessageCipher(createKeyRing(pairs));
  const { keys } = cipher;
  const suite = chooseSuite({ caps: "61900004", bits: 2048 });
  const packetNo = parsePacketNo("1800000000");
  if (keys === null || suite === null || packetNo === null) throw new Error("no keys");
  let count = 0;
  const text = (): Buffer => Buffer.from(`下午三点在机房开会，第 ${count++} 次\0`);
  const seal = (): string => cipher.seal(text(), suite, keys.rsa2048, packetNo) ?? "";
  const envelopes = Array.from({ length: messages }, seal);
  const { publicKey, privateKey } = pairs.rsa2048;
  // The bare operations, on keys as Node holds them.
  const bare: KeyObject = createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }));
  const block = randomBytes(256);
  block[0] = 0;
  const wrapped = publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
  const signature = sign("sha256", block, bare);
  const key = randomBytes(32);
  const cipherStream = () => createBodyCipher({ key, requestNo: "1800000000" });
  let at = 0;
  return [
    await compare(
      "messages sealed and signed (RSA-2048, AES-256) : one RSA signature and one wrapped key",
      5,
      () => perSecond(messages, seal),
      () =>
        perSecond(messages, () => {
          sign("sha256", text(), bare);
          publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
        }),
    ),
    await compare(
      "messages opened and verified : one RSA decryption and one verification",
      5,
      () =>
        perSecond(messages, () => {
          const envelope = parseEnvelope(envelopes[at++ % messages] ?? "");
          if (!envelope.ok) throw new Error(envelope.fault);
          const plain = cipher.open(envelope, packetNo);
          if (plain === null || envelope.signature === null) throw new Error("not opened");
          if (!cipher.verify(plain, envelope.signature, keys.rsa2048, "sha256"))
            throw new Error("not verified");
        }),
      () =>
        perSecond(messages, () => {
          privateDecrypt({ key: bare, padding: constants.RSA_NO_PADDING }, wrapped);
          verify("sha256", block, publicKey, signature);
        }),
    ),
    await compare(
      "bytes of an encrypted file over loopback : of a clear one",
      3,
      () => transfer(cipherStream, cipherStream),
      () =>
        transfer(
          () => null,
          () => null,
        ),
    ),
  ];
}

/** How long anything else had to wait while both key pairs were made. */
export async function benchKeyMaking(): Promise<readonly Figure[]> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  delay.enable();
  await generateKeyPairs();
  delay.disable();
  return [
    { name: "both key pairs made in", value: performance.now() - start, unit: "ms", target: null },
    { name: "longest wait of the loop meanwhile", value: delay.max / 1e6, unit: "ms", target: 50 },
  ];
}
