// News from the node: lines for the logs (who left, a knock, what went wrong), marks, and what moves along when two peers turn out to
// be one. Messages themselves need nothing here; they are read when they are drawn.
import { isHighlight, isUnopened, noticeCodes, notifyWayOf, safeText } from "../../index.js";
import type { Event, Peer, PeerId } from "../../index.js";
import type { Request } from "../action.js";
import { shownName, shownText } from "../roster.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { noteSplit } from "./decide.js";
import { closedWords } from "../view/protection.js";
import { noteAlarm, noteKnockAnswer } from "./protection.js";
import { noteFiles } from "./files.js";
import { problemWords } from "./input.js";
import { logLine, stepTo } from "./step.js";
import type { Step } from "./step.js";

/** The same notice is written again after so long. */
const tellAgainMs = 30_000;
const toldLimit = 100;

export function noteEvent(state: UiState, event: Event, world: World): Step {
  switch (event.kind) {
    case "peer":
      return notePeer(state, event, world);
    case "message": {
      const { message } = event;
      if (message.direction === "out") return stepTo(state);
      const words = world.attention?.words ?? [];
      // What stands in an envelope is nobody's business yet.
      const isForUs = !isUnopened(message) && isHighlight(message.displayText, world.node.self.nick, words);
      const next = isForUs ? withMark(state, message.conversation) : state;
      if (!isForUs && (message.broadcast || message.autoReply)) return stepTo(next);
      if (isMuted(message.peerId, world)) return stepTo(next);
      const shown = isUnopened(message) ? closedWords(message, world) : message.displayText;
      const sender = message.peerId === null ? undefined : world.node.peer(message.peerId);
      const rules = world.attention?.rules ?? [];
      const way = notifyWayOf(rules, message.conversation, sender, isForUs);
      return tell(next, world, message.peerName, shown, isForUs, way ?? undefined);
    }
    case "peer-merged":
      return noteMerge(state, event.from, event.into, world);
    case "knock": {
      const words = world.text("log.knock", { name: shownName(event.peer) });
      const id = event.peer.id;
      const marked = withMark(state, id);
      const told = event.peer.policy.muted
        ? stepTo(marked)
        : tell(marked, world, event.peer.nick, words, true);
      return stepTo(told.state, logLine(world, id, words), ...told.requests);
    }
    case "info": {
      const key = event.what === "version" ? "log.version" : "log.absence";
      const words = world.text(key, { name: shownName(event.peer), text: shownText(event.text) });
      return stepTo(state, logLine(world, event.peer.id, words));
    }
    case "read": {
      const marked = new Set(state.marked);
      marked.delete(event.conversation);
      return stepTo({ ...state, marked });
    }
    case "notice":
      return noteNotice(state, event, world);
    case "alarm":
      return noteAlarm(state, event, world);
    case "knock-answered":
      return noteKnockAnswer(state, event, world);
    case "offer":
    case "transfer":
    case "picture":
      return noteFiles(state, event, world);
    case "peer-split":
      return stepTo(noteSplit(state, event.from, event.peer, world));
    case "message-changed":
    case "delivery":
    case "reread":
    case "duplicate":
    case "probe":
    case "typing":
    case "room":
    case "self":
    case "network":
      return stepTo(state);
    default: {
      const unreachable: never = event;
      return unreachable;
    }
  }
}

function notePeer(state: UiState, event: Extract<Event, { kind: "peer" }>, world: World): Step {
  const { peer } = event;
  const followed = followFavourite(state, event);
  if (peer.policy.blocked) return followed;
  const said = notePresence(followed.state, event, world);
  return { ...said, requests: [...followed.requests, ...said.requests] };
}

/** Whether it is a favourite may be decided elsewhere; one remembered from a run without a history is told to the node. */
function followFavourite(state: UiState, { change, peer }: Extract<Event, { kind: "peer" }>): Step {
  const isKnown = state.favourites.has(peer.id);
  if (peer.policy.favourite === isKnown) return stepTo(state);
  if (isKnown && change === "appeared") {
    return stepTo(state, { kind: "set-policy", peer: peer.id, policy: { favourite: true } });
  }
  const favourites = new Set(state.favourites);
  if (peer.policy.favourite) favourites.add(peer.id);
  else favourites.delete(peer.id);
  return stepTo({ ...state, favourites });
}

function notePresence(state: UiState, event: Extract<Event, { kind: "peer" }>, world: World): Step {
  const { change, peer } = event;
  // Whoever is seen for the first time has not come back.
  if (change === "changed" || (change === "appeared" && peer.firstSeen >= event.at)) return stepTo(state);
  // Who was never talked with comes and goes without a word; the list says it.
  const isTalkedWith = peer.id === state.conversation || world.node.conversation(peer.id).messages.length > 0;
  if (!isTalkedWith) return stepTo(state);
  const key = change === "left" ? "log.peerLeft" : "log.peerBack";
  return stepTo(state, logLine(world, peer.id, world.text(key, { name: shownName(peer) })));
}

/** Two entries turned out to be one person; said where they talk, for it can be undone. */
function noteMerge(state: UiState, from: PeerId, into: Peer, world: World): Step {
  const id = into.id;
  const drafts = new Map(state.drafts);
  const moved = drafts.get(from);
  drafts.delete(from);
  if (moved !== undefined && (drafts.get(id)?.editor.clusters.length ?? 0) === 0) drafts.set(id, moved);
  // The entries have new places: both logs begin at their newest row again.
  const positions = new Map(state.positions);
  positions.delete(from);
  positions.delete(id);
  const marked = new Set(state.marked);
  if (marked.delete(from)) marked.add(id);
  const isOpen = state.conversation === from || state.conversation === id;
  const favourites = moveMember(state.favourites, from, id);
  const checked = moveMember(state.checked, from, id);
  // Somebody known by address only has no other name than that.
  const names = { from: shownText(from.replace(/^raw:/u, "")), into: shownName(into) };
  const hasTalked = world.node.conversation(id).messages.length > 0;
  const merged: UiState = {
    ...state,
    drafts,
    positions,
    marked,
    favourites,
    checked,
    picked: isOpen ? null : state.picked,
    conversation: state.conversation === from ? id : state.conversation,
    list: state.list.selected === from ? { ...state.list, selected: id } : state.list,
    unreadLine: isOpen ? null : state.unreadLine,
  };
  return stepTo(merged, ...(hasTalked ? [logLine(world, id, world.text("notice.merged", names))] : []));
}

function noteNotice(state: UiState, event: Extract<Event, { kind: "notice" }>, world: World): Step {
  const key = `${event.code} ${JSON.stringify(event.fields)}`;
  const last = state.told.get(key);
  const now = world.now();
  if (last !== undefined && now - last < tellAgainMs) return stepTo(state);
  const told = new Map([...state.told].slice(-toldLimit)).set(key, now);
  const conversation =
    (event.messageId === undefined ? undefined : world.node.message(event.messageId)?.conversation) ??
    state.conversation;
  const words = safeText(problemWords(world.problem(event.code, event.fields)));
  const isOnlyNews = (noticeCodes as readonly string[]).includes(event.code);
  const request: Request = logLine(world, conversation, words, isOnlyNews ? "plain" : "error");
  return stepTo({ ...state, told }, request);
}

/** More often than this nobody is told: a flood must not ring without end. */
const tellEveryMs = 2_000;

/**
 * Bell and desktop notification. What is meant for us in particular rings in any case; other messages only while the window is out of
 * sight, and only then is the desktop told.
 */
function tell(
  state: UiState,
  world: World,
  name: string,
  text: string,
  isUrgent: boolean,
  notify = state.preferences.notify,
): Step {
  const isAway = !state.hasFocus;
  if (notify === "off" || (!isAway && !isUrgent)) return stepTo(state);
  if (world.now() - (isUrgent ? state.rangAt : state.notifiedAt) < tellEveryMs) return stepTo(state);
  const requests: Request[] = [{ kind: "bell" }];
  if (isAway && notify === "desktop" && world.now() - state.notifiedAt >= tellEveryMs) {
    requests.push({ kind: "notify", title: shownText(name, 60), body: shownText(text, 200) });
  }
  const rangAt = world.now();
  return stepTo(isAway ? { ...state, rangAt, notifiedAt: rangAt } : { ...state, rangAt }, ...requests);
}

function isMuted(peer: PeerId | null, world: World): boolean {
  return peer !== null && world.node.peer(peer)?.policy.muted === true;
}

function moveMember(set: ReadonlySet<PeerId>, from: PeerId, into: PeerId): ReadonlySet<PeerId> {
  if (!set.has(from)) return set;
  const next = new Set(set);
  next.delete(from);
  return next.add(into);
}

function withMark(state: UiState, conversation: PeerId): UiState {
  return { ...state, marked: new Set(state.marked).add(conversation) };
}
