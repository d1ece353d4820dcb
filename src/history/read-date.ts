// Dates as people type them, in local time: a day, a day with a time, a time of today, or so long ago. Used by `before:`, `after:` and
// the flags that take a date.
const shapes = {
  day: /^(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/u,
  dayOfYear: /^(\d{1,2})[-/月.](\d{1,2})日?(?:[T ](\d{1,2}):(\d{2}))?$/u,
  clock: /^(\d{1,2}):(\d{2})$/u,
  ago: /^(\d{1,5})(m|h|d|w|分|时|天|周)$/u,
};

const agoMs: Readonly<Record<string, number>> = {
  m: 60_000,
  分: 60_000,
  h: 3_600_000,
  时: 3_600_000,
  d: 86_400_000,
  天: 86_400_000,
  w: 604_800_000,
  周: 604_800_000,
};

/**
 * The moment, or null when it is none.
 *
 * @example readDate("2026-11-20", Date.now()); readDate("昨天", now); readDate("3d", now)
 */
export const readDate = (text: string, nowMs: number): number | null => {
  const now = new Date(nowMs);
  const dayStart = (back: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - back).getTime();
  if (text === "today" || text === "今天") return dayStart(0);
  if (text === "yesterday" || text === "昨天") return dayStart(1);
  const ago = shapes.ago.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (agoMs[ago[2] ?? ""] ?? 0);
  const clock = shapes.clock.exec(text);
  if (clock !== null) return dayStart(0) + (Number(clock[1]) * 60 + Number(clock[2])) * 60_000;
  const day = shapes.day.exec(text);
  if (day !== null) return momentOf(day.slice(1).map(numberOf));
  const dayOfYear = shapes.dayOfYear.exec(text);
  return dayOfYear === null ? null : momentOf([now.getFullYear(), ...dayOfYear.slice(1).map(numberOf)]);
};

const numberOf = (digits: string | undefined): number => Number(digits ?? 0);

/** Null for the 31st of February. */
const momentOf = ([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]):
  | number
  | null => {
  const date = new Date(year, month - 1, day, hour, minute, second);
  const isReal = date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60;
  return isReal ? date.getTime() : null;
};
