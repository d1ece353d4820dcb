// Who gets what is written: the open conversation, or the peers that are marked to receive it together.
import { everyone } from "../index.js";
import type { Peer, PeerId, Receiver } from "../index.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

/** The marked peers that are still known; the open one first, because the message stands in the log of the first. */
export function checkedPeers(state: UiState, world: World): readonly Peer[] {
  const ids = [...state.checked].toSorted(
    (a, b) => Number(b === state.conversation) - Number(a === state.conversation),
  );
  return ids.map((id) => world.node.peer(id)).filter((peer) => peer !== undefined);
}

export function receiversOf(state: UiState, world: World): readonly Receiver[] | "everyone" {
  const checked = checkedPeers(state, world);
  if (checked.length > 0) return checked.map((peer) => ({ peer: peer.id }));
  return state.conversation === everyone ? "everyone" : [{ peer: state.conversation }];
}

/** A set with one member more or less. */
export function toggled<T extends PeerId | string>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
