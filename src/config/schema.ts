// The one table of settings: key, kind, limits, default, example. Flags, environment names, the settings file, its checks, help and
// `config show` all come from it. A setting's flag is its key in kebab case (`hostList`: `--host-list`), its environment variable
// FEIYAN_ and the flag in upper snake case (`FEIYAN_HOST_LIST`). Knows nothing of languages: help takes `setting.<key>` from i18n.
import * as v from "valibot";

/** How a value is written in a flag or an environment variable, and what a wrong one is told. */
export type SettingKind = "text" | "integer" | "switch" | "choice" | "list" | "table";

export interface SettingSpec<T = unknown> {
  readonly kind: SettingKind;
  readonly schema: v.GenericSchema<unknown, T>;
  readonly fallback: T;
  /** The right-hand side of a line in the settings file. */
  readonly example: string;
  /** `0-65535`, `gbk, utf-8, …`: what a person may write, untranslated. */
  readonly range?: string;
  /** The placeholder in help: `--port NUMBER`. */
  readonly placeholder?: string;
  /** Flags of docs/cli.md section 2 stand in every help; the others in that of the program only. */
  readonly common?: true;
  /** A choice whose members are numbers in the file (`ambiguousWidth = 2`). */
  readonly numeric?: true;
}

// Schemas are made when a value is checked: every command makes the table, and hardly any of it is ever written down.
const textSchema = () => v.pipe(v.string(), v.maxLength(1000));
const listSchema = () => v.pipe(v.array(textSchema()), v.maxLength(1000));

const textOf = (fallback: string, example: string, placeholder: string): SettingSpec<string> => ({
  kind: "text",
  get schema() {
    return textSchema();
  },
  fallback,
  example: JSON.stringify(example),
  placeholder,
});

const integer = (fallback: number, min: number, max: number): SettingSpec<number> => ({
  kind: "integer",
  get schema() {
    return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
  },
  fallback,
  example: String(fallback),
  range: `${min}-${max}`,
  placeholder: "N",
});

const onOff = (fallback: boolean): SettingSpec<boolean> => ({
  kind: "switch",
  get schema() {
    return v.boolean();
  },
  fallback,
  example: String(!fallback),
});

const list = (example: readonly string[], placeholder: string): SettingSpec<readonly string[]> => ({
  kind: "list",
  get schema() {
    return listSchema();
  },
  fallback: [],
  example: `[${example.map((item) => JSON.stringify(item)).join(", ")}]`,
  placeholder,
});

const choice = <const T extends string>(
  members: readonly T[],
  fallback: NoInfer<T>,
  example: NoInfer<T> = fallback,
): SettingSpec<T> => ({
  kind: "choice",
  get schema() {
    return v.picklist(members);
  },
  fallback,
  example: JSON.stringify(example),
  range: members.join(", "),
  placeholder: members.join("|"),
});

/** The same specification; a copy would make its schema. */
const common = <T>(spec: SettingSpec<T>): SettingSpec<T> => Object.assign(spec, { common: true } as const);

export const charsets = ["gbk", "utf-8", "gb18030", "big5", "cp932", "euc-kr"] as const;

/** Types of `watch --json`. */
const eventTypes = [
  "message",
  "knock",
  "alarm",
  "offer",
  "transfer",
  "image",
  "peer",
  "feiqGroup",
  "delivery",
  "typing",
  "notice",
] as const;

const ambiguousWidths = ["auto", 1, 2] as const;

/** Key to the keys of the keyboard that call an action: `[keys]` `search = ["ctrl-r"]`; one string stands for a list of one. */
const keysSchema = () =>
  v.record(
    v.string(),
    v.union([
      v.pipe(
        textSchema(),
        v.transform((key): readonly string[] => [key]),
      ),
      listSchema(),
    ]),
  );

const keysSpec: SettingSpec<Readonly<Record<string, readonly string[]>>> = {
  kind: "table",
  get schema() {
    return keysSchema();
  },
  fallback: {},
  example: 'search = ["ctrl-r"]',
};

const ambiguousWidthSpec: SettingSpec<(typeof ambiguousWidths)[number]> = {
  kind: "choice",
  get schema() {
    return v.picklist(ambiguousWidths);
  },
  fallback: "auto",
  example: "2",
  range: ambiguousWidths.join(", "),
  placeholder: ambiguousWidths.join("|"),
  numeric: true,
};

/** In the order of help: the network, who we are, the instance, output, then the rest. An empty text means "find out". */
export const settingSpecs = {
  port: common(integer(2425, 0, 65_535)),
  bind: common(list(["192.168.1.5"], "ADDR")),
  peer: common(list(["10.0.8.20", "10.0.9.1:2426", "10.0.10.0/24"], "ADDR[:PORT]")),
  name: common(textOf("", "小李", "NAME")),
  group: common(textOf("", "研发", "NAME")),
  user: common(textOf("", "li", "NAME")),
  host: common(textOf("", "pc-li", "NAME")),
  charset: common(choice(charsets, "gbk")),
  home: common(textOf("", "/srv/feiyan", "DIR")),
  lang: common(choice(["zh-CN", "en"], "zh-CN", "en")),
  color: common(choice(["auto", "always", "never"], "auto", "never")),
  logLevel: common(choice(["silent", "error", "warn", "info", "debug", "trace"], "info", "debug")),
  logFile: textOf("", "/var/log/feiyan.log", "FILE"),
  logSize: integer(10, 1, 1_000),
  logText: onOff(false),
  history: common(onOff(true)),
  alone: common(onOff(false)),
  historyDays: integer(0, 0, 36_500),
  historySize: integer(0, 0, 10_000_000),
  secureDelete: onOff(false),
  queueAbsent: onOff(true),
  queueDays: integer(30, 0, 3_650),
  versionItem: choice(["ipmsg", "feiq"], "ipmsg", "feiq"),
  avatar: integer(0, 0, 255),
  announceUtf8: onOff(true),
  encrypt: choice(["auto", "always", "never"], "auto", "always"),
  keyName: onOff(true),
  lockPassword: textOf("", "…", "TEXT"),
  allowRecall: onOff(true),
  hostList: onOff(false),
  hostListServer: onOff(false),
  sharePeers: onOff(false),
  feiqGroups: list(["3b199b07"], "NUMBER"),
  ipv6: onOff(true),
  probes: onOff(true),
  impair: textOf("", "loss=10%,seed=7", "[T=]SPEC"),
  idleMinutes: integer(0, 0, 1440),
  downloadDir: textOf("", "/home/li/收到", "DIR"),
  acceptFiles: choice(["ask", "all", "known", "never"], "ask", "known"),
  maxFileSize: textOf("", "2G", "2G"),
  acceptFrom: list(["小明=always 2G", "10.0.8.20=never"], "T=RULE"),
  awayTexts: list(["开会中", "午饭"], "TEXT"),
  theme: textOf("default", "dark", "NAME"),
  ambiguousWidth: ambiguousWidthSpec,
  mouse: onOff(true),
  bell: onOff(true),
  cursor: choice(["bar", "underline", "block"], "bar", "block"),
  notify: choice(["desktop", "bell", "off"], "desktop", "off"),
  highlight: list(["发布", "urgent"], "WORD"),
  notifyRules: list(["小明=desktop", "@研发=bell", "everyone=off"], "WHO=WAY"),
  hook: list(["/home/li/bin/on-chat", "--quiet"], "WORD"),
  hookEvents: {
    kind: "list",
    get schema() {
      return v.array(v.picklist(eventTypes));
    },
    fallback: ["message"],
    example: '["message", "knock", "alarm"]',
    range: eventTypes.join(", "),
    placeholder: "TYPE",
  } satisfies SettingSpec<readonly string[]>,
  hookSeconds: integer(10, 1, 600),
  keys: keysSpec,
} as const satisfies Readonly<Record<string, SettingSpec>>;

export type SettingKey = keyof typeof settingSpecs;

export type Settings = {
  readonly [K in SettingKey]: (typeof settingSpecs)[K] extends SettingSpec<infer T> ? T : never;
};

/** The table under one type, for loops over all settings. */
export const specOf = (key: SettingKey): SettingSpec => settingSpecs[key];

export const isSettingKey = (text: string): text is SettingKey => Object.hasOwn(settingSpecs, text);

export const settingKeys: readonly SettingKey[] = Object.keys(settingSpecs).filter(isSettingKey);

/** `hostList` is `host-list` on the command line. */
export const flagOf = (key: SettingKey): string =>
  key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `hostList` is `FEIYAN_HOST_LIST` in the environment; a switch reads 1, true, yes, on and their opposites. */
export const environmentNameOf = (key: SettingKey): string =>
  `FEIYAN_${flagOf(key).replaceAll("-", "_").toUpperCase()}`;
