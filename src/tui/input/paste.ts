// Collects bracketed paste until its end mark and cleans what was pasted: line ends become `\n`, other control characters go.
// Used by decoder.ts; knows nothing of timers.

const endMark = "\u001b[201~";
/** Pastes are cut here, in UTF-16 units: far more than any message, little memory. */
export const pasteLimit = 1_048_576;

export interface PasteCollector {
  /** Takes one character; returns the whole text when the end mark is complete. */
  push(character: string): string | undefined;
  /** Ends a paste whose mark did not come. */
  finish(): string;
}

export function createPasteCollector(): PasteCollector {
  let parts: string[] = [];
  let length = 0;
  let matched = 0;

  const keep = (text: string): void => {
    if (length >= pasteLimit) return;
    parts.push(text);
    length += text.length;
  };
  const finish = (): string => {
    const text = parts.join("");
    parts = [];
    length = 0;
    matched = 0;
    return cleanPaste(text);
  };

  return {
    push(character) {
      if (character === endMark[matched]) {
        matched += 1;
        return matched === endMark.length ? finish() : undefined;
      }
      if (matched > 0) {
        keep(endMark.slice(0, matched));
        matched = 0;
        // The mark's first character does not occur again in it, so a new match can only begin here.
        if (character === endMark[0]) {
          matched = 1;
          return undefined;
        }
      }
      keep(character);
      return undefined;
    },
    finish,
  };
}

/** Pasted text as the editor may take it. */
export function cleanPaste(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "");
}

/** Printable text on both sides of a line end within one read: nobody types that fast. */
export function looksPasted(text: string): boolean {
  return !text.includes("\u001b") && /[^\p{Cc}][\r\n]+[^\p{Cc}]/u.test(text);
}
