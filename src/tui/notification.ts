// Desktop notifications through the terminal: which of the three ways a terminal understands, and the sequence with the text made
// harmless. OSC 9 is iTerm2's (WezTerm, Ghostty and mintty follow it), OSC 777 is urxvt's (foot and VTE), OSC 99 is kitty's.
import { displayText } from "./text/display.js";
import { takeColumns } from "./text/fit.js";

export type NotificationWay = "osc9" | "osc777" | "osc99";

type Environment = Readonly<Record<string, string | undefined>>;

/** Null where none is known: unknown terminals may print what they do not understand. Within tmux and screen they never see it. */
export function notificationWay(environment: Environment): NotificationWay | null {
  const term = environment["TERM"] ?? "";
  const program = environment["TERM_PROGRAM"] ?? "";
  if (environment["TMUX"] !== undefined || /^(?:tmux|screen|dumb|linux)/.test(term)) return null;
  if (term === "xterm-kitty" || environment["KITTY_WINDOW_ID"] !== undefined) return "osc99";
  if (["iTerm.app", "WezTerm", "ghostty", "mintty"].includes(program)) return "osc9";
  if (/^(?:foot|rxvt)/.test(term) || environment["VTE_VERSION"] !== undefined) return "osc777";
  return null;
}

const titleColumns = 60;
const bodyColumns = 160;

export function formatNotification(way: NotificationWay, title: string, body: string): string {
  const head = harmless(title, titleColumns);
  const text = harmless(body, bodyColumns);
  switch (way) {
    case "osc9":
      return `\u001b]9;${head}: ${text}\u0007`;
    case "osc777":
      // The semicolon parts the fields.
      return `\u001b]777;notify;${head.replaceAll(";", ",")};${text.replaceAll(";", ",")}\u0007`;
    case "osc99":
      return `\u001b]99;i=feiyan:d=0;${head}\u001b\\\u001b]99;i=feiyan:p=body;${text}\u001b\\`;
    default: {
      const unreachable: never = way;
      return unreachable;
    }
  }
}

/** One line without control characters; a text that is a number first would be a progress bar in some terminals. */
function harmless(text: string, columns: number): string {
  const clean = displayText(text.replace(/\s+/g, " ").replace(/\p{Cc}/gu, "")).trim();
  return takeColumns(/^\d+(?:;|$)/.test(clean) ? ` ${clean}` : clean, columns);
}
