// Texts for people in their language. The Chinese catalogue defines the keys, every other language must have the same ones: a
// missing key does not compile. Knows no other folder; who calls it brings the values.
//
// A text may hold `{name}` (a value) and `{count|one form|other form}` (a form by the plural rules of the language; Chinese
// writes one form only). A value that was not given leaves an empty place: a poorer sentence beats a crash in an error path.
import { en } from "./en.js";
import { zhCN } from "./zh-CN.js";

export const languages = ["zh-CN", "en"] as const;

export type Language = (typeof languages)[number];

export type TextKey = keyof ReturnType<typeof zhCN>;

export type TextValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** `text("cli.peers.none")`, `text("cli.send.confirm", { count: 12 })`. */
export type Translate<K extends string> = (key: K, values?: TextValues) => string;

const catalogues: Readonly<Record<Language, () => Readonly<Record<TextKey, string>>>> = { "zh-CN": zhCN, en };

/**
 * The translator of a language.
 *
 * @example const text = createTranslate("zh-CN"); text("error.port-in-use.text", { port: 2425 });
 */
export const createTranslate = (language: Language): Translate<TextKey> =>
  translateFrom(catalogues[language](), language);

/** The same over any catalogue with the same keys: the terminal UI keeps its texts in files of its own. */
export const translateFrom = <K extends string>(
  texts: Readonly<Record<K, string>>,
  language: Language,
): Translate<K> => {
  let plurals: Intl.PluralRules | undefined;
  return (key, values = {}) =>
    formatText(texts[key], values, (count) => {
      plurals ??= new Intl.PluralRules(language);
      return plurals.select(count);
    });
};

/** True when the catalogue has this key: for codes that come from elsewhere. */
export const hasText = (key: string): key is TextKey => Object.hasOwn(zhCN(), key);

const place = /\{([A-Za-z][A-Za-z0-9]*)((?:\|[^|{}]*)*)\}/g;

/** Puts values into a text. Exported for the tests and for texts of other catalogues. */
export const formatText = (
  text: string,
  values: TextValues,
  pluralForm: (count: number) => Intl.LDMLPluralRule,
): string =>
  // Most have no place for a value, and a frame asks for dozens.
  text.includes("{")
    ? text.replaceAll(place, (_whole, name: string, forms: string) => {
        const value = values[name];
        if (forms === "") return value === undefined ? "" : formatValue(value);
        const choices = forms.slice(1).split("|");
        const last = choices.at(-1) ?? "";
        return typeof value === "number" && pluralForm(value) === "one" ? (choices[0] ?? last) : last;
      })
    : text;

const formatValue = (value: string | number | boolean | readonly string[]): string =>
  typeof value === "object" ? value.join(", ") : String(value);

/**
 * The language of a flag, a variable or a locale: `zh`, `zh_CN.UTF-8`, `zh-Hans`, `en_GB`; anything else that is set is English, also
 * the C locale, where every program speaks English and a terminal may know ASCII only. Nothing at all is Chinese, the language of
 * the field.
 *
 * @example chooseLanguage([flags.lang, env.FEIYAN_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG])
 */
export const chooseLanguage = (wishes: readonly (string | undefined)[]): Language => {
  const wish = wishes.find((text) => text !== undefined && text !== "");
  return wish === undefined || /^zh(?:[-_.@]|$)/i.test(wish) ? "zh-CN" : "en";
};
