// What is written down of a message of ours: the message itself when it is made, then what becomes of it at each receiver and how
// it went there. Sends nothing and decides nothing: delivery.ts does, and calls this.
import { commandFor, conversationOfTarget } from "./compose.js";
import type { Target } from "./compose.js";
import type { SealPlan } from "./encryption.js";
import { everyone } from "./model.js";
import type { Delivery, DeliveryState, Message, MessageEncryption, MessageId, PeerId } from "./model.js";
import { peerName } from "./selectors.js";
import { remember as keepInStore } from "./world.js";
import type { World } from "./world.js";
import type { OutgoingFile } from "../protocol/attachments.js";
import type { CipherName } from "../protocol/encryption/capabilities.js";
import type { FileRecord } from "../protocol/message.js";
import { optionBits, optionNames } from "../protocol/options.js";

export interface OutboxLedger {
  readonly record: (
    targets: readonly Target[],
    text: string,
    autoReply: boolean,
    raw: Uint8Array,
    packetNo: Message["packetNo"],
    files: readonly OutgoingFile[] | undefined,
  ) => Message;
  readonly setDelivery: (
    id: MessageId,
    receiver: number,
    state: DeliveryState,
    attempt: number,
    rttMs: number | null,
    final: boolean,
  ) => void;
  /** What another program wrote into our history about this receiver. */
  readonly adopt: (kept: Message, receiver: number) => void;
  /** What was used for this receiver, and with it for the message. */
  readonly noteCipher: (id: MessageId, receiver: number, plan: SealPlan, bytes: Uint8Array) => void;
}

function encryptionOf(plan: SealPlan): MessageEncryption | null {
  if (plan.kind !== "sealed") return null;
  return { cipher: plan.suite.cipher, signature: plan.suite.digest === null ? "none" : "valid" };
}

function fileRecordOf({ id, name, sizeBytes, mtime, attr, ext }: OutgoingFile): FileRecord {
  return { id, name, sizeBytes, mtime, type: attr & 0xff, attr, ext: ext ?? {} };
}

export function createOutboxLedger(world: World): OutboxLedger {
  const { peers, log } = world;

  /** Nobody said that this peer's messages stay out of the store. */
  function isKept(peerId: PeerId): boolean {
    return peers.get(peerId)?.policy.unlogged !== true;
  }

  function setDelivery(
    id: MessageId,
    receiver: number,
    state: DeliveryState,
    attempt: number,
    rttMs: number | null,
    final: boolean,
  ): void {
    const message = log.get(id);
    const before = message?.deliveries[receiver];
    if (message === undefined || before === undefined) return;
    const delivery = { ...before, state, attempt, rttMs, at: world.now, final };
    const changed = { ...message, deliveries: message.deliveries.with(receiver, delivery) };
    log.replace(changed);
    world.events.push({ kind: "delivery", delivery, message: changed });
    if (isKept(before.peerId)) keepInStore(world, { kind: "delivery", delivery });
  }

  function nameOf({ peer, room }: Target): string {
    return peer === null ? (room?.id ?? "") : peerName(peers.snapshot(peer));
  }

  function record(
    targets: readonly Target[],
    text: string,
    autoReply: boolean,
    raw: Uint8Array,
    packetNo: Message["packetNo"],
    files: readonly OutgoingFile[] | undefined,
  ): Message {
    const first = targets[0];
    const several = targets.length > 1;
    const id = world.newMessageId(world.now);
    const ids = targets.map(conversationOfTarget);
    const only = several ? null : (first?.peer ?? null);
    const flag = first?.charset.flag === true ? optionBits.UTF8OPT : 0;
    const message: Message = {
      id,
      direction: "out",
      at: world.now,
      peerId: only?.id ?? null,
      to: ids.filter((one) => one !== everyone),
      conversation: ids[0] ?? everyone,
      peerName: targets.map(nameOf).join(", "),
      endpoint: only === null ? null : (first?.fixed ?? only.endpoint),
      packetNo,
      dialect: only?.dialect ?? (first?.room === undefined ? "ipmsg" : "feiq"),
      text,
      displayText: text,
      charset: first?.charset.charset ?? "utf-8",
      charsetReason: first?.charset.reason ?? "default",
      options:
        first === undefined || first.raw
          ? []
          : optionNames(commandFor(first, several, autoReply, files !== undefined) | flag, "message"),
      sealed: (first?.sealBits ?? 0) !== 0,
      locked: ((first?.sealBits ?? 0) & optionBits.PASSWORDOPT) !== 0,
      openedAt: null,
      encryption: weakest(targets.map(({ plan }) => encryptionOf(plan))),
      recipients: [],
      recalled: null,
      broadcast: first?.peer === null && first.room === undefined,
      autoReply,
      raw,
      files: files?.map(fileRecordOf) ?? [],
      images: [],
      deliveries: ids.map((peerId) => ({
        messageId: id,
        peerId,
        state: "queued",
        attempt: 0,
        rttMs: null,
        at: world.now,
        final: false,
        cipher: null,
      })),
    };
    log.add(message);
    world.events.push({ kind: "message", message });
    if (ids.some(isKept)) keepInStore(world, { kind: "message", message, group: only?.group ?? "" });
    return message;
  }

  function noteCipher(id: MessageId, receiver: number, plan: SealPlan, bytes: Uint8Array): void {
    const message = log.get(id);
    const before = message?.deliveries[receiver];
    if (message === undefined || before === undefined) return;
    const cipher: CipherName | null = plan.kind === "sealed" ? plan.suite.cipher : null;
    if (before.cipher === cipher && cipher === null) return;
    const deliveries: readonly Delivery[] = message.deliveries.with(receiver, { ...before, cipher });
    const isOnly = deliveries.length === 1;
    const isAll = deliveries.every((one) => one.cipher !== null);
    const used = encryptionOf(plan);
    const changed: Message = {
      ...message,
      deliveries,
      ...(isOnly ? { raw: bytes } : {}),
      encryption: isAll ? (isOnly ? used : weakest([message.encryption ?? used, used])) : null,
      options: withOption(message.options, isAll),
    };
    log.replace(changed);
    keepInStore(world, { kind: "change", message: changed });
  }

  function adopt(kept: Message, receiver: number): void {
    const message = log.get(kept.id);
    const before = message?.deliveries[receiver];
    const told = kept.deliveries[receiver];
    if (message === undefined || before === undefined || told === undefined) return;
    if (before.state === told.state && before.attempt === told.attempt) return;
    // Ids may have been merged since it was kept.
    const delivery = { ...told, peerId: before.peerId };
    const { encryption, options } = kept;
    const changed = {
      ...message,
      encryption,
      options,
      deliveries: message.deliveries.with(receiver, delivery),
    };
    log.replace(changed);
    world.events.push({ kind: "delivery", delivery, message: changed });
  }

  return { record, setDelivery, noteCipher, adopt };
}

/** Of several receivers the one with the least protection. */
function weakest(all: readonly (MessageEncryption | null)[]): MessageEncryption | null {
  let found: MessageEncryption | null = null;
  for (const one of all) {
    if (one === null) return null;
    if (found === null || one.cipher === "blowfish-128-cbc") found = one;
  }
  return found;
}

function withOption(options: readonly string[], isEncrypted: boolean): readonly string[] {
  const others = options.filter((name) => name !== "ENCRYPTOPT");
  return isEncrypted ? [...others, "ENCRYPTOPT"] : others;
}
