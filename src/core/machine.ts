// The state machine of the chat: one input at a time, out come events and effects. Pure: time, chance and packet numbers come from
// outside, so a recorded list of inputs replays exactly (invariant I5). It only routes; the rules live in the parts it is made of.
import type { Alarm } from "./alarms.js";
import { conversationOf } from "./conversations.js";
import type { Effect } from "./effect.js";
import type { Event } from "./event.js";
import { createIncoming } from "./incoming.js";
import { restore } from "./restore.js";
import { takeUp } from "./take-up.js";
import type { Answer, Input } from "./input.js";
import { everyone } from "./model.js";
import type { Peer, PeerId } from "./model.js";
import { createParts } from "./parts.js";
import { createRequests } from "./requests.js";
import type { IdleMessage } from "./queue.js";
import type { View } from "./view.js";
import { createWorld } from "./world.js";
import type { MachineOptions } from "./world.js";

/** What one input led to, in order: first the events are published, then the effects run (invariant I4). */
export interface Step {
  readonly events: readonly Event[];
  readonly effects: readonly Effect[];
  /** Only for the input `request`. */
  readonly answer: Answer | null;
}

export interface Machine extends View {
  handle(input: Input, now: number): Step;
  /** When the machine wants its next `tick`; null when nothing waits. */
  wakeAt(): number | null;
  /** True when the goodbyes are said and nothing more will be sent. */
  readonly stopped: boolean;
  /** Of what waits, what another program with our history may send, each for each receiver. */
  waitingIdly(): readonly IdleMessage[];
}

export function createMachine(options: MachineOptions): Machine {
  const world = createWorld(options);
  const parts = createParts(world);
  const { presence, keys, outbox, courtesies, sealed, recall, queries, hostList, files, merges, probes } =
    parts;
  const { peerLists, roomTalk, segments } = parts;
  const incoming = createIncoming(world, parts);
  const requests = createRequests(world, parts);
  /** Snapshots of all peers, made at most once a step: front ends ask often. */
  let shown: readonly Peer[] | null = null;

  function ring(alarm: Alarm): void {
    switch (alarm.kind) {
      case "announce":
        presence.sendEntry(alarm.packetNo);
        return;
      case "answer-entry":
        presence.sendAnswer(alarm.to, world.peers.get(alarm.peerId) ?? null);
        return;
      case "repeat":
        outbox.repeat(alarm.messageId, alarm.receiver, alarm.attempt);
        return;
      case "key-question":
        keys.late(alarm.to, alarm.attempt);
        return;
      case "read-receipt":
        sealed.repeat(alarm.packetNo, alarm.attempt);
        return;
      case "recall":
        recall.repeat(alarm.packetNo, alarm.attempt);
        return;
      case "knock-late":
        courtesies.knockLate(alarm.peerId, alarm.at);
        return;
      case "idle":
        courtesies.idleLate();
        return;
      case "typing-end":
        queries.endTyping(alarm.peerId);
        return;
      case "expire-queue":
        outbox.queue.expire();
        return;
      case "refresh-check":
        presence.dropSilent(alarm.since);
        return;
      case "host-list":
        hostList.late(alarm.round);
        return;
      case "rooms-changed":
        roomTalk.tellChanges();
        return;
      case "peers-question":
        peerLists.question(alarm.peerId);
        return;
      case "told-address":
        peerLists.greetNext();
        return;
      case "segments":
        segments.goOn();
        return;
      case "rooms-again":
        roomTalk.announceAgain();
        return;
      case "exit-again":
        presence.leaveAgain(alarm.packetNo);
        return;
      case "files":
        files.ring(alarm.alarm);
        return;
      default: {
        const never: never = alarm;
        return never;
      }
    }
  }

  function route(input: Input): Answer | null {
    switch (input.kind) {
      case "take-up":
        takeUp(world, input.found, outbox);
        return null;
      case "restore":
        restore(world, input.state, input.waiting, { merges, queue: outbox.queue });
        incoming.restore(input.state.recent);
        files.restore(input.state);
        roomTalk.restore(input.state.unread);
        return null;
      case "start":
        world.network = input.network;
        presence.announce();
        segments.announce();
        roomTalk.announce();
        courtesies.noteActivity();
        if (options.hostList) hostList.ask();
        return null;
      case "network":
        world.network = input.network;
        world.events.push({ kind: "network", network: input.network, at: world.now });
        presence.announce();
        segments.announce();
        roomTalk.announce();
        return null;
      case "datagram":
        if (!world.stopped) incoming.datagram(input.bytes, input.from);
        return null;
      case "tick":
        for (let alarm = world.alarms.take(world.now); alarm !== null; alarm = world.alarms.take(world.now))
          ring(alarm);
        return null;
      case "keys-ready":
        presence.capabilitiesChanged();
        return null;
      case "stored":
        for (const id of input.messageIds) incoming.stored(id);
        return null;
      case "store-failed":
        incoming.storeFailed(input.messageId, input.code, input.fields);
        return null;
      case "probed":
        probes.tried(input.to, input.token, input.tcp);
        return null;
      case "problem":
        requests.problem(input.code, input.fields, input.to);
        return null;
      case "request":
        return requests.handle(input.request);
      case "files":
        files.input(input.input);
        return null;
      case "stop":
        presence.leave();
        return null;
      default: {
        const never: never = input;
        return never;
      }
    }
  }

  function unreadOf(id: PeerId): number {
    return id === everyone ? 0 : (world.rooms.of(id)?.unread ?? world.peers.get(id)?.unread ?? 0);
  }

  return {
    handle(input, now) {
      world.now = Math.max(now, world.now);
      world.events = [];
      world.effects = [];
      shown = null;
      const answer = route(input);
      if (world.events.length > 0) files.keepChanged();
      if (world.trust.takeChanged()) world.effects.push({ kind: "keep-trust", records: world.trust.all() });
      return { events: world.events, effects: world.effects, answer };
    },
    wakeAt: () => world.alarms.next(),
    get stopped() {
      return world.stopped;
    },
    get self() {
      return world.self;
    },
    get network() {
      return world.network;
    },
    peers() {
      shown ??= Array.from(world.peers.all(), (peer) => world.peers.snapshot(peer));
      return shown;
    },
    peer(id) {
      const peer = world.peers.get(id);
      return peer === undefined ? undefined : world.peers.snapshot(peer);
    },
    conversation: (id) => conversationOf(world.log, id, unreadOf(id)),
    conversations: () => world.log.conversations(),
    rooms: () => Array.from(world.rooms.all(), (room) => world.rooms.snapshot(room)),
    message: (id) => world.log.get(id),
    offers: () => files.offers(),
    transfers: () => files.transfers(),
    pictures: () => files.pictures(),
    waiting: () =>
      outbox.queue
        .ids()
        .map((id) => world.log.get(id))
        .filter((message) => message !== undefined),
    waitingIdly: () => outbox.queue.idle(),
    diagnostics: () => ({
      ...world.counters,
      dropped: { ...world.counters.dropped },
      packetsRemembered: world.seen.size,
      alarmsWaiting: world.alarms.size,
    }),
  };
}
