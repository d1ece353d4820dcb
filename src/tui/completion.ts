// What Tab and the popup above the input offer: commands after a slash, the argument of some of them, names at the start of a text.
// Also reads a command line into action and argument. Pure; both the input's update and its view ask here.
import type { Charset } from "../index.js";
import type { Action } from "./action.js";
import { cursorShapes, notifyWays } from "./app-options.js";
import { editorText } from "./edit/editor.js";
import { facesLike } from "./faces.js";
import { findCommand } from "./keymap.js";
import type { KeyRow } from "./key-row.js";
import { rosterOf } from "./roster.js";
import { draftOf } from "./ui-state.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

export interface Candidate {
  /** What stands in the popup. */
  readonly label: string;
  /** What it does or who it is. */
  readonly detail: string;
  /** The text of the draft with it in place. */
  readonly text: string;
  /** Nothing more has to be typed: Enter may run it. */
  readonly isWhole: boolean;
}

/** What `/charset` takes, besides `auto`. */
export const charsetNames: readonly Charset[] = ["gbk", "utf-8", "gb18030", "big5", "cp932", "euc-kr"];

/** Commands whose argument is one of a few words. */
const argumentWords: Readonly<Record<string, readonly string[] | undefined>> = {
  charset: [...charsetNames, "auto"],
  decode: [...charsetNames, "auto"],
  lang: ["zh-CN", "en"],
  cursor: cursorShapes,
  notify: notifyWays,
};

/** Most candidates worth listing; typing on narrows them down. */
const candidateLimit = 50;

/**
 * FeiQ's emoticon codes begin with a slash as well (`/:)`, `/8-)`), so a command begins with a letter; a second slash (`//x`) sends
 * the text as it is, less one slash.
 */
const commandStart = /^\/[a-z]/;

/** A draft that is a command line: a single line that begins like one. */
export function isCommandLine(text: string): boolean {
  return commandStart.test(text) && !text.includes("\n");
}

/** The action of a command line, or the name that is no command. */
export function parseCommand(
  text: string,
): Extract<Action, { kind: "do" }> | { readonly kind: "unknown"; readonly name: string } {
  const [, name = "", argument = ""] = /^\/(\S+)\s*(.*)$/.exec(text.trim()) ?? [];
  const row = findCommand(name);
  return row === null
    ? { kind: "unknown", name }
    : { kind: "do", name: row.action, argument: argument.trim() };
}

/** The text to send for a draft that is no command. */
export function plainText(text: string): string {
  return text.startsWith("//") ? text.slice(1) : text;
}

/** What the popup offers for the draft as it is; empty when it is closed. */
export function completionsOf(state: UiState, world: World): readonly Candidate[] {
  if (state.focus !== "input" || state.dialog !== null) return [];
  const { editor } = draftOf(state);
  const text = editorText(editor);
  if (state.completion.closedFor === text) return [];
  if (editor.caret !== editor.clusters.length) return [];
  if (text === "/" || isCommandLine(text)) {
    const space = text.indexOf(" ");
    return space < 0
      ? commandCandidates(text.slice(1), world)
      : argumentCandidates(text, space, state, world);
  }
  if (!state.completion.isAsked) return [];
  const faces = faceCandidates(text, state, world);
  return faces.length > 0 ? faces : nameCandidates(text, state, world);
}

function commandCandidates(typed: string, world: World): readonly Candidate[] {
  const rows = world.keymap.rows.filter((row) => row.command !== undefined);
  const starting = rows.filter((row) => row.command?.startsWith(typed) === true);
  return starting
    .toSorted((a, b) => ((a.command ?? "") < (b.command ?? "") ? -1 : 1))
    .map((row) => ({
      label: commandUsage(row, world),
      detail: world.text(row.label),
      text: row.argument === undefined ? `/${row.command ?? ""}` : `/${row.command ?? ""} `,
      isWhole: row.argument === undefined || row.command === typed,
    }));
}

/** `/away 说明` */
export function commandUsage(row: KeyRow, world: World): string {
  const argument = row.argument === undefined ? "" : ` ${world.text(row.argument)}`;
  return `/${row.command ?? ""}${argument}`;
}

function argumentCandidates(text: string, space: number, state: UiState, world: World): readonly Candidate[] {
  const command = text.slice(1, space);
  const typed = text.slice(space + 1);
  const lower = typed.toLowerCase();
  const words = argumentWords[command];
  if (words !== undefined) {
    return words
      .filter((name) => name.toLowerCase().startsWith(lower) && name.toLowerCase() !== lower)
      .map((name) => ({ label: name, detail: "", text: `/${command} ${name}`, isWhole: true }));
  }
  if (
    ["go", "send", "mark", "favourite", "block", "mute", "unlog", "merge"].includes(command) &&
    typed !== ""
  ) {
    const matches = rosterOf(world, { ...state, filter: typed }).filter(
      (entry) => entry.peer !== null && entry.name !== typed,
    );
    return matches.slice(0, candidateLimit).map((entry) => ({
      label: entry.name,
      detail: entry.peer?.endpoint.address ?? "",
      text: `/${command} ${entry.name}${command === "send" ? " " : ""}`,
      isWhole: command !== "send",
    }));
  }
  return [];
}

/** Codes for a receiver who shows them as pictures; also in a text to everyone, where somebody may. */
function faceCandidates(text: string, state: UiState, world: World): readonly Candidate[] {
  const dialect = world.node.peer(state.conversation)?.dialect ?? "feiq";
  const start = Math.max(text.lastIndexOf("/"), text.lastIndexOf("["));
  if (dialect !== "feiq" || start < 0) return [];
  const typed = text.slice(start);
  // The slash alone would offer faces where a path is written.
  if (typed === "/" || /[\s\]]/.test(typed)) return [];
  return facesLike(typed, world.lang).map(({ code, name }) => ({
    label: name,
    detail: code,
    text: `${text.slice(0, start)}${code}`,
    isWhole: false,
  }));
}

function nameCandidates(text: string, state: UiState, world: World): readonly Candidate[] {
  const start = Math.max(text.lastIndexOf("\n"), text.lastIndexOf(" "), text.lastIndexOf("@")) + 1;
  const typed = text.slice(start).toLowerCase();
  if (typed === "") return [];
  const isAtStart = start === 0;
  const matches = rosterOf(world, { ...state, filter: null }).filter(
    (entry) =>
      entry.peer !== null &&
      (entry.name.toLowerCase().startsWith(typed) ||
        world.readingsOf(entry.name).some((reading) => reading.startsWith(typed))),
  );
  return matches.slice(0, candidateLimit).map((entry) => ({
    label: entry.name,
    detail: entry.id === state.conversation ? "" : (entry.peer?.endpoint.address ?? ""),
    text: `${text.slice(0, start)}${entry.name}${isAtStart ? (world.lang === "zh-CN" ? "，" : ": ") : " "}`,
    isWhole: false,
  }));
}
