// What we decide about a peer: blocked, muted, not logged, a note, and which entries are one person. Told to the node, which keeps it;
// what is shown comes back from there. Called for the actions of these names.
import { everyone, type Peer, type PeerPolicy } from "../../index.js";
import { createEditor, isEditorEmpty } from "../edit/editor.js";
import { shownName, shownText } from "../roster.js";
import { draftOf, withDraft } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { openConversation, peerNamed } from "./conversation.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** What is switched on and off, and what is said then. */
const switches = {
  block: { key: "blocked", on: "notice.blocked", off: "notice.unblocked" },
  mute: { key: "muted", on: "notice.muted", off: "notice.unmuted" },
  unlog: { key: "unlogged", on: "notice.unlogged", off: "notice.logged" },
} as const satisfies Readonly<Record<string, { readonly key: keyof PeerPolicy; on: string; off: string }>>;

export function switchPolicy(
  state: UiState,
  world: World,
  name: keyof typeof switches,
  argument: string,
): Step {
  const peer = chosen(state, world, argument);
  if (peer === null) return whom(state, world);
  const { key, on, off } = switches[name];
  const isOn = !peer.policy[key];
  const words = world.text(isOn ? on : off, { name: shownName(peer) });
  const policy = { [key]: isOn };
  return stepTo(withNotice(state, world, words), { kind: "set-policy", peer: peer.id, policy });
}

/** `/note 三楼`; alone it puts the note that is there into the input, `/note -` takes it away. */
export function notePeerWords(state: UiState, world: World, argument: string): Step {
  const peer = chosen(state, world, "");
  if (peer === null) return whom(state, world);
  if (argument === "") {
    const draft = draftOf(state);
    if (!isEditorEmpty(draft.editor)) {
      return stepTo(withNotice(state, world, world.text("notice.noteUsage"), "warning"));
    }
    const editor = createEditor(`/note ${shownText(peer.policy.note)}`);
    return stepTo(withDraft({ ...state, focus: "input", dialog: null }, { ...draft, editor }));
  }
  const note = argument === "-" ? "" : argument;
  const key = note === "" ? "notice.noteGone" : "notice.noted";
  const words = world.text(key, { name: shownName(peer), note: shownText(note) });
  return stepTo(withNotice(state, world, words), { kind: "set-policy", peer: peer.id, policy: { note } });
}

/** `/merge 名字`: that entry is the open peer too. */
export function mergePeer(state: UiState, world: World, argument: string): Step {
  const into = world.node.peer(state.conversation);
  if (into === undefined) return whom(state, world);
  const from = argument === "" ? null : chosen(state, world, argument);
  if (from === null || from.id === into.id) {
    const words = world.text("notice.mergeUsage", { name: shownName(into) });
    return stepTo(withNotice(state, world, words, "warning"));
  }
  const words = world.text("notice.merged", { from: shownName(from), into: shownName(into) });
  return stepTo(withNotice(state, world, words), { kind: "merge-peers", from: from.id, into: into.id });
}

/** `/split`: what was counted to the open peer is an entry of its own again; of several the one that is named, or the last. */
export function splitPeer(state: UiState, world: World, argument: string): Step {
  const peer = world.node.peer(state.conversation);
  if (peer === undefined) return whom(state, world);
  const from = peer.mergedIds.find((id) => id === argument.replace(/^id:/, "")) ?? peer.mergedIds.at(-1);
  if (from === undefined) {
    const words = world.text("notice.notMerged", { name: shownName(peer) });
    return stepTo(withNotice(state, world, words, "warning"));
  }
  return stepTo(state, { kind: "split-peer", from });
}

/** After a split both logs begin at their newest row again; who is an entry of its own now is said by name. */
export function noteSplit(state: UiState, from: Peer["id"], parted: Peer, world: World): UiState {
  const left = world.node.peer(from);
  const name = left === undefined ? shownText(from) : shownName(left);
  const words = world.text("notice.split", { parted: shownName(parted), name });
  return withNotice(atNewest(state, from, parted.id), world, words);
}

function atNewest(state: UiState, from: Peer["id"], gone: Peer["id"]): UiState {
  const positions = new Map(state.positions);
  positions.delete(from);
  positions.delete(gone);
  if (state.conversation !== from && state.conversation !== gone) return { ...state, positions };
  return { ...openConversation(state, state.conversation), positions, picked: null, unreadLine: null };
}

function chosen(state: UiState, world: World, argument: string): Peer | null {
  const id = peerNamed(state, world, argument);
  return id === null || id === everyone ? null : (world.node.peer(id) ?? null);
}

function whom(state: UiState, world: World): Step {
  return stepTo(withNotice(state, world, world.text("notice.markWhom"), "warning"));
}
