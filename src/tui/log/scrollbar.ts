// Where the thumb of a scroll bar stands. By item index, not by rows: rows of what is out of sight are never counted.

export interface Thumb {
  /** First row of the thumb within the bar, and its length, at least one row. */
  readonly start: number;
  readonly length: number;
}

/** The thumb for a window over items `first` to `end`, or null when everything is in sight. */
export function thumbOf(
  height: number,
  items: { readonly first: number; readonly end: number },
  visible: { readonly first: number; readonly end: number },
): Thumb | null {
  const total = items.end - items.first;
  const shown = visible.end - visible.first;
  if (height <= 0 || total <= 0 || shown >= total) return null;
  const length = Math.max(1, Math.min(height - 1, Math.round((height * shown) / total)));
  const hidden = total - shown;
  const above = Math.max(0, Math.min(hidden, visible.first - items.first));
  const room = height - length;
  let start = Math.round((room * above) / hidden);
  // The ends are touched only when they are reached.
  if (above > 0 && start === 0 && room > 1) start = 1;
  if (above < hidden && start === room && room > 1) start = room - 1;
  return { start, length };
}
