// A settings file with every setting in it, each commented out with what it does, what it may be and its default: made from the table of
// settings, so it never lies. Written only when somebody asks for it.
import { environmentNameOf, flagOf, settingKeys, specOf, type SettingKey } from "../config/schema.js";
import type { TextKey, Translate } from "../i18n/catalogue.js";

/** Settings that a file cannot hold: they say where files are. */
const elsewhere: readonly SettingKey[] = ["home"];

export const formatTemplate = (text: Translate<TextKey>): string => {
  // Tables stand last in TOML: what follows one would belong to it.
  const keys = settingKeys.filter((key) => !elsewhere.includes(key));
  const plain = keys.filter((key) => specOf(key).kind !== "table");
  const tables = keys.filter((key) => specOf(key).kind === "table");
  const blocks = plain.map((key) => {
    const spec = specOf(key);
    const range = spec.range === undefined ? "" : ` (${spec.range})`;
    return [
      `# ${text(`setting.${key}`)}${range}`,
      `# --${spec.kind === "switch" && spec.fallback === true ? "no-" : ""}${flagOf(key)}  ${environmentNameOf(key)}`,
      `#${key} = ${valueOf(key)}`,
    ].join("\n");
  });
  const tableBlocks = tables.map((key) =>
    [`# ${text(`setting.${key}`)}`, `#[${key}]`, `#${specOf(key).example}`].join("\n"),
  );
  return `${[text("cli.template.head"), ...blocks, ...tableBlocks].join("\n\n")}\n`;
};

/** The default where it says something; an example where the default is "find out", and of a switch the other position, which its text is about. */
const valueOf = (key: SettingKey): string => {
  const { fallback, example, kind } = specOf(key);
  if (kind === "switch") return example;
  const isEmpty = fallback === "" || (Array.isArray(fallback) && fallback.length === 0);
  return isEmpty ? example : JSON.stringify(fallback);
};
