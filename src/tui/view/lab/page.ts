// A page of the lab as its parts: what stands fast above, what scrolls, what stands fast below, and which keys the lower rule names.
// The frame around it is drawn by `screen`.
import type { ActionName } from "../../action-name.js";
import type { KeyContext } from "../../key-context.js";
import { formatKey } from "../../keymap.js";
import { cellWidth } from "../../text/width.js";
import { wrapText } from "../../text/wrap.js";
import type { TuiTextKey } from "../../../i18n/tui-zh-CN.js";
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line, Role } from "../scene.js";

/** A line across the frame, with words in it. */
export interface Rule {
  readonly rule: string;
  /** Words at its right end. */
  readonly right?: string;
}

export type PageLine = Line | Rule;

export interface LabPageView {
  readonly title: string;
  readonly right: string;
  readonly head: readonly PageLine[];
  readonly body: readonly Line[];
  /** The newest lines are shown until somebody scrolls. */
  readonly follows?: boolean;
  readonly foot: readonly PageLine[];
  readonly keys: readonly KeyHint[];
  /** Where the caret stands in `head`: its line and column. */
  readonly caret?: { readonly line: number; readonly column: number } | null;
}

export interface PageRoom {
  readonly columns: number;
  readonly rows: number;
  /** The least there is to see. */
  readonly isSmall: boolean;
}

export interface KeyHint {
  readonly action: ActionName;
  readonly context: KeyContext;
  readonly label: TuiTextKey;
}

export function isRule(line: PageLine): line is Rule {
  return "rule" in line;
}

export const rule = (words = "", right = ""): Rule => ({ rule: words, right });

/** A line of plain words, a blank in front. */
export function plain(text: string, role: Role = "popup", bold = false): Line {
  return [span(` ${text}`, role, bold ? { bold: true } : {})];
}

const arrows: Readonly<Record<string, string | undefined>> = {
  left: "←",
  up: "↑",
  escape: "Esc",
};

/** `Enter 开始  Space 暂停`, as many as fit; the keys in force. */
export function keyHints(world: World, hints: readonly KeyHint[], columns: number): string {
  let text = "";
  for (const { action, context, label } of hints) {
    const row = world.keymap.rows.find(
      (one) => one.action === action && one.contexts.includes(context) && one.keys.length > 0,
    );
    const key = row?.keys[0];
    if (key === undefined) continue;
    const words = world.text(label);
    // `←→ 改`, `+/- 丢包`: two keys with one meaning.
    const gap = /^[/→↓]/u.test(words) ? "" : " ";
    const hint = `${text === "" ? "" : "  "}${arrows[key] ?? formatKey(key)}${gap}${words}`;
    if (cellWidth(text + hint) > columns) continue;
    text += hint;
  }
  return text;
}

/** Paragraphs of a text, a blank line above. */
export function paragraphs(text: string, columns: number): readonly Line[] {
  const rows = text.split("\n").flatMap((part) => wrapText(part, { columns: Math.max(2, columns - 3) }));
  return [[], ...rows.map((row) => plain(` ${row}`, "popup.title"))];
}

/** A bar of ASCII: block characters are two columns wide in many Chinese terminals. */
export function bar(share: number, columns: number, full = "#", rest = "-"): string {
  const filled = Math.max(0, Math.min(columns, Math.round(share * columns)));
  return full.repeat(filled) + rest.repeat(columns - filled);
}

/** `4.8 %` */
export function percentText(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}
