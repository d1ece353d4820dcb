// GETPUBKEY and ANSPUBKEY (protocol.md section 9.1): who is asked for a key, when, and what waits for the answer. Only an answer to a
// question of ours counts, and only from where we asked. What a key means for trust is trust.ts' business.
import { formatEndpoint } from "./endpoint.js";
import { limits, rates, timers } from "./limits.js";
import type { PeerId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { bareFor, drop, publishPeer, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";
import {
  answerFor,
  chooseSuite,
  formatCaps,
  isUsableKey,
  ownCaps,
  parseCaps,
} from "../protocol/encryption/capabilities.js";
import { parseKeyName } from "../protocol/encryption/key-name.js";
import type { PublicKeyBody } from "../protocol/message.js";
import { buildPublicKey } from "../protocol/public-key.js";

/** What became of asking: the peer's pinned key may be used now, or not. */
export type KeyOutcome = "known" | "alarm" | "silent";

type Waiting = (outcome: KeyOutcome) => void;

interface Question {
  readonly peerId: PeerId;
  readonly to: Endpoint;
  attempt: number;
  /** A name turned up at a new address: without its key there, an alarm. */
  isCheck: boolean;
  readonly waiting: Waiting[];
}

export interface KeyExchange {
  /** Asks the peer for its key, once however many ask; `then` comes with the answer, or with its lack after some seconds. */
  ask(peer: PeerRecord, then?: Waiting): void;
  /** A known name at a new address: it must show the key there. */
  check(peer: PeerRecord, from: Endpoint): void;
  heardQuestion(text: string, from: Endpoint): void;
  heardAnswer(key: PublicKeyBody | null, from: Endpoint): void;
  /** The timer of a question rang. */
  late(to: string, attempt: number): void;
  /** The key was told since the peer announced itself last. */
  isFresh(peer: PeerRecord): boolean;
  /** It announced itself: its program may have started anew, with another key. */
  announced(peer: PeerRecord): void;
}

export function createKeyExchange(world: World): KeyExchange {
  const { peers, trust } = world;
  /** By the address asked. */
  const questions = new Map<string, Question>();
  /** Peers whose key was told since they announced themselves. */
  const fresh = new Set<PeerId>();
  /** Peers and addresses whose key was shown there; anybody could show it, so a message must still be signed. */
  const claimed = new Set<string>();
  let answersSecond = 0;
  let answersLeft: number = rates.keyAnswersPerSecond;

  function send(question: Question): void {
    const { to } = question;
    const command = commands.GETPUBKEY.number;
    sendPacket(world, { command, sections: [formatCaps(ownCaps)] }, to, bareFor(world, to));
    world.alarms.set(world.now + timers.keyAnswerMs, {
      kind: "key-question",
      to: formatEndpoint(to),
      attempt: question.attempt,
    });
  }

  function begin(peer: PeerRecord, to: Endpoint, isCheck: boolean, then?: Waiting): void {
    const name = formatEndpoint(to);
    const open = questions.get(name);
    if (open !== undefined && open.peerId === peer.id) {
      open.isCheck ||= isCheck;
      if (then !== undefined) open.waiting.push(then);
      return;
    }
    if (open !== undefined || questions.size >= limits.openKeyQuestions) {
      then?.("silent");
      return;
    }
    const waiting = then === undefined ? [] : [then];
    const question: Question = { peerId: peer.id, to, attempt: 1, isCheck, waiting };
    questions.set(name, question);
    send(question);
  }

  function end(question: Question, outcome: KeyOutcome): void {
    questions.delete(formatEndpoint(question.to));
    for (const then of question.waiting) then(outcome);
  }

  function ring(peer: PeerRecord): void {
    const alarm = trust.alarm(peer.id);
    if (alarm !== undefined)
      world.events.push({ kind: "alarm", alarm, peer: peers.snapshot(peer), at: world.now });
    publishPeer(world, "changed", peer);
  }

  /** The answer may come from another port of the machine asked, never from another machine. */
  function questionFor(from: Endpoint): Question | undefined {
    const exact = questions.get(formatEndpoint(from));
    if (exact !== undefined) return exact;
    for (const question of questions.values()) if (question.to.address === from.address) return question;
    return undefined;
  }

  return {
    ask: (peer, then) => begin(peer, peer.endpoint, false, then),
    check(peer, from) {
      if (!claimed.has(`${peer.id} ${from.address}`)) begin(peer, from, true);
    },
    isFresh: (peer) => fresh.has(peer.id),
    announced: (peer) => void fresh.delete(peer.id),

    heardQuestion(text, from) {
      const keys = world.options.cipher?.keys ?? null;
      const answer = answerFor(parseCaps(text.trim()) ?? 0);
      if (keys === null || answer === null) return;
      const second = Math.floor(world.now / 1000);
      if (second !== answersSecond) {
        answersSecond = second;
        answersLeft = rates.keyAnswersPerSecond;
      }
      // An answer is ten times its question, and the sender's address may be forged.
      if (answersLeft <= 0) {
        drop(world, "key-flood");
        return;
      }
      answersLeft--;
      const key = answer.bits === 2048 ? keys.rsa2048 : keys.rsa1024;
      const sections = [buildPublicKey({ caps: formatCaps(answer.caps), ...key })];
      sendPacket(world, { command: commands.ANSPUBKEY.number, sections }, from, bareFor(world, from));
    },

    heardAnswer(key, from) {
      const question = questionFor(from);
      const cipher = world.options.cipher;
      if (question === undefined || cipher === undefined) {
        drop(world, "stray-key");
        return;
      }
      const peer = peers.get(question.peerId);
      if (peer === undefined || key === null || !isUsableKey(key) || chooseSuite(key) === null) {
        drop(world, "unusable-key");
        if (question.isCheck && peer !== undefined && trust.moved(peer.id, from.address, world.now))
          ring(peer);
        end(question, "silent");
        return;
      }
      const named = parseKeyName(peer.user);
      if (named !== null && key.bits === 2048 && cipher.nameFingerprintOf(key) !== named.fingerprint) {
        drop(world, "key-name-mismatch");
        end(question, "silent");
        return;
      }
      const before = trust.stateOf(peer.id);
      const offered = trust.offer(peer.id, key, cipher.fingerprintOf(key), from.address, world.now);
      if (offered === "pinned" || offered === "same") {
        if (fresh.size >= limits.peers) fresh.clear();
        fresh.add(peer.id);
        if (claimed.size > limits.peers) claimed.clear();
        claimed.add(`${peer.id} ${from.address}`);
        // A program that cannot sign has no better proof.
        if (key.bits === 1024) trust.noteAddress(peer.id, from.address);
        if (before !== trust.stateOf(peer.id)) publishPeer(world, "changed", peer);
        end(question, trust.stateOf(peer.id) === "alarm" ? "alarm" : "known");
      } else {
        if (offered === "changed") ring(peer);
        end(question, "alarm");
      }
    },

    late(to, attempt) {
      const question = questions.get(to);
      if (question === undefined || question.attempt !== attempt) return;
      if (attempt < timers.keyAttempts) {
        question.attempt++;
        send(question);
        return;
      }
      const peer = peers.get(question.peerId);
      if (question.isCheck && peer !== undefined && trust.moved(peer.id, question.to.address, world.now))
        ring(peer);
      end(question, "silent");
    },
  };
}
