// The FeiQ groups that we belong to, on disk: a list of their numbers. Read at the start, written when one is joined or left, by the
// node or, while none runs, by `feiyan group join` and `leave`.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const fileName = "feiq-groups.json";

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Their numbers; none where no file is, or one that is something else: it is written anew with the next change. */
export function readFeiqGroups(folder: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, fileName), "utf8"));
    return Array.isArray(value) ? value.filter(isText) : [];
  } catch {
    // Not there, or not ours: nobody is kept from chatting by a list of groups.
    return [];
  }
}

export function writeFeiqGroups(folder: string, numbers: readonly string[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, fileName);
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(numbers)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
