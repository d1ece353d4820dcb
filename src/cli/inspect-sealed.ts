// What stands inside an encrypted datagram, for `feiyan inspect --keys`: opened with private keys that a person gives, or told why not.
// A signature is not judged: the key of its sender is not in the datagram. Pure; the command reads the keys and prints.
import {
  createTextCodec,
  decode,
  inspectFile,
  isSafeName,
  packetOfDict,
  packetWithPlain,
  parseEnvelope,
  parseIpDict,
  type DecodeContext,
  type InspectedFile,
  type MessageCipher,
  type Packet,
  type Recipient,
} from "../protocol.js";

export interface InspectedSeal {
  /** Hexadecimal; null in a dictionary, which has none. */
  readonly caps: string | null;
  readonly rsaBits: number | null;
  readonly cipher: string | null;
  readonly encoding: "hex" | "base64" | "bytes" | null;
  /** `no-keys`: none were given; `unreadable`: not for these keys, or damaged; the others name the fault of the envelope. */
  readonly status: "ok" | "no-keys" | "unreadable" | "bad-encoding" | "bad-length" | "refused";
  readonly signature: "none" | "not-checked";
  readonly plainHex?: string;
  readonly charset?: string;
  readonly text?: string;
  readonly displayText?: string;
  readonly files?: readonly InspectedFile[];
  readonly recipients?: readonly Recipient[];
}

/** Null for a datagram that is not encrypted. */
export const inspectSealed = (
  bytes: Uint8Array,
  context: DecodeContext,
  cipher: MessageCipher | null,
): InspectedSeal | null => {
  const codec = createTextCodec();
  const dict = parseIpDict(bytes);
  if (dict?.has("EB") === true) {
    const about = { caps: null, rsaBits: 2048, cipher: "aes-256-ctr", encoding: "bytes" } as const;
    if (cipher === null) return { ...about, status: "no-keys", signature: "not-checked" };
    const plain = cipher.openDict(dict);
    const inside = plain === null ? null : parseIpDict(plain);
    if (plain === null || inside === null)
      return { ...about, status: "unreadable", signature: "not-checked" };
    const packet = packetOfDict(inside, bytes, codec);
    const signature = inside.has("SIGN") ? "not-checked" : "none";
    return { ...about, status: "ok", signature, plainHex: hexOf(plain), ...insideOf(packet, []) };
  }
  const packet = decode(bytes, codec, context);
  const isSealed =
    packet.kind === "packet" && packet.body.kind === "message" && packet.options.includes("ENCRYPTOPT");
  if (!isSealed) return null;
  const envelope = parseEnvelope(packet.text);
  if (!envelope.ok) {
    const unknown = { caps: null, rsaBits: null, cipher: null, encoding: null } as const;
    return { ...unknown, status: envelope.fault, signature: "not-checked" };
  }
  const { suite, caps } = envelope;
  const { rsaBits, cipher: cipherName, encoding } = suite;
  const signature = envelope.signature === null ? "none" : "not-checked";
  const about = { caps: caps.toString(16), rsaBits, cipher: cipherName, encoding, signature } as const;
  if (cipher === null) return { ...about, status: "no-keys" };
  const plain = cipher.open(envelope, packet.packetNo);
  if (plain === null) return { ...about, status: "unreadable" };
  const opened = packetWithPlain(packet, plain, codec, context);
  return { ...about, status: "ok", plainHex: hexOf(plain), ...insideOf(opened.packet, opened.recipients) };
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const insideOf = (packet: Packet | null, recipients: readonly Recipient[]): Partial<InspectedSeal> => {
  if (packet?.body.kind !== "message") return {};
  const { charset, text, body } = packet;
  return {
    charset,
    text,
    displayText: body.displayText,
    ...(body.files.length === 0
      ? {}
      : { files: body.files.map((file) => inspectFile(file, { isSafeName })) }),
    ...(recipients.length === 0 ? {} : { recipients }),
  };
};
