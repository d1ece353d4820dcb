// The texts of the demonstrations and lessons in a language, and how their numbers are written. Called by their commands and by the
// lab's screen.
import type { LaneResult } from "./lanes/lane-result.js";
import type { LessonStrip } from "./lessons/lesson.js";
import type { Comparison } from "./lessons/run-lesson.js";
import { translateFrom, type Language, type Translate } from "../i18n/catalogue.js";
import { joinTexts } from "../i18n/join-texts.js";
import { labDemosEn } from "../i18n/lab-demos-en.js";
import { labDemosZhCN, type LabDemosTextKey } from "../i18n/lab-demos-zh-CN.js";

export type DemoText = Translate<LabDemosTextKey>;

const catalogues: Readonly<Record<Language, () => Readonly<Record<LabDemosTextKey, string>>>> = {
  "zh-CN": joinTexts(labDemosZhCN),
  en: joinTexts(labDemosEn),
};

export const demoTexts = (language: Language): DemoText => translateFrom(catalogues[language](), language);

/** True when the catalogue has this key: for names that come from elsewhere. */
export const hasDemoText = (key: string): key is LabDemosTextKey => Object.hasOwn(catalogues["zh-CN"](), key);

/** A time for people: `11.8 s`, `52 ms`, `0.24 ms`. */
export const formatMs = (ms: number): string => {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms >= 100_000 ? 0 : 1)} s`;
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toFixed(2))} ms`;
};

/** A rate for people: `1.2 Mbit/s`. */
export const formatBits = (bitsPerSecond: number | null): string => {
  if (bitsPerSecond === null) return "-";
  for (const [unit, size] of [
    ["Gbit/s", 1e9],
    ["Mbit/s", 1e6],
    ["kbit/s", 1e3],
  ] as const) {
    if (bitsPerSecond >= size) return `${(bitsPerSecond / size).toFixed(1)} ${unit}`;
  }
  return `${Math.round(bitsPerSecond)} bit/s`;
};

/** A number without digits that mean nothing. */
export const formatNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);

/** A share in per cent. */
export const formatPercent = (share: number): string => (100 * share).toFixed(share < 0.1 ? 1 : 0);

/** What the formulas say, in one cell: the part that this lane is about. */
export const theoryWords = ({ lane, theory }: LaneResult, text: DemoText): string => {
  if (lane === "tcp") return "-";
  if (theory === null) return text("race.noFormula");
  const { delivered, sent, timeMs, timeIsLeast, unconfirmed } = theory;
  if (unconfirmed !== null) return text("race.theoryUnconfirmed", { count: oneDigit(unconfirmed) });
  if (lane === "udp") return text("race.theoryDelivered", { count: oneDigit(delivered) });
  const time =
    timeMs === null
      ? []
      : [text(timeIsLeast ? "race.theoryLeast" : "race.theoryTime", { time: formatMs(timeMs) })];
  return [...time, ...(sent === null ? [] : [text("race.theorySent", { count: Math.round(sent) })])].join(
    "  ",
  );
};

const oneDigit = (value: number): string => String(Math.round(value * 10) / 10);

/** Measurements that answer a question: 1 is yes. */
const questions: ReadonlySet<string> = new Set([
  "broadcastWithPermission",
  "broadcastWithoutPermission",
  "bursty",
  "closeWait",
  "closedPortConnected",
  "closedPortTcp",
  "closedPortUnconnected",
  "couldListenAgain",
  "emptyDatagram",
  "finWait2",
  "firstAndSecondSame",
  "firstAndThirdSame",
  "honestServed",
  "largestDatagram",
  "listening",
  "nextIsNext",
  "portTaken",
  "secondCouldBind",
  "timeWaitAtClient",
  "timeWaitAtServer",
  "tooLarge",
  "wholeIsRight",
]);

/** A measurement of this name for people: a number, or yes and no. */
export const formatMeasure = (what: string, value: number, text: DemoText): string =>
  questions.has(what) ? text(value === 0 ? "measure.no" : "measure.yes") : formatNumber(value);

/** Where a measurement was expected. */
export const bandWords = ({ what, lo, hi }: Comparison, text: DemoText): string =>
  lo === hi ? formatMeasure(what, lo, text) : `${formatNumber(lo)}..${formatNumber(hi)}`;

/** Over the beginning of a run: whose it is, and how much is left out; null where nothing has to be said. */
export const stripTitle = ({ seed, cells }: LessonStrip, most: number, text: DemoText): string | null => {
  const part = { shown: Math.min(most, cells.length), count: cells.length };
  if (seed !== null) return text("lesson.strip", { seed, ...part });
  return cells.length > most ? text("lesson.stripRest", part) : null;
};

/** A measurement's name for people; some are made of a name and a number or a lane. */
export const measureLabel = (what: string, text: DemoText): string => {
  const key = `what.${what}`;
  if (hasDemoText(key)) return text(key);
  const [, at = "", number = ""] = /^(widthAt|percentAt)(\d+)$/u.exec(what) ?? [];
  const [, lane = "", part = ""] = /^([a-z]+)(Delivered|Sent|Seconds)$/u.exec(what) ?? [];
  const made = at === "" ? `what.lane${part}` : `what.${at}`;
  return hasDemoText(made) ? text(made, { number, lane }) : what;
};
