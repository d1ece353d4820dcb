// FeiQ's faces as words: `/:)` is `[微笑]`. The codec cuts them out of a text, the names are texts of the UI.
import { faceNamesEn, faceNamesZhCN } from "../i18n/faces.js";
import { emoticonCodes, splitEmoticons } from "../protocol.js";
import type { AppLanguage } from "./app-options.js";

export interface FacePart {
  readonly text: string;
  readonly isFace: boolean;
}

function namesOf(lang: AppLanguage): readonly string[] {
  return lang === "en" ? faceNamesEn : faceNamesZhCN;
}

/** A text with its codes as names in brackets. */
export function splitFaces(text: string, lang: AppLanguage): readonly FacePart[] {
  if (!text.includes("/")) return [{ text, isFace: false }];
  return splitEmoticons(text).map((token) =>
    token.kind === "face"
      ? { text: `[${namesOf(lang)[token.face] ?? token.code}]`, isFace: true }
      : { text: token.text, isFace: false },
  );
}

/** Faces whose code or name begins like what is typed: `/:` or `[微`. */
export function facesLike(
  typed: string,
  lang: AppLanguage,
): readonly { readonly code: string; readonly name: string }[] {
  const lower = typed.toLowerCase();
  return emoticonCodes
    .map((code, index) => ({ code, name: `[${namesOf(lang)[index] ?? ""}]` }))
    .filter(({ code, name }) => code.toLowerCase().startsWith(lower) || name.startsWith(lower));
}
