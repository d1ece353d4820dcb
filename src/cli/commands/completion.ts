// `feiyan completion SHELL` prints a script; the shell then calls `feiyan complete -- WORDS…` at each Tab. Commands, flags and choices
// come from the command table, names of peers from the running instance, when there is one and it answers at once.
import { locatePaths } from "../../config/paths.js";
import type { Peer } from "../../index.js";
import { parseEndpoint, peerName, resolveTarget, safeText } from "../../light.js";
import { completeWords, type Suggestion } from "../complete-words.js";
import { completionScripts } from "../completion-scripts.js";
import type { Command, CommandSpec } from "../command-spec.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { findInstance } from "../session.js";

const shells = ["bash", "zsh", "fish", "powershell"] as const;

export const printCompletion = async (context: CommandContext): Promise<number> => {
  const shell = shells.find((one) => one === context.args[0]);
  if (shell === undefined) {
    const got = context.args[0] ?? "";
    throw new CliProblem("bad-flag-value", { flag: "SHELL", got, expected: shells.join(", ") });
  }
  context.surroundings.stdout.write(completionScripts[shell]);
  return exitCodes.done;
};

/** The table comes from outside: it names this command too. */
export const createComplete =
  (commandTable: readonly CommandSpec[]): Command =>
  async (context) => {
    const words = context.args;
    const peers = await listPeers(meant(context, words));
    const { suggestions, wantsPath } = completeWords(commandTable, words, peers);
    const lines = suggestions.map(({ value, summary, note }) => {
      const meaning = summary === undefined ? note : context.text(summary);
      return meaning === undefined ? value : `${value}\t${meaning}`;
    });
    // The directives of cobra's protocol: 0 for the shell's own completion of file names, 4 for none.
    context.surroundings.stdout.write(`${[...lines, wantsPath ? ":0" : ":4"].join("\n")}\n`);
    return exitCodes.done;
  };

/** The instance that the line being written is about: its own `--home` and `--port` count. */
const meant = (context: CommandContext, words: readonly string[]): CommandContext => {
  const valueOf = (flag: string): string | undefined => {
    const at = words.indexOf(flag);
    const joined = words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
    return joined ?? (at < 0 || at >= words.length - 1 ? undefined : words[at + 1]);
  };
  const [home, port] = [valueOf("--home"), Number(valueOf("--port"))];
  const { loaded, settings } = context;
  return {
    ...context,
    ...(home === undefined ? {} : { loaded: { ...loaded, paths: locatePaths(home) } }),
    settings: {
      ...settings,
      home: home ?? settings.home,
      port: Number.isInteger(port) && port > 0 ? port : settings.port,
    },
  };
};

const listPeers = async (context: CommandContext): Promise<readonly Suggestion[]> => {
  const attached = await findInstance(context, { events: false }).catch(() => null);
  if (attached === null) return [];
  try {
    const peers = attached.node.peers();
    return peers.flatMap((peer) => (peer.state === "offline" ? [] : (suggestionOf(peer, peers) ?? [])));
  } finally {
    await attached.node.close();
  }
};

const isSafe = (text: string): boolean =>
  text.trim() === text && safeText(text, { newlines: "space" }) === text;

/** The nickname where it means this peer and nobody else, else its id; null where neither can be written. */
const suggestionOf = (peer: Peer, peers: readonly Peer[]): Suggestion | null => {
  const name = peerName(peer);
  // Commas part several receivers, and some names look like an address, a range or a flag.
  const isName = isSafe(name) && !/[,，]|^[-@\d[]/u.test(name) && parseEndpoint(name, 1) === null;
  const named = isName ? resolveTarget(name, peers) : null;
  const [receiver] = named?.ok === true ? named.receivers : [];
  if (receiver !== undefined && "peer" in receiver && receiver.peer === peer.id) return { value: name };
  const value = `id:${peer.id}`;
  if (!isSafe(value) || /[,，]/u.test(value)) return null;
  return { value, note: safeText(name, { newlines: "space" }) };
};
