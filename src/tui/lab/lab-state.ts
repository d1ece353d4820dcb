// What the lab's screen knows that is only about looking: the open page, what is typed into its forms, what is chosen in its lists.
// Runs, races and classes are not in here; they are read from the desk.
import type { LabFieldName, LabForm, LabValues } from "./fields.js";

export const labPages = ["solo", "race", "demos", "demo", "lessons", "lesson", "class", "join"] as const;

export type LabPage = (typeof labPages)[number];

/** By what the teacher's table is sorted. */
export const classOrders = ["there", "back", "sent", "rtt", "name"] as const;

export type ClassOrder = (typeof classOrders)[number];

export interface LabState {
  readonly page: LabPage;
  readonly values: LabValues;
  /** The field that would be changed, by form. */
  readonly chosen: Readonly<Partial<Record<LabForm, LabFieldName>>>;
  /** The next character typed replaces the value. */
  readonly isFresh: boolean;
  readonly demo: number;
  /** The lesson in the list and on its page. */
  readonly lesson: number;
  readonly step: number;
  /** What was guessed, by `lesson/step`. */
  readonly guesses: Readonly<Record<string, string>>;
  /** Of the classes found. */
  readonly found: number;
  /** Of the datagrams in hand. */
  readonly held: number;
  /** How far a page is scrolled; null: the strip follows. */
  readonly top: number | null;
  readonly order: ClassOrder;
  readonly isReversed: boolean;
  /** A class measures with the bad line of the form; else the network as it is. */
  readonly isPlanImpaired: boolean;
  /** Each student towards another one. */
  readonly isPlanPaired: boolean;
  /** What is wrong with the form. */
  readonly error: string | null;
}

export const firstLab: LabState = {
  page: "solo",
  values: {},
  chosen: {},
  isFresh: true,
  demo: 0,
  lesson: 0,
  step: 0,
  guesses: {},
  found: 0,
  held: 0,
  top: null,
  order: "there",
  isReversed: false,
  isPlanImpaired: false,
  isPlanPaired: false,
  error: null,
};
