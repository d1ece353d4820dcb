// Peers as a table for people: favourites first, who is blocked last, and what we decided about them in the last column.
import type { Peer } from "../../../index.js";
import { formatEndpoint, peerName, safeText } from "../../../light.js";
import type { TextKey, Translate } from "../../../i18n/catalogue.js";
import { cutWidth, formatTable } from "../../width.js";

/** Favourites first, who is blocked last; who is there before who is gone; by name. */
export const orderPeers = (peers: readonly Peer[]): readonly Peer[] =>
  peers.toSorted(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      states.indexOf(a.state) - states.indexOf(b.state) ||
      compareTexts(peerName(a), peerName(b)) ||
      compareTexts(a.id, b.id),
  );

const states: readonly Peer["state"][] = ["online", "away", "offline"];

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const rankOf = ({ policy }: Peer): number => Number(policy.blocked) * 2 - Number(policy.favourite);

/** A heading and a row for each; the last column only where there is something to say in it. */
export const formatPeers = (peers: readonly Peer[], text: Translate<TextKey>): readonly string[] => {
  const headings = ["name", "state", "group", "address", "dialect", "charset", "trust", "remarks"] as const;
  const rows = peers.map((peer) => [
    cell(peerName(peer), 24),
    text(`state.${peer.state}`),
    cell(peer.group, 16),
    formatEndpoint(peer.endpoint),
    peer.dialect,
    peer.charset,
    text(`trust.${peer.trust}`),
    remarksOf(peer, text),
  ]);
  const hasRemarks = rows.some((row) => row.at(-1) !== "");
  const table = [headings.map((column) => text(`cli.peers.${column}`)), ...rows];
  return formatTable(hasRemarks ? table : table.map((row) => row.slice(0, -1)));
};

const remarksOf = ({ policy, mergedIds }: Peer, text: Translate<TextKey>): string =>
  [
    policy.blocked ? text("cli.peers.blocked") : "",
    policy.favourite ? text("cli.peers.favourite") : "",
    policy.muted ? text("cli.peers.muted") : "",
    policy.unlogged ? text("cli.peers.unlogged") : "",
    mergedIds.length > 0
      ? text("cli.peers.merged", { ids: mergedIds.map((id) => safeText(id, { newlines: "space" })) })
      : "",
    safeText(policy.note, { newlines: "space", maxCharacters: 80 }),
  ]
    .filter((remark) => remark !== "")
    .join("; ");

const cell = (words: string, columns: number): string =>
  cutWidth(safeText(words, { newlines: "space" }), columns) || "-";
