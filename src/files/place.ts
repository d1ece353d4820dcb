// The last step of receiving: a finished part gets its name. Nothing that is there already is lost, and a link planted under the
// name is not followed: hard links and renames act on names.
import { lstatSync, promises } from "node:fs";
import { join } from "node:path";
import { FeiyanError } from "../ports/error.js";
import type { Overwrite } from "../ports/file-store.js";
import { systemCode, toDiskError } from "./disk-error.js";
import { mostNumbers, numberedName } from "./free-name.js";

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function taken(path: string): FeiyanError {
  return new FeiyanError("name-taken", "the name is taken", { path });
}

/** Gives `part` the name, without replacing anything; false when the name is taken. */
async function claimName(part: string, target: string, isFolder: boolean): Promise<boolean> {
  if (!isFolder) {
    try {
      await promises.link(part, target);
      await promises.unlink(part);
      return true;
    } catch (error) {
      if (systemCode(error) === "EEXIST") return false;
      // No hard links in this file system: looked at first, then renamed.
    }
  }
  if (exists(target)) return false;
  await promises.rename(part, target);
  return true;
}

/** Resolves with the path that was free. */
export async function placePart(
  part: string,
  dir: string,
  name: string,
  overwrite: Overwrite,
  isFolder: boolean,
): Promise<string> {
  const wanted = join(dir, name);
  try {
    if (overwrite === "replace" && !isFolder) {
      if (lstatSync(wanted, { throwIfNoEntry: false })?.isDirectory() === true) throw taken(wanted);
      await promises.rename(part, wanted);
      return wanted;
    }
    for (let number = 1; number <= mostNumbers; number++) {
      const target = join(dir, numberedName(name, number));
      // oxlint-disable-next-line no-await-in-loop -- one name after another
      if (await claimName(part, target, isFolder)) return target;
      if (overwrite === "never") throw taken(wanted);
    }
  } catch (error) {
    throw toDiskError(error, wanted);
  }
  throw taken(wanted);
}
