// Groups of receivers: those that peers announce themselves, and our own lists of names. `@研发` means both. Pure look-up; where our
// own lists are kept is the front ends' business.
import type { Peer } from "./model.js";

/** Our own groups: name to targets as somebody would type them. */
export type OwnGroups = ReadonlyMap<string, readonly string[]>;

/** Groups of one list that are looked into: a list may name another, which may not name a third. */
export const groupDepth = 2;

/** The peers that announce this group, without those that are gone. */
export function announcedMembers(group: string, peers: readonly Peer[]): readonly Peer[] {
  return peers.filter((peer) => peer.state !== "offline" && peer.group === group);
}

/** Names of all groups that are announced now, with their size, the largest first. */
export function announcedGroups(
  peers: readonly Peer[],
): readonly { readonly name: string; readonly size: number }[] {
  const sizes = new Map<string, number>();
  for (const { group, state } of peers) {
    if (group.trim() === "" || state === "offline") continue;
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  return [...sizes].map(([name, size]) => ({ name, size })).toSorted((a, b) => b.size - a.size);
}
