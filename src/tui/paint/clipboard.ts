// Text that goes to the terminal itself, not to its screen: clipboard (OSC 52) and window title. Both are cleaned here once more,
// because a control character in them could end the sequence and begin another, or run when pasted into a shell.

import { displayText } from "../text/display.js";
import { takeColumns } from "../text/fit.js";

/** Terminals refuse longer clipboard writes (xterm: 100,000 characters of base64). */
const clipboardLimitBytes = 74_994;
const titleColumns = 200;

/** The sequence that sets the clipboard, or undefined when the text is too long for it. */
export function formatClipboard(text: string): string | undefined {
  const clean = text.replace(/[^\P{Cc}\n\t]/gu, "");
  const bytes = Buffer.from(clean, "utf8");
  if (bytes.length > clipboardLimitBytes) return undefined;
  return `\u001b]52;c;${bytes.toString("base64")}\u0007`;
}

/** The sequence that sets the window title. */
export function formatTitle(text: string): string {
  return `\u001b]2;${takeColumns(displayText(text), titleColumns)}\u0007`;
}
