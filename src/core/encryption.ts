// Between the machine and the ciphers: how a message to somebody is to be sealed, and how a sealed one is opened, verified and
// judged. What cannot be opened looks the same to its sender whatever was wrong with it. Never sends a message itself.
import { trimOldest } from "./trim-oldest.js";
import type { KeyExchange } from "./key-exchange.js";
import { limits, rates } from "./limits.js";
import type { EncryptPolicy, MessageEncryption, MessageId, PeerId, SignatureState } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { changeMessage, drop, publishPeer } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { chooseSuite, type CipherSuite, type DigestName } from "../protocol/encryption/capabilities.js";
import { parseEnvelope } from "../protocol/encryption/envelope.js";
import { packetWithPlain, type Recipient } from "../protocol/encryption/inner-text.js";
import { parseKeyName } from "../protocol/encryption/key-name.js";
import type { PublicKey } from "../protocol/encryption/message-cipher.js";
import { parseIpDict, signedPart, type IpDict } from "../protocol/ipdict.js";
import type { Packet } from "../protocol/message.js";

/** How a message to one receiver goes out. */
export type SealPlan =
  | { readonly kind: "clear" }
  | { readonly kind: "sealed"; readonly suite: CipherSuite; readonly key: PublicKey }
  /** The key must be asked for first. `orClear`: without an answer it goes in clear. */
  | { readonly kind: "ask"; readonly orClear: boolean }
  | { readonly kind: "refused"; readonly reason: "encryption-not-possible" | "key-alarm" };

export const clear: SealPlan = { kind: "clear" };

/** A message that came sealed and was opened. */
export interface Opened {
  readonly packet: Packet;
  readonly recipients: readonly Recipient[];
  readonly encryption: MessageEncryption;
  /** To be called with the message's id when its signature waits for a key. */
  readonly watch: ((id: MessageId) => void) | null;
}

export interface Unsealed {
  readonly plain: Uint8Array;
  readonly suite: CipherSuite;
  readonly signature: Uint8Array | null;
}

export interface UnsealedDict {
  readonly inside: IpDict;
  /** The very same bytes were opened before: to be acknowledged again, never shown again, however long ago that was. */
  readonly isRepeat: boolean;
}

export interface Encryption {
  planFor(peer: PeerRecord, policy: EncryptPolicy | undefined): SealPlan;
  /** The plan after asking for the key. */
  planAfterAsking(peer: PeerRecord, plan: SealPlan): SealPlan;
  /** Too many to be opened came at once from there, or over all; who sent them will repeat them. */
  isBusy(address: string): boolean;
  /** What is inside, unread and unjudged; counted, and null when it cannot be opened or was opened before. */
  unseal(packet: Packet, from: Endpoint): Unsealed | null;
  /** With what a file request to this peer is sealed and signed; null: it goes in clear. */
  sealForFiles(peer: PeerRecord): Extract<SealPlan, { kind: "sealed" }> | null;
  /** Calls back when it is known whether a request to this peer can be sealed: at once, or when its key was asked for. */
  prepareFiles(peer: PeerRecord, then: () => void): void;
  /** Of these peers the one that signed it; undefined when none of them did, or an alarm about it is not answered. */
  signedBy(unsealed: Unsealed, peers: readonly PeerId[]): PeerId | undefined;
  /** Null: it cannot be opened. */
  open(packet: Packet, peer: PeerRecord, from: Endpoint): Opened | null;
  /** The dictionary inside an encrypted one; null when it cannot be opened, or was opened before as another one. */
  unsealDict(outer: IpDict, bytes: Uint8Array, from: Endpoint): UnsealedDict | null;
  /** A message that came in an encrypted dictionary, judged like any other. */
  judgeDict(packet: Packet, inside: IpDict, peer: PeerRecord): Opened;
  /** Somebody whose name carries a key wrote in clear: not this person. */
  isForgedClear(packet: Packet, peer: PeerRecord): boolean;
  /** A known name at a new address; `isSigned`: what came proves the key. */
  noteSighting(peer: PeerRecord, from: Endpoint, isSigned: boolean, isMessage: boolean): void;
}

interface WaitingSignature {
  readonly messageId: MessageId;
  readonly plain: Uint8Array;
  readonly signature: Uint8Array;
  readonly digest: DigestName;
}

export function createEncryption(world: World, keys: KeyExchange): Encryption {
  const { trust, options } = world;
  /** Wrapped session keys that were opened: an honest sender uses each once, a forger would like to use one often. */
  const openedKeys = new Set<string>();
  /** The latest encrypted dictionaries as they came, by wrapped key. */
  const openedDicts = new Map<string, Uint8Array>();
  const openings = new Map<string, number>();
  let second = 0;
  let openingsLeft: number = rates.openingsPerSecond;
  const waiting = new Map<PeerId, WaitingSignature[]>();

  /** A private operation costs half a millisecond: strangers must not buy all of our time with it. */
  function isBusy(address: string): boolean {
    const now = Math.floor(world.now / 1000);
    if (now !== second) {
      second = now;
      openingsLeft = rates.openingsPerSecond;
      openings.clear();
    }
    return openingsLeft <= 0 || (openings.get(address) ?? 0) >= rates.openingsPerAddress;
  }

  function signerOf(peer: PeerRecord): PublicKey | null {
    const key = trust.get(peer.id)?.key ?? null;
    return key !== null && key.bits === 2048 ? key : null;
  }

  function judge(
    plain: Uint8Array,
    signature: Uint8Array,
    digest: DigestName,
    key: PublicKey,
  ): SignatureState {
    return options.cipher?.verify(plain, signature, key, digest) === true ? "valid" : "invalid";
  }

  function settle(id: PeerId): void {
    const list = waiting.get(id) ?? [];
    waiting.delete(id);
    const peer = world.peers.get(id);
    const key = peer === undefined ? null : signerOf(peer);
    for (const { messageId, plain, signature, digest } of list) {
      const message = world.log.get(messageId);
      if (message === undefined || message.encryption === null || key === null) continue;
      const state = judge(plain, signature, digest, key);
      const changed = { ...message, encryption: { ...message.encryption, signature: state } };
      changeMessage(world, changed);
    }
  }

  function planWithKey(peer: PeerRecord): SealPlan | null {
    const key = trust.get(peer.id)?.key ?? null;
    const suite = key === null ? null : chooseSuite(key);
    return key === null || suite === null ? null : { kind: "sealed", suite, key };
  }

  function unseal(packet: Packet, from: Endpoint): Unsealed | null {
    const { cipher } = options;
    const envelope = parseEnvelope(packet.text);
    if (cipher === undefined || !envelope.ok) {
      drop(world, envelope.ok ? "no-own-key" : `cipher-${envelope.fault}`);
      return null;
    }
    const wrapped = String.fromCharCode(...envelope.wrappedKey.subarray(0, 24));
    if (openedKeys.has(wrapped)) {
      drop(world, "cipher-replayed");
      return null;
    }
    openings.set(from.address, (openings.get(from.address) ?? 0) + 1);
    openingsLeft--;
    const plain = cipher.open(envelope, packet.packetNo);
    if (plain === null) {
      drop(world, "cipher-unreadable");
      return null;
    }
    noteOpened(wrapped);
    return { plain, suite: envelope.suite, signature: envelope.signature };
  }

  function noteOpened(wrapped: string): void {
    openedKeys.add(wrapped);
    trimOldest(openedKeys, limits.openedKeys);
  }

  /** What comes back unchanged may be opened again: the number that shows it as a repeat stands inside. */
  function isRepeatedDict(wrapped: string, bytes: Uint8Array): boolean {
    const before = openedDicts.get(wrapped);
    return before?.length === bytes.length && before.every((byte, at) => byte === bytes[at]);
  }

  /** Judged now, or when the key of its sender is known. */
  function opened(
    packet: Packet,
    recipients: readonly Recipient[],
    cipher: MessageEncryption["cipher"],
    signature: Omit<WaitingSignature, "messageId"> | null,
    peer: PeerRecord,
  ): Opened {
    if (signature === null)
      return { packet, recipients, encryption: { cipher, signature: "none" }, watch: null };
    const signer = signerOf(peer);
    const state =
      signer === null ? "unknown" : judge(signature.plain, signature.signature, signature.digest, signer);
    const watch = (messageId: MessageId): void => {
      const list = waiting.get(peer.id) ?? [];
      if (list.length >= limits.waitingSignatures || waiting.size >= limits.openKeyQuestions) return;
      list.push({ messageId, ...signature });
      waiting.set(peer.id, list);
      keys.ask(peer, () => settle(peer.id));
    };
    return {
      packet,
      recipients,
      encryption: { cipher, signature: state },
      watch: state === "unknown" ? watch : null,
    };
  }

  function maySealFiles(peer: PeerRecord): boolean {
    const policy = trust.get(peer.id)?.policy ?? options.encrypt ?? "auto";
    if (policy === "never" || !peer.capabilities.includes("filenc")) return false;
    return (options.cipher?.keys ?? null) !== null && trust.stateOf(peer.id) !== "alarm";
  }

  return {
    planFor(peer, asked) {
      const record = trust.get(peer.id);
      const policy = asked ?? record?.policy ?? options.encrypt ?? "auto";
      const impossible: SealPlan =
        policy === "always" ? { kind: "refused", reason: "encryption-not-possible" } : clear;
      if (policy === "never") return clear;
      if (peer.dialect === "raw" || options.cipher === undefined || options.cipher.keys === null)
        return impossible;
      if (trust.stateOf(peer.id) === "alarm") return { kind: "refused", reason: "key-alarm" };
      const isAble = peer.capabilities.includes("encrypt");
      const known = planWithKey(peer);
      if (known !== null && (keys.isFresh(peer) || !isAble)) return known;
      // Who was never heard is asked too when it must be: that is how we learn.
      if (!isAble && known === null && (peer.announced || policy === "auto")) return impossible;
      return { kind: "ask", orClear: policy === "auto" && known === null };
    },

    planAfterAsking(peer, plan) {
      if (plan.kind !== "ask") return plan;
      if (trust.stateOf(peer.id) === "alarm") return { kind: "refused", reason: "key-alarm" };
      const known = planWithKey(peer);
      if (known !== null) return known;
      return plan.orClear ? clear : { kind: "refused", reason: "encryption-not-possible" };
    },

    isBusy,

    unseal,

    sealForFiles(peer) {
      const plan = maySealFiles(peer) ? planWithKey(peer) : null;
      // Only a signed request is one.
      return plan?.kind === "sealed" && plan.suite.digest !== null ? plan : null;
    },

    prepareFiles(peer, then) {
      if (maySealFiles(peer) && planWithKey(peer) === null) keys.ask(peer, then);
      else then();
    },

    signedBy({ plain, suite, signature }, peers) {
      const { digest } = suite;
      if (signature === null || digest === null) return undefined;
      return peers.find((id) => {
        const peer = world.peers.get(id);
        const key = peer === undefined || trust.stateOf(id) === "alarm" ? null : signerOf(peer);
        return key !== null && judge(plain, signature, digest, key) === "valid";
      });
    },

    open(packet, peer, from) {
      const unsealed = unseal(packet, from);
      if (unsealed === null) return null;
      const { plain, suite, signature } = unsealed;
      const { packet: inside, recipients } = packetWithPlain(
        packet,
        plain,
        options.codec,
        world.peers.decodeContext(from),
      );
      const { cipher, digest } = suite;
      const isSigned = signature !== null && digest !== null;
      return opened(inside, recipients, cipher, isSigned ? { plain, signature, digest } : null, peer);
    },

    unsealDict(outer, bytes, from) {
      const wrapped = String.fromCharCode(...(outer.get("EK")?.subarray(0, 24) ?? []));
      const isRepeat = isRepeatedDict(wrapped, bytes);
      if (openedKeys.has(wrapped) && !isRepeat) {
        drop(world, "cipher-replayed");
        return null;
      }
      openings.set(from.address, (openings.get(from.address) ?? 0) + 1);
      openingsLeft--;
      const packed = options.cipher?.openDict(outer) ?? null;
      const inside = packed === null ? null : parseIpDict(packed);
      if (inside === null) {
        drop(world, "cipher-unreadable");
        return null;
      }
      noteOpened(wrapped);
      openedDicts.delete(wrapped);
      openedDicts.set(wrapped, bytes);
      trimOldest(openedDicts, limits.openedDicts);
      return { inside, isRepeat };
    },

    judgeDict(packet, inside, peer) {
      const nothing = new Uint8Array();
      // A signature with something behind it holds for nothing.
      const { signed, signature } = signedPart(inside) ?? { signed: nothing, signature: nothing };
      const proof = inside.has("SIGN") ? ({ plain: signed, signature, digest: "sha256" } as const) : null;
      return opened(packet, [], "aes-256-ctr", proof, peer);
    },

    isForgedClear(packet, peer) {
      return (
        parseKeyName(packet.user) !== null &&
        peer.capabilities.includes("encrypt") &&
        (options.cipher?.keys ?? null) !== null
      );
    },

    noteSighting(peer, from, isSigned, isMessage) {
      if (options.cipher === undefined || !trust.isNewAddress(peer.id, from.address)) return;
      if (isSigned) {
        trust.noteAddress(peer.id, from.address);
        return;
      }
      // A key can be told by anybody who heard it; a message from who could have signed it and did not is reason enough.
      if (isMessage && signerOf(peer) !== null) {
        if (!trust.moved(peer.id, from.address, world.now)) return;
        const alarm = trust.alarm(peer.id);
        if (alarm !== undefined)
          world.events.push({ kind: "alarm", alarm, peer: world.peers.snapshot(peer), at: world.now });
        publishPeer(world, "changed", peer);
        return;
      }
      keys.check(peer, from);
    },
  };
}
