// Questions about state that more than one front end asks: what to call a peer, and whom a user means by what was typed.
import { formatEndpoint, parseEndpoint } from "./endpoint.js";
import { announcedMembers, groupDepth } from "./groups.js";
import type { OwnGroups } from "./groups.js";
import type { Receiver } from "./input.js";
import { roomIdOf } from "./model.js";
import type { Message, Peer } from "./model.js";
import { parseKeyName } from "../protocol/encryption/key-name.js";
import { isGroupNumber } from "../protocol/group.js";

/** What to call a peer: its nickname, else its user, else its address. Hostile text: pass it through `safeText`. */
export function peerName(peer: Pick<Peer, "nick" | "user" | "endpoint">): string {
  if (peer.nick.trim() !== "") return peer.nick;
  const user = plainUser(peer);
  return user.trim() === "" ? formatEndpoint(peer.endpoint) : user;
}

/** Without the fingerprint of a key. */
function plainUser({ user }: Pick<Peer, "user">): string {
  return parseKeyName(user)?.name || user;
}

/** An envelope that nobody opened: its text is nobody's business yet. */
export function isUnopened(message: Pick<Message, "direction" | "sealed" | "openedAt">): boolean {
  return message.direction === "in" && message.sealed && message.openedAt === null;
}

export type ResolvedTarget =
  | { readonly ok: true; readonly receivers: readonly Receiver[] }
  | {
      readonly ok: false;
      readonly code: "no-such-peer" | "peer-ambiguous";
      readonly target: string;
      readonly matches: readonly Peer[];
    };

/** The peers that one name may mean, the strongest kind of match first: id, nickname, `user@host`, then either without case. */
function matching(name: string, peers: readonly Peer[]): readonly Peer[] {
  if (name.startsWith("id:")) return peers.filter((peer) => peer.id === name.slice(3));
  const tests: readonly ((peer: Peer) => boolean)[] = [
    (peer) => peer.nick === name,
    (peer) => `${peer.user}@${peer.host}` === name || `${plainUser(peer)}@${peer.host}` === name,
    (peer) => peer.nick.toLowerCase() === name.toLowerCase(),
    (peer) => `${plainUser(peer)}@${peer.host}`.toLowerCase() === name.toLowerCase(),
    (peer) => peer.nick === "" && plainUser(peer) === name,
  ];
  for (const test of tests) {
    const found = peers.filter(test);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * Finds whom a comma list of names and addresses means: `id:<peer id>`, nickname, `user@host`, `192.0.2.7`, `192.0.2.7:2425`,
 * `[fe80::1%eth0]:2425`, `@group` (announced by peers, or one of `groups`), `group:3b199b07` (a FeiQ group by its number). A name that fits several peers is an error that lists them; those present win over those gone.
 *
 * @example resolveTarget("小明,192.0.2.7", node.peers(), 2425)
 */
export function resolveTarget(
  text: string,
  peers: readonly Peer[],
  defaultPort = 2425,
  groups: OwnGroups = new Map(),
): ResolvedTarget {
  return resolve(text, peers, defaultPort, groups, groupDepth);
}

/** Everybody of a group, once: our own list, and who announces that group. */
function membersOf(
  name: string,
  peers: readonly Peer[],
  defaultPort: number,
  groups: OwnGroups,
  depth: number,
): ResolvedTarget {
  const announced = announcedMembers(name, peers).map(({ id }): Receiver => ({ peer: id }));
  const own = groups.get(name) ?? [];
  const listed = own.length === 0 ? null : resolve(own.join(","), peers, defaultPort, groups, depth - 1);
  if (listed !== null && !listed.ok) return listed;
  const all = [...(listed?.receivers ?? []), ...announced];
  const known = new Map(
    all.map((one) => ["peer" in one ? one.peer : `addr:${formatEndpoint(one.endpoint)}`, one]),
  );
  return known.size === 0
    ? { ok: false, code: "no-such-peer", target: `@${name}`, matches: [] }
    : { ok: true, receivers: [...known.values()] };
}

function resolve(
  text: string,
  peers: readonly Peer[],
  defaultPort: number,
  groups: OwnGroups,
  depth: number,
): ResolvedTarget {
  const receivers: Receiver[] = [];
  for (const part of text.split(/[,，]/u)) {
    const target = part.trim();
    if (target === "") continue;
    if (target.startsWith("@") && depth > 0) {
      const members = membersOf(target.slice(1), peers, defaultPort, groups, depth);
      if (!members.ok) return members;
      receivers.push(...members.receivers);
      continue;
    }
    const number = target.startsWith("group:") ? target.slice("group:".length) : "";
    if (isGroupNumber(number)) {
      receivers.push({ peer: roomIdOf(number) });
      continue;
    }
    const found = matching(target, peers);
    const present = found.filter((peer) => peer.state !== "offline");
    const candidates = present.length > 0 ? present : found;
    const [only] = candidates;
    if (candidates.length > 1) return { ok: false, code: "peer-ambiguous", target, matches: candidates };
    if (only !== undefined) {
      receivers.push({ peer: only.id });
      continue;
    }
    const endpoint = parseEndpoint(target, defaultPort);
    if (endpoint === null) return { ok: false, code: "no-such-peer", target, matches: [] };
    receivers.push({ endpoint });
  }
  if (receivers.length === 0) return { ok: false, code: "no-such-peer", target: text, matches: [] };
  return { ok: true, receivers };
}
