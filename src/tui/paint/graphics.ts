// Pictures drawn by the terminal itself: kitty's protocol and iTerm2's. What is sent is a PNG of our own making, in base64, so nothing
// of a stranger's file reaches the terminal. Which terminal has which is told by the environment, as for notifications: to ask would
// print rubbish where the question is not understood. Used by picture.ts.
import type { PlacedImage } from "../view/scene.js";

export type GraphicsWay = "kitty" | "iterm2";

/** Null where none is known, and within tmux and screen, which do not pass them on. */
export function graphicsWay(environment: Readonly<Record<string, string | undefined>>): GraphicsWay | null {
  const term = environment["TERM"] ?? "";
  const program = environment["TERM_PROGRAM"] ?? "";
  if (environment["TMUX"] !== undefined || /^(?:tmux|screen|dumb|linux)/.test(term)) return null;
  if (term === "xterm-kitty" || term === "xterm-ghostty" || program === "ghostty") return "kitty";
  if (environment["KITTY_WINDOW_ID"] !== undefined) return "kitty";
  if (program === "iTerm.app" || program === "WezTerm" || environment["LC_TERMINAL"] === "iTerm2")
    return "iterm2";
  return null;
}

/** Ours among whatever other programs have shown. */
const imageId = 2_425;
/** kitty takes so much base64 at a time. */
const pieceCharacters = 4_096;

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** Draws it into so many cells at the place of the cursor. */
export function formatImage(way: GraphicsWay, { png, rect }: PlacedImage): string {
  const { columns, rows } = rect;
  const text = base64(png);
  if (way === "iterm2") {
    const size = `size=${png.length};width=${columns};height=${rows};preserveAspectRatio=1`;
    return `\u001b]1337;File=inline=1;doNotMoveCursor=1;${size}:${text}\u0007`;
  }
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += pieceCharacters) {
    const isLast = at + pieceCharacters >= text.length;
    // q=2: no answer, which would look like keys. C=1: the cursor stays.
    const head = at === 0 ? `a=T,f=100,i=${imageId},q=2,C=1,c=${columns},r=${rows},` : "";
    pieces.push(`\u001b_G${head}m=${isLast ? 0 : 1};${text.slice(at, at + pieceCharacters)}\u001b\\`);
  }
  return pieces.join("");
}

/** Takes it off the screen; with iTerm2 it goes with the cells, which are painted anew. */
export function formatRemoval(way: GraphicsWay): string {
  return way === "kitty" ? `\u001b_Ga=d,d=I,i=${imageId},q=2\u001b\\` : "";
}
