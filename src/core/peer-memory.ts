// From a peer's record to what outlives the program, and back. Nothing of the moment goes along: no state, no run, no typing.
import { defaultPolicy } from "./saved.js";
import type { PeerMemory, PeerPolicy } from "./saved.js";
import type { PeerRecord } from "./peers.js";

/** Somebody decided something about it: it is worth remembering whoever it is. */
export function isDecided(peer: Pick<PeerRecord, "policy" | "chosenCharset">): boolean {
  const { favourite, muted, blocked, unlogged, note, groups, files } = peer.policy;
  return (
    favourite ||
    muted ||
    blocked ||
    unlogged ||
    note !== "" ||
    groups.length > 0 ||
    files !== null ||
    peer.chosenCharset !== null
  );
}

export function memoryOf(peer: PeerRecord): PeerMemory {
  return {
    id: peer.id,
    nick: peer.nick,
    group: peer.group,
    user: peer.user,
    host: peer.host,
    endpoint: peer.endpoint,
    addresses: peer.addresses,
    dialect: peer.dialect,
    version: peer.version,
    capabilities: peer.capabilities,
    acknowledges: peer.acknowledges,
    readsUtf8: peer.readsUtf8,
    pastCharset: peer.pastCharset,
    lastCharset: peer.lastCharset,
    lastReason: peer.lastReason,
    chosenCharset: peer.chosenCharset,
    firstSeen: peer.firstSeen,
    lastSeen: peer.lastSeen,
    policy: peer.policy,
  };
}

/** What a restored record takes over. Older files may lack a policy, or parts of it. */
export function recordFields({ policy, ...memory }: PeerMemory): Omit<PeerMemory, "id" | "firstSeen"> {
  const { id: _, firstSeen: __, ...fields } = memory;
  return { ...fields, policy: mergePolicy(defaultPolicy, policy) };
}

const noteCharacters = 2_000;
const groupsLimit = 100;

/** A policy with some of it decided anew, within bounds. */
export function mergePolicy(before: PeerPolicy, given: Partial<PeerPolicy> | undefined): PeerPolicy {
  const merged = { ...before, ...given };
  return {
    ...merged,
    note: merged.note.slice(0, noteCharacters),
    groups: [...new Set(merged.groups)].slice(0, groupsLimit),
  };
}
