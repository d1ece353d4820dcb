// A datagram's way through the machine: decoded with what is known of its sender, its sender found or made known, then handed to
// the part it concerns.
import type { UnsealedDict } from "./encryption.js";
import { createHostListServer } from "./host-list-server.js";
import { limits } from "./limits.js";
import type { MessageId } from "./model.js";
import type { Heard, PeerRecord } from "./peers.js";
import { namesOf } from "./presence.js";
import { createReceived } from "./received.js";
import type { RecentMessage } from "./saved.js";
import { drop, isOwnEcho, publishPeer } from "./world.js";
import type { Parts } from "./parts.js";
import type { World } from "./world.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint } from "../ports/transport.js";
import { parsePeerList } from "../protocol/peer-list.js";
import { parseProbe } from "../protocol/probe.js";
import { decode } from "../protocol/decode.js";
import { packetOfDict } from "../protocol/dict-message.js";
import { parseIpDict, type IpDict } from "../protocol/ipdict.js";
import type { Packet, PacketNo, RawText } from "../protocol/message.js";

export interface Incoming {
  datagram(bytes: Uint8Array, from: Endpoint): void;
  restore(recent: readonly RecentMessage[]): void;
  stored(id: MessageId): void;
  storeFailed(id: MessageId, code: ErrorCode, fields: ErrorFields | undefined): void;
}

/** Commands that make their sender known; the others concern only whom we know already. */
function introduces(packet: Packet): boolean {
  const { body } = packet;
  return (body.kind === "entry" && body.step !== "exit") || body.kind === "message" || body.kind === "knock";
}

function isKnownAddress(peer: PeerRecord | undefined, from: Endpoint): boolean {
  return peer !== undefined && peer.addresses.some(({ endpoint }) => endpoint.address === from.address);
}

export function createIncoming(world: World, parts: Parts): Incoming {
  const {
    merges,
    presence,
    outbox,
    queries,
    hostList,
    encryption,
    keys,
    sealed,
    recall,
    courtesies,
    files,
    probes,
    peerLists,
    roomTalk,
  } = parts;
  const { peers, options } = world;
  const hostListServer = createHostListServer(world);
  const received = createReceived(world, presence, queries, encryption, files);

  /** A client that counts from 1 in each run starts again: its old numbers must not hide its new messages (section 6). */
  function noteNewRun(peer: PeerRecord, packetNo: PacketNo): void {
    const number = Number(packetNo);
    if (number < peer.highestNo && number < 1_000_000) peers.beginRun(peer);
  }

  function welcome(heard: Heard | null): PeerRecord | null {
    if (heard === null) {
      drop(world, "table-full");
      return null;
    }
    const { peer, merged } = heard;
    if (merged !== null) {
      files.peerMerged(merged.id, peer.id);
      merges.noteAutomatic(merged, peer);
    }
    return peer;
  }

  /**
   * From somebody blocked: nothing of it is shown, acknowledged or answered (protocol.md section 18). That it is there stays known, so
   * that it can be let in again; what it confirms of our own messages counts, and the key that we asked it for.
   */
  function isRefused(packet: Packet, from: Endpoint): boolean {
    const { kind } = packet.body;
    if (kind === "entry" || kind === "receipt" || kind === "public-key") return false;
    return peers.get(peers.identify(packet, namesOf(packet), from))?.policy.blocked === true;
  }

  /** An offer lives longer than its message waits for an answer. */
  function isAboutOurs(
    { receipt, of }: Extract<Packet["body"], { kind: "receipt" }>,
    from: Endpoint,
  ): boolean {
    const isOffer = receipt === "files-released" && files.heardRelease(of, from);
    return isOffer || outbox.isReceiver(of, from);
  }

  function heardReceipt(
    packet: Packet,
    body: Extract<Packet["body"], { kind: "receipt" }>,
    from: Endpoint,
  ): void {
    switch (body.receipt) {
      case "received":
        outbox.acknowledged(body.of, from);
        return;
      case "read":
        if (outbox.opened(body.of, from)) received.acknowledge(packet, from);
        return;
      case "read-answer":
        if (!sealed.heardAnswer(body.of, from)) drop(world, "stray-receipt");
        return;
      case "files-released":
      case "deleted":
        if (!isAboutOurs(body, from)) drop(world, "forged-receipt");
        else received.acknowledge(packet, from);
        return;
      default: {
        const never: never = body.receipt;
        return never;
      }
    }
  }

  function heardPacket(packet: Packet, from: Endpoint, dict: UnsealedDict | null = null): void {
    const { body } = packet;
    if (isRefused(packet, from)) {
      drop(world, "blocked");
      return;
    }
    const probe = parseProbe(packet);
    if (probe !== null) {
      probes.heard(probe, from);
      return;
    }
    const list = parsePeerList(packet);
    if (list !== null) {
      peerLists.heard(list, from);
      return;
    }
    switch (body.kind) {
      case "receipt":
        heardReceipt(packet, body, from);
        return;
      case "query":
        if (body.what === "public-key") keys.heardQuestion(packet.text, from);
        queries.heardQuery(body, from);
        return;
      case "list":
        if (!hostListServer.heard(body, from)) hostList.heard(body, from);
        return;
      case "chat-window":
        if (!body.answer) queries.heardChatWindow(from);
        return;
      case "public-key":
        keys.heardAnswer(body.key, from);
        return;
      case "noop":
      case "request":
        return;
      case "group":
        roomTalk.heard(packet, body, from);
        return;
      case "image-ack":
        if (options.files === true) files.heardPicture(packet, from);
        return;
      case "image-slice":
        if (options.files === true) files.heardPicture(packet, from);
        else noteOnce("image-not-supported", body.slice?.id.slice(0, limits.nameCharacters) ?? "", from);
        return;
      case "other":
        if (recall.heard(packet, from)) return;
        if (files.heardPrivate(packet, from)) return;
        if (packet.modeName === "IPTUX_SENDSIGN") heardMotto(packet, from);
        if (packet.modeName === "FEIQ_REMOTE") noteOnce("remote-help-refused", "", from);
        received.acknowledge(packet, from);
        return;
      case "entry":
      case "message":
      case "info":
      case "knock":
      case "typing":
        break;
      default: {
        const never: never = body;
        return never;
      }
    }
    if (body.kind === "knock" && body.answer) {
      courtesies.heardKnockAnswer(from);
      return;
    }
    const names = namesOf(packet);
    const known = peers.get(peers.identify(packet, names, from));
    if (!introduces(packet) && known === undefined) {
      drop(world, "stranger");
      return;
    }
    if (body.kind === "entry" && body.step === "exit" && !isKnownAddress(known, from)) {
      drop(world, "forged-exit");
      return;
    }
    const heard = peers.heard(packet, names, from, world.now);
    const peer = welcome(heard);
    if (peer === null || heard === null) return;
    if (body.kind === "entry" && body.step === "entry") noteNewRun(peer, packet.packetNo);
    peer.highestNo = Math.max(peer.highestNo, Number(packet.packetNo));
    if (body.kind === "entry") {
      if (body.step === "exit") {
        if (heard.changed) publishPeer(world, "changed", peer);
        presence.heardExit(peer);
      } else {
        if (body.step === "entry" && !peer.policy.blocked) keys.announced(peer);
        presence.heardEntry(packet, body, peer, heard.isNew, heard.changed, from);
        if (body.step === "entry" || body.step === "answer") peerLists.announced(peer);
        encryption.noteSighting(peer, from, false, false);
      }
    } else if (body.kind === "message") received.message(packet, body, heard, from, dict);
    else {
      if (heard.isNew || presence.setPresent(peer)) publishPeer(world, "appeared", peer);
      if (body.kind === "info") queries.heardInfo(body, peer);
      else if (body.kind === "knock") queries.heardKnock(peer, from);
      else queries.heardTyping(body.active, peer);
      // Most of them tell of the peer as it is now; where they had nothing to tell, its new address still is news.
      if (heard.changed && world.events.length === 0) publishPeer(world, "changed", peer);
    }
    outbox.queue.heard(peer);
  }

  /** iptux sends it to whom it met; who is not known has nothing to show it with. */
  function heardMotto(packet: Packet, from: Endpoint): void {
    const peer = peers.get(peers.identify(packet, namesOf(packet), from));
    const motto = packet.text.slice(0, limits.mottoCharacters);
    if (peer === undefined || !isKnownAddress(peer, from) || peer.motto === motto) return;
    peer.motto = motto;
    publishPeer(world, "changed", peer);
  }

  /** Messages in this form are read wherever they come from, though we ask nobody for them (decision 11). */
  function heardDict(outer: IpDict, bytes: Uint8Array, from: Endpoint): void {
    const isSealed = outer.has("EB");
    if (isSealed && encryption.isBusy(from.address)) {
      drop(world, "cipher-flood");
      return;
    }
    const unsealed = isSealed ? encryption.unsealDict(outer, bytes, from) : null;
    if (isSealed && unsealed === null) return;
    const packet = packetOfDict(unsealed?.inside ?? outer, bytes, options.codec);
    if (packet === null) drop(world, "dictionary-no-message");
    else heardPacket(packet, from, unsealed);
  }

  function heardRaw(raw: RawText, from: Endpoint): void {
    if (raw.text.trim() === "") {
      drop(world, "empty raw text");
      return;
    }
    const heard = peers.heardRaw(from, raw.charset, raw.charsetReason, world.now);
    const peer = welcome(heard);
    if (peer === null || heard === null) return;
    if (peer.policy.blocked) {
      drop(world, "blocked");
      return;
    }
    if (heard.changed) publishPeer(world, heard.isNew ? "appeared" : "changed", peer);
    received.rawText(raw, peer, from);
  }

  const noted = new Set<string>();

  /** One notice per thing and sender, not one per datagram. */
  function noteOnce(
    code: "image-not-supported" | "remote-help-refused",
    thing: string,
    from: Endpoint,
  ): void {
    const key = `${code} ${from.address} ${thing}`;
    if (noted.has(key)) return;
    if (noted.size >= limits.waitingAnswers) noted.clear();
    noted.add(key);
    const peer = peers.at(from);
    const fields = { address: from.address, ...(peer === undefined ? {} : { peer: peer.id }) };
    world.events.push({ kind: "notice", code, fields, at: world.now });
  }

  return {
    datagram(bytes, from) {
      world.counters.datagramsIn++;
      world.counters.bytesIn += bytes.length;
      const dict = parseIpDict(bytes);
      if (dict !== null) {
        if (isOwnEcho(world, from, bytes)) drop(world, "own-echo");
        else heardDict(dict, bytes, from);
        return;
      }
      const decoded = decode(bytes, options.codec, peers.decodeContext(from), options.crypto);
      if (decoded.kind === "dropped") drop(world, decoded.reason);
      else if (isOwnEcho(world, from, bytes)) drop(world, "own-echo");
      else if (decoded.kind === "packet") heardPacket(decoded, from);
      else heardRaw(decoded, from);
    },
    restore: (recent) => received.restore(recent),
    stored(id) {
      received.stored(id);
      outbox.queue.stored(id);
    },
    storeFailed(id, code, fields) {
      outbox.queue.storeFailed(id, code);
      if (code === "queue-taken") return;
      received.storeFailed(id, code, fields);
    },
  };
}
