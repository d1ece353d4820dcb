// What one row of the key table says, and how rows are written down.
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import type { ActionName, EditAction } from "./action-name.js";
import type { EditOperation } from "./edit/editor.js";
import type { KeyContext } from "./key-context.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

export const helpSections = ["send", "message", "move", "people", "view", "lab", "edit", "program"] as const;

export type HelpSection = (typeof helpSections)[number];

export interface MenuPlace {
  readonly label: TuiTextKey;
  /** From the left. */
  readonly place: number;
  readonly digit?: string;
  /** The label where there is much room. */
  readonly wideLabel?: TuiTextKey;
  /** Only shown where there is much room. */
  readonly isExtra?: true;
}

export interface KeyRow {
  readonly action: ActionName;
  readonly contexts: readonly KeyContext[];
  readonly keys: readonly string[];
  /** Name after the slash. */
  readonly command?: string;
  /** What the command takes. */
  readonly argument?: TuiTextKey;
  readonly label: TuiTextKey;
  readonly section: HelpSection;
  /** Place in the menu, from the left; the digit that calls it there. */
  readonly menu?: MenuPlace;
  /** Why it cannot be done now; absent or null: it can. */
  readonly disabled?: (state: UiState, world: World) => TuiTextKey | null;
}

export function row(
  action: Exclude<ActionName, EditAction>,
  contexts: readonly KeyContext[],
  keys: readonly string[],
  section: HelpSection,
  more: Pick<KeyRow, "command" | "argument" | "menu" | "disabled"> = {},
): KeyRow {
  return { action, contexts, keys, section, label: `action.${action}`, ...more };
}

export function edit(
  operation: EditOperation,
  keys: readonly string[],
  contexts: readonly KeyContext[] = ["input", "completion", "form", "search", "receive", "welcome", "files"],
): KeyRow {
  return { action: `edit-${operation}`, contexts, keys, section: "edit", label: `action.edit-${operation}` };
}
