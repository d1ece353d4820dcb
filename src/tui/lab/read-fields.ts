// From typed values to what the lab takes: numbers within their bounds, impairments by the one grammar. What cannot be read is said
// with the field it stands in. Called by updates (to start) and views (to predict).
import { FeiyanError, formatImpairment, parseImpairment, type Impairment } from "../../index.js";
import type { RaceWish } from "../../lab/desk/desk-types.js";
import type { Experiment } from "../../lab/experiment.js";
import { laneLimits, laneNames } from "../../lab/lanes/lane.js";
import type { World } from "../world.js";
import { labelOf, valueOf, type LabFieldName, type LabForm, type LabValues } from "./fields.js";

export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly text: string };

/** Overtaken by so many later ones. */
const overtakenBy = 3;

interface PathFields {
  readonly loss: LabFieldName;
  readonly burst: LabFieldName;
  readonly dup?: LabFieldName;
  readonly reorder?: LabFieldName;
  readonly corrupt?: LabFieldName;
  readonly delay?: LabFieldName;
  readonly jitter?: LabFieldName;
}

/** The impairment in its text form; what is zero is left out. */
function impairmentTextOf(values: LabValues, form: LabForm, fields: PathFields): string {
  const amount = (name: LabFieldName | undefined): number =>
    name === undefined ? 0 : Number(valueOf(values, form, name));
  const loss = amount(fields.loss);
  const [burst, dup, reorder] = [amount(fields.burst), amount(fields.dup), amount(fields.reorder)];
  const [corrupt, delay, jitter] = [amount(fields.corrupt), amount(fields.delay), amount(fields.jitter)];
  return [
    ...(loss === 0 ? [] : [`loss=${loss}%`]),
    ...(loss === 0 || burst === 0 ? [] : [`burst=${burst}`]),
    ...(dup === 0 ? [] : [`dup=${dup}%`]),
    ...(reorder === 0 ? [] : [`reorder=${reorder}%:${overtakenBy}`]),
    ...(corrupt === 0 ? [] : [`corrupt=${corrupt}%`]),
    ...(delay === 0 && jitter === 0 ? [] : [`delay=${delay}ms${jitter === 0 ? "" : `+-${jitter}ms`}`]),
  ].join(",");
}

/** Reads what a reader may refuse. */
function attempt<Value>(world: Pick<World, "problem">, read: () => Value): Reading<Value> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (!(error instanceof FeiyanError)) throw error;
    return { ok: false, text: world.problem(error.code, error.fields).text };
  }
}

type Said = Pick<World, "problem" | "text">;

/** Whole numbers with their bounds, read one after the other; the first one that is none is told. */
function wholeNumbers(
  values: LabValues,
  form: LabForm,
  world: Said,
  bounds: Readonly<Partial<Record<LabFieldName, readonly [least: number, most: number]>>>,
): Reading<Readonly<Partial<Record<LabFieldName, number>>>> {
  const read: Partial<Record<LabFieldName, number>> = {};
  for (const [key, [least, most]] of Object.entries(bounds)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record of field names
    const name = key as LabFieldName;
    const typed = valueOf(values, form, name);
    const value = Number(typed);
    if (typed === "" || !Number.isInteger(value) || value < least || value > most) {
      return {
        ok: false,
        text: world.text("lab.outOfBounds", { field: world.text(labelOf(name)), least, most }),
      };
    }
    read[name] = value;
  }
  return { ok: true, value: read };
}

const seedPattern = /^\d{1,20}$/u;

function seedOf(values: LabValues, form: LabForm): string {
  const typed = valueOf(values, form, "seed");
  return seedPattern.test(typed) ? typed : "0";
}

/** What the form of the lab describes. */
export function readExperiment(values: LabValues, world: Said): Reading<Partial<Experiment>> {
  const numbers = wholeNumbers(values, "solo", world, {
    n: [1, 1_000_000],
    rate: [1, 20_000],
    size: [72, 65_507],
  });
  if (!numbers.ok) return numbers;
  const { n = 0, rate = 0, size = 0 } = numbers.value;
  return attempt(world, () => {
    const seed = seedOf(values, "solo");
    const up = parseImpairment(
      impairmentTextOf(values, "solo", {
        loss: "upLoss",
        burst: "upBurst",
        dup: "upDup",
        reorder: "upReorder",
        corrupt: "upCorrupt",
        delay: "upDelay",
        jitter: "upJitter",
      }),
    );
    const down = parseImpairment(impairmentTextOf(values, "solo", { loss: "downLoss", burst: "downBurst" }));
    return { mode: "echo", n, ratePps: rate, sizeBytes: size, seed, up, down };
  });
}

/** In hand mode a person decides about each one: few, and slowly. */
export function byHand(experiment: Partial<Experiment>): Partial<Experiment> {
  return {
    ...experiment,
    n: Math.min(20, experiment.n ?? 20),
    ratePps: Math.min(2, experiment.ratePps ?? 2),
  };
}

export function readRace(values: LabValues, world: Said): Reading<RaceWish> {
  const numbers = wholeNumbers(values, "race", world, {
    messages: [1, laneLimits.messages],
    window: [1, laneLimits.window],
  });
  if (!numbers.ok) return numbers;
  const { messages = 0, window = 0 } = numbers.value;
  return attempt(world, () => {
    const way: Impairment = {
      ...parseImpairment(impairmentTextOf(values, "race", { loss: "loss", burst: "burst", delay: "delay" })),
      seed: seedOf(values, "race"),
    };
    const simulated = valueOf(values, "race", "how") === "simulated";
    return { lanes: laneNames, there: way, back: way, messages, window, simulated };
  });
}

/** What the form of a bad line describes, in the text form. */
export function readImpairment(values: LabValues, world: Said): Reading<string> {
  return attempt(world, () => {
    const fields = {
      loss: "loss",
      burst: "burst",
      dup: "dup",
      reorder: "reorder",
      corrupt: "corrupt",
      delay: "delay",
      jitter: "jitter",
    } as const;
    const spec = parseImpairment(impairmentTextOf(values, "impair", fields));
    return Object.keys(spec).length === 0
      ? ""
      : formatImpairment({ ...spec, seed: seedOf(values, "impair") });
  });
}

function percent(probability: number | undefined): string {
  return String(Math.round((probability ?? 0) * 10_000) / 100);
}

/** The form's values for an impairment that is in force. */
export function impairmentValues(spec: Impairment): LabValues {
  const { loss } = spec;
  const values: Readonly<Record<string, string>> = {
    loss: loss === undefined || loss.kind === "gilbert-elliott" ? "0" : percent(loss.probability),
    burst: loss?.kind === "bursts" ? String(loss.meanBurst) : "0",
    dup: percent(spec.duplicate),
    reorder: percent(spec.reorder?.probability),
    corrupt: percent(spec.corrupt),
    delay: String(spec.delay?.baseMs ?? 0),
    jitter: String(spec.delay?.widthMs ?? 0),
    seed: spec.seed ?? "0",
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`impair.${name}`, value]));
}
