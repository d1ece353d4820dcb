// A log of any length as a window of rows. Messages are a ring kept by the caller and known by serial numbers that never change;
// only messages near the window are ever laid out, from the bottom up. Pure: position in, position out; rows come from the caller's
// producer through a cache. Knows nothing of what a message or a row is.

export interface LogSource<Row> {
  /** Serial of the oldest message in memory, and one past the newest. Older messages loaded later may lower `first`. */
  readonly first: number;
  readonly end: number;
  /** Rows of a message at a width; at least one for a message that should be seen, none for one that is filtered out. */
  rowsOf(serial: number, columns: number): readonly Row[];
  /** Changes when a message must be laid out anew: a delivery mark, a transfer's progress, a changed neighbour. */
  versionOf(serial: number): number;
}

/** Where the reader is. An anchor names the row at the bottom of the window, so new messages below do not move it. */
export type LogPosition =
  | { readonly kind: "follow" }
  | {
      readonly kind: "anchor";
      readonly serial: number;
      readonly row: number;
      /** Messages from here on have not been seen. */
      readonly seenEnd: number;
    };

export const follow: LogPosition = { kind: "follow" };

export interface LogRow<Row> {
  readonly serial: number;
  /** Index within the message: 0 is its first row. */
  readonly row: number;
  readonly content: Row;
}

export interface LogView<Row> {
  /** Top to bottom; fewer than the height when the log is short. */
  readonly rows: readonly LogRow<Row>[];
  /** The position after clamping: keep it. */
  readonly position: LogPosition;
  /** Messages that came below the window. */
  readonly newBelow: number;
  readonly isAtOldest: boolean;
}

export interface RowCache<Row> {
  rows(source: LogSource<Row>, serial: number, columns: number): readonly Row[];
  clear(): void;
}

interface CacheEntry<Row> {
  readonly version: number;
  readonly epoch: number;
  readonly columns: number;
  readonly rows: readonly Row[];
}

/**
 * Rows of messages with the width they were made for. One per log; bounded, the oldest entries go first.
 * `epochOf` is `widthEpoch` of the text measure, so that a change of the terminal's widths empties it.
 */
export function createRowCache<Row>(epochOf: () => number = () => 0, limit = 1000): RowCache<Row> {
  const entries = new Map<number, CacheEntry<Row>>();
  return {
    rows(source, serial, columns) {
      const version = source.versionOf(serial);
      const epoch = epochOf();
      const known = entries.get(serial);
      if (
        known !== undefined &&
        known.version === version &&
        known.columns === columns &&
        known.epoch === epoch
      ) {
        return known.rows;
      }
      const rows = source.rowsOf(serial, columns);
      entries.delete(serial);
      entries.set(serial, { version, epoch, columns, rows });
      if (entries.size > limit) {
        const oldest = entries.keys().next();
        if (oldest.done !== true) entries.delete(oldest.value);
      }
      return rows;
    },
    clear: () => entries.clear(),
  };
}

export interface LogFrame<Row> {
  readonly source: LogSource<Row>;
  readonly cache: RowCache<Row>;
  readonly columns: number;
  readonly height: number;
}

/** A place in the log: a row of a message. */
interface Place {
  readonly serial: number;
  readonly row: number;
}

function rowsAt<Row>(frame: LogFrame<Row>, serial: number): readonly Row[] {
  return frame.cache.rows(frame.source, serial, frame.columns);
}

/** The last row of the last message that has rows. */
function bottomPlace<Row>(frame: LogFrame<Row>): Place | undefined {
  for (let serial = frame.source.end - 1; serial >= frame.source.first; serial -= 1) {
    const count = rowsAt(frame, serial).length;
    if (count > 0) return { serial, row: count - 1 };
  }
  return undefined;
}

/** The place so many rows further; stops at the ends. Also says how many rows it moved. */
function movePlace<Row>(frame: LogFrame<Row>, from: Place, delta: number): { place: Place; moved: number } {
  const { source } = frame;
  let { serial, row } = from;
  let moved = 0;
  let left = Math.abs(delta);
  const step = delta < 0 ? -1 : 1;
  while (left > 0) {
    const count = rowsAt(frame, serial).length;
    const room = step === 1 ? count - 1 - row : row;
    if (room >= left) return { place: { serial, row: row + step * left }, moved: moved + left };
    let next = serial + step;
    while (next >= source.first && next < source.end && rowsAt(frame, next).length === 0) next += step;
    if (next < source.first || next >= source.end) {
      return { place: { serial, row: row + step * room }, moved: moved + room };
    }
    moved += room + 1;
    left -= room + 1;
    serial = next;
    row = step === 1 ? 0 : rowsAt(frame, next).length - 1;
  }
  return { place: { serial, row }, moved };
}

/** The anchor made valid: messages may have left the ring, shrunk or been hidden since. */
function clampPlace<Row>(frame: LogFrame<Row>, place: Place): Place | undefined {
  const { source } = frame;
  if (source.end <= source.first) return undefined;
  const wanted = Math.max(source.first, Math.min(source.end - 1, place.serial));
  for (let serial = wanted; serial < source.end; serial += 1) {
    const count = rowsAt(frame, serial).length;
    if (count > 0) return { serial, row: serial === place.serial ? Math.min(place.row, count - 1) : 0 };
  }
  return bottomPlace(frame);
}

/** What is on the screen for a position. Cost: the rows on the screen. */
export function viewLog<Row>(frame: LogFrame<Row>, position: LogPosition): LogView<Row> {
  const { source } = frame;
  const height = Math.max(0, frame.height);
  const newest = bottomPlace(frame);
  if (newest === undefined || height === 0) {
    const newBelow = position.kind === "anchor" ? Math.max(0, source.end - position.seenEnd) : 0;
    return { rows: [], position, newBelow, isAtOldest: true };
  }
  let bottom = position.kind === "follow" ? newest : (clampPlace(frame, position) ?? newest);
  // Near the oldest message the window is filled from above: the bottom moves down until no row is wasted.
  const top = movePlace(frame, bottom, -(height - 1));
  if (position.kind === "anchor" && top.moved < height - 1) {
    bottom = movePlace(frame, top.place, height - 1).place;
  }
  const rows = rowsUpTo(frame, bottom, height);
  const isAtNewest = bottom.serial === newest.serial && bottom.row === newest.row;
  const seenEnd = position.kind === "anchor" ? Math.max(position.seenEnd, bottom.serial + 1) : source.end;
  const next: LogPosition =
    position.kind === "follow" || isAtNewest ? follow : { kind: "anchor", ...bottom, seenEnd };
  const first = rows[0];
  const isAtOldest = first === undefined || movePlace(frame, first, -1).moved === 0;
  return {
    rows,
    position: next,
    newBelow: next.kind === "follow" ? 0 : Math.max(0, source.end - seenEnd),
    isAtOldest,
  };
}

function rowsUpTo<Row>(frame: LogFrame<Row>, bottom: Place, height: number): readonly LogRow<Row>[] {
  const rows: LogRow<Row>[] = [];
  let last = bottom.row;
  for (let serial = bottom.serial; serial >= frame.source.first && rows.length < height; serial -= 1) {
    const contents = rowsAt(frame, serial);
    if (serial !== bottom.serial) last = contents.length - 1;
    for (let row = last; row >= 0 && rows.length < height; row -= 1) {
      const content = contents[row];
      if (content !== undefined) rows.push({ serial, row, content });
    }
  }
  return rows.toReversed();
}

/** Moves the window by rows: negative is towards older messages. Reaching the newest row follows again. */
export function scrollLog<Row>(frame: LogFrame<Row>, position: LogPosition, delta: number): LogPosition {
  const view = viewLog(frame, position);
  const bottom = view.rows.at(-1);
  if (bottom === undefined || delta === 0) return view.position;
  if (delta < 0 && view.isAtOldest) return view.position;
  const seenEnd = view.position.kind === "anchor" ? view.position.seenEnd : frame.source.end;
  const { place } = movePlace(frame, bottom, delta);
  return viewLog(frame, { kind: "anchor", ...place, seenEnd }).position;
}

/** A page up or down, keeping one row of the old page in sight. */
export function pageLog<Row>(frame: LogFrame<Row>, position: LogPosition, pages: -1 | 1): LogPosition {
  return scrollLog(frame, position, pages * Math.max(1, frame.height - 1));
}

/** The window with the oldest message in memory at its top. */
export function oldestLog<Row>(frame: LogFrame<Row>, position: LogPosition): LogPosition {
  const seenEnd = position.kind === "anchor" ? position.seenEnd : frame.source.end;
  return viewLog(frame, { kind: "anchor", serial: frame.source.first, row: 0, seenEnd }).position;
}

/** The window with a message in its middle, for search hits and the unread line. */
export function showMessage<Row>(frame: LogFrame<Row>, position: LogPosition, serial: number): LogPosition {
  const place = clampPlace(frame, { serial, row: 0 });
  if (place === undefined) return position;
  const seenEnd = position.kind === "anchor" ? position.seenEnd : frame.source.end;
  const below = movePlace(frame, place, Math.floor(frame.height / 2)).place;
  return viewLog(frame, { kind: "anchor", ...below, seenEnd }).position;
}

/** The window moved as little as brings a message into sight: its first row to the top, or its last one to the bottom. */
export function revealMessage<Row>(frame: LogFrame<Row>, position: LogPosition, serial: number): LogPosition {
  const view = viewLog(frame, position);
  const first = view.rows[0];
  const last = view.rows.at(-1);
  const count = serial >= frame.source.first && serial < frame.source.end ? rowsAt(frame, serial).length : 0;
  if (first === undefined || last === undefined || count === 0) return view.position;
  const seenEnd = view.position.kind === "anchor" ? view.position.seenEnd : frame.source.end;
  if (serial < first.serial || (serial === first.serial && first.row > 0)) {
    const bottom = movePlace(frame, { serial, row: 0 }, frame.height - 1).place;
    return viewLog(frame, { kind: "anchor", ...bottom, seenEnd }).position;
  }
  if (serial > last.serial || (serial === last.serial && last.row < count - 1)) {
    // Of a message higher than the window the beginning is shown.
    const row = Math.min(count, frame.height) - 1;
    return viewLog(frame, { kind: "anchor", serial, row, seenEnd }).position;
  }
  return view.position;
}
