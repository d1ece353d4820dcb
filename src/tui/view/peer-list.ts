// The peer list: everyone, then the peers with presence mark, name, dialect and unread count. On small screens the same rows in a
// popup. Marks carry the state by themselves: `>` everyone, `#` a FeiQ group, `*` online, `-` away, blank offline; behind it `+` for who is marked
// as a receiver, `~` for a line that is bad on purpose, `^` for a favourite.
import { everyone, roomNumberOf } from "../../index.js";
import type { Dialect, Peer } from "../../index.js";
import type { TuiTextKey } from "../../i18n/tui-zh-CN.js";
import { badLineMark, impairmentOf } from "../lab/bad-lines.js";
import { viewList } from "../log/list.js";
import { rosterItems } from "../roster-rows.js";
import type { RosterRow } from "../roster-rows.js";
import { onlineCount, shownName, shownText } from "../roster.js";
import type { RosterEntry } from "../roster.js";
import { displayText } from "../text/display.js";
import { fitText, truncateText } from "../text/fit.js";
import { cellWidth } from "../text/width.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { framed, span, spread } from "./lines.js";
import type { Line, Pane, Role } from "./scene.js";

const labelColumns = 7;

/** Title and rows beside the log. */
export function peerListPanes(state: UiState, world: World, layout: Layout): readonly Pane[] {
  if (layout.listTitle === null) return [];
  const isFocused = state.focus === "peers";
  const title: Pane = {
    id: "peers-title",
    rect: layout.listTitle,
    lines: [[span(titleText(state, world, layout), isFocused ? "pane.title.focused" : "pane.title")]],
    fill: isFocused ? "pane.title.focused" : "pane.title",
  };
  const { columns, rows } = layout.list;
  return [
    title,
    { id: "peers", rect: layout.list, lines: peerRows(state, world, columns, rows), fill: "screen" },
  ];
}

/** The list over the log, where there is no room beside it. */
export function peerListPopup(state: UiState, world: World, layout: Layout): Pane {
  const rect = layout.list;
  const rows = peerRows(state, world, rect.columns - 2, rect.rows - 2);
  return framed(
    "peers",
    rect,
    { title: titleText(state, world, layout), hint: world.text("peers.hint") },
    rows,
  );
}

/** Column of the caret in the title while a name is typed. */
export function filterCaret(state: UiState, world: World): number {
  return cellWidth(world.text("peers.filter", { text: displayText(state.filter ?? "") }));
}

function titleText(state: UiState, world: World, layout: Layout): string {
  if (state.filter !== null) return world.text("peers.filter", { text: displayText(state.filter) });
  if (state.checked.size > 0) return world.text("peers.checked", { count: state.checked.size });
  const online = onlineCount(world);
  return layout.kind === "wide"
    ? world.text("peers.titleWide", { online, total: world.node.peers().length })
    : world.text("peers.title", { online });
}

function peerRows(state: UiState, world: World, columns: number, height: number): readonly Line[] {
  const items = rosterItems(state, world);
  const { visible } = viewList(items, state.list, height);
  const cursor = state.focus === "peers" ? state.list.selected : null;
  const rows = visible.map((row) =>
    row.kind === "group"
      ? groupRow(row, world, columns, cursor)
      : peerRow(row.entry, state, world, columns, cursor),
  );
  if (state.filter !== null && items.items.length === 0) {
    return [[span(world.text("peers.noMatch"), "message.system")]];
  }
  if (items.items.length === 1 && state.filter === null && height > 1) {
    rows.push([span(world.text("peers.none"), "message.system")]);
  }
  return rows;
}

/** `v 教研室 2/5`: how many of the group are there. */
function groupRow(
  row: Extract<RosterRow, { kind: "group" }>,
  world: World,
  columns: number,
  cursor: string | null,
): Line {
  const role: Role = row.id === cursor ? "popup.selected" : "pane.title";
  const count = world.text("peers.groupCount", { online: row.online, total: row.count });
  const mark = row.isFolded ? "[+] " : "[-] ";
  const left = span(truncateText(`${mark}${row.group}`, Math.max(1, columns - cellWidth(count) - 1)), role);
  return spread([left], [span(count, role)], columns, role);
}

function peerRow(
  entry: RosterEntry,
  state: UiState,
  world: World,
  columns: number,
  cursor: string | null,
): Line {
  const isOpen = entry.id === state.conversation;
  const isCursor = entry.id === cursor;
  const isMarked = isOpen || isCursor;
  const role: Role = isCursor ? "popup.selected" : isOpen ? "peer.selected" : peerRole(entry.peer);
  const unread =
    entry.unread > 0 || state.marked.has(entry.id)
      ? `${entry.unread > 999 ? "999+" : entry.unread > 0 ? entry.unread : ""}${state.marked.has(entry.id) ? "!" : ""}`
      : "";
  const name =
    entry.id === everyone ? world.text(columns >= 16 ? "peer.everyoneWide" : "peer.everyone") : entry.name;
  const room = columns - 2 - (unread === "" ? 0 : cellWidth(unread) + 1);
  // IP Messenger's own way is the usual one and goes without saying; an unread count takes the label's place.
  const isUsual = entry.peer === null || (entry.peer.dialect === "ipmsg" && entry.peer.feiyan === null);
  const spec = impairmentOf(world, entry.id);
  const dialect = isUsual || unread !== "" ? "" : dialectLabel(entry.peer, world);
  const label = spec === null || unread !== "" ? dialect : badLineMark(spec);
  const nameColumns = room - labelColumns - 1;
  const hasLabel = label !== "" && cellWidth(name) <= nameColumns;
  const left: Line = [
    span(markOf(entry, state, spec !== null), role, state.checked.has(entry.id) ? { bold: true } : {}),
    span(
      hasLabel ? `${fitText(name, nameColumns)} ` : truncateText(name, room),
      role,
      entry.unread > 0 ? { bold: true } : {},
    ),
    ...(hasLabel ? [span(fitText(label, labelColumns), isMarked ? role : "peer.dialect")] : []),
  ];
  const right: Line = unread === "" ? [] : [span(unread, isMarked ? role : "peer.unread", { bold: true })];
  const row = spread(left, right, columns, role);
  return row;
}

/** Presence; behind it whether the peer is marked to receive the next message, is blocked, has a bad line, is a favourite or muted. */
function markOf(entry: RosterEntry, state: UiState, isBad: boolean): string {
  const policy = entry.peer?.policy;
  const second = state.checked.has(entry.id)
    ? "+"
    : policy?.blocked === true
      ? "x"
      : isBad
        ? "~"
        : state.favourites.has(entry.id)
          ? "^"
          : policy?.muted === true
            ? "z"
            : " ";
  return `${entry.room === null ? presenceMark(entry.peer) : "#"}${second}`;
}

function presenceMark(peer: Peer | null): string {
  if (peer === null) return ">";
  return peer.state === "online" ? "*" : peer.state === "away" ? "-" : " ";
}

function peerRole(peer: Peer | null): Role {
  if (peer === null) return "peer.everyone";
  if (peer.state === "offline" || peer.policy.blocked) return "peer.offline";
  if (peer.state === "away") return "peer.away";
  return peer.dialect === "raw" ? "peer.raw" : "peer.online";
}

/** How a peer's way of speaking is called in lists and titles. Our own kind says so, whatever version it shows to others. */
export function dialectLabel({ dialect, feiyan }: Peer, world: World): string {
  if (feiyan !== null) return world.text("dialect.feiyan");
  const keys: Readonly<Record<Dialect, TuiTextKey>> = {
    ipmsg: "dialect.ipmsg",
    feiq: "dialect.feiq",
    iptux: "dialect.iptux",
    feige5: "dialect.feige5",
    shiyeline: "dialect.shiyeline",
    raw: "dialect.raw",
    other: "dialect.other",
  };
  return world.text(keys[dialect]);
}

/** Everyone or a peer by the name on the screen. */
export function conversationName(state: Pick<UiState, "conversation">, world: World): string {
  if (state.conversation === everyone) return world.text("peer.everyone");
  const number = roomNumberOf(state.conversation);
  if (number !== null) return shownText(world.text("peer.room", { group: number }), 80);
  const peer = world.node.peer(state.conversation);
  return peer === undefined ? "?" : shownName(peer);
}
