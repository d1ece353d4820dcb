// The wall between remote text and a screen, a title or a log line (invariant I7): what comes out cannot move a cursor, change
// a colour, reverse a line, hide letters or ring a bell. Letters of every script pass unchanged. Called by every front end.

export interface SafeTextOptions {
  /** `keep` leaves line breaks as `\n` (message bodies); `space` makes them blanks (names, one-line places). Default `space`. */
  readonly newlines?: "keep" | "space";
  /** Longest result in UTF-16 units; a cut text ends in `…`. Default: no limit. */
  readonly maxCharacters?: number;
}

/** Nothing to do for most texts: printable ASCII, CJK and other plain letters below the ranges tested in `hasUnsafe`. */
const unsafe =
  // C0, DEL and C1; soft hyphen; Arabic letter mark; Mongolian vowel separator; zero-width, line/paragraph separators and
  // bidi controls; invisible operators; Hangul fillers; BOM; interlinear marks; lone surrogates; tag characters.
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]/u;

/**
 * ESC sequences as a whole (CSI, OSC and other string commands, two-character ones), so that no debris like `[31m` stays behind.
 * A string command that is cut off goes as far as the next ESC; no alternative can fail late, so the time is linear.
 */
const sequences =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[\u0030-\u003f]*[\u0020-\u002f]*[\u0040-\u007e]?|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[\u0020-\u002f]*[\u0030-\u007e]?/gu;

const dropped =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

const tagCharacters = /[\u{e0000}-\u{e0fff}]/u;

/**
 * Makes text from the network harmless for a terminal.
 *
 * @example safeText("\u001b]0;owned\u0007hi\u202e") === "hi"
 */
export function safeText(text: string, options: SafeTextOptions = {}): string {
  let out = text;
  if (unsafe.test(out) || tagCharacters.test(out)) {
    out = out
      // First, as two halves must not meet when what stood between them goes.
      .replace(/\p{Surrogate}/gu, "\ufffd")
      .replace(/\r\n?|[\u0085\u2028\u2029]/gu, "\n")
      .replace(sequences, "")
      .replace(/\t/gu, "    ")
      .replace(dropped, "");
    if (options.newlines !== "keep") out = out.replace(/\n+/gu, " ");
  }
  const max = options.maxCharacters;
  if (max !== undefined && out.length > max) {
    const high = out.charCodeAt(max - 2) & 0xfc00;
    out = `${out.slice(0, high === 0xd800 ? max - 2 : max - 1)}…`;
  }
  return out;
}
