// When a paste should be asked about before it fills the input. Pure measure; the question itself is the application's.

/** A paste beyond either is shown as a question or a placeholder. */
export const largePasteLines = 10;
export const largePasteBytes = 4096;

const encoder = new TextEncoder();

export interface PasteSize {
  readonly lines: number;
  readonly sizeBytes: number;
  readonly isLarge: boolean;
}

/** Lines and UTF-8 bytes of a pasted text. */
export function measurePaste(text: string): PasteSize {
  const lines = text.replace(/\n$/, "").split("\n").length;
  const sizeBytes = encoder.encode(text).length;
  return { lines, sizeBytes, isLarge: lines > largePasteLines || sizeBytes > largePasteBytes };
}
