// What one command, argument and flag is, as data: parsing, help and completion are made from it. Types only.
import type { TextKey } from "../i18n/catalogue.js";
import type { CommandContext } from "./context.js";

export interface ArgumentSpec {
  /** As in help: `TEXT`. */
  readonly name: string;
  readonly required?: true;
  /** Takes all remaining words. */
  readonly variadic?: true;
}

export type OptionKind =
  | { readonly kind: "switch" }
  | { readonly kind: "text" }
  /** Repeatable, and each may be a comma list. */
  | { readonly kind: "list" }
  /** Several words after one flag. */
  | { readonly kind: "words" }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly fraction?: true }
  | { readonly kind: "choice"; readonly members: readonly string[] };

export interface OptionSpec {
  /** Without the dashes: `no-check`. */
  readonly flag: string;
  readonly short?: string;
  readonly placeholder?: string;
  readonly value: OptionKind;
  readonly summary: TextKey;
  /** Parsed, but not shown in help: the other half of an on-off pair. */
  readonly hidden?: true;
}

/** What a command came to: an exit code of `exit-code.ts`. */
export type Command = (context: CommandContext) => Promise<number>;

/** How a command is run. */
export type Availability =
  /** Loaded when it is called, so that help and other commands stay quick. */
  | { readonly kind: "here"; readonly load: () => Promise<Command> }
  /** A group of commands without an own meaning. */
  | { readonly kind: "group" };

export interface CommandSpec {
  readonly name: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly summary: TextKey;
  /** Acts on a running instance; help says so. */
  readonly needsInstance?: true;
  readonly examples?: readonly string[];
  readonly subcommands?: readonly CommandSpec[];
  /** For shells, not for people: not in help. */
  readonly hidden?: true;
  readonly run: Availability;
}
