// The node behind the screen: that of the running instance, or one of its own, which then is the instance others attach to. Knows
// nothing of how a screen looks. Called by `chat`.
import type { ReloadOutcome } from "../control/host.js";
import { openControl } from "../control/server.js";
import { createNode, FeiyanError, type ChatNode, type HistoryStore, type TapRecord } from "../index.js";
import type { AppSettings } from "../tui/app-options.js";
import type { CommandContext } from "./context.js";
import { tidyHistory } from "./history.js";
import { describeProblem } from "./problem-text.js";
import { createReload } from "./reload.js";
import { screenSettings } from "./screen-settings.js";
import { beginFiles } from "./download-dir.js";
import { controlPlace, findInstance, nodeOptions } from "./session.js";

export interface ScreenNode {
  readonly node: ChatNode;
  readonly wire: { subscribe(listener: (record: TapRecord) => void): () => void };
  readonly reload: () => Promise<ReloadOutcome>;
  /** Calls the listener when settings were read again. */
  readonly onSettings: (listener: (settings: AppSettings) => void) => () => void;
  /** For the first screen, in the user's language. */
  readonly remarks: readonly string[];
  readonly problems: readonly string[];
}

/** As many as scroll by in an evening. */
const messagesShown = 20_000;

/** Settings that a running screen takes over. */
const taken = ["lang", "theme", "cursor", "notify", "keys"] as const;

/** `nick` is the name given on the screen in an earlier run; null where a setting names us. */
export const openScreenNode = async (
  context: CommandContext,
  nick: string | null,
  history: HistoryStore | null,
): Promise<ScreenNode> => {
  const { loaded, text } = context;
  const listeners = new Set<(settings: AppSettings) => void>();
  const onSettings: ScreenNode["onSettings"] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const reloadOf = (node: ChatNode): ScreenNode["reload"] =>
    createReload({
      first: loaded,
      read: context.readSettings,
      node,
      text,
      take: (next, changed) => {
        const keys = taken.filter((key) => changed.includes(key));
        if (keys.length > 0) {
          for (const listener of listeners) listener(screenSettings(next, next.lang));
        }
        return keys;
      },
    });

  const attached = await findInstance(context, {
    messages: messagesShown,
    datagrams: true,
    reconnect: true,
    ...(history === null ? {} : { history }),
  });
  if (attached !== null) {
    const { node, wire, instance } = attached;
    return {
      node,
      wire,
      // Its own looks are the screen's business, the rest the instance's.
      reload: async () => {
        const [own, theirs] = await Promise.all([reloadOf(node)(), attached.call("reload", {})]);
        return theirs === null ? own : merge(own, theirs);
      },
      onSettings,
      remarks: [text("cli.attached", { pid: instance.pid })],
      problems: [],
    };
  }

  const wireListeners = new Set<(record: TapRecord) => void>();
  const wire: ScreenNode["wire"] = {
    subscribe: (listener) => {
      wireListeners.add(listener);
      return () => wireListeners.delete(listener);
    },
  };
  const node = createNode({
    ...nodeOptions(loaded, [], true),
    ...(history === null ? {} : { history }),
    ...(nick === null ? {} : { nick }),
    onDatagram: (record) => {
      for (const listener of wireListeners) listener(record);
    },
  });
  await node.start();
  await beginFiles(context, node);
  // Not waited for: a large history must not keep anybody from the first frame.
  if (history !== null) void tidyHistory(context, history).catch(() => undefined);
  const reload = reloadOf(node);
  const problems: string[] = [];
  const opened = { node, wire, reload, onSettings, remarks: [], problems };
  if (context.settings.port === 0) return opened;
  try {
    const control = await openControl({ node, kind: "screen", wire, reload }, controlPlace(context));
    const closeNode = node.close.bind(node);
    // Whoever is attached hears of the end before the goodbye is said.
    node.close = async () => {
      await control.close();
      await closeNode();
    };
  } catch (error) {
    // The chat works without it; only other commands cannot join in.
    if (!(error instanceof FeiyanError)) throw error;
    const problem = describeProblem(error.code, error.fields, text);
    problems.push(`${problem.text} ${problem.remedy}`);
  }
  return opened;
};

/** For a screen that only shows the lab: a node that meets nobody and opens no port. */
export const openLabNode = async (context: CommandContext, nick: string | null): Promise<ScreenNode> => {
  const { createMemoryNetwork } = await import("../testing.js");
  const node = createNode({
    nick: nick ?? context.settings.name,
    presence: false,
    transport: createMemoryNetwork().transport({ address: "127.0.0.1" }),
  });
  await node.start();
  return {
    node,
    wire: { subscribe: () => () => undefined },
    reload: async () => ({ applied: [], waiting: [], problems: [] }),
    onSettings: () => () => undefined,
    remarks: [],
    problems: [],
  };
};

const merge = (a: ReloadOutcome, b: ReloadOutcome): ReloadOutcome => {
  const applied = [...new Set([...a.applied, ...b.applied])];
  return {
    applied,
    waiting: [...new Set([...a.waiting, ...b.waiting])].filter((key) => !applied.includes(key)),
    problems: [...new Set([...a.problems, ...b.problems])],
  };
};
