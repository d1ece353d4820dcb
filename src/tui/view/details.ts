// What is known of the open peer, as a third column or a popup; for everyone, what is known of ourselves and the traffic.
import { formatEndpoint, safeText } from "../../index.js";
import type { Peer, Room } from "../../index.js";
import type { TuiTextKey } from "../../i18n/tui-zh-CN.js";
import { onlineCount, shownName, shownText } from "../roster.js";
import { padText } from "../text/fit.js";
import { wrapText } from "../text/wrap.js";
import { cellWidth } from "../text/width.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { shownAddresses } from "./empty-network.js";
import { fileRuleText } from "./file-rule.js";
import type { Layout } from "./layout.js";
import { centered, cutLine, framed, span } from "./lines.js";
import { formatMoment, formatSize } from "./moment.js";
import { dialectLabel } from "./peer-list.js";
import { fingerprintWords, keyFacts } from "./protection.js";
import type { Line, Pane } from "./scene.js";
import { wireColumn, wireColumnTitle } from "./wire.js";

type Fact = readonly [TuiTextKey, string];

export function detailsPanes(state: UiState, world: World, layout: Layout): readonly Pane[] {
  if (layout.details === null || layout.detailsTitle === null) return [];
  const { columns, rows } = layout.details;
  if (state.column === "wire") {
    const words = cutLine([span(wireColumnTitle(state, world), "pane.title")], columns);
    return [
      { id: "details-title", rect: layout.detailsTitle, lines: [words], fill: "pane.title" },
      { id: "details", rect: layout.details, lines: wireColumn(state, world, columns, rows), fill: "screen" },
    ];
  }
  const title = [span(world.text("details.title"), "pane.title")];
  return [
    { id: "details-title", rect: layout.detailsTitle, lines: [title], fill: "pane.title" },
    {
      id: "details",
      rect: layout.details,
      lines: detailLines(state, world, layout.details.columns - 1),
      fill: "screen",
    },
  ];
}

export function detailsPopup(state: UiState, world: World, layout: Layout, top: number): Pane {
  const columns = Math.min(layout.screen.columns, 48);
  const lines = detailLines(state, world, columns - 4);
  const rect = centered(layout.screen, columns, lines.length + 2);
  const room = rect.rows - 2;
  const first = Math.max(0, Math.min(top, lines.length - room));
  const shown = lines.slice(first).map((line): Line => [span(" ", "popup"), ...line]);
  const hint = world.node.peer(state.conversation) === undefined ? "" : world.text("details.hint");
  return framed("details", rect, { title: world.text("details.title"), hint }, shown);
}

/** Under a label in a row of its own, a value begins here. */
const underColumns = 2;

/** Rows of label and value, values wrapped under themselves; a value that would be torn there stands below its label. */
export function detailLines(state: UiState, world: World, columns: number): readonly Line[] {
  const peer = world.node.peer(state.conversation);
  const room = world.node.rooms().find(({ id }) => id === state.conversation);
  const others = room === undefined ? ownFacts(world) : roomFacts(room, world);
  const facts = peer === undefined ? others : peerFacts(peer, world);
  const labels = facts.map(([key]) => world.text(key));
  const labelColumns = Math.max(...labels.map(cellWidth)) + 2;
  const lines: Line[] = [];
  for (const [index, [, value]] of facts.entries()) {
    if (value === "") continue;
    const beside = Math.max(2, columns - labelColumns);
    const rows = wrapText(value, { columns: beside });
    const below = wrapText(value, { columns: Math.max(2, columns - underColumns) });
    const isTorn = value.split(" ").some((word) => cellWidth(word) > beside);
    if (isTorn ? below.length < rows.length : below.length + 1 < rows.length) {
      lines.push([span(labels[index] ?? "", "message.system")]);
      for (const text of below) lines.push([span(" ".repeat(underColumns), "screen"), span(text, "screen")]);
      continue;
    }
    for (const [row, text] of rows.entries()) {
      const label = row === 0 ? (labels[index] ?? "") : "";
      lines.push([span(padText(label, labelColumns), "message.system"), span(text, "screen")]);
    }
  }
  return lines;
}

function peerFacts(peer: Peer, world: World): readonly Fact[] {
  const now = world.now();
  const charset = `${peer.charset.toUpperCase()} (${world.text(`charset.reason.${peer.charsetReason}`)})`;
  const states = { online: "state.online", away: "state.away", offline: "state.offline" } as const;
  return [
    ["details.nick", shownName(peer)],
    ["details.user", shownText(peer.user)],
    ["details.group", shownText(peer.group)],
    ["details.host", shownText(peer.host)],
    ["details.address", peer.addresses.map(({ endpoint }) => formatEndpoint(endpoint)).join("\n")],
    ["details.state", world.text(states[peer.state])],
    ["details.motto", shownText(peer.motto, 200)],
    ["details.absence", peer.absenceText === null ? "" : shownText(peer.absenceText)],
    ["details.protocol", dialectLabel(peer, world)],
    ["details.version", shownText(peer.versionText ?? peer.version)],
    ["details.charset", charset],
    ...keyFacts(peer, world),
    ["details.first", formatMoment(peer.firstSeen, now)],
    ["details.last", formatMoment(peer.lastSeen, now)],
    ["details.files", peer.policy.files === null ? "" : fileRuleText(peer.policy.files, world)],
    ["details.duplicates", peer.duplicates > 0 ? String(peer.duplicates) : ""],
    ["details.decided", decisionsOf(peer, world)],
    ["details.merged", peer.mergedIds.map((id) => shownText(id)).join("\n")],
    ["details.note", shownText(peer.policy.note)],
  ];
}

/** Members listed in the details; a group of strangers may have hundreds. */
const listedMembers = 40;

function roomFacts({ number, members }: Room, world: World): readonly Fact[] {
  const names = members.slice(0, listedMembers).map(({ peerId, name }) => {
    const peer = peerId === null ? undefined : world.node.peer(peerId);
    return peer === undefined ? shownText(name, 80) : shownName(peer);
  });
  const left = members.length - names.length;
  return [
    ["details.roomNumber", shownText(number)],
    ["details.roomMembers", [...names, ...(left > 0 ? [`… +${left}`] : [])].join("\n")],
    ["details.roomNote", world.text("details.roomWords")],
  ];
}

function decisionsOf({ policy }: Peer, world: World): string {
  return (["blocked", "favourite", "muted", "unlogged"] as const)
    .filter((key) => policy[key])
    .map((key) => world.text(`decided.${key}`))
    .join("\n");
}

function ownFacts(world: World): readonly Fact[] {
  const { self, network } = world.node;
  const counts = world.node.diagnostics();
  const addresses = shownAddresses(network?.addresses ?? []).map((one) => one.address);
  const traffic = (datagrams: number, sizeBytes: number): string =>
    `${world.text("details.datagrams", { count: datagrams })}\n${formatSize(BigInt(sizeBytes))}`;
  return [
    ["details.members", String(onlineCount(world))],
    ["details.nick", safeText(self.nick)],
    ["details.group", safeText(self.group)],
    ["details.host", safeText(self.host)],
    ["details.self", addresses.join("\n")],
    [
      "details.fingerprint",
      world.node.fingerprint === null ? "" : fingerprintWords(world.node.fingerprint, world),
    ],
    ["details.port", network === null ? "" : String(network.port)],
    ["details.sent", traffic(counts.datagramsOut, counts.bytesOut)],
    ["details.received", traffic(counts.datagramsIn, counts.bytesIn)],
    ["details.delivered", String(counts.messagesDelivered)],
    ["details.unconfirmed", String(counts.messagesUnconfirmed)],
    ["details.repeats", String(counts.repeats)],
  ];
}
