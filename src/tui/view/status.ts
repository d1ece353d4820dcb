// The status row: who and where we are, the charset towards the open peer, how many are there and unread, how much the network loses,
// whether the log follows. Short forms below 60 columns, wide ones from 110.
import { safeText } from "../../index.js";
import type { Diagnostics } from "../../index.js";
import { badLineMark, impairmentOf } from "../lab/bad-lines.js";
import type { LogView } from "../log/log.js";
import { onlineCount, unreadCount } from "../roster.js";
import { truncateText } from "../text/fit.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { charsetLabel } from "./conversation.js";
import { noticeLine } from "./input.js";
import type { Layout } from "./layout.js";
import { span, spread } from "./lines.js";
import { formatTime } from "./moment.js";
import type { Line, Pane, Span } from "./scene.js";

export function statusPanes(
  state: UiState,
  world: World,
  layout: Layout,
  log: LogView<Line>,
): readonly Pane[] {
  const notice = noticeLine(state, world);
  const panes: Pane[] = [];
  if (layout.notice !== null) {
    panes.push({
      id: "notice",
      rect: layout.notice,
      lines: [notice ?? []],
      fill: "screen",
    });
  }
  const replaced = layout.notice === null ? notice : null;
  panes.push({
    id: "status",
    rect: layout.status,
    lines: [replaced ?? statusLine(state, world, layout, log)],
    fill: "status",
  });
  return panes;
}

/** Lost sends of acknowledged messages, in percent; null before anything was sent. */
export function lossPercent(diagnostics: Diagnostics): number | null {
  // Every repeat means that the send before it went without an answer, and so does a message given up.
  const sends = diagnostics.messagesSent + diagnostics.repeats;
  if (sends === 0) return null;
  return Math.min(100, Math.round((100 * (diagnostics.repeats + diagnostics.messagesUnconfirmed)) / sends));
}

function statusLine(state: UiState, world: World, layout: Layout, log: LogView<Line>): Line {
  const isNarrow = layout.kind === "narrow";
  const isWide = layout.kind === "wide";
  const gap = isWide ? "  " : " ";
  const left: Span[] = [];
  const right: Span[] = [];
  const push = (line: Span[], text: string, role: Span["role"]): void => {
    if (line.length > 0) line.push(span(gap, "status"));
    line.push(span(text, role));
  };
  const online = onlineCount(world);
  const port = world.node.network?.port;
  const portText = port === undefined ? world.text("status.noPort") : world.text("status.port", { port });
  if (isNarrow) {
    push(left, world.text("status.online", { count: online }), "status.value");
    push(left, portText.replace(" ", ""), "status");
    push(right, followText(state, world, log, false), "status.value");
    push(right, world.keymap.keyOf("help"), "status");
    return spread(left, right, layout.status.columns, "status");
  }
  push(left, ` ${ownAddress(world, isWide ? 24 : 14)}`, "status.value");
  push(left, portText, "status");
  const peer = world.node.peer(state.conversation);
  if (isWide && peer !== undefined) {
    push(left, world.text("status.charset", { charset: charsetLabel(peer) }), "status");
  }
  const badLine = badLineText(state, world);
  if (badLine !== null) push(left, badLine, "status.warning");
  if (world.node.self.away !== null) push(left, world.text("status.away"), "status.warning");
  if (state.simulation.kind === "on") {
    push(left, world.text("status.simulation", { count: state.simulation.count }), "status");
  }
  const unread = unreadCount(world);
  push(right, world.text(isWide ? "status.onlineWide" : "status.online", { count: online }), "status.value");
  push(
    right,
    world.text(isWide ? "status.unreadWide" : "status.unread", { count: unread }),
    unread > 0 ? "status.unread" : "status.value",
  );
  const percent = lossPercent(world.node.diagnostics()) ?? 0;
  push(
    right,
    world.text(isWide ? "status.lossWide" : "status.loss", { percent }),
    percent >= 5 ? "status.warning" : "status.value",
  );
  push(right, followText(state, world, log, isWide), log.newBelow > 0 ? "status.unread" : "status.value");
  if (isWide) push(right, formatTime(world.now()), "status");
  return spread(left, right, layout.status.columns, "status");
}

/** The open peer's bad line, else everybody's, else how many there are. */
function badLineText(state: UiState, world: World): string | null {
  const lines = world.node.impairments();
  const spec = impairmentOf(world, state.conversation) ?? lines.find((one) => one.to === null)?.spec;
  const shown = spec ?? lines[0]?.spec;
  if (shown === undefined) return null;
  const mark = badLineMark(shown);
  return spec === undefined
    ? world.text("status.badLines", { mark, count: lines.length })
    : world.text("status.badLine", { mark });
}

function followText(state: UiState, world: World, log: LogView<Line>, isWide: boolean): string {
  const isFollowing = (state.positions.get(state.conversation)?.kind ?? "follow") === "follow";
  if (isFollowing) return world.text(isWide ? "status.followWide" : "status.follow");
  return world.text(isWide ? "status.anchoredWide" : "status.anchored", { count: log.newBelow });
}

/** `小李@192.168.1.10`, the first address that others can reach. */
function ownAddress(world: World, nameColumns: number): string {
  const { self, network } = world.node;
  const name = truncateText(safeText(self.nick === "" ? self.user : self.nick), nameColumns);
  const addresses = network?.addresses ?? [];
  const own =
    addresses.find((address) => address.family === "IPv4" && !address.loopback) ??
    addresses.find((address) => !address.loopback) ??
    addresses[0];
  return own === undefined ? name : `${name}@${own.address}`;
}
