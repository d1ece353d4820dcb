// The name by which the lab calls whoever sits here: a table without names helps no teacher.
import { userInfo } from "node:os";
import type { CommandContext } from "../../context.js";

/** The nickname, else the user name of the settings, else the system's. */
export const ownName = ({ settings }: Pick<CommandContext, "settings">): string => {
  if (settings.name !== "") return settings.name;
  if (settings.user !== "") return settings.user;
  try {
    return userInfo().username;
  } catch {
    // A user the system does not know.
    return "feiyan";
  }
};
