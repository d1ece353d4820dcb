// Messages that are looked at seldom, in a tenth of the objects: texts are one string, bytes are one array, and what a run of messages
// has in common is said once. Each is made anew when somebody asks for it. What does not pack (several receivers, files, pictures, a
// delivery still under way) stays an object among them. Made by thread.ts; knows nothing of conversations.
import type { Delivery, DeliveryState, Message, MessageId } from "./model.js";
import { everyone } from "./model.js";
import type { PacketNo } from "../protocol/message.js";

export interface PackedMessages {
  readonly length: number;
  /** Undefined past the end. */
  at(index: number): Message | undefined;
  idAt(index: number): MessageId | undefined;
  /** Puts a changed message in the place of the old one: an object from then on. */
  set(index: number, message: Message): void;
  /** Messages that are objects although they would pack: with many of them it pays to pack all anew. */
  readonly looseCount: number;
}

/** As many as there are numbers for `headOf`. */
export const packedLimit = 256;

/** What messages that follow each other mostly have in common. */
interface Head extends Omit<
  Message,
  | "id"
  | "at"
  | "packetNo"
  | "text"
  | "displayText"
  | "raw"
  | "deliveries"
  | "files"
  | "images"
  | "openedAt"
  | "recipients"
  | "recalled"
> {
  /** `displayText` is `text`. */
  readonly isPlain: boolean;
  readonly hasDelivery: boolean;
}

const none: readonly never[] = Object.freeze([]);

/** Ends of: id, packet number, text, shown text, bytes. */
const endsPerMessage = 5;
/** Of a delivery: state, attempt, round trip, time. */
const numbersPerDelivery = 4;
const states: readonly DeliveryState[] = ["queued", "sent", "retried", "delivered", "opened", "unconfirmed"];

function isPackable(message: Message): boolean {
  const [delivery] = message.deliveries;
  return (
    message.to.length <= 1 &&
    message.files.length === 0 &&
    message.images.length === 0 &&
    message.recipients.length === 0 &&
    message.openedAt === null &&
    message.recalled === null &&
    message.deliveries.length <= 1 &&
    (delivery === undefined ||
      (delivery.final &&
        delivery.messageId === message.id &&
        delivery.cipher === (message.encryption?.cipher ?? null) &&
        states.includes(delivery.state) &&
        delivery.peerId === (message.to[0] ?? everyone)))
  );
}

function headFor(message: Message): Head {
  return {
    direction: message.direction,
    to: message.to,
    peerId: message.peerId,
    peerName: message.peerName,
    endpoint: message.endpoint,
    conversation: message.conversation,
    dialect: message.dialect,
    charset: message.charset,
    charsetReason: message.charsetReason,
    options: message.options,
    sealed: message.sealed,
    locked: message.locked,
    encryption: message.encryption,
    broadcast: message.broadcast,
    autoReply: message.autoReply,
    isPlain: message.displayText === message.text,
    hasDelivery: message.deliveries.length > 0,
  };
}

/** Lists and addresses are compared by identity: those that are alike are one (compact.ts). */
function isAlike(head: Head, message: Message): boolean {
  return (
    head.direction === message.direction &&
    head.peerId === message.peerId &&
    (head.to === message.to || (head.to.length === 1 && head.to[0] === message.to[0])) &&
    head.conversation === message.conversation &&
    head.peerName === message.peerName &&
    head.endpoint === message.endpoint &&
    head.dialect === message.dialect &&
    head.charset === message.charset &&
    head.charsetReason === message.charsetReason &&
    head.options === message.options &&
    head.sealed === message.sealed &&
    head.locked === message.locked &&
    head.encryption?.cipher === message.encryption?.cipher &&
    head.encryption?.signature === message.encryption?.signature &&
    head.broadcast === message.broadcast &&
    head.autoReply === message.autoReply &&
    head.isPlain === (message.displayText === message.text) &&
    head.hasDelivery === message.deliveries.length > 0
  );
}

/** At most `packedLimit` messages, oldest first. */
export function packMessages(messages: readonly Message[]): PackedMessages {
  const { length } = messages;
  const heads: Head[] = [];
  const headOf = new Uint8Array(length);
  const textLength = messages.reduce((sum, one) => sum + one.text.length + one.displayText.length, 0);
  const times = new Float64Array(length);
  const keyParts: string[] = [];
  const textParts: string[] = [];
  const keyLength = messages.reduce((sum, one) => sum + one.id.length + one.packetNo.length, 0);
  const rawBytes = messages.reduce((sum, one) => sum + (isPackable(one) ? one.raw.length : 0), 0);
  const bytes = new Uint8Array(rawBytes);
  const fitsShort = Math.max(textLength, rawBytes, keyLength) < 65_536;
  const ends = new (fitsShort ? Uint16Array : Uint32Array)(length * endsPerMessage);
  const loose = new Map<number, Message>();
  let outcomes: Float64Array | null = null;
  let keyEnd = 0;
  let textEnd = 0;
  let bytesEnd = 0;

  for (const [index, message] of messages.entries()) {
    const isPacked = isPackable(message);
    const place = index * endsPerMessage;
    keyParts.push(message.id);
    ends[place] = keyEnd += message.id.length;
    if (isPacked) {
      let head = heads.findIndex((one) => isAlike(one, message));
      if (head < 0) head = heads.push(headFor(message)) - 1;
      headOf[index] = head;
      times[index] = message.at;
      keyParts.push(message.packetNo);
      keyEnd += message.packetNo.length;
      textParts.push(message.text);
      textEnd += message.text.length;
      ends[place + 2] = textEnd;
      if (message.displayText !== message.text) {
        textParts.push(message.displayText);
        textEnd += message.displayText.length;
      }
      bytes.set(message.raw, bytesEnd);
      bytesEnd += message.raw.length;
      const [delivery] = message.deliveries;
      if (delivery !== undefined) {
        outcomes ??= new Float64Array(length * numbersPerDelivery);
        const { state, attempt, rttMs, at } = delivery;
        outcomes.set([states.indexOf(state), attempt, rttMs ?? Number.NaN, at], index * numbersPerDelivery);
      }
    } else {
      loose.set(index, message);
      ends[place + 2] = textEnd;
    }
    ends[place + 1] = keyEnd;
    ends[place + 3] = textEnd;
    ends[place + 4] = bytesEnd;
  }

  const keys = keyParts.join("");
  const texts = textParts.join("");
  const everLoose = loose.size;

  /** End of a part of a message; of the one before the first, 0. */
  const endOf = (index: number, part: number): number => ends[index * endsPerMessage + part] ?? 0;

  function idOf(index: number): MessageId {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an id was put in there
    return keys.slice(endOf(index - 1, 1), endOf(index, 0)) as MessageId;
  }

  function deliveriesOf(index: number, id: MessageId, head: Head): readonly Delivery[] {
    const start = index * numbersPerDelivery;
    const [state, attempt, rttMs, at] = outcomes?.subarray(start, start + numbersPerDelivery) ?? [];
    if (state === undefined || attempt === undefined || rttMs === undefined || at === undefined) return [];
    return [
      {
        messageId: id,
        peerId: head.to[0] ?? everyone,
        state: states[state] ?? "unconfirmed",
        attempt,
        rttMs: Number.isNaN(rttMs) ? null : rttMs,
        at,
        final: true,
        cipher: head.encryption?.cipher ?? null,
      },
    ];
  }

  function unpack(index: number): Message | undefined {
    const head = heads[headOf[index] ?? 0];
    if (head === undefined) return undefined;
    const id = idOf(index);
    const text = texts.slice(endOf(index - 1, 3), endOf(index, 2));
    // Each by its name, in the order of a message that has just come: a spread takes far longer, and this is one shape to V8.
    return {
      id,
      direction: head.direction,
      at: times[index] ?? 0,
      to: head.to,
      peerId: head.peerId,
      peerName: head.peerName,
      endpoint: head.endpoint,
      deliveries: head.hasDelivery ? deliveriesOf(index, id, head) : none,
      conversation: head.conversation,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a packet number was put in there
      packetNo: keys.slice(endOf(index, 0), endOf(index, 1)) as PacketNo,
      dialect: head.dialect,
      text,
      displayText: head.isPlain ? text : texts.slice(endOf(index, 2), endOf(index, 3)),
      charset: head.charset,
      charsetReason: head.charsetReason,
      options: head.options,
      sealed: head.sealed,
      locked: head.locked,
      openedAt: null,
      encryption: head.encryption,
      recipients: none,
      recalled: null,
      broadcast: head.broadcast,
      autoReply: head.autoReply,
      raw: bytes.subarray(endOf(index - 1, 4), endOf(index, 4)),
      files: none,
      images: none,
    };
  }

  return {
    length,
    at: (index) => (index < 0 || index >= length ? undefined : (loose.get(index) ?? unpack(index))),
    idAt: (index) => (index < 0 || index >= length ? undefined : idOf(index)),
    set(index, message) {
      if (index >= 0 && index < length) loose.set(index, message);
    },
    get looseCount() {
      return loose.size - everLoose;
    },
  };
}
