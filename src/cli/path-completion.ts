// Completes a path that somebody types: to the longest beginning that all fitting names share, a folder with its slash.
import { promises } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/** Names of one folder that are looked at. */
const mostNames = 20_000;

/** `~/` is the home folder, for looking and for what is sent. */
export const expandHome = (text: string): string =>
  text === "~" || text.startsWith("~/") ? join(homedir(), text.slice(1)) : text;

/**
 * The text with what can be added to it; the same text when nothing fits.
 *
 * @example await completePath("/et") // "/etc/"
 */
export const completePath = async (text: string): Promise<string> => {
  const isFolder = text === "" || text.endsWith("/");
  const folder = isFolder ? text : text.slice(0, text.length - basename(text).length);
  const begun = isFolder ? "" : basename(text);
  const looked = expandHome(folder === "" ? "." : folder);
  let names: string[];
  try {
    names = (await promises.readdir(looked)).slice(0, mostNames);
  } catch {
    // No such folder: there is nothing to add.
    return text;
  }
  const fitting = names.filter((name) => name.startsWith(begun) && (begun !== "" || !name.startsWith(".")));
  const [first] = fitting;
  if (first === undefined) return text;
  const shared = fitting.reduce(sharedStart, first);
  const isOne = fitting.length === 1 && (await isDirectory(join(looked, first)));
  return `${folder}${shared}${isOne ? "/" : ""}`;
};

const sharedStart = (a: string, b: string): string => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
};

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await promises.stat(path)).isDirectory();
  } catch {
    return false;
  }
};
