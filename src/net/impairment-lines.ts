// The text of `--impair`: `[T=]SPEC`, several of them divided by semicolons. Without `T` a spec is for everybody; `T` is an address or
// a peer's name, which is somebody else's business to find.
import { impairmentKeys, parseImpairment } from "./impairment-text.js";
import type { Impairment } from "./impairment.js";

export interface ImpairmentWish {
  /** Null: everybody. */
  readonly target: string | null;
  readonly spec: Impairment;
}

/**
 * Reads the text form; throws `impairment-invalid` for what is none.
 *
 * @example parseImpairmentLines("小明=loss=30%,seed=7; loss=5%").length // 2
 */
export function parseImpairmentLines(text: string): readonly ImpairmentWish[] {
  return text
    .split(";")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const at = line.indexOf("=");
      const first = line.slice(0, at).trim();
      const target = isSpec(line, first) ? null : first;
      return { target, spec: parseImpairment(target === null ? line : line.slice(at + 1)) };
    });
}

/** A slip in a key is a slip, not a peer's name: a target is followed by a spec, which has a `=` of its own. */
function isSpec(line: string, first: string): boolean {
  if (impairmentKeys.some((key) => key === first) || !line.includes("=")) return true;
  const rest = line.slice(line.indexOf("=") + 1);
  const key = rest.split(/[=,]/u, 1)[0]?.trim() ?? "";
  return !impairmentKeys.some((one) => one === key);
}
