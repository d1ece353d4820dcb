// Effective settings, each with its origin: flag, then environment, then the `--config` file, then the user's file, then the
// default. A bad value is reported and leaves the weaker source in force, so that the caller may go on or stop.
import { locatePaths, type Paths } from "./paths.js";
import { findNearest } from "./nearest.js";
import type { ConfigProblem } from "./problem.js";
import { checkSetting, readSettingsFile } from "./read-file.js";
import {
  environmentNameOf,
  flagOf,
  settingKeys,
  settingSpecs,
  specOf,
  type SettingKey,
  type Settings,
} from "./schema.js";

export type Origin = "flag" | "environment" | "config-file" | "user-file" | "default";

export interface LoadedSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly paths: Paths;
  /** The `--config` file, when one was named. */
  readonly configFile: string | undefined;
  readonly problems: readonly ConfigProblem[];
}

export interface LoadOptions {
  /** By key, as written: text, a list of texts for a repeatable flag, or a boolean for a switch. */
  readonly flags: Readonly<Partial<Record<SettingKey, string | boolean | readonly string[]>>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configFile?: string | undefined;
}

/** Variables that are no settings. */
const otherVariables = ["FEIYAN_CONFIG"];

/**
 * Reads everything that has a say.
 *
 * @example loadSettings({ flags: { port: "0" }, environment: process.env }).settings.port === 0
 */
export const loadSettings = (options: LoadOptions): LoadedSettings => {
  const values: Partial<Settings> = {};
  const origins: Partial<Record<SettingKey, Origin>> = {};
  const problems: ConfigProblem[] = [];
  const take = (key: SettingKey, value: unknown, origin: Origin): void => {
    Object.assign(values, { [key]: value });
    origins[key] = origin;
  };
  for (const key of settingKeys) take(key, settingSpecs[key].fallback, "default");

  // The home decides which file is the user's, so it cannot be set in a file of the user.
  const flags = readWritten(options.flags, (key) => `--${flagOf(key)}`, problems);
  const variables = readWritten(
    Object.fromEntries(settingKeys.map((key) => [key, options.environment[environmentNameOf(key)]])),
    environmentNameOf,
    problems,
  );
  const home = flags.get("home") ?? variables.get("home") ?? "";
  const paths = locatePaths(typeof home === "string" ? home : "");
  const configFile = options.configFile ?? (options.environment["FEIYAN_CONFIG"] || undefined);

  const userFile = readSettingsFile(paths.configFile, false);
  for (const [key, value] of userFile.values) if (key !== "home") take(key, value, "user-file");
  problems.push(...userFile.problems);
  if (configFile !== undefined) {
    const named = readSettingsFile(configFile, true);
    for (const [key, value] of named.values) if (key !== "home") take(key, value, "config-file");
    problems.push(...named.problems);
  }
  for (const [key, value] of variables) take(key, value, "environment");
  for (const [key, value] of flags) take(key, value, "flag");
  problems.push(...findStrangeVariables(options.environment));

  if (!isComplete(values) || !isComplete(origins)) throw new TypeError("a setting without a default");
  return {
    settings: values,
    origins,
    paths,
    configFile,
    problems,
  };
};

/** Every setting is there; their types are what the table's checks gave. */
const isComplete = <T extends object>(values: T): values is T & Required<T> =>
  settingKeys.every((key) => key in values);

/** A misspelt FEIYAN_ variable would be ignored in silence: name it, if a setting is near. */
const findStrangeVariables = (environment: LoadOptions["environment"]): readonly ConfigProblem[] => {
  const known = [...settingKeys.map(environmentNameOf), ...otherVariables];
  const strange = Object.keys(environment).filter(
    (name) => name.startsWith("FEIYAN_") && !known.includes(name),
  );
  return strange.flatMap((key) => {
    const nearest = findNearest(key, known);
    return nearest === undefined
      ? []
      : [{ code: "config-unknown-variable" as const, fields: { key, nearest } }];
  });
};

const readWritten = (
  written: Readonly<Partial<Record<SettingKey, string | boolean | readonly string[] | undefined>>>,
  nameOf: (key: SettingKey) => string,
  problems: ConfigProblem[],
): ReadonlyMap<SettingKey, unknown> => {
  const values = new Map<SettingKey, unknown>();
  for (const key of settingKeys) {
    const raw = written[key];
    if (raw === undefined || raw === "") continue;
    const checked = checkSetting(key, convert(key, raw));
    if (checked.ok) {
      values.set(key, checked.value);
      continue;
    }
    const fields = { ...checked.problem.fields, where: nameOf(key) };
    problems.push({ ...checked.problem, fields: { ...fields, example: exampleFor(key, nameOf(key)) } });
  }
  return values;
};

const exampleFor = (key: SettingKey, name: string): string => {
  const spec = specOf(key);
  const bare = spec.example
    .replace(/^\[(.*)\]$/, "$1")
    .replaceAll('"', "")
    .replaceAll(", ", ",");
  if (name.startsWith("--")) return spec.kind === "switch" ? name : `${name} ${bare}`;
  return `${name}=${bare}`;
};

const switchWords: Readonly<Record<string, boolean>> = {
  "1": true,
  true: true,
  yes: true,
  on: true,
  "0": false,
  false: false,
  no: false,
  off: false,
};

/** Text of a flag or variable to the type that the table checks; what does not convert is left for the check to refuse. */
const convert = (key: SettingKey, raw: string | boolean | readonly string[]): unknown => {
  const spec = specOf(key);
  switch (spec.kind) {
    case "integer":
      return typeof raw === "string" && /^\d{1,9}$/.test(raw) ? Number(raw) : raw;
    case "switch":
      return typeof raw === "string" ? (switchWords[raw.toLowerCase()] ?? raw) : raw;
    case "list":
      return splitList(raw);
    case "choice":
      return spec.numeric === true && typeof raw === "string" && /^\d$/.test(raw) ? Number(raw) : raw;
    case "text":
    case "table":
      return raw;
    default: {
      const never: never = spec.kind;
      return never;
    }
  }
};

const splitList = (raw: string | boolean | readonly string[]): unknown => {
  if (typeof raw === "boolean") return raw;
  const parts = typeof raw === "string" ? [raw] : raw;
  return parts
    .flatMap((part) => part.split(","))
    .map((part) => part.trim())
    .filter((part) => part !== "");
};
