// Who is here and who left (protocol.md section 5): our entry, absence and exit, answers to others' entries after a random delay,
// refresh, and the host list as a client lives in host-list.ts. Nothing here knows of messages.
import { trimOldest } from "./trim-oldest.js";
import { formatEndpoint } from "./endpoint.js";
import { limits, rates, timers } from "./limits.js";
import type { PeerRecord, SenderNames } from "./peers.js";
import { safeText } from "./safe-text.js";
import {
  broadcastBytes,
  buildPacket,
  drop,
  keyName,
  legacy,
  publishPeer,
  sendBytes,
  sendPacket,
} from "./world.js";
import type { PacketParts, World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { buildExtension, entryMotto, entryNames, parseExtension } from "../protocol/entry.js";
import { commands } from "../protocol/commands.js";
import { capabilitiesOf, optionBits } from "../protocol/options.js";
import type { EntryBody, Packet, PacketNo } from "../protocol/message.js";

export interface Presence {
  /** Sends NOOPERATION now and the entry after a pause, as official and FeiQ do. */
  announce(): void;
  /** The entry itself; a number repeats an earlier one for those that missed it. */
  sendEntry(packetNo: PacketNo | null): void;
  /** What an entry says of us changed: those who heard the last one hear another. */
  capabilitiesChanged(): void;
  /** To one address only: a host of a host list. */
  sendEntryTo(to: Endpoint): void;
  /** The same on request of a user; it will hear our goodbye. */
  greet(to: Endpoint): void;
  /** The same to an address where somebody may be; who answers from there hears our changes and our goodbye. */
  greetTold(to: Endpoint): void;
  /** The same to a stranger that wrote to us, within the rate of answers: the address may be forged. */
  greetStranger(to: Endpoint): void;
  /** Nick, group or absence changes, and everybody hears it. */
  setSelf(self: Partial<World["self"]>): void;
  /** Says goodbye, and once more 100 ms later (by alarm) for those that missed it. */
  leave(): void;
  leaveAgain(packetNo: PacketNo): void;
  heardEntry(
    packet: Packet,
    body: EntryBody,
    peer: PeerRecord,
    isNew: boolean,
    changed: boolean,
    from: Endpoint,
  ): void;
  heardExit(peer: PeerRecord): void;
  /** Null: the peer was forgotten while its answer waited. */
  sendAnswer(to: Endpoint, peer: PeerRecord | null): void;
  /** After a refresh: peers that stayed silent since then are gone. */
  dropSilent(since: number): void;
  /** It wrote: back again if it was gone; who is away stays away. True when it came back. */
  setPresent(peer: PeerRecord): boolean;
  setOffline(peer: PeerRecord): void;
}

/** Names of an entry as they count: the UTF-8 block wins (section 4), cut to a sane length. */
export function namesOf(packet: Packet): SenderNames & { nick: string; group: string } {
  const names =
    packet.body.kind === "entry"
      ? entryNames(packet)
      : { user: packet.user, host: packet.host, nick: "", group: "" };
  return {
    user: names.user.slice(0, limits.nameCharacters),
    host: names.host.slice(0, limits.nameCharacters),
    nick: names.nick.slice(0, limits.nameCharacters),
    group: names.group.slice(0, limits.nameCharacters),
  };
}

export function createPresence(world: World): Presence {
  const { options, alarms, peers } = world;
  /** Sender and number of entries answered lately: one answer per packet number, by whatever path it came. */
  const answered = new Map<string, number>();
  let hasAnnounced = false;
  /** Lines of the UTF-8 block that say what program we are (protocol.md sections 4 and 23). */
  const ownLines = {
    VS: "00000000:0:1:0",
    FY: buildExtension({
      manifests: options.files === true,
      recall: true,
      peerLists: options.sharePeers === true,
      probes: options.answersProbes,
    }),
  };
  /** Addresses greeted on request, beyond what broadcast reaches: they hear the goodbye too. */
  const greeted = new Map<string, Endpoint>();
  /** Addresses greeted on suspicion; most may have nobody behind them. */
  const hearsay = new Set<string>();
  let waiting = 0;
  let answersLeft: number = rates.entryAnswersPerSecond;
  let answersSecond = 0;

  /** Others show absence in the nick, as iptux cannot tell it by the bit (section 5). */
  function shownNick(): string {
    const { nick, user, away } = world.self;
    const name = nick === "" ? user : nick;
    return away === null || away === "" ? name : `${name}[${safeText(away, { maxCharacters: 32 })}]`;
  }

  function entryWord(entryMode: number): number {
    const absence = world.self.away === null ? 0 : optionBits.ABSENCEOPT;
    const utf8 = options.announceUtf8 ? optionBits.CAPUTF8OPT : 0;
    const hasFiles = options.files === true;
    const files = hasFiles ? optionBits.FILEATTACHOPT | optionBits.CLIPBOARDOPT : 0;
    // Only once it works: who reads these bits sends what must be opened.
    const sealed =
      (options.cipher?.keys ?? null) === null
        ? 0
        : optionBits.ENCRYPTOPT | optionBits.ENCEXTMSGOPT | (hasFiles ? optionBits.CAPFILEENCOPT : 0);
    const server = options.hostListServer === true ? optionBits.SERVEROPT : 0;
    return (entryMode | server | absence | utf8 | files | sealed) >>> 0;
  }

  function entryParts(entryMode: number, packetNo: PacketNo): PacketParts {
    const parts = { command: entryWord(entryMode), sections: [shownNick(), world.self.group], packetNo };
    const named = keyName(world);
    // Who knows us by the name in the block must see us go by it too.
    if (!options.announceUtf8 || (entryMode !== commands.BR_ENTRY.number && named === null)) return parts;
    const block = {
      UN: named ?? world.self.user,
      HN: world.self.host,
      NN: shownNick(),
      GN: world.self.group,
      ...ownLines,
    };
    return { ...parts, block };
  }

  /** Whether presence may answer somebody now: a storm of entries, or one forged to look so, must not make us one. */
  function hasAnswerLeft(): boolean {
    const second = Math.floor(world.now / 1000);
    if (second !== answersSecond) {
      answersSecond = second;
      answersLeft = rates.entryAnswersPerSecond;
    }
    if (answersLeft <= 0 || waiting >= limits.waitingAnswers) {
      drop(world, "entry-storm");
      return false;
    }
    answersLeft--;
    return true;
  }

  function mayAnswer(key: string): boolean {
    const last = answered.get(key);
    if (last !== undefined && world.now - last < timers.answeredMs) return false;
    if (!hasAnswerLeft()) return false;
    answered.delete(key);
    answered.set(key, world.now);
    trimOldest(answered, limits.waitingAnswers);
    return true;
  }

  /** Nothing is announced by who wants to be quiet, nor after the goodbye. */
  const isQuiet = (): boolean => !options.presence || world.stopping;

  function sendEntryTo(to: Endpoint): void {
    if (isQuiet()) return;
    const packetNo = world.numbers.next(world.now);
    sendBytes(world, buildPacket(world, entryParts(commands.BR_ENTRY.number, packetNo), legacy(world)), to);
  }

  function noteGreeted(to: Endpoint): void {
    greeted.set(formatEndpoint(to), to);
    trimOldest(greeted, limits.greeted);
  }

  function sendExit(packetNo: PacketNo): void {
    const bytes = buildPacket(world, entryParts(commands.BR_EXIT.number, packetNo), legacy(world));
    broadcastBytes(world, bytes);
    for (const to of greeted.values()) sendBytes(world, bytes, to);
  }

  function stop(): void {
    world.stopped = true;
    world.effects.push({ kind: "reserve-packet-numbers", below: world.numbers.unused() });
  }

  function setOffline(peer: PeerRecord): void {
    if (peer.state === "offline") return;
    peer.state = "offline";
    peer.typingUntil = 0;
    publishPeer(world, "left", peer);
  }

  function sendEntry(repeated: PacketNo | null): void {
    if (isQuiet()) return;
    hasAnnounced = true;
    const packetNo = repeated ?? world.numbers.next(world.now);
    broadcastBytes(world, buildPacket(world, entryParts(commands.BR_ENTRY.number, packetNo), legacy(world)));
    if (repeated === null) alarms.set(world.now + timers.secondEntryMs, { kind: "announce", packetNo });
  }

  return {
    announce() {
      if (isQuiet()) return;
      const packetNo = world.numbers.next(world.now);
      broadcastBytes(
        world,
        buildPacket(world, { command: commands.NOOPERATION.number, sections: [""], packetNo }, legacy(world)),
      );
      alarms.set(world.now + timers.firstEntryMs, { kind: "announce", packetNo: null });
    },

    sendEntry,

    capabilitiesChanged() {
      if (!hasAnnounced) return;
      // Our first keys give us another name: who reads it must not keep the old one beside it.
      if (keyName(world) !== null && !isQuiet()) {
        const parts = {
          command: entryWord(commands.BR_EXIT.number),
          sections: [shownNick(), world.self.group],
        };
        broadcastBytes(world, buildPacket(world, parts, legacy(world)));
      }
      sendEntry(null);
    },

    sendEntryTo,

    greet(to) {
      if (isQuiet()) return;
      noteGreeted(to);
      sendEntryTo(to);
    },

    greetTold(to) {
      hearsay.delete(formatEndpoint(to));
      hearsay.add(formatEndpoint(to));
      const oldest = hearsay.values().next();
      if (hearsay.size > limits.greetedOnSuspicion && oldest.done !== true) hearsay.delete(oldest.value);
      sendEntryTo(to);
    },

    greetStranger(to) {
      if (!isQuiet() && hasAnswerLeft()) sendEntryTo(to);
    },

    setSelf(self) {
      world.self = { ...world.self, ...self };
      world.events.push({ kind: "self", self: world.self, at: world.now });
      if (isQuiet()) return;
      const packetNo = world.numbers.next(world.now);
      const bytes = buildPacket(world, entryParts(commands.BR_ABSENCE.number, packetNo), legacy(world));
      broadcastBytes(world, bytes);
      for (const to of greeted.values()) sendBytes(world, bytes, to);
    },

    leave() {
      if (world.stopping) return;
      world.stopping = true;
      if (!options.presence || world.network === null) {
        stop();
        return;
      }
      const packetNo = world.numbers.next(world.now);
      sendExit(packetNo);
      alarms.set(world.now + timers.exitAgainMs, { kind: "exit-again", packetNo });
    },

    leaveAgain(packetNo) {
      sendExit(packetNo);
      stop();
    },

    heardEntry(packet, body, peer, isNew, changedBefore, from) {
      const names = namesOf(packet);
      let changed = changedBefore;
      if (peer.nick !== names.nick || peer.group !== names.group) {
        peer.nick = names.nick;
        peer.group = names.group;
        changed = true;
      }
      const capabilities = capabilitiesOf(packet.command);
      if (capabilities.join() !== peer.capabilities.join()) {
        peer.capabilities = capabilities;
        changed = true;
      }
      const motto = entryMotto(packet, options.codec)?.slice(0, limits.mottoCharacters) ?? peer.motto;
      if (motto !== peer.motto) {
        peer.motto = motto;
        changed = true;
      }
      if (body.step === "entry" || body.step === "answer") peer.feiyan = parseExtension(body.block?.FY);
      peer.readsUtf8 = capabilities.includes("utf8");
      peer.announced = true;
      peer.acknowledges = true;
      peer.dialUp = packet.options.includes("DIALUPOPT") && packet.dialect !== "iptux";
      // iptux sets the absence bit in every entry (word 257): it means nothing there.
      const away = packet.options.includes("ABSENCEOPT") && packet.dialect !== "iptux";
      const state = away ? "away" : "online";
      const returned = !isNew && peer.state === "offline";
      if (peer.state !== state) {
        peer.state = state;
        changed = true;
      }
      if (body.step === "answer" && hearsay.delete(formatEndpoint(from))) noteGreeted(from);
      if (isNew || returned) publishPeer(world, "appeared", peer);
      else if (changed) publishPeer(world, "changed", peer);

      // Whoever is blocked learns of us by our own announcements, which are for all, and by nothing else.
      if (body.step !== "entry" || isQuiet() || peer.policy.blocked) return;
      if (!mayAnswer(`${peer.run} ${packet.packetNo}`)) return;
      waiting++;
      const delay = options.random.uint32() % timers.answerDelayMs;
      alarms.set(world.now + delay, { kind: "answer-entry", to: from, peerId: peer.id });
    },

    sendAnswer(to, peer) {
      waiting--;
      if (world.stopping || peer === null) return;
      const charset = peers.outgoingCharset(peer);
      const parts = {
        command: entryWord(commands.ANSENTRY.number),
        sections: [shownNick(), world.self.group],
      };
      sendPacket(world, options.announceUtf8 ? { ...parts, block: ownLines } : parts, to, charset);
    },

    heardExit(peer) {
      setOffline(peer);
      peers.beginRun(peer);
    },

    dropSilent(since) {
      for (const peer of peers.all()) {
        if (peer.announced && peer.state !== "offline" && peer.lastSeen < since) setOffline(peer);
      }
    },

    setPresent(peer) {
      if (peer.state !== "offline") return false;
      peer.state = "online";
      return true;
    },

    setOffline,
  };
}
