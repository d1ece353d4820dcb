// What users ask for, and what the sockets complain of: each request routed to its part, with an answer at once.
import { refuse } from "./compose.js";
import type { Answer, Request } from "./input.js";
import { limits, timers } from "./limits.js";
import { mergePolicy } from "./peer-memory.js";
import { everyone } from "./model.js";
import type { PeerId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { rereadLog } from "./reread.js";
import { publishPeer, remember } from "./world.js";
import type { TrustAnswer } from "./trust.js";
import type { Parts } from "./parts.js";
import type { World } from "./world.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint } from "../ports/transport.js";

export interface Requests {
  handle(request: Request): Answer;
  /** A socket error; a refused send tells that nobody listens there. */
  problem(code: ErrorCode, fields: ErrorFields, to: Endpoint | undefined): void;
}

const done: Answer = { ok: true, messages: [] };

export function createRequests(world: World, parts: Parts): Requests {
  const {
    merges,
    presence,
    outbox,
    queries,
    hostList,
    sealed,
    recall,
    courtesies,
    files,
    probes,
    roomTalk,
    segments,
  } = parts;
  function withPeer(id: PeerId, act: (peer: PeerRecord) => Answer | void): Answer {
    const peer = world.peers.get(id);
    if (peer === undefined) return refuse("no-such-peer", "no such peer", { peer: id });
    return act(peer) ?? done;
  }

  function answerTrust(id: PeerId, answer: TrustAnswer): Answer {
    const peer = world.peers.get(id);
    if (peer === undefined) return refuse("no-such-peer", "no such peer", { peer: id });
    if (!world.trust.answer(id, answer, world.now))
      return refuse("no-alarm", "nothing to answer", { peer: id });
    publishPeer(world, "changed", peer);
    return done;
  }

  function setSelf(self: Partial<World["self"]>): Answer {
    presence.setSelf(self);
    return done;
  }

  function refresh(withHostList: boolean): Answer {
    // Who does not ask hears no answers, and must take nobody for gone.
    if (!world.options.presence || world.stopping) return done;
    presence.announce();
    segments.announce();
    roomTalk.announce();
    world.alarms.set(world.now + timers.refreshCheckMs, { kind: "refresh-check", since: world.now });
    if (withHostList) hostList.ask();
    return done;
  }

  function markRead(conversation: PeerId): Answer {
    if (conversation === everyone) {
      if (world.log.unreadEveryone === 0) return done;
      world.log.markEveryone(0);
    } else {
      const owner = world.rooms.of(conversation) ?? world.peers.get(conversation);
      if (owner === undefined || owner.unread === 0) return done;
      owner.unread = 0;
    }
    world.events.push({ kind: "read", conversation, at: world.now });
    remember(world, { kind: "read", conversation, at: world.now });
    return done;
  }

  return {
    handle(request) {
      switch (request.kind) {
        case "say":
          return outbox.say(request.to, request.text, request.options);
        case "resend":
          return outbox.resend(request.messageId);
        case "knock":
          return withPeer(request.peer, (peer) => courtesies.knock(peer));
        case "typing":
          return withPeer(request.peer, (peer) => courtesies.typing(peer, request.active));
        case "activity":
          courtesies.noteActivity();
          return done;
        case "open":
          return sealed.open(request.messageId, request.unlocked, request.kept);
        case "recall":
          return recall.ask(request.messageId);
        case "trust":
          return answerTrust(request.peer, request.answer);
        case "set-encrypt":
          return withPeer(request.peer, (peer) => {
            world.trust.setPolicy(peer.id, request.policy);
            publishPeer(world, "changed", peer);
          });
        case "away":
          return setSelf({ away: request.text?.slice(0, limits.awayCharacters) ?? null });
        case "rename":
          return setSelf({
            nick: (request.nick ?? world.self.nick).slice(0, limits.nameCharacters),
            group: (request.group ?? world.self.group).slice(0, limits.nameCharacters),
          });
        case "refresh":
          return refresh(request.hostList);
        case "greet":
          for (const to of request.to) presence.greet(to);
          return done;
        case "probe":
          return withPeer(request.peer, (peer) => probes.ask(peer, request.token, request.tcpPort));
        case "ask":
          return withPeer(request.peer, (peer) => queries.ask(peer, request.what));
        case "read":
          return markRead(request.conversation);
        case "set-charset":
          return withPeer(request.peer, (peer) => {
            peer.chosenCharset = request.charset;
            publishPeer(world, "changed", peer);
          });
        case "reread": {
          const { conversation, charset } = request;
          const messages = rereadLog(world.log, conversation, charset, world.options.codec);
          if (messages.length > 0)
            world.events.push({ kind: "reread", conversation, charset, at: world.now });
          return { ok: true, messages };
        }
        case "set-policy":
          return withPeer(request.peer, (peer) => {
            peer.policy = mergePolicy(peer.policy, request.policy);
            // Nothing of it is shown, not even that it was writing just now.
            if (peer.policy.blocked) peer.typingUntil = 0;
            publishPeer(world, "changed", peer);
          });
        case "merge-peers": {
          const answer = merges.merge(request.from, request.into);
          if (answer.ok) files.peerMerged(request.from, request.into);
          return answer;
        }
        case "split-peer":
          return merges.split(request.from);
        case "join-room":
          return roomTalk.join(request.number);
        case "leave-room":
          return roomTalk.leave(request.number);
        case "cancel":
          return outbox.cancel(request.messageId);
        case "forget-peer":
          return withPeer(request.peer, (peer) => {
            presence.setOffline(peer);
            remember(world, { kind: "forget-peer", id: peer.id });
            world.peers.forget(peer.id);
          });
        case "files":
          return files.request(request.request);
        default: {
          const never: never = request;
          return never;
        }
      }
    },

    problem(code, fields, to) {
      world.counters.sendProblems++;
      world.events.push({ kind: "notice", code, fields, at: world.now });
      const peer = to === undefined || code !== "send-refused" ? undefined : world.peers.at(to);
      if (peer !== undefined) presence.setOffline(peer);
    },
  };
}
