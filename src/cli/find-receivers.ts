// Whom a command means: names, groups and addresses to receivers, once their owners have been heard. Opens no node; used by whatever sends.
import {
  FeiyanError,
  formatEndpoint,
  readGroups,
  resolveTarget,
  type Endpoint,
  type Node,
  type OwnGroups,
  type Peer,
  type Receiver,
} from "../index.js";
import type { CommandContext } from "./context.js";
import { waitFor } from "./session.js";

/** Our own groups, for `@name`. */
export const ownGroups = (context: CommandContext, names: readonly string[]): OwnGroups =>
  names.some((name) => name.startsWith("@"))
    ? new Map(Object.entries(readGroups(context.loaded.paths.stateDir)))
    : new Map();

/**
 * The receivers of names, once their owners have answered. Throws `no-such-peer` or `peer-ambiguous`, as far as is known after
 * `timeoutMs`; a name that fits already is not waited for.
 */
export const findReceivers = async (
  node: Node,
  names: readonly string[],
  timeoutMs: number,
  stop: AbortSignal,
  groups: OwnGroups,
): Promise<readonly Receiver[]> => {
  const resolved = (): readonly Receiver[] | undefined => {
    const receivers: Receiver[] = [];
    for (const name of names) {
      const answer = resolveTarget(name, node.peers(), undefined, groups);
      if (!answer.ok) return undefined;
      receivers.push(...answer.receivers);
    }
    return receivers;
  };
  // Of a group the first to answer is not the last: all have the whole time.
  const isGroup = names.some((name) => name.startsWith("@"));
  if (isGroup) await waitFor(node, () => undefined, timeoutMs, stop);
  // Somebody remembered from an earlier run may be somewhere else by now: as long as there is time, who is here counts.
  const present = (): readonly Receiver[] | undefined => {
    const receivers = resolved();
    const isHere = receivers?.every((one) => !("peer" in one) || node.peer(one.peer)?.state !== "offline");
    return isHere === true ? receivers : undefined;
  };
  const found = (await waitFor(node, present, isGroup ? 0 : timeoutMs, stop)) ?? resolved();
  if (found !== undefined && !stop.aborted) return found;
  for (const name of names) {
    const answer = resolveTarget(name, node.peers(), undefined, groups);
    if (!answer.ok) {
      throw new FeiyanError(answer.code, `no single peer is called ${name}`, {
        target: name,
        matches: answer.matches.map((peer) => `${peer.nick} ${formatEndpoint(peer.endpoint)} id:${peer.id}`),
      });
    }
  }
  throw new FeiyanError("no-such-peer", "stopped before the peer was found", { target: names.join(", ") });
};

/** Waits until each of these addresses is known as a peer (so that its charset is), or the time is over. */
export const waitForEndpoints = async (
  node: Node,
  endpoints: readonly Endpoint[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<void> => {
  await waitFor(
    node,
    () => (endpoints.every((endpoint) => peerAt(node, endpoint) !== undefined) ? true : undefined),
    timeoutMs,
    stop,
  );
};

/** The peer that was heard from this address. */
export const peerAt = (node: Node, endpoint: Endpoint): Peer | undefined => {
  const wanted = formatEndpoint(endpoint);
  return node
    .peers()
    .find((peer) => peer.addresses.some((known) => formatEndpoint(known.endpoint) === wanted));
};
