// What a command gets: its words, the effective settings, where to write, the language and the wish to stop. Commands touch the
// process through this only, so that tests can call them with streams of their own.
import type { LoadedSettings } from "../config/load.js";
import type { Settings } from "../config/schema.js";
import type { Language, TextKey, Translate } from "../i18n/catalogue.js";
import type { Output } from "./output.js";
import type { OptionValue } from "./parse.js";

/** The process as the command line sees it. */
export interface Surroundings {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** The folder that holds package.json and themes. */
  readonly packageDir: string;
  /** Aborted by Ctrl-C, a signal or a reader that went away. */
  readonly stop: AbortSignal;
  /** Absent where there are none to be had, as in tests. */
  readonly signals?: Signals;
}

/** For a command to which a signal means something else than to leave. */
export interface Signals {
  /** `handle` gives the exit code to leave with, or null to go on. */
  take(signal: "SIGHUP" | "SIGTERM", handle: () => number | null): void;
}

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface CommandContext {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly loaded: LoadedSettings;
  readonly settings: Settings;
  /** The same flags, variables and files, read again. */
  readonly readSettings: () => LoadedSettings;
  readonly language: Language;
  readonly text: Translate<TextKey>;
  readonly output: Output;
  readonly surroundings: Surroundings;
}

export const hasFlag = (context: CommandContext, flag: string): boolean => context.options[flag] === true;

export const numberFlag = (context: CommandContext, flag: string): number | undefined => {
  const value = context.options[flag];
  return typeof value === "number" ? value : undefined;
};

export const textFlag = (context: CommandContext, flag: string): string | undefined => {
  const value = context.options[flag];
  return typeof value === "string" ? value : undefined;
};

export const listFlag = (context: CommandContext, flag: string): readonly string[] => {
  const value = context.options[flag];
  return typeof value === "object" ? value : [];
};
