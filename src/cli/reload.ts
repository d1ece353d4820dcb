// Settings read again while an instance runs: what can be taken at once is, what needs a new start is named. Wrong files change
// nothing. Called at SIGHUP, by `config reload` and from the screen.
import type { LoadedSettings } from "../config/load.js";
import { settingKeys, type SettingKey, type Settings } from "../config/schema.js";
import type { ReloadOutcome } from "../control/host.js";
import type { Translate, TextKey } from "../i18n/catalogue.js";
import type { Node } from "../index.js";
import { describeConfigProblem } from "./problem-text.js";

export interface ReloadParts {
  readonly first: LoadedSettings;
  readonly read: () => LoadedSettings;
  readonly node: Node;
  readonly text: Translate<TextKey>;
  /** Takes settings of its own; gives the keys it has taken. */
  readonly take: (next: Settings, changed: readonly SettingKey[]) => readonly SettingKey[];
}

/** How to reload: each call compares with what is in force since the last one. */
export function createReload({ first, read, node, text, take }: ReloadParts): () => Promise<ReloadOutcome> {
  let inForce = first.settings;
  return async () => {
    const loaded = read();
    if (loaded.problems.length > 0) {
      const problems = loaded.problems.map((problem) => describeConfigProblem(problem, text).text);
      return { applied: [], waiting: [], problems };
    }
    const next = loaded.settings;
    const changed = settingKeys.filter((key) => JSON.stringify(next[key]) !== JSON.stringify(inForce[key]));
    const applied = new Set<SettingKey>(take(next, changed));
    if (changed.includes("name") || changed.includes("group")) {
      // An empty name means the system's, which only a start finds out.
      await node.rename({ ...(next.name === "" ? {} : { nick: next.name }), group: next.group });
      if (next.name !== "" || !changed.includes("name")) applied.add("name");
      applied.add("group");
    }
    const done = changed.filter((key) => applied.has(key));
    inForce = { ...inForce, ...Object.fromEntries(done.map((key) => [key, next[key]])) };
    return { applied: done, waiting: changed.filter((key) => !applied.has(key)), problems: [] };
  };
}
