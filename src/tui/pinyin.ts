// How Chinese names are read, so that typing `zs` or `zhang` finds 张三. The tables are large, so they are loaded when somebody first
// searches; until then names are found by their characters alone.

export interface Readings {
  /** Initials and full reading of a name with Chinese characters in it; empty for others and while the tables are not there. */
  of(name: string): readonly string[];
  /** Loads the tables; resolves with false when they cannot be had. */
  load(): Promise<boolean>;
}

/** Names that are kept with their readings; more than one network holds. */
const keptLimit = 20_000;

export function createReadings(): Readings {
  const kept = new Map<string, readonly string[]>();
  let syllablesOf: ((text: string) => readonly string[]) | null = null;
  let loading: Promise<boolean> | null = null;
  return {
    of(name) {
      if (syllablesOf === null || !/\p{Script=Han}/u.test(name)) return [];
      const known = kept.get(name);
      if (known !== undefined) return known;
      const syllables = syllablesOf(name).map((one) => one.toLowerCase());
      const readings = [syllables.map((one) => one.slice(0, 1)).join(""), syllables.join("")];
      if (kept.size >= keptLimit) kept.clear();
      kept.set(name, readings);
      return readings;
    },
    load() {
      loading ??= import("pinyin-pro").then(
        ({ pinyin }) => {
          syllablesOf = (text) => pinyin(text, { toneType: "none", type: "array", v: true });
          return true;
        },
        () => false,
      );
      return loading;
    },
  };
}
