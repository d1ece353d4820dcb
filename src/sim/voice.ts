// The packets a virtual peer writes, in the way of the program it plays: version item, charset, numbers, trailers and NULs. Sends
// nothing and remembers only its last packet number. Used by `virtual-peer.ts`.
import type { Clock, TextCodec } from "../index.js";
import {
  buildGroupPacket,
  createPacketCrypto,
  encode,
  encodeRawText,
  optionBits,
  parsePacketNo,
  type PacketNo,
} from "../protocol.js";
import type { Persona } from "./persona.js";

/** Command numbers that virtual peers send. */
export const modes = {
  noop: 0,
  entry: 1,
  exit: 2,
  answer: 3,
  absence: 4,
  message: 0x20,
  received: 0x21,
  getKey: 0x72,
  tellKey: 0x73,
  read: 0x30,
  readAnswer: 0x32,
  versionInfo: 0x41,
  absenceInfo: 0x51,
  chatWindowAnswer: 0x78,
  typing: 0x79,
  imageAck: 0xc1,
  shake: 0xd1,
  shakeAnswer: 0xd2,
} as const;

export interface WrittenPacket {
  readonly bytes: Uint8Array;
  readonly packetNo: string;
}

export interface Voice {
  build(command: number, sections: readonly string[]): WrittenPacket;
  /** For what is not built here. */
  takeNumber(): PacketNo;
  /** Null for a debug tool, which has no entries. */
  buildEntry(mode: number, awayText: string | null): Uint8Array | null;
  /** `isChecked`: an acknowledgement was asked for. */
  buildMessage(
    text: string,
    bits: number,
    seal?: (text: string, packetNo: PacketNo) => string | null,
  ): WrittenPacket & { readonly isChecked: boolean };
  /** Something said in its FeiQ group, or (empty) that it belongs to it; null for who is in none. */
  buildGroup(text: string): Uint8Array | null;
  /** A message with a file list, which is made for its packet number. */
  buildOffer(
    text: string,
    list: (packetNo: string) => string,
  ): WrittenPacket & { readonly isChecked: boolean };
}

const crypto = createPacketCrypto();

export const createVoice = (persona: Persona, codec: TextCodec, clock: Clock): Voice => {
  let lastNo = 0;
  const nextNo = (): PacketNo => {
    lastNo = persona.countsFromOne ? lastNo + 1 : Math.max(Math.floor(clock.now() / 1000), lastNo + 1);
    const packetNo = parsePacketNo(String(lastNo));
    if (packetNo === null) throw new RangeError(`no packet number: ${lastNo}`);
    return packetNo;
  };

  const build = (
    command: number,
    sections: readonly string[],
    block?: Readonly<Record<string, string>>,
    packetNo = nextNo(),
  ): WrittenPacket => {
    const { version, user, host } = persona;
    // With a UTF-8 block behind it the entry itself stays in the legacy charset, for old readers (section 4).
    const isLegacy = block !== undefined && (command & optionBits.UTF8OPT) === 0;
    const charset = isLegacy ? "gbk" : persona.charset;
    return {
      packetNo,
      bytes: encode({ version, packetNo, user, host, command, sections, charset, block }, codec),
    };
  };

  return {
    takeNumber: nextNo,
    build,
    buildEntry: (mode, awayText) => {
      const { presence, nick, group, user, host } = persona;
      if (presence === null) return null;
      // The absence text decorates the nickname; it is plain text to everybody else (section 17).
      const shown = awayText === null ? nick : `${nick}[${awayText}]`;
      const isAnswer = mode === modes.answer;
      const bits =
        (isAnswer ? presence.answerBits : presence.entryBits) |
        (awayText === null ? 0 : optionBits.ABSENCEOPT);
      const version = { VS: "00010002:4:9:9" };
      const names = isAnswer ? version : { UN: user, HN: host, NN: shown, GN: group, ...version };
      return build(mode | bits, [shown, group, ...presence.more], presence.hasBlock ? names : undefined)
        .bytes;
    },
    buildGroup: (text) => {
      const { feiqGroup, version, user, host } = persona;
      if (feiqGroup === null) return null;
      const mac = version.split("#")[2] ?? null;
      const step = text === "" ? "announce" : "message";
      const parts = { step, groupId: feiqGroup, text, packetNo: nextNo(), user, host, mac } as const;
      return buildGroupPacket(parts, codec, crypto);
    },
    buildOffer: (text, list) => {
      // iptux asks for no acknowledgement of an offer, and says nothing beside it (section 24).
      const isQuiet = persona.dialect === "iptux";
      const bits = isQuiet ? persona.messageBits & ~optionBits.SENDCHECKOPT : persona.messageBits;
      const packetNo = String(
        persona.countsFromOne ? lastNo + 1 : Math.max(Math.floor(clock.now() / 1000), lastNo + 1),
      );
      const sections = [isQuiet ? "" : text, list(packetNo)];
      const packet = build(modes.message | optionBits.FILEATTACHOPT | bits, sections);
      return { ...packet, isChecked: !isQuiet };
    },
    buildMessage: (text, bits, seal) => {
      if (persona.presence === null) {
        return { bytes: encodeRawText(text, codec, persona.charset), packetNo: "", isChecked: false };
      }
      const isAutomatic = (bits & optionBits.AUTORETOPT) !== 0;
      const ownBits = isAutomatic ? persona.messageBits & ~optionBits.SENDCHECKOPT : persona.messageBits;
      const packetNo = nextNo();
      const sealed = seal?.(text + persona.trailer, packetNo) ?? null;
      if (sealed !== null) {
        const command = modes.message | ownBits | bits | optionBits.ENCRYPTOPT;
        return { ...build(command, [sealed], undefined, packetNo), isChecked: !isAutomatic };
      }
      const nuls = Array.from({ length: persona.extraNuls }, () => "");
      const packet = build(
        modes.message | ownBits | bits,
        [text + persona.trailer, ...nuls],
        undefined,
        packetNo,
      );
      return { ...packet, isChecked: !isAutomatic };
    },
  };
};
