// How texts are compared when somebody searches: without regard to case and to the width of Latin letters and digits. The length
// stays the same, character for character, so a place in the folded text is the place in the text itself.

/** Full-width forms of ASCII, and the ideographic space. */
const wide = /[\u3000\uff01-\uff5e]/gu;
const finalSigma = /ς/gu;
const maybeFolded = /[A-Z\u0080-\u{10ffff}]/u;

/**
 * The text as search sees it.
 *
 * @example foldText("Ｈello 世界") === "hello 世界"
 */
export function foldText(text: string): string {
  if (!maybeFolded.test(text)) return text;
  const lower = text.toLowerCase();
  const same = lower.length === text.length ? lower : Array.from(text, lowerAlike).join("");
  return same.replace(finalSigma, "σ").replace(wide, narrowOf);
}

/** A few letters grow when they become small (İ): they stay as they are, so that places do not move. */
function lowerAlike(character: string): string {
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}

function narrowOf(character: string): string {
  const code = character.charCodeAt(0);
  // Narrow first, then small: the letters among them may have been capital.
  return code === 0x3000 ? " " : String.fromCharCode(code - 0xfee0).toLowerCase();
}
