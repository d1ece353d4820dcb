// Messages on their way (protocol.md section 6): sent, repeated with the same number until the acknowledgement comes from an
// address we sent to, then `delivered`; without one `unconfirmed`, never `failed`. What is sent to whom is decided in compose.ts.
import {
  checkLength,
  checkText,
  commandFor,
  isRefusal,
  packetFor,
  piecesOf,
  refuse,
  targetsOf,
} from "./compose.js";
import { clear } from "./encryption.js";
import type { Encryption } from "./encryption.js";
import type { KeyExchange } from "./key-exchange.js";
import type { Refusal, Target } from "./compose.js";
import { formatEndpoint } from "./endpoint.js";
import type { Answer, Receiver, SayOptions } from "./input.js";
import { createQueue } from "./queue.js";
import type { Queue } from "./queue.js";
import type { QueuedKey, QueuedMessage } from "./saved.js";
import { defaultRetries, timers } from "./limits.js";
import type { Message, MessageId } from "./model.js";
import { createOutboxLedger } from "./outbox-ledger.js";
import { createPendingTable } from "./pending.js";
import type { Pending } from "./pending.js";
import type { PeerRecord } from "./peers.js";
import { broadcastBytes, drop, multicastBytes, publishPeer, sendBytes } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import type { OutgoingFile } from "../protocol/attachments.js";

export interface Outbox {
  say(to: readonly Receiver[] | "everyone", text: string, options: SayOptions): Answer;
  /** A message with a file list; everything about it was checked. */
  offer(
    targets: readonly Target[],
    text: string,
    files: readonly OutgoingFile[],
    options: SayOptions,
    /** Called when it cannot go to one of them as it was meant to, then or later. */
    refused: (peer: PeerRecord) => void,
  ): Message;
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
  /**
   * What became of one of ours that another program with our history took from the queue; `kept` null: it was deleted from the history.
   * `isOver`: it waits no more.
   */
  toldByStore(key: QueuedKey, kept: Message | null, isOver: boolean): void;
  /** Takes back what waits for absent receivers. */
  cancel(id: MessageId): Answer;
  readonly queue: Queue;
}

/** Parts that a message may need before it can go. */
export interface OutboxParts {
  readonly encryption: Encryption;
  readonly keys: KeyExchange;
}

function retriesOf(say: SayOptions): number {
  return Math.min(20, Math.max(0, say.retries ?? defaultRetries));
}

export function createOutbox(world: World, { encryption, keys }: OutboxParts): Outbox {
  const { peers, log } = world;
  const { record, setDelivery, noteCipher, adopt } = createOutboxLedger(world);
  const pending = createPendingTable(world, giveUp);
  const queue = createQueue(world, { send: sendQueued, end: endQueued });

  function giveUp(entry: Pending): void {
    entry.settled = true;
    if (entry.queued !== null && !world.stopping) {
      const { messageId, peerId } = entry.queued;
      if (queue.holds(messageId, peerId)) queue.settled(messageId, peerId, false);
      else if (!queue.add(entry.queued)) return endQueued(entry.queued, "unconfirmed");
      setDelivery(entry.messageId, entry.receiver, "queued", entry.attempt, null, false);
      return;
    }
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

  /** Sends one from the queue; its number is kept already. */
  function sendQueued(queued: QueuedMessage): Refusal | null {
    const say: SayOptions = {
      ...queued.protection,
      lossy: queued.lossy,
      ...(queued.charset === null ? {} : { charset: queued.charset }),
    };
    const targets = targetsOf(world, [{ peer: queued.peerId }], say, encryption);
    if (isRefusal(targets)) return targets;
    const [target] = targets;
    const receiver =
      log.get(queued.messageId)?.deliveries.findIndex(({ peerId }) => peerId === queued.peerId) ?? 0;
    const { packetNo } = queued;
    if (target === undefined || target.peer === null || packetNo === null) return null;
    const isLate = world.now - queued.at > timers.lateMs;
    const text = isLate ? `${queued.prefix}${queued.text}` : queued.text;
    const refused = checkText(world, text, targets, say) ?? checkLength(world, text, target);
    if (refused !== null) return refused;
    const attempt = (log.get(queued.messageId)?.deliveries[receiver]?.attempt ?? 0) + 1;
    const build = (ready: Target): Uint8Array | null =>
      packetFor(world, ready, commandFor(ready, false, false), text, packetNo);
    const bytes = target.plan.kind === "ask" ? new Uint8Array(0) : build(target);
    if (bytes === null) return impossible(target);
    const entry: Pending = {
      messageId: queued.messageId,
      receiver: Math.max(0, receiver),
      bytes,
      retries: queued.retries,
      isFixed: false,
      to: target.peer.endpoint,
      sentTo: new Set(),
      firstSentAt: world.now,
      attempt,
      firstAttempt: attempt,
      settled: !target.asks,
      queued,
    };
    const send = (ready: Target): void => {
      noteCipher(queued.messageId, entry.receiver, ready.plan, entry.bytes);
      entry.firstSentAt = world.now;
      if (target.asks) {
        world.counters.messagesSent++;
        pending.addQueued(packetNo, entry);
      }
      transmit(entry, "sent");
      if (entry.settled) queue.settled(queued.messageId, queued.peerId, true);
    };
    if (target.plan.kind === "ask") keys.ask(target.peer, () => sendWithKey(entry, target, build, send));
    else send(target);
    return null;
  }

  function endQueued({ messageId, peerId }: QueuedMessage, state: "cancelled" | "unconfirmed"): void {
    const receiver = log.get(messageId)?.deliveries.findIndex((one) => one.peerId === peerId) ?? -1;
    if (receiver < 0) return;
    const entry = pending.of(messageId, receiver);
    if (entry !== undefined) entry.settled = true;
    const attempt = log.get(messageId)?.deliveries[receiver]?.attempt ?? 0;
    setDelivery(messageId, receiver, state, attempt, null, true);
  }

  function sendTo(
    targets: readonly Target[],
    text: string,
    autoReply: boolean,
    retries: number,
    say: SayOptions = {},
    files?: readonly OutgoingFile[],
    refused?: (peer: PeerRecord) => void,
  ): Message {
    const packetNo = world.numbers.next(world.now);
    const build = (target: Target): Uint8Array | null => {
      const command = commandFor(target, targets.length > 1, autoReply, files !== undefined);
      return packetFor(world, target, command, text, packetNo, files);
    };
    const packets = targets.map((target) => (target.plan.kind === "ask" ? null : build(target)));
    const message = record(targets, text, autoReply, packets[0] ?? new Uint8Array(0), packetNo, files);
    for (const [receiver, target] of targets.entries()) {
      const bytes = packets[receiver] ?? new Uint8Array(0);
      if (target.peer === null) {
        // Nobody acknowledges either of them: "sent" is all that will ever be known.
        if (target.room === undefined) broadcastBytes(world, bytes);
        else multicastBytes(world, bytes, target.room.id);
        setDelivery(message.id, receiver, "sent", 1, null, true);
        continue;
      }
      // What waits is text: files are offered to who is there.
      const queued = files === undefined ? queuedFor(message, target, say, retries) : null;
      const mustWait = target.peer.state === "offline" || queue.has(target.peer.id);
      if (queued !== null && mustWait && queue.add(queued)) {
        queue.heard(target.peer);
        continue;
      }
      const entry: Pending = {
        messageId: message.id,
        receiver,
        queued: queued === null ? null : { ...queued, packetNo },
        bytes,
        retries,
        isFixed: target.fixed !== null,
        to: target.fixed ?? target.peer.endpoint,
        sentTo: new Set(),
        firstSentAt: world.now,
        attempt: 1,
        firstAttempt: 1,
        settled: !target.asks,
        refused,
      };
      const send = (ready: Target): void => {
        noteCipher(message.id, receiver, ready.plan, entry.bytes);
        entry.firstSentAt = world.now;
        if (target.asks) {
          world.counters.messagesSent++;
          pending.add(packetNo, entry);
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
    // It waited in the queue, and was taken back or grew too old while the key was asked for.
    if (log.get(entry.messageId)?.deliveries[entry.receiver]?.state === "cancelled") return;
    const ready = { ...target, plan: encryption.planAfterAsking(target.peer, target.plan) };
    if (ready.plan.kind === "refused" || ready.plan.kind === "ask") {
      const reason = ready.plan.kind === "ask" ? "encryption-not-possible" : ready.plan.reason;
      // Who did not answer may be gone again: what may wait does.
      if (entry.queued === null || reason === "key-alarm") refuseOne(entry, target, reason);
      else giveUp(entry);
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
    if (entry.queued !== null) queue.settled(entry.messageId, entry.queued.peerId, true);
    if (peer !== null) entry.refused?.(peer);
    world.events.push({
      kind: "notice",
      code,
      fields: peer === null ? {} : { peer: peer.id },
      messageId: entry.messageId,
      at: world.now,
    });
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
      return {
        ok: true,
        messages: pieces.map((piece) => sendTo(targets, piece, false, retriesOf(say), say)),
      };
    },

    offer: (targets, text, files, say, refused) =>
      sendTo(targets, text, false, retriesOf(say), say, files, refused),

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
        const entry = pending.of(id, receiver);
        if (entry === undefined) return refuse("no-such-message", "too old to send again", { messageId: id });
        entry.settled = false;
        entry.attempt++;
        world.counters.messagesUnconfirmed--;
        transmit(entry, "retried");
      }
      return { ok: true, messages: [log.get(id) ?? message] };
    },

    repeat(id, receiver, attempt) {
      const entry = pending.of(id, receiver);
      if (entry === undefined || entry.settled || entry.attempt !== attempt) return;
      // After a resend the count goes on: every send has the whole row of repeats before it.
      if ((attempt - entry.firstAttempt) % (entry.retries + 1) === entry.retries) {
        giveUp(entry);
        return;
      }
      entry.attempt++;
      transmit(entry, "retried");
    },

    acknowledged: (packetNo, from) => void arrived(packetNo, from, "delivered"),
    isReceiver: (packetNo, from) => pending.confirmedBy(packetNo, from) !== undefined,
    opened: (packetNo, from) => arrived(packetNo, from, "opened"),

    toldByStore({ messageId, peerId }, kept, isOver) {
      const receiver = log.get(messageId)?.deliveries.findIndex((one) => one.peerId === peerId) ?? -1;
      if (receiver < 0) return;
      const told = kept?.deliveries[receiver];
      if (told !== undefined && kept !== null) adopt(kept, receiver);
      // Nobody will send what is in no history any more.
      else if (isOver) setDelivery(messageId, receiver, "cancelled", 0, null, true);
    },

    cancel(id) {
      if (queue.cancel(id)) return { ok: true, messages: [] };
      return refuse("no-such-message", "nothing of it waits", { messageId: id });
    },

    queue,
  };

  function arrived(packetNo: string, from: Endpoint, state: "delivered" | "opened"): boolean {
    const entry = pending.confirmedBy(packetNo, from);
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
    queue.settled(entry.messageId, before.peerId, true);
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

/** The wishes about encryption that were given; undefined when none was. */
function protectionOf({ encrypt, seal, lock, plain }: SayOptions): QueuedMessage["protection"] {
  const wishes = {
    ...(encrypt === undefined ? {} : { encrypt }),
    ...(seal === undefined ? {} : { seal }),
    ...(lock === undefined ? {} : { lock }),
    ...(plain === undefined ? {} : { plain }),
  };
  return Object.keys(wishes).length === 0 ? undefined : wishes;
}

function impossible({ peer }: Target): Refusal {
  const fields = peer === null ? {} : { peer: peer.id };
  return refuse("encryption-not-possible", "the peer or this program cannot encrypt", fields);
}

/** What is kept of a message for a receiver that is absent, or does not confirm it; null: it is sent and given up. */
function queuedFor(message: Message, target: Target, say: SayOptions, retries: number): QueuedMessage | null {
  const { peer } = target;
  const canWait = peer !== null && target.fixed === null && !target.raw && !peer.id.startsWith("addr:");
  if (say.queue === undefined || !canWait) return null;
  const protection = protectionOf(say);
  return {
    messageId: message.id,
    peerId: peer.id,
    at: message.at,
    text: message.text,
    prefix: say.queue.prefix ?? "",
    packetNo: null,
    expiresAt: say.queue.expiresAt ?? null,
    charset: say.charset ?? null,
    lossy: say.lossy ?? false,
    retries,
    ...(protection === undefined ? {} : { protection }),
  };
}
