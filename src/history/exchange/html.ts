// Messages as one HTML page that needs nothing else: no script, no picture, no font from anywhere, and a policy that says so to the
// browser. Every text is escaped; what a text might do to a page, it cannot. Written by `history export --format html`.
import { safeText } from "../../core/safe-text.js";
import { isUnopened } from "../../core/selectors.js";
import type { KeptMessage } from "../../ports/history-store.js";

export interface HtmlWords {
  readonly title: string;
  /** What we are called. */
  readonly self: string;
  readonly lang: string;
  readonly formatDay: (atMs: number) => string;
  readonly formatTime: (atMs: number) => string;
}

const style = `
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h2{font-size:.9rem;color:#666;border-bottom:1px solid #ddd;margin:2rem 0 .5rem}
p{margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
time{color:#888;font-size:.85rem;margin-right:.5rem}
b{margin-right:.5rem}.out b{color:#060}.in b{color:#036}.file{color:#555}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}.out b{color:#8c8}.in b{color:#8bf}h2{border-color:#444}}`;

/** Text as text, in an element or an attribute. */
export function escapeHtml(text: string): string {
  return safeText(text, { newlines: "keep" }).replaceAll(
    /[&<>"']/gu,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** The page in pieces: the head, then one for each message, then its end. Long exports are written as they come. */
export function formatHtml(words: HtmlWords): {
  readonly head: string;
  message(kept: KeptMessage): string;
  readonly end: string;
} {
  let day = "";
  const title = escapeHtml(words.title);
  return {
    head: [
      `<!doctype html>\n<html lang="${escapeHtml(words.lang)}">\n<head>\n<meta charset="utf-8">`,
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
      `<meta name="viewport" content="width=device-width, initial-scale=1">`,
      `<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n<h1>${title}</h1>\n`,
    ].join("\n"),
    message({ message }) {
      const today = words.formatDay(message.at);
      const heading = today === day ? "" : `<h2>${escapeHtml(today)}</h2>\n`;
      day = today;
      const isOut = message.direction === "out";
      const other = message.peerName === "" ? message.conversation : message.peerName;
      const who = isOut ? `${words.self} → ${other}` : other;
      const files = message.files.map((file) => `<p class="file">📎 ${escapeHtml(file.name)}</p>\n`).join("");
      const time = `<time datetime="${new Date(message.at).toISOString()}">${escapeHtml(words.formatTime(message.at))}</time>`;
      const text = isUnopened(message) ? "✉" : escapeHtml(message.displayText);
      return `${heading}<p class="${isOut ? "out" : "in"}">${time}<b>${escapeHtml(who)}</b>${text}</p>\n${files}`;
    },
    end: "</body>\n</html>\n",
  };
}
