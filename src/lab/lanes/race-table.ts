// A race as the rows of a report's table: one row for each lane. Called by the command and by the screen's export.
import type { LaneResult } from "./lane-result.js";

export const raceColumns = [
  "lane",
  "messages",
  "delivered",
  "sent",
  "copies",
  "discarded",
  "confirmed",
  "unconfirmed",
  "unconfirmedArrived",
  "timeMs",
  "goodputBps",
  "finished",
  "theoryDelivered",
  "theorySent",
  "theoryTimeMs",
  "theoryUnconfirmed",
] as const;

export const raceCells = (one: LaneResult): readonly (string | number | null)[] => [
  one.lane,
  one.messages,
  one.delivered,
  one.sent,
  one.duplicates,
  one.discarded,
  one.confirmed,
  one.unconfirmed,
  one.unconfirmedArrived,
  one.timeMs,
  one.goodputBitsPerSecond,
  one.finished ? 1 : 0,
  one.theory?.delivered ?? null,
  one.theory?.sent ?? null,
  one.theory?.timeMs ?? null,
  one.theory?.unconfirmed ?? null,
];
