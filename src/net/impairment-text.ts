// The one text form of an impairment, for flags, dialogs, plans and saved reports:
//   loss=30%,burst=5,dup=3%,reorder=5%:3,corrupt=1%,delay=20ms+-5ms,rate=1mbit/15k/64k,mtu=1500,seed=42,keep-order
// and ge=1%:19%:0%:100% (good to bad, bad to good, delivered in bad, in good) for a Gilbert-Elliott channel by its own numbers.
// Rate is bits a second / bucket / queue. Times without a unit are milliseconds. Parse and format stand side by side.
import { FeiyanError } from "../ports/error.js";
import { type Impairment, type LossRule, validateImpairment } from "./impairment.js";
import { parseSeed } from "./philox.js";

type Draft = { -readonly [K in keyof Impairment]: Impairment[K] } & { share?: number; meanBurst?: number };

/** One Ethernet frame's worth: any smaller bucket would only delay the first datagram. */
const defaultBurstBytes = 1_500;
/** The largest datagram fits once; at 1 Mbit/s a full queue is half a second. */
const defaultQueueBytes = 65_536;

const readers: Readonly<Record<string, (draft: Draft, text: string) => void>> = {
  loss: (draft, text) => {
    draft.share = parseShare(text);
  },
  burst: (draft, text) => {
    draft.meanBurst = parseNumber(text, "a mean length such as 5");
  },
  ge: (draft, text) => {
    const [goodToBad, badToGood, deliveredInBad = 0, deliveredInGood = 1, ...rest] = text
      .split(":")
      .map(parseShare);
    if (goodToBad === undefined || badToGood === undefined || rest.length > 0)
      expected("two to four shares, 1%:19%");
    draft.loss = { kind: "gilbert-elliott", goodToBad, badToGood, deliveredInBad, deliveredInGood };
  },
  dup: (draft, text) => {
    draft.duplicate = parseShare(text);
  },
  reorder: (draft, text) => {
    const [share = "", distance = "1", ...rest] = text.split(":");
    if (rest.length > 0) expected("a share and a distance such as 5%:3");
    draft.reorder = {
      probability: parseShare(share),
      distance: parseNumber(distance, "a distance such as 3"),
    };
  },
  corrupt: (draft, text) => {
    draft.corrupt = parseShare(text);
  },
  delay: (draft, text) => {
    const [base = "", width = "0", ...rest] = text.split(/\+-|±/);
    if (rest.length > 0) expected("a time such as 20ms+-5ms");
    draft.delay = { baseMs: parseTime(base), widthMs: parseTime(width) };
  },
  rate: (draft, text) => {
    const [bits = "", burst, queue, ...rest] = text.split("/");
    if (rest.length > 0) expected("a rate such as 1mbit/15k/64k");
    draft.rate = {
      bitsPerSecond: parseRate(bits),
      burstBytes: burst === undefined ? defaultBurstBytes : parseSize(burst),
      queueBytes: queue === undefined ? defaultQueueBytes : parseSize(queue),
    };
  },
  mtu: (draft, text) => {
    draft.mtu = parseNumber(text, "a size in bytes such as 1500");
  },
  seed: (draft, text) => {
    parseSeed(text);
    draft.seed = BigInt(text).toString();
  },
};

/** Every key, in the order in which it is written. */
export const impairmentKeys = [...Object.keys(readers), "keep-order"] as const;

/**
 * Reads the text form. Throws `impairment-invalid` with `part` (what was not understood), `key` and, for an unknown key,
 * `nearest`. Empty text is the impairment that does nothing.
 *
 * @example parseImpairment("loss=5%,burst=5,seed=42")
 */
export function parseImpairment(text: string): Impairment {
  const draft: Draft = {};
  const seen = new Set<string>();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    if (part === "") continue;
    const [key = "", value = null] = splitOnce(part);
    if (seen.has(key)) refuse(part, key, `${key} is given twice`);
    seen.add(key);
    try {
      readPart(draft, key, value);
    } catch (error) {
      // The readers know what they wanted, not where it stood.
      if (!(error instanceof FeiyanError) || error.fields["nearest"] !== undefined) throw error;
      refuse(part, key, `${key}: ${error.message}`);
    }
  }
  const spec = settle(draft);
  try {
    validateImpairment(spec);
  } catch (error) {
    if (!(error instanceof FeiyanError)) throw error;
    const key = error.fields["key"];
    const part = text.split(",").find((piece) => splitOnce(piece.trim())[0] === key);
    throw new FeiyanError(
      error.code,
      error.message,
      { ...error.fields, part: part?.trim() ?? text },
      { cause: error },
    );
  }
  return spec;
}

function readPart(draft: Draft, key: string, value: string | null): void {
  if (key === "keep-order") {
    if (value !== null) expected("no value");
    draft.keepOrder = true;
    return;
  }
  const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
  if (read === undefined) {
    const nearest = nearestKey(key);
    throw new FeiyanError("impairment-invalid", `unknown impairment ${key}; the nearest is ${nearest}`, {
      part: value === null ? key : `${key}=${value}`,
      key,
      nearest,
    });
  }
  if (value === null) expected("a value");
  read(draft, value);
}

/** Loss and burst are two keys and one rule. */
function settle(draft: Draft): Impairment {
  const { share, meanBurst, ...spec } = draft;
  if (spec.loss !== undefined && share !== undefined) refuse("ge", "ge", "ge and loss exclude each other");
  if (meanBurst !== undefined && share === undefined) refuse("burst", "burst", "burst needs loss");
  if (share === undefined) return spec;
  const loss: LossRule =
    meanBurst === undefined
      ? { kind: "independent", probability: share }
      : { kind: "bursts", probability: share, meanBurst };
  return { ...spec, loss };
}

/**
 * Writes the text form; parsing it gives an equal value.
 *
 * @example formatImpairment({ duplicate: 0.03 }) // "dup=3%"
 */
export function formatImpairment(spec: Impairment): string {
  const parts: string[] = [];
  if (spec.loss !== undefined) parts.push(formatLoss(spec.loss));
  if (spec.duplicate !== undefined) parts.push(`dup=${formatShare(spec.duplicate)}`);
  if (spec.reorder !== undefined) {
    parts.push(`reorder=${formatShare(spec.reorder.probability)}:${spec.reorder.distance}`);
  }
  if (spec.corrupt !== undefined) parts.push(`corrupt=${formatShare(spec.corrupt)}`);
  if (spec.delay !== undefined) {
    const width = spec.delay.widthMs === 0 ? "" : `+-${spec.delay.widthMs}ms`;
    parts.push(`delay=${spec.delay.baseMs}ms${width}`);
  }
  if (spec.rate !== undefined) {
    const { bitsPerSecond, burstBytes, queueBytes } = spec.rate;
    parts.push(`rate=${formatRate(bitsPerSecond)}/${formatSize(burstBytes)}/${formatSize(queueBytes)}`);
  }
  if (spec.mtu !== undefined) parts.push(`mtu=${spec.mtu}`);
  if (spec.seed !== undefined) parts.push(`seed=${spec.seed}`);
  if (spec.keepOrder === true) parts.push("keep-order");
  return parts.join(",");
}

function formatLoss(loss: LossRule): string {
  switch (loss.kind) {
    case "independent":
      return `loss=${formatShare(loss.probability)}`;
    case "bursts":
      return `loss=${formatShare(loss.probability)},burst=${loss.meanBurst}`;
    case "gilbert-elliott": {
      const shares = [loss.goodToBad, loss.badToGood, loss.deliveredInBad, loss.deliveredInGood];
      return `ge=${shares.map(formatShare).join(":")}`;
    }
    default:
      return loss satisfies never;
  }
}

const decimal = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i;

function parseNumber(text: string, what: string): number {
  return decimal.test(text) ? Number(text) : expected(what);
}

function parseShare(text: string): number {
  // Without the sign only 0 is clear: "5" could be five per cent or a slip for 0.05.
  if (text === "0") return 0;
  if (!text.endsWith("%")) return expected("a percentage such as 5%");
  return parseNumber(text.slice(0, -1), "a percentage such as 5%") / 100;
}

/** Shortest decimal that divides back to the same number: 0.07 x 100 alone would print 7.000000000000001. */
function formatShare(share: number): string {
  for (let digits = 1; digits <= 17; digits += 1) {
    const percent = Number((share * 100).toPrecision(digits));
    if (percent / 100 === share) return `${percent}%`;
  }
  return `${share * 100}%`;
}

const timeUnits: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, "": 1 };
const rateUnits: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const sizeUnits: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1_024,
  kb: 1_024,
  m: 1_048_576,
  mb: 1_048_576,
};

function parseWithUnit(text: string, units: Readonly<Record<string, number>>, what: string): number {
  const [, digits = "", unit = ""] = /^([\d.]+(?:e[+-]?\d+)?)([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return factor === undefined ? expected(what) : parseNumber(digits, what) * factor;
}

function parseTime(text: string): number {
  return parseWithUnit(text, timeUnits, "a time such as 20ms");
}

function parseRate(text: string): number {
  return parseWithUnit(text, rateUnits, "a rate such as 1mbit");
}

function parseSize(text: string): number {
  return parseWithUnit(text, sizeUnits, "a size such as 15k");
}

function formatRate(bits: number): string {
  if (bits % 1e6 === 0) return `${bits / 1e6}mbit`;
  return bits % 1e3 === 0 ? `${bits / 1e3}kbit` : `${bits}bit`;
}

function formatSize(bytes: number): string {
  return bytes % 1_024 === 0 ? `${bytes / 1_024}k` : String(bytes);
}

function splitOnce(part: string): [string] | [string, string] {
  const at = part.indexOf("=");
  return at < 0 ? [part] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}

function expected(what: string): never {
  throw new FeiyanError("impairment-invalid", `expected ${what}`);
}

function refuse(part: string, key: string, reason: string): never {
  throw new FeiyanError("impairment-invalid", reason, { part, key });
}

function nearestKey(word: string): string {
  const ranked = impairmentKeys.map((key) => ({ key, distance: editDistance(word.slice(0, 40), key) }));
  return ranked.toSorted((a, b) => a.distance - b.distance)[0]?.key ?? "loss";
}

/** Levenshtein's count of single-character changes. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
