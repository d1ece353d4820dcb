// The key table in force: with the user's own keys from the settings' `[keys]` in it, looked up by where the focus is. Also how keys are
// written in settings and how people read them.
import { formatChord, namedKeys } from "./input/event.js";
import { keyTable } from "./key-table.js";
import { letterContexts } from "./key-context.js";
import type { ActionName } from "./action-name.js";
import type { KeyContext } from "./key-context.js";
import type { KeyRow } from "./key-row.js";
import { splitClusters } from "./text/clusters.js";

/** The table as it is in force, with the user's keys in it. */
export interface Keymap {
  readonly rows: readonly KeyRow[];
  /** The row that a key calls in a place, and the key as it is written in the table. */
  find(context: KeyContext, chord: string): KeyRow | null;
  /** The first key of an action, for people: `F2`, `Ctrl-Q`; empty when it has none. */
  keyOf(action: ActionName): string;
}

export type KeyProblem =
  | { readonly kind: "unknown-action"; readonly action: string }
  | { readonly kind: "unknown-key"; readonly action: string; readonly key: string }
  /** By another action of the settings, in the same place. */
  | { readonly kind: "taken"; readonly action: string; readonly key: string; readonly by: string };

/**
 * The key table with the settings' `[keys]` over it: the keys given for an action replace the built-in ones. What is no action, no
 * key or already taken in that place is left out and reported.
 *
 * @example const { keymap, problems } = createKeymap({ refresh: ["ctrl-t"] });
 */
export function createKeymap(own: Readonly<Record<string, readonly string[]>>): {
  readonly keymap: Keymap;
  readonly problems: readonly KeyProblem[];
} {
  const problems: KeyProblem[] = [];
  const wished = new Map<string, readonly string[]>();
  for (const [action, keys] of Object.entries(own)) {
    if (!keyTable.some((entry) => entry.action === action)) {
      problems.push({ kind: "unknown-action", action });
      continue;
    }
    // Letters alone are keys only where nothing is written.
    const isLetter = keyTable.some(
      (entry) =>
        entry.action === action && entry.contexts.every((context) => letterContexts.includes(context)),
    );
    const sound = keys.map((key) => parseChord(key, isLetter));
    for (const [index, chord] of sound.entries()) {
      if (chord === null) problems.push({ kind: "unknown-key", action, key: keys[index] ?? "" });
    }
    wished.set(
      action,
      sound.filter((chord) => chord !== null),
    );
  }
  const bound = new Map<string, KeyRow>();
  const rows: KeyRow[] = [];
  // The user's own keys go first: a built-in binding of the same key steps back.
  for (const entry of keyTable.toSorted((a, b) => rank(a, wished) - rank(b, wished))) {
    const isOwn = wished.has(entry.action);
    const keys = (wished.get(entry.action) ?? entry.keys).filter((key) => {
      const holder = entry.contexts
        .map((context) => bound.get(`${context} ${key}`))
        .find((one) => one !== undefined);
      if (holder !== undefined && isOwn) {
        problems.push({ kind: "taken", action: entry.action, key, by: holder.action });
      }
      return holder === undefined;
    });
    const settled = { ...entry, keys };
    rows.push(settled);
    for (const key of keys) for (const context of entry.contexts) bound.set(`${context} ${key}`, settled);
  }
  const order = new Map(keyTable.map((entry, index) => [entry.label + entry.contexts.join(), index]));
  const placeOf = (entry: KeyRow): number => order.get(entry.label + entry.contexts.join()) ?? 0;
  rows.sort((a, b) => placeOf(a) - placeOf(b));
  return {
    problems,
    keymap: {
      rows,
      find(context, chord) {
        for (const place of fallbacks(context)) {
          const found = bound.get(`${place} ${chord}`);
          if (found !== undefined) return found;
        }
        return null;
      },
      keyOf(action) {
        const key = rows.find((entry) => entry.action === action && entry.keys.length > 0)?.keys[0];
        return key === undefined ? "" : formatKey(key);
      },
    },
  };
}

function rank(entry: KeyRow, wished: ReadonlyMap<string, unknown>): number {
  return wished.has(entry.action) ? 0 : 1;
}

/** Where a key is looked up, in order. */
export function fallbacks(context: KeyContext): readonly KeyContext[] {
  if (context === "completion") return ["completion", "input", "global"];
  return context === "global" ? ["global"] : [context, "global"];
}

/** The row behind a slash command, by its whole name. */
export function findCommand(name: string): KeyRow | null {
  return keyTable.find((entry) => entry.command === name) ?? null;
}

/** Puts a key of the settings into the table's spelling; null when it is none: `Ctrl+T` is `ctrl-t`, `pgup` is `page-up`. */
export function parseChord(text: string, isLetterAllowed = false): string | null {
  if (isLetterAllowed && splitClusters(text).length === 1 && !/[\s\p{Cc}]/u.test(text)) return text;
  const parts = text.trim().toLowerCase().replaceAll("+", "-").split("-");
  const modifiers = { ctrl: false, alt: false, shift: false };
  while (parts.length > 1) {
    const [first = ""] = parts;
    if (first !== "ctrl" && first !== "alt" && first !== "shift") break;
    modifiers[first] = true;
    parts.shift();
  }
  const spelled = parts.join("-");
  const key = keyAliases[spelled] ?? spelled;
  const isNamed = (namedKeys as readonly string[]).includes(key);
  const isCharacter = splitClusters(key).length === 1 && (modifiers.ctrl || modifiers.alt);
  return isNamed || isCharacter ? formatChord({ kind: "key", key, ...modifiers }) : null;
}

const keyAliases: Readonly<Record<string, string>> = {
  pgup: "page-up",
  pageup: "page-up",
  pgdn: "page-down",
  pagedown: "page-down",
  esc: "escape",
  return: "enter",
  del: "delete",
  ins: "insert",
};

/** A key as people read it: `f2` is `F2`, `ctrl-q` is `Ctrl-Q`, `page-up` is `PgUp`. */
export function formatKey(chord: string): string {
  // Letters alone count as they are typed.
  if (splitClusters(chord).length === 1) return chord;
  if (chord.endsWith("page-up")) return formatKey(chord.replace("page-up", "pgUp"));
  if (chord.endsWith("page-down")) return formatKey(chord.replace("page-down", "pgDn"));
  return chord
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("-");
}
