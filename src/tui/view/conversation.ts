// The open conversation: its title row and its log, or what is said while there is nothing to read yet. Scroll positions come from
// the state, rows from the log frame.
import { everyone, formatEndpoint } from "../../index.js";
import type { Peer } from "../../index.js";
import type { TuiTextKey } from "../../i18n/tui-zh-CN.js";
import { viewLog } from "../log/log.js";
import type { LogView } from "../log/log.js";
import { thumbOf } from "../log/scrollbar.js";
import { shownText, unreadCount } from "../roster.js";
import { wrapText } from "../text/wrap.js";
import { draftOf, positionOf } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { emptyNetworkLines, isNobodyThere } from "./empty-network.js";
import type { Layout } from "./layout.js";
import { cutLine, span, spread } from "./lines.js";
import { logFrame } from "./log-frame.js";
import { conversationName, dialectLabel } from "./peer-list.js";
import type { Line, Pane, Rect } from "./scene.js";

/** What the log shows now. */
export function logView(state: UiState, world: World, layout: Layout): LogView<Line> {
  const view = viewLog(logFrame(state, world, layout), positionOf(state));
  // Below a place in the past is more of the past, nothing new.
  return world.archive?.of(state.conversation)?.isDetached === true ? { ...view, newBelow: 0 } : view;
}

/** Title, log, and the rule before the log with its scroll thumb. */
export function conversationPanes(
  state: UiState,
  world: World,
  layout: Layout,
  log: LogView<Line>,
): readonly Pane[] {
  const isFocused = state.focus === "log";
  const panes: Pane[] = [];
  if (layout.title !== null) {
    const role = isFocused ? "pane.title.focused" : "pane.title";
    panes.push({
      id: "title",
      rect: layout.title,
      lines: [cutLine([span(titleText(state, world, layout), role)], layout.title.columns)],
      fill: role,
    });
  }
  panes.push({ id: "log", rect: layout.log, lines: logLines(state, world, layout, log), fill: "screen" });
  const bar = scrollThumb(state, world, layout, log);
  if (bar !== null) panes.push(bar);
  return panes;
}

/** The one header row of a small screen: whose conversation, what is unread, where the others are. */
export function narrowHeader(state: UiState, world: World, layout: Layout): Pane {
  const left = `${world.text("app.name")} ${conversationName(state, world)} ${stateText(state, world)}`;
  const unread = unreadCount(world);
  const key = world.keymap.keyOf("next-pane");
  const right = [
    unread > 0 ? world.text("title.unread", { count: unread }) : "",
    world.text("title.peersKey", { key: `${key} ` }),
  ];
  const words = right.filter((text) => text !== "").join(" ");
  const lines = [spread([span(left.trim(), "menu")], [span(words, "menu.key")], layout.menu.columns, "menu")];
  return { id: "header", rect: layout.menu, lines, fill: "menu" };
}

function logLines(state: UiState, world: World, layout: Layout, log: LogView<Line>): readonly Line[] {
  const { columns, rows } = layout.log;
  if (log.rows.length === 0) {
    if (isNobodyThere(world)) return emptyNetworkLines(state, world, columns, rows);
    const isToAll = state.conversation === everyone;
    const words = isToAll
      ? world.text("log.emptyEveryone", {
          next: world.keymap.keyOf("next-conversation"),
          jump: world.keymap.keyOf("jump"),
        })
      : world.text("log.emptyConversation");
    return wrapText(words, { columns }).map((row): Line => [span(row, "message.system")]);
  }
  const lines = log.rows.map((row) =>
    row.serial === state.picked && !isRule(row.content) ? pickedLine(row.content) : row.content,
  );
  if (isNobodyThere(world)) {
    // Lines of our own (a notice, a broadcast nobody heard) leave the rest of the pane to the explanation.
    const room = rows - lines.length - 1;
    if (room >= 6) return [...lines, [], ...emptyNetworkLines(state, world, columns, room)];
  }
  if (log.newBelow > 0) {
    const words = ` ${world.text("log.new", { count: log.newBelow })} `;
    const last = lines.at(-1) ?? [];
    lines[lines.length - 1] = spread(
      last,
      [span(words, "line.unread", { inverse: true })],
      columns,
      "screen",
    );
  }
  return lines;
}

/** Day and unread lines belong to the message below them, but are not chosen with it. */
function isRule(line: Line): boolean {
  return line[0]?.role === "line.day" || line[0]?.role === "line.unread";
}

/** The chosen message: what stands before its text is turned over and ends in a mark, so that it shows without colour too. */
function pickedLine(line: Line): Line {
  const [head, ...rest] = line;
  if (head === undefined) return line;
  const text = head.text.endsWith(" ") ? `${head.text.slice(0, -1)}>` : head.text;
  return [{ ...head, text, inverse: true }, ...rest];
}

function titleText(state: UiState, world: World, layout: Layout): string {
  const name = conversationName(state, world);
  const peer = world.node.peer(state.conversation);
  const parts =
    peer === undefined
      ? [name, state.conversation === everyone ? world.text("title.everyone") : roomTitle(state, world)]
      : [
          name,
          layout.kind === "wide" ? formatEndpoint(peer.endpoint) : peer.endpoint.address,
          dialectLabel(peer, world),
          charsetLabel(peer),
          stateText(state, world),
        ];
  const reading = state.readings.get(state.conversation);
  if (reading !== undefined) parts.push(world.text("title.reading", { charset: reading.toUpperCase() }));
  if (draftOf(state).raw) parts.push(world.text("title.raw"));
  return parts.filter((part) => part !== "").join("  ");
}

/** What a FeiQ group is, and how many were heard there; empty for anything else. */
function roomTitle(state: UiState, world: World): string {
  const room = world.node.rooms().find(({ id }) => id === state.conversation);
  return room === undefined ? "" : world.text("title.room", { members: room.members.length });
}

/** Presence, or that somebody is writing. */
function stateText(state: UiState, world: World): string {
  const peer = world.node.peer(state.conversation);
  if (peer === undefined) return "";
  if (peer.typingUntil > world.now()) return world.text("state.typing");
  const keys: Readonly<Record<Peer["state"], TuiTextKey>> = {
    online: "state.online",
    away: "state.away",
    offline: "state.offline",
  };
  const word = world.text(keys[peer.state]);
  return peer.state === "away" && peer.absenceText !== null
    ? `${word}: ${shownText(peer.absenceText, 60)}`
    : word;
}

/** The charset as people write it: `GBK`, `UTF-8`. */
export function charsetLabel(peer: Pick<Peer, "charset">): string {
  return peer.charset.toUpperCase();
}

/** While the reader is away from the newest row, the rule beside the log is its scroll bar. */
function scrollThumb(state: UiState, world: World, layout: Layout, log: LogView<Line>): Pane | null {
  const bar = layout.rules.find((rule) => rule.column === layout.log.column - 1 && rule.columns === 1);
  const [first] = log.rows;
  const last = log.rows.at(-1);
  if (bar === undefined || positionOf(state).kind === "follow" || first === undefined || last === undefined) {
    return null;
  }
  const timeline = world.timelines.of(state.conversation);
  const thumb = thumbOf(layout.log.rows, timeline, { first: first.serial, end: last.serial + 1 });
  if (thumb === null) return null;
  const rect: Rect = {
    column: bar.column,
    row: layout.log.row + thumb.start,
    columns: 1,
    rows: thumb.length,
  };
  return {
    id: "scrollbar",
    rect,
    lines: Array.from({ length: thumb.length }, () => [span("█", "scrollbar.thumb")]),
    fill: "scrollbar",
  };
}
