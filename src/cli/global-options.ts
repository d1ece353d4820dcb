// The flags that every command takes (docs/cli.md section 2): one per setting, from the settings table, and five that are no
// settings. A setting that is on or off has both forms; help shows the one that changes the default.
import { flagOf, settingKeys, specOf, type SettingKey, type SettingSpec } from "../config/schema.js";
import type { TextKey } from "../i18n/catalogue.js";
import type { OptionKind, OptionSpec } from "./command-spec.js";

export interface GlobalOption extends OptionSpec {
  /** The setting it sets; absent for the five. */
  readonly setting?: SettingKey;
  /** Shown in the help of every command, not only of the program. */
  readonly common: boolean;
}

const plain: readonly GlobalOption[] = [
  {
    flag: "config",
    placeholder: "FILE",
    value: { kind: "text" },
    summary: "cli.option.config",
    common: true,
  },
  { flag: "json", value: { kind: "switch" }, summary: "cli.option.json", common: true },
  { flag: "quiet", short: "q", value: { kind: "switch" }, summary: "cli.option.quiet", common: true },
  { flag: "help", short: "h", value: { kind: "switch" }, summary: "cli.option.help", common: true },
  { flag: "version", short: "V", value: { kind: "switch" }, summary: "cli.option.version", common: true },
];

const fromSetting = (key: SettingKey): readonly GlobalOption[] => {
  const spec = specOf(key);
  // A table cannot be written as a flag.
  if (spec.kind === "table") return [];
  const base = { setting: key, summary: `setting.${key}` satisfies TextKey, common: spec.common === true };
  if (spec.kind !== "switch") {
    return [
      {
        ...base,
        flag: flagOf(key),
        value: valueOf(spec),
        ...(spec.placeholder === undefined ? {} : { placeholder: spec.placeholder }),
      },
    ];
  }
  const on: GlobalOption = { ...base, flag: flagOf(key), value: { kind: "switch" } };
  const off: GlobalOption = { ...on, flag: `no-${flagOf(key)}` };
  return spec.fallback === true ? [off, { ...on, hidden: true }] : [on, { ...off, hidden: true }];
};

/** Values are checked by the settings table, which also knows variables and files; here they are text. */
const valueOf = (spec: SettingSpec): OptionKind =>
  spec.kind === "list" ? { kind: "list" } : { kind: "text" };

export const globalOptions: readonly GlobalOption[] = [...settingKeys.flatMap(fromSetting), ...plain];
