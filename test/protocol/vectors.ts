// Reads the vector files for the runners of this folder. The files are the authority (docs/protocol.md section 20).
import { readdirSync, readFileSync } from "node:fs";
import type { Charset, DecodeContext, Dialect, Packet, PacketNo } from "../../src/protocol.js";
import { createPacketCrypto, createTextCodec, decode, parsePacketNo } from "../../src/protocol.js";

/** What a vector expects; which keys stand there depends on its kind. */
export interface Expectation {
  readonly [key: string]: unknown;
  readonly textContains?: readonly string[];
  readonly decodedHex: string;
  readonly count: number;
  readonly group: {
    readonly groupId: string;
    readonly stamp: string | null;
    readonly text: string;
    readonly plainText: string;
  };
}

export interface BuildFields {
  readonly version: string;
  readonly packetNo: string;
  readonly user: string;
  readonly host: string;
  readonly command: number;
  readonly extra: readonly string[];
  readonly charset: Charset;
  readonly block?: Readonly<Record<string, string>>;
  readonly files?: readonly {
    readonly id: string;
    readonly name: string;
    readonly size: string;
    readonly mtime: number;
    readonly attr: number;
  }[];
}

export interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly hex: string;
  readonly context?: Partial<DecodeContext>;
  readonly expect: Expectation;
  readonly charset: Charset;
  readonly chunks?: readonly number[];
  readonly datagrams: readonly string[];
  readonly input: string;
  readonly dialect: Dialect;
  readonly fields: BuildFields;
}

const folder = new URL("../vectors/", import.meta.url);

const all: readonly Vector[] = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => {
    const file: { vectors?: Vector[] } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    return file.vectors ?? [];
  });

export function vectorsOf(...kinds: readonly string[]): readonly Vector[] {
  return all.filter((vector) => kinds.includes(vector.kind));
}

export const codec = createTextCodec();
export const crypto = createPacketCrypto();

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function contextOf(vector: { readonly context?: Partial<DecodeContext> }): DecodeContext {
  return { legacyCharset: "gbk", ...vector.context };
}

/** A datagram from text: GBK unless told. */
export function bytesOf(text: string, charset: Charset = "gbk"): Uint8Array {
  return codec.encode(text, charset);
}

/** Decodes text as a datagram that must be a packet. */
export function packetOf(
  text: string,
  context: Partial<DecodeContext> & { readonly written?: Charset } = {},
): Packet {
  const { written = "gbk", ...known } = context;
  const decoded = decode(bytesOf(text, written), codec, { legacyCharset: "gbk", ...known }, crypto);
  if (decoded.kind !== "packet") throw new Error(`not a packet: ${decoded.reason}`);
  return decoded;
}

export function packetNo(text: string): PacketNo {
  const number = parsePacketNo(text);
  if (number === null) throw new Error(`no packet number: ${text}`);
  return number;
}
