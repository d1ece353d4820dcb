// Themes: what each role looks like. A theme is a JSON file in a themes folder (a palette of named colours, one line per role);
// here it is read and checked, and every problem names the file, the line and the key. Knows no terminal: the painter turns styles into
// attributes, and reduces 256 colours to 16 where it must.
import { readdirSync, readFileSync } from "node:fs";
import { readJsonLines } from "./json-lines.js";
import type { RoleStyles, StyleSpec } from "./paint/style.js";
import { roles } from "./view/scene.js";
import type { Role } from "./view/scene.js";

export interface Theme {
  readonly name: string;
  readonly styles: RoleStyles;
}

/** What is wrong with a theme file: `key` as in the file (`roles.menu`), empty when the file as a whole is meant. */
export interface ThemeProblem {
  /** With the line behind it where there is one: `themes/night.json:12`. */
  readonly file: string;
  readonly key: string;
  readonly problem:
    | "not-found"
    | "not-readable"
    | "not-json"
    | "not-an-object"
    | "unknown-key"
    | "unknown-role"
    | "unknown-word"
    | "not-a-colour"
    | "not-text"
    | "missing";
  /** The value at fault, for the message. */
  readonly value: string;
}

export interface LoadedTheme {
  readonly theme: Theme;
  /** Empty when the file is sound. With problems the sound parts are used, the rest looks plain. */
  readonly problems: readonly ThemeProblem[];
}

/** The terminal's own foreground or background. */
const ownColour = -1;
const plainStyle: StyleSpec = { foreground: ownColour, background: ownColour };

/** The sixteen names every terminal user knows, by their place in the table. */
const colourNames = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "bright-black",
  "bright-red",
  "bright-green",
  "bright-yellow",
  "bright-blue",
  "bright-magenta",
  "bright-cyan",
  "bright-white",
];

const marks = ["bold", "dim", "italic", "underline", "inverse"] as const;

/** What a screen without any theme still has to set apart. */
const plainMarks: Partial<Record<Role, Partial<StyleSpec>>> = {
  "menu.active": { inverse: true },
  "popup.selected": { inverse: true },
  "form.field.focused": { inverse: true },
  "peer.selected": { bold: true, underline: true },
};

/** Used when no theme file can be read: no colour, only marks where something is chosen. */
export const plainTheme: Theme = {
  name: "plain",
  styles: stylesFrom((role) => ({ ...plainStyle, ...plainMarks[role] })),
};

/** One folder, or several of which an earlier one comes before a later one: the user's own before the shipped ones. */
export type ThemeFolders = string | readonly string[];

/**
 * Reads `<name>.json` from the first folder that has it. Never throws: what cannot be read or understood becomes a problem and
 * looks plain.
 *
 * @example const { theme, problems } = readTheme([ownThemes, "themes"], "feiyan-dark");
 */
export function readTheme(folders: ThemeFolders, name: string): LoadedTheme {
  const all = foldersOf(folders);
  const missing = faulty(`${all.at(-1) ?? ""}/${name}.json`, "not-found", name);
  // A name is a name: a theme called ../secret must not become a path.
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) return missing;
  for (const folder of all) {
    const file = `${folder}/${name}.json`;
    try {
      // Two kilobytes that the first frame waits for: at once takes less than by way of a thread.
      return parseThemeText(name, file, readFileSync(file, "utf8"));
    } catch (error) {
      if (!hasCode(error, "ENOENT")) return faulty(file, "not-readable", String(error));
    }
  }
  return missing;
}

function faulty(file: string, problem: ThemeProblem["problem"], value: string): LoadedTheme {
  return { theme: plainTheme, problems: [{ file, key: "", problem, value }] };
}

/** Checks the text of a theme file. */
export function parseThemeText(name: string, file: string, text: string): LoadedTheme {
  // A sound file, nearly always: where its keys stand is worth knowing for a problem only.
  const value = parseJson(text);
  const loaded = value === undefined ? null : parseTheme(name, file, value);
  if (loaded?.problems.length === 0) return loaded;
  const json = readJsonLines(text);
  if (json.kind === "fault") {
    const problem = {
      file: `${file}:${json.line}`,
      key: "",
      problem: "not-json",
      value: json.found,
    } as const;
    return { theme: plainTheme, problems: [problem] };
  }
  return parseTheme(name, file, json.value, json.lines);
}

/** Undefined when it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names of the themes in the folders, sorted, each once; a folder that cannot be read has none. */
export function listThemes(folders: ThemeFolders): readonly string[] {
  const names = foldersOf(folders)
    .flatMap((folder) => namesIn(folder))
    .filter((name) => name.endsWith(".json"));
  return [...new Set(names.map((name) => name.slice(0, -".json".length)))].toSorted();
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function foldersOf(folders: ThemeFolders): readonly string[] {
  return typeof folders === "string" ? [folders] : folders;
}

/** What the setting `default` means. */
export const defaultTheme = "feiyan-dark";

/** Which theme to read: without colour it is `mono`, whatever the settings say. NO_COLOR counts unless `color` is `always`. */
export function chooseThemeName(
  settings: { readonly theme: string; readonly color: "auto" | "always" | "never" },
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const wished = settings.theme === "default" || settings.theme === "" ? defaultTheme : settings.theme;
  if (settings.color === "never") return "mono";
  if (settings.color === "always") return wished;
  const noColor = environment["NO_COLOR"] ?? "";
  return noColor !== "" || environment["TERM"] === "dumb" ? "mono" : wished;
}

/**
 * Checks the value of a theme file; `lines` says where its keys stand. A role without a line of its own takes that of its parent:
 * `message.name.1` that of `message`.
 */
export function parseTheme(
  name: string,
  file: string,
  value: unknown,
  lines: ReadonlyMap<string, number> = new Map(),
): LoadedTheme {
  const problems: ThemeProblem[] = [];
  const report = (key: string, problem: ThemeProblem["problem"], at: unknown = ""): void => {
    // What is missing has no line: the one of what it is missing in.
    const line = lines.get(key) ?? lines.get(key.split(".")[0] ?? "") ?? lines.get("");
    const place = line === undefined ? file : `${file}:${line}`;
    const text = typeof at === "string" ? at : (JSON.stringify(at) ?? "");
    problems.push({ file: place, key, problem, value: text });
  };
  if (!isRecord(value)) {
    report("", "not-an-object", value);
    return { theme: { ...plainTheme, name }, problems };
  }
  for (const key of Object.keys(value)) {
    if (!["name", "palette", "roles"].includes(key)) report(key, "unknown-key", key);
  }
  const palette = parsePalette(value["palette"], report);
  const looks = new Map<string, StyleSpec>();
  const known: ReadonlySet<string> = new Set(roles.flatMap(withParents));
  if (!isRecord(value["roles"])) {
    report("roles", "missing", value["roles"]);
  } else {
    for (const [role, line] of Object.entries(value["roles"])) {
      const key = `roles.${role}`;
      if (!known.has(role)) report(key, "unknown-role", role);
      else if (typeof line !== "string") report(key, "not-text", line);
      else
        looks.set(
          role,
          parseStyle(line, palette, (problem, at) => report(key, problem, at)),
        );
    }
    if (!looks.has("screen")) report("roles.screen", "missing");
  }
  const screen = looks.get("screen") ?? plainStyle;
  const styles = stylesFrom((role) => {
    const own = withParents(role).find((candidate) => looks.has(candidate));
    const style = (own === undefined ? undefined : looks.get(own)) ?? screen;
    // A line that names no background stands on the screen's.
    return style.background === ownColour ? { ...style, background: screen.background } : style;
  });
  return { theme: { name, styles }, problems };
}

type Report = (key: string, problem: ThemeProblem["problem"], value?: unknown) => void;

function parsePalette(value: unknown, report: Report): ReadonlyMap<string, number> {
  const palette = new Map<string, number>();
  if (value === undefined) return palette;
  if (!isRecord(value)) {
    report("palette", "not-an-object", value);
    return palette;
  }
  for (const [name, entry] of Object.entries(value)) {
    const colour = parseColour(entry, palette);
    if (colour === null) report(`palette.${name}`, "not-a-colour", entry);
    else palette.set(name, colour);
  }
  return palette;
}

/** `ink on panel bold underline inverse`: foreground first, every part optional. */
function parseStyle(
  line: string,
  palette: ReadonlyMap<string, number>,
  report: (problem: ThemeProblem["problem"], value: string) => void,
): StyleSpec {
  let style = plainStyle;
  let hasForeground = false;
  let isBackground = false;
  for (const word of line.split(/\s+/u).filter((part) => part !== "")) {
    if ((marks as readonly string[]).includes(word)) {
      style = { ...style, [word]: true };
    } else if (word === "on" && !isBackground) {
      isBackground = true;
    } else {
      const colour = parseColour(/^\d+$/u.test(word) ? Number(word) : word, palette);
      if (colour === null) report("unknown-word", word);
      else if (isBackground) style = { ...style, background: colour };
      else if (hasForeground) report("unknown-word", word);
      else {
        style = { ...style, foreground: colour };
        hasForeground = true;
      }
      isBackground = false;
    }
  }
  if (isBackground) report("unknown-word", "on");
  return style;
}

function parseColour(value: unknown, palette: ReadonlyMap<string, number>): number | null {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 255 ? value : null;
  if (typeof value !== "string") return null;
  const own = palette.get(value);
  if (own !== undefined) return own;
  if (value === "default") return ownColour;
  const index = colourNames.indexOf(value);
  return index < 0 ? null : index;
}

/** `message.name.1`, `message.name`, `message`. */
function withParents(role: string): readonly string[] {
  const parts = role.split(".");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
}

function stylesFrom(style: (role: Role) => StyleSpec): RoleStyles {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every role is in it
  return Object.fromEntries(roles.map((role) => [role, style(role)])) as Record<Role, StyleSpec>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
