// What the UI remembers between two runs, in the state file that the command line keeps for it: choices made on the screen, never
// those of the settings file. Whatever stands in the file, reading it gives a sound value.
import type { PeerId } from "../index.js";
import { cursorShapes, notifyWays } from "./app-options.js";
import type { AppLanguage, CursorShape, NotifyWay } from "./app-options.js";

export interface Remembered {
  readonly theme: string | null;
  readonly lang: AppLanguage | null;
  readonly cursor: CursorShape | null;
  readonly notify: NotifyWay | null;
  readonly favourites: readonly PeerId[];
  /** Groups of the peer list that are folded. */
  readonly folded: readonly string[];
  readonly isGrouped: boolean;
  /** The welcome was read. */
  readonly isWelcomed: boolean;
  /** The name given there, or by /name. */
  readonly nick: string | null;
}

/** A file that somebody else filled must not fill the memory. */
const listLimit = 5_000;
const textLimit = 300;

export const nothingRemembered: Remembered = parseRemembered(null);

/** Reads the value of the state file; what is missing or strange is as if never kept. */
export function parseRemembered(value: unknown): Remembered {
  const at = (key: string): unknown =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? Reflect.get(value, key)
      : undefined;
  return {
    theme: textOf(at("theme")),
    lang: memberOf(["zh-CN", "en"] as const, at("lang")),
    cursor: memberOf(cursorShapes, at("cursor")),
    notify: memberOf(notifyWays, at("notify")),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an id that fits nobody marks nobody
    favourites: textsOf(at("favourites")) as readonly PeerId[],
    folded: textsOf(at("folded")),
    isGrouped: at("isGrouped") !== false,
    isWelcomed: at("isWelcomed") === true,
    nick: textOf(at("nick")),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value.length <= textLimit ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, listLimit)
    .filter((one): one is string => typeof one === "string" && one.length <= textLimit);
}

function memberOf<const T extends string>(members: readonly T[], value: unknown): T | null {
  return members.find((member) => member === value) ?? null;
}
