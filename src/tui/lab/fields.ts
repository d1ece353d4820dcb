// The forms of the lab as data: which fields stand where, what may be typed, which values one key away. Values are kept as they are
// typed; `read` turns them into numbers. Knows no view.
import type { TuiTextKey } from "../../i18n/tui-zh-CN.js";

export const labForms = ["solo", "race", "class", "join", "impair"] as const;

export type LabForm = (typeof labForms)[number];

export const labFieldNames = [
  "upLoss",
  "upBurst",
  "upDup",
  "upReorder",
  "upCorrupt",
  "upDelay",
  "upJitter",
  "downLoss",
  "downBurst",
  "n",
  "rate",
  "size",
  "seed",
  "guess",
  "loss",
  "burst",
  "dup",
  "reorder",
  "corrupt",
  "delay",
  "jitter",
  "messages",
  "window",
  "how",
  "className",
  "code",
  "port",
  "to",
] as const;

export type LabFieldName = (typeof labFieldNames)[number];

export interface LabField {
  readonly name: LabFieldName;
  readonly kind: "number" | "text" | "choice";
  /** Values in reach of one key; a number may also be typed. */
  readonly steps: readonly (number | string)[];
  /** After the value. */
  readonly unit: string;
  readonly initial: string;
  /** Shown for an empty or zero value. */
  readonly empty?: string;
  /** Row of the form; the label in front of the first one of a row. */
  readonly row: number;
  /** Most characters. */
  readonly most: number;
}

const shares = [0, 1, 2, 5, 10, 20, 30, 50, 75, 100] as const;
const bursts = [0, 2, 3, 5, 10, 20] as const;
const delays = [0, 1, 5, 10, 20, 50, 100, 200, 500] as const;

function share(name: LabFieldName, row: number, initial = "0"): LabField {
  return { name, kind: "number", steps: shares, unit: "%", initial, row, most: 6 };
}

function number(
  name: LabFieldName,
  row: number,
  initial: string,
  steps: readonly number[],
  more: Partial<LabField> = {},
): LabField {
  return { name, kind: "number", steps, unit: "", initial, row, most: 8, ...more };
}

function text(name: LabFieldName, row: number, initial: string, most: number): LabField {
  return { name, kind: "text", steps: [], unit: "", initial, row, most };
}

const burstField = (name: LabFieldName, row: number): LabField =>
  number(name, row, "0", bursts, { empty: "-" });

const seeds = [1, 2, 3, 7, 42, 100] as const;
const seed = (row: number): LabField => number("seed", row, "42", seeds, { most: 20 });

/** Every form, its fields in the order in which they are walked through. */
export const labFields: Readonly<Record<LabForm, readonly LabField[]>> = {
  solo: [
    share("upLoss", 0, "5"),
    burstField("upBurst", 0),
    share("upDup", 0),
    share("upReorder", 0),
    share("upCorrupt", 0),
    number("upDelay", 0, "0", delays, { unit: "ms" }),
    number("upJitter", 0, "0", delays, { unit: "ms" }),
    share("downLoss", 1, "5"),
    burstField("downBurst", 1),
    number("n", 2, "500", [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 20_000]),
    number("rate", 2, "100", [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000], { unit: "/s" }),
    number("size", 2, "128", [72, 128, 512, 1_024, 1_400, 4_096, 16_384, 65_507], { unit: "B" }),
    seed(2),
    number("guess", 2, "", [0, 5, 10, 20, 50, 100], { empty: "?" }),
  ],
  race: [
    share("loss", 0, "10"),
    number("delay", 0, "10", delays, { unit: "ms" }),
    number("messages", 0, "300", [50, 100, 300, 500, 1_000]),
    number("window", 0, "16", [1, 2, 4, 8, 16, 32, 64]),
    seed(0),
    { name: "how", kind: "choice", steps: ["real", "simulated"], unit: "", initial: "real", row: 0, most: 9 },
  ],
  class: [
    text("className", 0, "", 30),
    text("code", 1, "", 20),
    number("port", 2, "2426", [2_426, 2_427, 2_428], { most: 5 }),
  ],
  join: [
    text("to", 0, "", 45),
    text("code", 1, "", 20),
    number("port", 2, "2426", [2_426, 2_427, 2_428], { most: 5 }),
  ],
  impair: [
    share("loss", 0, "30"),
    burstField("burst", 1),
    share("dup", 2),
    share("reorder", 3),
    share("corrupt", 4),
    number("delay", 5, "0", delays, { unit: "ms" }),
    number("jitter", 6, "0", delays, { unit: "ms" }),
    seed(7),
  ],
};

/** The label of a field: `lab.field.upLoss`. */
export function labelOf(name: LabFieldName): TuiTextKey {
  return `lab.field.${name}`;
}

export type LabValues = Readonly<Record<string, string>>;

export function valueOf(values: LabValues, form: LabForm, name: LabFieldName): string {
  const field = labFields[form].find((one) => one.name === name);
  return values[`${form}.${name}`] ?? field?.initial ?? "";
}

export function withValue(values: LabValues, form: LabForm, name: LabFieldName, value: string): LabValues {
  return { ...values, [`${form}.${name}`]: value };
}

/** The value one step further; a typed one goes to the next step beyond it. */
export function stepValue(field: LabField, value: string, delta: -1 | 1): string {
  const { steps } = field;
  if (field.kind === "choice") {
    const at = steps.indexOf(value);
    return String(steps[(at + delta + steps.length) % steps.length] ?? value);
  }
  const numbers = steps.filter((one) => typeof one === "number");
  const now = value === "" ? Number.NaN : Number(value);
  if (Number.isNaN(now)) return String(numbers[delta < 0 ? 0 : Math.min(1, numbers.length - 1)] ?? value);
  const next = delta > 0 ? numbers.find((one) => one > now) : numbers.findLast((one) => one < now);
  return next === undefined ? value : String(next);
}

/** What of a typed text a field takes. */
export function typedInto(field: LabField, value: string, typed: string): string {
  if (field.kind === "choice") return value;
  const clean = field.kind === "number" ? typed.replaceAll(/[^\d.]/gu, "") : typed.replaceAll(/\s+/gu, " ");
  return (value + clean).slice(0, field.most);
}
