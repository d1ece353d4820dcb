// FeiQ's 96 emoticon codes in the order of its face panel, and the cutting of a text into words and faces. Pictures or names
// for the faces are the front end's business. The table is a fact of compilelife/feiq (vector text-020-emoticon-table).

/** Codes; the index is the position in FeiQ's panel. */
export const emoticonCodes: readonly string[] = [
  "/:)",
  "/:~",
  "/:*",
  "/:|",
  "/8-)",
  "/:<",
  "/:$",
  "/:X",
  "/:Z",
  "/:'(",
  "/:-|",
  "/:@",
  "/:P",
  "/:D",
  "/:O",
  "/<rotate>",
  "/:(",
  "/:+",
  "/:lenhan",
  "/:Q",
  "/:T",
  "/;P",
  "/;-D",
  "/;d",
  "/;o",
  "/:g",
  "/|-)",
  "/:!",
  "/:L",
  "/:>",
  "/;bin",
  "/:fw",
  "/;fd",
  "/:-S",
  "/;?",
  "/;x",
  "/;@",
  "/:8",
  "/;!",
  "/!!!",
  "/:xx",
  "/:bye",
  "/:csweat",
  "/:knose",
  "/:applause",
  "/:cdale",
  "/:huaixiao",
  "/:shake",
  "/:lhenhen",
  "/:rhenhen",
  "/:yawn",
  "/:snooty",
  "/:chagrin",
  "/:kcry",
  "/:yinxian",
  "/:qinqin",
  "/:xiaren",
  "/:kelin",
  "/:caidao",
  "/:xig",
  "/:bj",
  "/:basketball",
  "/:pingpong",
  "/:jump",
  "/:coffee",
  "/:eat",
  "/:pig",
  "/:rose",
  "/:fade",
  "/:kiss",
  "/:heart",
  "/:break",
  "/:cake",
  "/:shd",
  "/:bomb",
  "/:dao",
  "/:footb",
  "/:piaocon",
  "/:shit",
  "/:oh",
  "/:moon",
  "/:sun",
  "/;gift",
  "/:hug",
  "/:strong",
  "/;weak",
  "/:share",
  "/:shl",
  "/:baoquan",
  "/:cajole",
  "/:quantou",
  "/:chajin",
  "/:aini",
  "/:sayno",
  "/:sayok",
  "/:love",
];

export type TextToken =
  | { readonly kind: "text"; readonly text: string }
  /** `face` is the index in `emoticonCodes`. */
  | { readonly kind: "face"; readonly face: number; readonly code: string };

// "/:share" must win over "/:sh…": codes by their second character, longest first.
const codesBySecond = new Map<string, readonly string[]>();
for (const code of emoticonCodes) {
  const second = code[1] ?? "";
  codesBySecond.set(
    second,
    [...(codesBySecond.get(second) ?? []), code].toSorted((one, other) => other.length - one.length),
  );
}

/**
 * Cuts a text into words and faces; the longest code wins.
 *
 * @example
 * splitEmoticons("早/:)晚") // text 早, face 0, text 晚
 */
export function splitEmoticons(text: string): TextToken[] {
  const tokens: TextToken[] = [];
  let from = 0;
  let at = text.indexOf("/");
  while (at !== -1) {
    const start = at;
    const code = codesBySecond
      .get(text[start + 1] ?? "")
      ?.find((candidate) => text.startsWith(candidate, start));
    if (code === undefined) {
      at = text.indexOf("/", start + 1);
      continue;
    }
    if (start > from) tokens.push({ kind: "text", text: text.slice(from, start) });
    tokens.push({ kind: "face", face: emoticonCodes.indexOf(code), code });
    from = start + code.length;
    at = text.indexOf("/", from);
  }
  if (from < text.length) tokens.push({ kind: "text", text: text.slice(from) });
  return tokens;
}
