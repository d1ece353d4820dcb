// What the messages of a lane carry. Most lanes: a pattern. The lane `ipmsg`: the real packet text of the chat, SENDMSG with
// SENDCHECK there and RECVMSG back, built and read by the codec of the chat itself. Called by `run-lane`.
import {
  commands,
  createTextCodec,
  decode,
  encode,
  optionBits,
  parsePacketNo,
  requiredReply,
  type OutgoingPacket,
} from "../../protocol.js";

export interface LaneMessages {
  build(seq: number): Uint8Array;
  /** The number of an arrived message, or null when it is none of ours. */
  read(payload: Uint8Array): number | null;
  buildAck(seq: number): Uint8Array;
  readAck(payload: Uint8Array): number | null;
}

// Any number will do; a large one looks like what real clients write (seconds since 1970).
const firstPacketNo = 1_800_000_000;
const codec = createTextCodec();
const context = { legacyCharset: "gbk" } as const;

/** The pattern messages: the number in front, the rest filled. */
export function createPatternMessages(sizeBytes: number): LaneMessages {
  const empty = new Uint8Array(0);
  return {
    build: (seq) => {
      const bytes = new Uint8Array(Math.max(4, sizeBytes)).fill(0x2e);
      new DataView(bytes.buffer).setUint32(0, seq);
      return bytes;
    },
    read: readNumber,
    buildAck: () => empty,
    readAck: () => null,
  };
}

function readNumber(payload: Uint8Array): number | null {
  if (payload.length < 4) return null;
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0);
}

/** Chat messages, padded to the size with dots. */
export function createChatMessages(sizeBytes: number): LaneMessages {
  const send = commands.SENDMSG.number | optionBits.SENDCHECKOPT;
  const receive = commands.RECVMSG.number;
  return {
    build: (seq) => {
      const head = `message ${seq} `;
      const bare = buildPacket(send, firstPacketNo + seq, head).length;
      return buildPacket(send, firstPacketNo + seq, head + ".".repeat(Math.max(0, sizeBytes - bare)));
    },
    read: (payload) => {
      const decoded = decode(payload, codec, context);
      if (decoded.kind !== "packet" || decoded.modeName !== "SENDMSG") return null;
      return requiredReply(decoded)?.mode === "RECVMSG" ? seqOf(decoded.packetNo) : null;
    },
    buildAck: (seq) => buildPacket(receive, firstPacketNo + 1_000_000 + seq, String(firstPacketNo + seq)),
    readAck: (payload) => {
      const decoded = decode(payload, codec, context);
      if (decoded.kind !== "packet" || decoded.body.kind !== "receipt") return null;
      return decoded.body.receipt === "received" ? seqOf(decoded.body.of) : null;
    },
  };
}

function buildPacket(command: number, packetNo: number, text: string): Uint8Array {
  const number = parsePacketNo(String(packetNo));
  if (number === null) throw new Error(`no packet number: ${packetNo}`);
  const packet: OutgoingPacket = {
    version: "1",
    packetNo: number,
    user: "lab",
    host: "lab",
    command,
    sections: [text],
    charset: "ascii",
  };
  return encode(packet, codec);
}

/** The message's number from its packet number; null for one that is not ours. */
function seqOf(packetNo: string): number | null {
  const seq = /^\d{10,12}$/u.test(packetNo) ? Number(packetNo) - firstPacketNo : -1;
  return seq >= 0 && seq < 0xffff_ffff ? seq : null;
}
