// Finding text in the log of a conversation and over all of them: by substring, on the text as it is and without regard to case.
// Hits are kept per log: a longer query looks at the last hits only, and of a growing log only what is new is read.
import { isUnopened } from "../index.js";
import type { Message } from "../index.js";
import type { Timeline } from "./timeline.js";
import type { World } from "./world.js";

interface Kept {
  readonly query: string;
  readonly generation: number;
  readonly end: number;
  readonly hits: readonly number[];
}

const kept = new WeakMap<Timeline, Kept>();

/** Most messages listed over all conversations. */
export const foundLimit = 500;

type Searched = Pick<Message, "text" | "files" | "direction" | "sealed" | "openedAt">;

export function isFound(message: Searched, query: string): boolean {
  // What is in an envelope is nobody's business before it is opened.
  if (isUnopened(message)) return false;
  const lower = query.toLowerCase();
  const has = (text: string): boolean => text.includes(query) || text.toLowerCase().includes(lower);
  return has(message.text) || message.files.some((file) => has(file.name));
}

/** A line of the program's own, searched as a message. */
const lineOf: Omit<Searched, "text"> = { files: [], direction: "out", sealed: false, openedAt: null };

/** Serials of the messages of a log that hold the query, oldest first; none for an empty one. */
export function findInLog(timeline: Timeline, query: string): readonly number[] {
  if (query === "") return [];
  const { generation } = timeline;
  const before = kept.get(timeline);
  const known = before?.generation === generation ? before : undefined;
  if (known?.query === query && known.end === timeline.end) {
    return known.hits[0] === undefined || known.hits[0] >= timeline.first
      ? known.hits
      : known.hits.filter((serial) => serial >= timeline.first);
  }
  const matches = (serial: number): boolean => {
    const entry = timeline.entry(serial);
    if (entry?.kind === "system") return isFound({ ...lineOf, text: entry.line.text }, query);
    return entry !== undefined && isFound(entry.message, query);
  };
  const isNarrower = known !== undefined && query.startsWith(known.query);
  const hits = !isNarrower ? [] : known.query === query ? [...known.hits] : known.hits.filter(matches);
  const from = isNarrower ? Math.max(known.end, timeline.first) : timeline.first;
  for (let serial = from; serial < timeline.end; serial += 1) if (matches(serial)) hits.push(serial);
  kept.set(timeline, { query, generation, end: timeline.end, hits });
  return hits;
}

interface KeptEverywhere {
  readonly revision: number;
  readonly query: string;
  readonly found: readonly Message[];
}

const keptEverywhere = new WeakMap<World["node"], KeptEverywhere>();

/** Messages of all conversations, in and out, that hold the query; newest first. */
export function findEverywhere(query: string, world: World): readonly Message[] {
  if (query === "") return [];
  const known = keptEverywhere.get(world.node);
  if (known?.revision === world.revision && known.query === query) return known.found;
  const found: Message[] = [];
  for (const id of world.node.conversations()) {
    const { messages } = world.node.conversation(id);
    let count = 0;
    for (let index = messages.length - 1; index >= 0 && count < foundLimit; index -= 1) {
      const message = messages.at(index);
      if (message === undefined || !isFound(message, query)) continue;
      found.push(message);
      count += 1;
    }
  }
  const newest = found.toSorted((a, b) => b.at - a.at).slice(0, foundLimit);
  keptEverywhere.set(world.node, { revision: world.revision, query, found: newest });
  return newest;
}

/** Cuts a text into pieces without and with the query; every second one is a match. */
export function splitMatches(text: string, query: string): readonly string[] {
  return text.split(matcherOf(query));
}

let matcher: { readonly query: string; readonly expression: RegExp } | null = null;

function matcherOf(query: string): RegExp {
  if (matcher?.query !== query) {
    const plain = query.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
    matcher = { query, expression: new RegExp(`(${plain})`, "giu") };
  }
  return matcher.expression;
}
