// How offers are met by the settings: the rule for all, and rules for single people (`acceptFrom`), in force for each as soon as it is
// seen. What was decided about a peer while the program ran is kept with the peer and counts more.
import { resolve } from "node:path";
import { resolveTarget, type AcceptPolicy, type Node, type PeerId } from "../index.js";
import { readByteSize } from "../tui/text/byte-size.js";
import { parseByteSize } from "./byte-size.js";
import type { CommandContext } from "./context.js";
import { CliProblem } from "./problem.js";

interface PersonRule {
  readonly target: string;
  readonly policy: AcceptPolicy;
}

/** Sets the rules; resolves when the one for all is in force. */
export const applyAcceptSettings = async (
  { settings }: Pick<CommandContext, "settings">,
  node: Node,
  dir: string,
): Promise<void> => {
  const { acceptFiles, maxFileSize, acceptFrom } = settings;
  const limit = maxFileSize === "" ? null : parseByteSize("--max-file-size", maxFileSize);
  const base: AcceptPolicy = {
    accept: acceptFiles,
    maxSizeBytes: limit,
    dir,
    overwrite: "rename",
    resume: true,
  };
  const rules = acceptFrom.map((line) => parseRule(line, base));
  await node.setAcceptPolicy(base);
  if (rules.length === 0) return;
  const set = new Set<PeerId>();
  const look = (id: PeerId): void => {
    const peer = node.peer(id);
    if (peer === undefined || set.has(id)) return;
    const rule = rules.find(({ target }) => resolveTarget(target, [peer]).ok);
    if (rule === undefined) return;
    set.add(id);
    // A node that closes meanwhile needs no rules.
    node.setAcceptPolicy(rule.policy, id).catch(() => undefined);
  };
  node.subscribe((event) => {
    if (event.kind === "peer" && event.change !== "left") look(event.peer.id);
  });
  for (const { id } of node.peers()) look(id);
};

/** `小明=always 2G /home/li/小明`: size and folder may be left out. */
const parseRule = (line: string, base: AcceptPolicy): PersonRule => {
  const at = line.lastIndexOf("=");
  const [accept = "", size = "", ...rest] = line
    .slice(at + 1)
    .trim()
    .split(/\s+/u);
  const target = line.slice(0, Math.max(0, at)).trim();
  const isKnown = accept === "ask" || accept === "always" || accept === "never";
  if (target === "" || !isKnown) {
    throw new CliProblem("bad-flag-value", {
      flag: "--accept-from",
      got: line,
      expected: "T=ask|always|never [2G] [DIR]",
    });
  }
  const hasSize = readByteSize(size) !== null;
  const dir = (hasSize ? rest : [size, ...rest]).join(" ");
  return {
    target,
    policy: {
      ...base,
      accept: accept === "always" ? "all" : accept,
      ...(hasSize ? { maxSizeBytes: readByteSize(size) } : {}),
      ...(dir === "" ? {} : { dir: resolve(dir) }),
    },
  };
};
