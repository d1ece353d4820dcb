// Which lines are bad on purpose, as lists and titles show it: read from the node, never kept.
import { everyone, formatImpairment, type Endpoint, type Impairment, type PeerId } from "../../index.js";
import { shownName } from "../roster.js";
import type { World } from "../world.js";

function endpointOf(world: World, to: PeerId): Endpoint | null | undefined {
  return to === everyone ? null : world.node.peer(to)?.endpoint;
}

/** What is in force for a peer of its own, or for everybody; null: nothing. */
export function impairmentOf(world: World, to: PeerId): Impairment | null {
  const lines = world.node.impairments();
  if (lines.length === 0) return null;
  const endpoint = endpointOf(world, to);
  if (endpoint === undefined) return null;
  const found = lines.find(({ to: one }) =>
    endpoint === null || one === null
      ? one === endpoint
      : one.address === endpoint.address && one.port === endpoint.port,
  );
  return found?.spec ?? null;
}

/** `loss=30%,seed=42` */
export function impairedLine(world: World, to: PeerId): string | null {
  const spec = impairmentOf(world, to);
  return spec === null ? null : formatImpairment(spec);
}

export function lineName(world: World, to: PeerId): string {
  const peer = to === everyone ? undefined : world.node.peer(to);
  return peer === undefined ? world.text("impair.everybody") : shownName(peer);
}

/** `~30%` where something is lost, else `~`. */
export function badLineMark(spec: Impairment): string {
  const { loss } = spec;
  return loss === undefined || loss.kind === "gilbert-elliott"
    ? "~"
    : `~${Math.round(loss.probability * 1_000) / 10}%`;
}
