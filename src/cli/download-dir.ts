// Where received files go, and what a node that stays does with offers at its start: it asks, and takes up what broke off.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Node } from "../index.js";
import { applyAcceptSettings } from "./accept-from.js";
import type { CommandContext } from "./context.js";

/** The folder of the settings, else the one that everybody has. */
export const downloadDir = ({ settings }: Pick<CommandContext, "settings">): string =>
  settings.downloadDir === "" ? join(homedir(), "Downloads") : resolve(settings.downloadDir);

export const beginFiles = async (context: Pick<CommandContext, "settings">, node: Node): Promise<void> => {
  const dir = downloadDir(context);
  await applyAcceptSettings(context, node, dir);
  await node.takeUp(dir);
};
