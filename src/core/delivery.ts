// Messages on their way (protocol.md section 6): sent, repeated with the same number until the acknowledgement comes from an
// address we sent to, then `delivered`; without one `unconfirmed`, never `failed`. What is sent to whom is decided in compose.ts.
import { checkText, commandFor, isRefusal, packetFor, piecesOf, refuse, targetsOf } from "./compose.js";
import { clear } from "./encryption.js";
import type { Encryption, SealPlan } from "./encryption.js";
import type { KeyExchange } from "./key-exchange.js";
import type { Target } from "./compose.js";
import { formatEndpoint } from "./endpoint.js";
import type { Answer, Receiver, SayOptions } from "./input.js";
import { defaultRetries, limits, timers } from "./limits.js";
import { everyone } from "./model.js";
import type { CipherName } from "../protocol/encryption/capabilities.js";
import type { Delivery, DeliveryState, Message, MessageEncryption, MessageId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { peerName } from "./selectors.js";
import { broadcastBytes, drop, publishPeer, sendBytes } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { optionBits, optionNames } from "../protocol/options.js";

/** One packet to one receiver that may still be acknowledged. */
interface Pending {
  readonly messageId: MessageId;
  /** Index into the message's `to` and `deliveries`. */
  readonly receiver: number;
  bytes: Uint8Array;
  readonly retries: number;
  /** The receiver was named by its address: that stays, wherever the peer goes. */
  readonly isFixed: boolean;
  to: Endpoint;
  /** Addresses with and without port: an acknowledgement from anywhere else is forged or astray. */
  readonly sentTo: Set<string>;
  firstSentAt: number;
  attempt: number;
  settled: boolean;
}

export interface Outbox {
  say(to: readonly Receiver[] | "everyone", text: string, options: SayOptions): Answer;
  /** An automatic answer: shown, never acknowledged, never answered. */
  sayAutomatically(peer: PeerRecord, text: string): void;
  resend(id: MessageId): Answer;
  /** The repeat timer of attempt `attempt` fired. */
  repeat(id: MessageId, receiver: number, attempt: number): void;
  /** RECVMSG came; `packetNo` as written in it. */
  acknowledged(packetNo: string, from: Endpoint): void;
  /** READMSG came: a person has opened the message, so it has arrived too. False when it was forged. */
  opened(packetNo: string, from: Endpoint): boolean;
  /** The packet was sent to this address: what comes from elsewhere about it is forged or astray. */
  isReceiver(packetNo: string, from: Endpoint): boolean;
}

/** Parts that a message may need before it can go. */
export interface OutboxParts {
  readonly encryption: Encryption;
  readonly keys: KeyExchange;
}

function encryptionOf(plan: SealPlan): MessageEncryption | null {
  if (plan.kind !== "sealed") return null;
  return { cipher: plan.suite.cipher, signature: plan.suite.digest === null ? "none" : "valid" };
}

export function createOutbox(world: World, { encryption, keys }: OutboxParts): Outbox {
  const { peers, log } = world;
  /** By our packet number, oldest first; settled ones stay for late acknowledgements until pushed out or too old. */
  const pending = new Map<string, Pending[]>();
  let pendingCount = 0;

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
  }

  function remember(packetNo: string, entry: Pending): void {
    const list = pending.get(packetNo);
    if (list === undefined) pending.set(packetNo, [entry]);
    else list.push(entry);
    pendingCount++;
    for (const [number, entries] of pending) {
      const first = entries[0];
      const isOld = first !== undefined && world.now - first.firstSentAt > timers.seenMs;
      if (!isOld && pendingCount <= limits.pendingMessages) break;
      pending.delete(number);
      pendingCount -= entries.length;
      for (const gone of entries) if (!gone.settled) giveUp(gone);
    }
  }

  function giveUp(entry: Pending): void {
    entry.settled = true;
    world.counters.messagesUnconfirmed++;
    setDelivery(entry.messageId, entry.receiver, "unconfirmed", entry.attempt, null, true);
  }

  /** Sends once more (or for the first time) and sets the timer of this attempt. */
  function transmit(entry: Pending, state: "sent" | "retried"): void {
    const peerId = log.get(entry.messageId)?.to[entry.receiver];
    const peer = peerId === undefined || entry.isFixed ? undefined : peers.get(peerId);
    if (peer !== undefined) entry.to = peer.endpoint;
    entry.sentTo.add(entry.to.address).add(formatEndpoint(entry.to));
    sendBytes(world, entry.bytes, entry.to);
    if (state === "retried") world.counters.repeats++;
    setDelivery(entry.messageId, entry.receiver, state, entry.attempt, null, entry.settled);
    if (entry.settled) return;
    world.alarms.set(world.now + timers.repeatMs, {
      kind: "repeat",
      messageId: entry.messageId,
      receiver: entry.receiver,
      attempt: entry.attempt,
    });
  }

  function record(
    targets: readonly Target[],
    text: string,
    autoReply: boolean,
    raw: Uint8Array,
    packetNo: Message["packetNo"],
  ): Message {
    const first = targets[0];
    const several = targets.length > 1;
    const id = world.newMessageId(world.now);
    const ids = targets.map(({ peer }) => peer?.id ?? everyone);
    const only = several ? null : (first?.peer ?? null);
    const flag = first?.charset.flag === true ? optionBits.UTF8OPT : 0;
    const message: Message = {
      id,
      direction: "out",
      at: world.now,
      peerId: only?.id ?? null,
      to: ids.filter((one) => one !== everyone),
      conversation: ids[0] ?? everyone,
      peerName: targets.map(({ peer }) => (peer === null ? "" : peerName(peers.snapshot(peer)))).join(", "),
      endpoint: only === null ? null : (first?.fixed ?? only.endpoint),
      packetNo,
      dialect: only?.dialect ?? "ipmsg",
      text,
      displayText: text,
      charset: first?.charset.charset ?? "utf-8",
      charsetReason: first?.charset.reason ?? "default",
      options:
        first === undefined || first.raw
          ? []
          : optionNames(commandFor(first, several, autoReply) | flag, "message"),
      sealed: (first?.sealBits ?? 0) !== 0,
      locked: ((first?.sealBits ?? 0) & optionBits.PASSWORDOPT) !== 0,
      openedAt: null,
      encryption: weakest(targets.map(({ plan }) => encryptionOf(plan))),
      recipients: [],
      recalled: null,
      broadcast: first?.peer === null,
      autoReply,
      raw,
      files: [],
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
    return message;
  }

  function sendTo(targets: readonly Target[], text: string, autoReply: boolean, retries: number): Message {
    const packetNo = world.numbers.next(world.now);
    const build = (target: Target): Uint8Array | null =>
      packetFor(world, target, commandFor(target, targets.length > 1, autoReply), text, packetNo);
    const packets = targets.map((target) => (target.plan.kind === "ask" ? null : build(target)));
    const message = record(targets, text, autoReply, packets[0] ?? new Uint8Array(0), packetNo);
    for (const [receiver, target] of targets.entries()) {
      const bytes = packets[receiver] ?? new Uint8Array(0);
      if (target.peer === null) {
        broadcastBytes(world, bytes);
        setDelivery(message.id, receiver, "sent", 1, null, true);
        continue;
      }
      const entry: Pending = {
        messageId: message.id,
        receiver,
        bytes,
        retries,
        isFixed: target.fixed !== null,
        to: target.fixed ?? target.peer.endpoint,
        sentTo: new Set(),
        firstSentAt: world.now,
        attempt: 1,
        settled: !target.asks,
      };
      const send = (ready: Target): void => {
        noteCipher(message.id, receiver, ready.plan, entry.bytes);
        entry.firstSentAt = world.now;
        if (target.asks) {
          world.counters.messagesSent++;
          remember(packetNo, entry);
        }
        transmit(entry, "sent");
      };
      if (target.plan.kind === "ask") {
        keys.ask(target.peer, () => sendWithKey(entry, target, build, send));
      } else if (bytes.length === 0) refuseOne(entry, target, "encryption-not-possible");
      else send(target);
    }
    return log.get(message.id) ?? message;
  }

  /** The question for the key was answered, or not. */
  function sendWithKey(
    entry: Pending,
    target: Target,
    build: (target: Target) => Uint8Array | null,
    send: (ready: Target) => void,
  ): void {
    if (target.peer === null || world.stopping) return;
    const ready = { ...target, plan: encryption.planAfterAsking(target.peer, target.plan) };
    if (ready.plan.kind === "refused" || ready.plan.kind === "ask") {
      refuseOne(entry, target, ready.plan.kind === "ask" ? "encryption-not-possible" : ready.plan.reason);
      return;
    }
    const bytes = build(ready);
    if (bytes === null) {
      refuseOne(entry, target, "encryption-not-possible");
      return;
    }
    entry.bytes = bytes;
    send(ready);
  }

  /** It cannot go as it was meant to; said once, and nothing was sent. */
  function refuseOne(entry: Pending, { peer }: Target, code: "encryption-not-possible" | "key-alarm"): void {
    entry.settled = true;
    setDelivery(entry.messageId, entry.receiver, "refused", 0, null, true);
    world.events.push({
      kind: "notice",
      code,
      fields: peer === null ? {} : { peer: peer.id },
      messageId: entry.messageId,
      at: world.now,
    });
  }

  /** What was used for this receiver, and with it for the message. */
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
    log.replace({
      ...message,
      deliveries,
      ...(isOnly ? { raw: bytes } : {}),
      encryption: isAll ? (isOnly ? used : weakest([message.encryption ?? used, used])) : null,
      options: withOption(message.options, isAll),
    });
  }

  function find(packetNo: string, matches: (entry: Pending) => boolean): Pending | undefined {
    return pending.get(packetNo)?.find(matches);
  }

  /** The exact address first, as several receivers may share one machine; then one at that machine that still waits. */
  function confirmedBy(packetNo: string, from: Endpoint): Pending | undefined {
    const exact = formatEndpoint(from);
    let found: Pending | undefined;
    for (const entry of pending.get(packetNo) ?? []) {
      if (entry.sentTo.has(exact)) return entry;
      if (entry.sentTo.has(from.address) && (found === undefined || found.settled)) found = entry;
    }
    return found;
  }

  return {
    say(to, text, say) {
      if (world.stopping) return refuse("node-closed", "the node is closing");
      const targets = targetsOf(world, to, say, encryption);
      if (isRefusal(targets)) return targets;
      const refused = checkText(world, text, targets, say);
      if (refused !== null) return refused;
      const pieces = piecesOf(world, text, targets, say);
      if (isRefusal(pieces)) return pieces;
      const retries = Math.min(20, Math.max(0, say.retries ?? defaultRetries));
      return { ok: true, messages: pieces.map((piece) => sendTo(targets, piece, false, retries)) };
    },

    sayAutomatically(peer, text) {
      const charset = peers.outgoingCharset(peer);
      // An automatic answer does not wait for a key.
      const plan = encryption.planFor(peer, undefined);
      const target: Target = {
        peer,
        fixed: null,
        charset,
        raw: false,
        asks: false,
        plan: plan.kind === "sealed" ? plan : clear,
        sealBits: 0,
        recipients: [],
      };
      if (plan.kind !== "refused" && !(plan.kind === "ask" && !plan.orClear)) sendTo([target], text, true, 0);
    },

    resend(id) {
      if (world.stopping) return refuse("node-closed", "the node is closing");
      const message = log.get(id);
      if (message === undefined || message.direction !== "out") {
        return refuse("no-such-message", "no such message", { messageId: id });
      }
      for (const [receiver, delivery] of message.deliveries.entries()) {
        if (delivery.state !== "unconfirmed") continue;
        // The same packet: the receiver may well have had it, and then only acknowledges again.
        const entry = find(message.packetNo, (one) => one.messageId === id && one.receiver === receiver);
        if (entry === undefined) return refuse("no-such-message", "too old to send again", { messageId: id });
        entry.settled = false;
        entry.attempt++;
        world.counters.messagesUnconfirmed--;
        transmit(entry, "retried");
      }
      return { ok: true, messages: [log.get(id) ?? message] };
    },

    repeat(id, receiver, attempt) {
      const message = log.get(id);
      if (message === undefined) return;
      const entry = find(message.packetNo, (one) => one.messageId === id && one.receiver === receiver);
      if (entry === undefined || entry.settled || entry.attempt !== attempt) return;
      // After a resend the count goes on: every send has the whole row of repeats before it.
      if ((attempt - 1) % (entry.retries + 1) === entry.retries) {
        giveUp(entry);
        return;
      }
      entry.attempt++;
      transmit(entry, "retried");
    },

    acknowledged: (packetNo, from) => void arrived(packetNo, from, "delivered"),
    isReceiver: (packetNo, from) => confirmedBy(packetNo, from) !== undefined,
    opened: (packetNo, from) => arrived(packetNo, from, "opened"),
  };

  function arrived(packetNo: string, from: Endpoint, state: "delivered" | "opened"): boolean {
    const entry = confirmedBy(packetNo, from);
    if (entry === undefined) {
      const isForged = pending.has(packetNo);
      drop(world, isForged ? "forged-receipt" : "stray-receipt");
      return !isForged;
    }
    const before = log.get(entry.messageId)?.deliveries[entry.receiver];
    if (before === undefined || before.state === "opened" || before.state === state) return true;
    if (before.state === "unconfirmed") world.counters.messagesUnconfirmed--;
    entry.settled = true;
    // How long a person took to open it says nothing about the way.
    const rttMs = state === "delivered" ? world.now - entry.firstSentAt : before.rttMs;
    if (before.state !== "delivered") {
      world.counters.messagesDelivered++;
      noteAcknowledging(peers.get(before.peerId));
    }
    setDelivery(entry.messageId, entry.receiver, state, entry.attempt, rttMs, true);
    return true;
  }

  function noteAcknowledging(peer: PeerRecord | undefined): void {
    if (peer === undefined) return;
    peer.lastSeen = world.now;
    const returned = peer.state === "offline";
    if (peer.acknowledges && !returned) return;
    peer.acknowledges = true;
    if (returned) peer.state = "online";
    publishPeer(world, returned ? "appeared" : "changed", peer);
  }
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
