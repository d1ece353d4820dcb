// The open conversation as a source of rows for the virtual log: messages and system lines from the timeline, day lines where the
// day changes, the unread line where reading stopped. Updates scroll over the same frame that the view paints.
import { everyone, roomNumberOf } from "../../index.js";
import { editorText } from "../edit/editor.js";
import { createRowCache } from "../log/log.js";
import type { LogFrame, LogSource, RowCache } from "../log/log.js";
import { shownName } from "../roster.js";
import { cellWidth, widthEpoch } from "../text/width.js";
import type { Timeline } from "../timeline.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { layoutOf } from "./layout.js";
import type { Layout } from "./layout.js";
import { ruleWith, span } from "./lines.js";
import { messageLines, systemLines } from "./message-lines.js";
import type { LogColumns } from "./message-lines.js";
import { formatDay, isSameDay } from "./moment.js";
import type { Line } from "./scene.js";

/** The row cache of a timeline, with what else than the width its rows were made for. */
interface KeptCache {
  readonly key: string;
  readonly cache: RowCache<Line>;
}

const caches = new WeakMap<Timeline, KeptCache>();

/** The frame of the open conversation for the place the layout gives it. */
export function logFrame(state: UiState, world: World, layout: Layout = layoutOf(state)): LogFrame<Line> {
  const timeline = world.timelines.of(state.conversation);
  const columns: LogColumns = {
    columns: layout.log.columns,
    nameColumns: layout.kind === "narrow" ? null : nameColumns(state, world, layout),
  };
  return {
    source: sourceOf(timeline, columns, state, world),
    cache: cacheOf(timeline, columns, state, world),
    columns: columns.columns,
    height: layout.log.rows,
  };
}

/** In a talk of two the name column fits both names; with everyone or a group it has a usual width. */
function nameColumns(state: UiState, world: World, layout: Layout): number {
  if (state.conversation === everyone || roomNumberOf(state.conversation) !== null)
    return layout.log.columns >= 66 ? 10 : 8;
  const peer = world.node.peer(state.conversation);
  const widest = Math.max(
    cellWidth(world.text("peer.self")),
    peer === undefined ? 0 : cellWidth(shownName(peer)),
  );
  return Math.max(6, Math.min(layout.log.columns >= 66 ? 12 : 8, widest));
}

function cacheOf(timeline: Timeline, columns: LogColumns, state: UiState, world: World): RowCache<Line> {
  const reading = state.readings.get(state.conversation) ?? "";
  const key = [columns.nameColumns, world.lang, reading, queryOf(state), [...state.expanded].join()].join(
    "\n",
  );
  const known = caches.get(timeline);
  if (known !== undefined && known.key === key) return known.cache;
  const cache = createRowCache<Line>(widthEpoch);
  caches.set(timeline, { key, cache });
  return cache;
}

function queryOf({ search }: UiState): string {
  return search === null ? "" : editorText(search.query);
}

function sourceOf(timeline: Timeline, columns: LogColumns, state: UiState, world: World): LogSource<Line> {
  const { unreadLine } = state;
  const query = queryOf(state);
  const reading = state.readings.get(state.conversation) ?? null;
  return {
    first: timeline.first,
    end: timeline.end,
    // The unread line comes and goes with the reader, so it counts as a version of its entry.
    versionOf: (serial) =>
      timeline.version(serial) * 100_000 +
      (unreadLine?.serial === serial ? 1 + (unreadLine.count % 99_998) : 0),
    rowsOf(serial, width) {
      const entry = timeline.entry(serial);
      if (entry === undefined) return [];
      const rows: Line[] = [];
      const previous = timeline.entry(serial - 1);
      if (previous === undefined || !isSameDay(previous.at, entry.at)) {
        rows.push([span(ruleWith(formatDay(entry.at, world), width), "line.day")]);
      }
      if (unreadLine?.serial === serial) {
        const words = world.text("log.unread", { count: unreadLine.count });
        rows.push([span(ruleWith(words, width), "line.unread")]);
      }
      const own = { ...columns, columns: width };
      if (entry.kind === "system") return [...rows, ...systemLines(entry.line, own)];
      const { message } = entry;
      const look = { query, reading, isExpanded: state.expanded.has(message.id) };
      return [...rows, ...messageLines(message, own, world, look)];
    },
  };
}
