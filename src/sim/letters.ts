// How a virtual peer encrypts: what it answers when asked for its key, how it opens what came sealed, and how it seals in return once it
// knows the user's key. Which programs can at all, and how strongly, stands in persona.ts. Used by `virtual-peer.ts`.
import type { DecodeContext, MessageCipher, TextCodec } from "../index.js";
import {
  answerFor,
  buildInnerText,
  buildIpDict,
  buildPublicKey,
  chooseSuite,
  cipherBits,
  formatCaps,
  optionBits,
  packetWithPlain,
  parseCaps,
  parseEnvelope,
  type Packet,
  type PacketNo,
  type PublicKeyBody,
} from "../protocol.js";
import type { Persona } from "./persona.js";

export interface Letters {
  /** Argument of our GETPUBKEY; null for a program that cannot encrypt. */
  readonly question: string | null;
  /** Argument of ANSPUBKEY; null when there is nothing to answer. */
  readonly answer: (question: string) => string | null;
  readonly heardKey: (key: PublicKeyBody) => void;
  /** The user's key is known. */
  readonly canSeal: () => boolean;
  /** The packet as it is inside; null when it cannot be opened. */
  readonly open: (packet: Packet) => Packet | null;
  /** Section 0 of a sealed message; null when it cannot be. */
  readonly seal: (text: string, packetNo: PacketNo) => string | null;
  /** A whole datagram: a dictionary with the text, signed and encrypted; null when it cannot be. */
  readonly sealDict: (text: string, packetNo: PacketNo) => Uint8Array | null;
  /** Section 0 of a sealed file request. */
  readonly sealRequest: (text: string, packetNo: PacketNo) => string | null;
  /** What is inside a file request that the user's program signed; null for any other. */
  readonly openRequest: (packet: Packet) => string | null;
  readonly newBodyKey: () => string;
  readonly openBody: MessageCipher["openBody"];
}

export const createLetters = (
  persona: Persona,
  cipher: () => MessageCipher | null,
  codec: TextCodec,
): Letters => {
  const { caps } = persona;
  const context: DecodeContext = { legacyCharset: persona.charset };
  let theirs: PublicKeyBody | null = null;

  const sealBytes = (plain: Uint8Array, packetNo: PacketNo): string | null => {
    const suite = theirs === null ? null : chooseSuite(theirs);
    if (suite === null || theirs === null) return null;
    return cipher()?.seal(plain, suite, theirs, packetNo) ?? null;
  };

  return {
    question: caps === null ? null : formatCaps(caps),

    answer: (question) => {
      const keys = cipher()?.keys ?? null;
      const asked = parseCaps(question.trim());
      const shared = caps === null || asked === null ? null : answerFor((asked & caps) >>> 0);
      if (shared === null || keys === null || caps === null) return null;
      const key = shared.bits === 2048 ? keys.rsa2048 : keys.rsa1024;
      // The old programs name everything they know, whatever was asked.
      return buildPublicKey({ caps: formatCaps(shared.bits === 2048 ? shared.caps : caps), ...key });
    },

    heardKey: (key) => {
      const known = parseCaps(key.caps) ?? 0;
      theirs = { ...key, caps: formatCaps(((caps ?? 0) & known) >>> 0) };
    },

    canSeal: () => theirs !== null && chooseSuite(theirs) !== null,

    open: (packet) => {
      const envelope = parseEnvelope(packet.text);
      const plain = envelope.ok ? (cipher()?.open(envelope, packet.packetNo) ?? null) : null;
      return plain === null ? null : packetWithPlain(packet, plain, codec, context).packet;
    },

    seal: (text, packetNo) =>
      sealBytes(codec.encode(buildInnerText(text, "", []), persona.charset), packetNo),

    sealDict: (text, packetNo) => {
      const signer = cipher();
      if (theirs === null || signer?.keys == null) return null;
      const entries = {
        VER: 3,
        PKT: Number(packetNo),
        UID: persona.user,
        HID: persona.host,
        CMD: 0x20,
        FLG: optionBits.SENDCHECKOPT,
        GRP: persona.group,
        NCK: persona.nick,
        STAT: 0,
        BODY: text,
        EF: cipherBits.SIGN_SHA256,
      };
      const signature = signer.sign(buildIpDict(entries, codec));
      return signature === null
        ? null
        : signer.sealDict(buildIpDict({ ...entries, SIGN: signature }, codec), theirs);
    },

    sealRequest: (text, packetNo) => sealBytes(codec.encode(text, "ascii"), packetNo),

    openRequest: (packet) => {
      const envelope = parseEnvelope(packet.text);
      const plain = envelope.ok ? (cipher()?.open(envelope, packet.packetNo) ?? null) : null;
      if (!envelope.ok || plain === null || envelope.signature === null || theirs === null) return null;
      const { digest } = envelope.suite;
      const isTheirs =
        digest !== null && cipher()?.verify(plain, envelope.signature, theirs, digest) === true;
      return isTheirs ? codec.decode(plain, "ascii") : null;
    },

    newBodyKey: () => cipher()?.newBodyKey() ?? "",
    openBody: (keyHex, requestNo) => cipher()?.openBody(keyHex, requestNo) ?? null,
  };
};
