// One settings file: TOML text to values by key, or problems with line and column. Never throws for what the text holds and never
// writes. Used by the loader and by `config check`.
import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { findNearest } from "./nearest.js";
import type { ConfigProblem } from "./problem.js";
import { isSettingKey, settingKeys, specOf, type SettingKey } from "./schema.js";

export interface FileSettings {
  readonly values: ReadonlyMap<SettingKey, unknown>;
  readonly problems: readonly ConfigProblem[];
}

const nothing: FileSettings = { values: new Map(), problems: [] };

/** Settings files are written by hand; anything larger is a mistake. */
const maxBytes = 1_000_000;

/** Reads a settings file. One that is missing counts as empty unless it was asked for by name. */
export const readSettingsFile = (file: string, required: boolean): FileSettings => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (!required && (code === "ENOENT" || code === "ENOTDIR")) return nothing;
    return { ...nothing, problems: [{ code: "config-unreadable", file, fields: { reason: code } }] };
  }
  return parseSettings(text, file);
};

/** The settings in a TOML text. */
export const parseSettings = (text: string, file: string): FileSettings => {
  if (text.length > maxBytes) {
    return { ...nothing, problems: [{ code: "config-unreadable", file, fields: { reason: "too large" } }] };
  }
  let table: Readonly<Record<string, unknown>>;
  try {
    table = parse(text);
  } catch (error) {
    return { ...nothing, problems: [syntaxProblem(error, file)] };
  }
  const values = new Map<SettingKey, unknown>();
  const problems: ConfigProblem[] = [];
  for (const [key, value] of Object.entries(table)) {
    const found = checkSetting(key, value);
    if (found.ok) values.set(found.key, found.value);
    else problems.push({ ...found.problem, file, ...locateKey(text, key) });
  }
  return { values, problems };
};

const syntaxProblem = (error: unknown, file: string): ConfigProblem => {
  if (error instanceof TomlError) {
    const reason = (error.message.split("\n", 1)[0] ?? "").replace(/^Invalid TOML document: /, "");
    return { code: "config-syntax", file, line: error.line, column: error.column, fields: { reason } };
  }
  // Nesting deep enough to end the parser's stack: no line is known.
  return { code: "config-syntax", file, line: 1, column: 1, fields: { reason: "nested too deeply" } };
};

type Checked =
  | { readonly ok: true; readonly key: SettingKey; readonly value: unknown }
  | { readonly ok: false; readonly problem: ConfigProblem };

/** One key and its value against the table: the checked value, or what is wrong. */
export const checkSetting = (key: string, value: unknown): Checked => {
  if (!isSettingKey(key)) {
    const nearest = findNearest(key, settingKeys);
    const fields: Record<string, string> = nearest === undefined ? { key } : { key, nearest };
    return { ok: false, problem: { code: "config-unknown-key", fields } };
  }
  const spec = specOf(key);
  const result = v.safeParse(spec.schema, value);
  if (result.success) return { ok: true, key, value: result.output };
  return {
    ok: false,
    problem: {
      code: "config-bad-value",
      fields: {
        key,
        expects: spec.kind,
        got: describe(value),
        example: spec.kind === "table" ? spec.example : `${key} = ${spec.example}`,
        ...(spec.range === undefined ? {} : { range: spec.range }),
      },
    },
  };
};

const describe = (value: unknown): string => {
  const text = typeof value === "bigint" ? String(value) : JSON.stringify(value);
  return text === undefined ? typeof value : text.slice(0, 60);
};

/** Line and column of a key at the top level; the parser keeps no positions. The start of the file when it is written oddly. */
const locateKey = (text: string, key: string): { readonly line: number; readonly column: number } => {
  const quoted = key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const written = new RegExp(String.raw`^(\s*)(?:\[+\s*)?["']?${quoted}["']?\s*(?:[=.]|\])`);
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const match = written.exec(line);
    if (match !== null) return { line: index + 1, column: (match[1] ?? "").length + 1 };
  }
  return { line: 1, column: 1 };
};
