// What was wrong with settings and colour files, in the user's language.
import type { KeyProblem } from "./keymap.js";
import { formatKey } from "./keymap.js";
import type { ThemeProblem } from "./theme.js";
import type { World } from "./world.js";

export function keyProblemText(problem: KeyProblem, text: World["text"]): string {
  switch (problem.kind) {
    case "unknown-action":
      return text("keys.unknownAction", { action: problem.action });
    case "unknown-key":
      return text("keys.unknownKey", { action: problem.action, key: problem.key });
    case "taken":
      return text("keys.taken", { action: problem.action, key: formatKey(problem.key), by: problem.by });
    default: {
      const unreachable: never = problem;
      return unreachable;
    }
  }
}

export function themeProblemText({ file, key, problem, value }: ThemeProblem, text: World["text"]): string {
  const values = { file, key, problem: text(`theme.${problem}`), value };
  return text(key === "" ? "theme.problemWhole" : "theme.problem", values);
}
