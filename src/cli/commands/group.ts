// `feiyan group …`: our own groups, kept in a file of this home; `@name` is a receiver wherever one is named. Works without a node:
// who is in a group is found out when it is sent to.
import { readFileSync, writeFileSync } from "node:fs";
import {
  formatGroups,
  parseGroups,
  readGroups,
  safeText,
  writeGroups,
  type GroupLists,
} from "../../index.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { printFeiqGroups } from "./feiq-group.js";

const folderOf = ({ loaded }: CommandContext): string => loaded.paths.stateDir;

const nameOf = (context: CommandContext): string => {
  const [name = ""] = context.args;
  const bare = name.replace(/^@/u, "").trim();
  if (bare === "") throw new CliProblem("missing-argument", { argument: "NAME" });
  if (/[,，@]/u.test(bare)) throw new CliProblem("target-invalid", { target: name });
  return bare;
};

const print = (context: CommandContext, groups: GroupLists): number => {
  for (const [name, members] of Object.entries(groups)) {
    context.output.object("group", { name, members });
    context.output.line(
      `@${safeText(name, { newlines: "space" })}  ${safeText(members.join(", "), { newlines: "space" })}`,
    );
  }
  return exitCodes.done;
};

export const listGroups = async (context: CommandContext): Promise<number> => {
  print(context, readGroups(folderOf(context)));
  await printFeiqGroups(context);
  return exitCodes.done;
};

export const addToGroup = (context: CommandContext): Promise<number> => {
  const name = nameOf(context);
  const added = context.args.slice(1);
  if (added.length === 0) throw new CliProblem("missing-argument", { argument: "T" });
  const groups = readGroups(folderOf(context));
  const members = [...new Set([...(groups[name] ?? []), ...added])];
  writeGroups(folderOf(context), { ...groups, [name]: members });
  return Promise.resolve(print(context, { [name]: members }));
};

/** Without members the whole group goes. */
export const removeFromGroup = (context: CommandContext): Promise<number> => {
  const name = nameOf(context);
  const gone = new Set(context.args.slice(1));
  const { [name]: members, ...others } = readGroups(folderOf(context));
  if (members === undefined) throw new CliProblem("no-such-group", { group: name }, exitCodes.noSuchPeer);
  const left = gone.size === 0 ? [] : members.filter((member) => !gone.has(member));
  writeGroups(folderOf(context), left.length === 0 ? others : { ...others, [name]: left });
  return Promise.resolve(left.length === 0 ? exitCodes.done : print(context, { [name]: left }));
};

/** Never over a file that is there. */
export const exportGroups = (context: CommandContext): Promise<number> => {
  const groups = readGroups(folderOf(context));
  const [file] = context.args;
  if (file === undefined || file === "-") {
    if (context.output.json) return Promise.resolve(print(context, groups));
    context.surroundings.stdout.write(formatGroups(groups));
    return Promise.resolve(exitCodes.done);
  }
  try {
    writeFileSync(file, formatGroups(groups), { flag: "wx" });
  } catch (cause) {
    throw new CliProblem("output-unwritable", { file, reason: reasonOf(cause) }, exitCodes.ownFault);
  }
  return Promise.resolve(exitCodes.done);
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

/** Groups of the file take the place of those with the same names. */
export const importGroups = (context: CommandContext): Promise<number> => {
  const [file] = context.args;
  if (file === undefined) throw new CliProblem("missing-argument", { argument: "FILE" });
  let groups: GroupLists | null;
  try {
    groups = parseGroups(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new CliProblem("input-unreadable", { file, reason: reasonOf(cause) });
  }
  if (groups === null) throw new CliProblem("groups-invalid", { file });
  writeGroups(folderOf(context), { ...readGroups(folderOf(context)), ...groups });
  return Promise.resolve(print(context, groups));
};
