// Our own groups on disk: one JSON object, group name to a list of targets as they are typed. Also the form of `group export`.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const groupFileName = "groups.json";

/** A class, a school, an office: more than this is no group. */
const maxGroups = 1_000;
const maxMembers = 10_000;

export type GroupLists = Readonly<Record<string, readonly string[]>>;

/** Reads groups from text; null for anything that is not an object of lists of texts. */
export function parseGroups(text: string): GroupLists | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const groups = Object.entries(value);
  const isGood = groups.every(
    ([name, members]) =>
      name.trim() !== "" &&
      Array.isArray(members) &&
      members.length <= maxMembers &&
      members.every((member) => typeof member === "string" && member !== ""),
  );
  return isGood && groups.length <= maxGroups ? Object.fromEntries(groups) : null;
}

export function formatGroups(groups: GroupLists): string {
  return `${JSON.stringify(groups, null, 1)}\n`;
}

/** The groups of a folder; none where no file is. Throws for a file that is something else. */
export function readGroups(folder: string): GroupLists {
  const path = join(folder, groupFileName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  const groups = parseGroups(text);
  if (groups === null) throw new Error(`${path}: no groups`);
  return groups;
}

export function writeGroups(folder: string, groups: GroupLists): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, groupFileName);
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, formatGroups(groups), { mode: 0o600 });
  renameSync(draft, path);
}
