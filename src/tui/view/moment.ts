// Times and sizes as people read them, in the time zone of this computer.
import type { World } from "../world.js";

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:02` */
export function formatTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `14:02:07.123` */
export function formatExactTime(at: number): string {
  const date = new Date(at);
  return `${formatTime(at)}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `2026-11-20 星期五` */
export function formatDay(at: number, world: World): string {
  const date = new Date(at);
  const weekdays = [
    "weekday.0",
    "weekday.1",
    "weekday.2",
    "weekday.3",
    "weekday.4",
    "weekday.5",
    "weekday.6",
  ] as const;
  return world.text("log.day", {
    year: String(date.getFullYear()),
    month: two(date.getMonth() + 1),
    day: two(date.getDate()),
    weekday: world.text(weekdays[date.getDay()] ?? "weekday.0"),
  });
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** Time alone when it is today, else with its day: `11-19 14:02`. */
export function formatMoment(at: number, now: number): string {
  const date = new Date(at);
  const time = formatTime(at);
  return isSameDay(at, now) ? time : `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

const units = ["B", "KB", "MB", "GB", "TB"] as const;

/** `1.2 MB`; a size is a claim of the sender and may be any number. */
export function formatSize(sizeBytes: bigint): string {
  let value = Number(sizeBytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? "B"}`;
}
