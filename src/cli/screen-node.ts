// The node behind the screen: that of the running instance, or one of its own, which then is the instance others attach to. Brought to
// life once the screen stands. Knows nothing of how a screen looks. Called by `chat`.
import type { ReloadOutcome } from "../control/host.js";
import {
  createNode,
  deferHistory,
  FeiyanError,
  type ChatNode,
  type DeferredHistory,
  type TapRecord,
} from "../index.js";
import type { AppSettings, Beginning } from "../tui/app-options.js";
import type { CommandContext } from "./context.js";
import { HistoryRefused, openKept, tidyHistory } from "./history.js";
import { describeProblem } from "./problem-text.js";
import { createReload } from "./reload.js";
import { screenSettings } from "./screen-settings.js";
import { describeHookFault, hookProblem, openHook, type Hook } from "./hook.js";
import { beginFiles } from "./download-dir.js";
import { controlPlace, findInstance, nodeOptions } from "./session.js";

export interface ScreenNode {
  readonly node: ChatNode;
  readonly wire: { subscribe(listener: (record: TapRecord) => void): () => void };
  readonly reload: () => Promise<ReloadOutcome>;
  /** Calls the listener when settings were read again. */
  readonly onSettings: (listener: (settings: AppSettings) => void) => () => void;
  /** Calls the listener with what goes wrong beside the node (the hook), in the user's language. */
  readonly onTrouble: (listener: (words: string) => void) => () => void;
  /** Opens the history and starts the node; rejects with `HistoryRefused`, or as `Node.start` does. */
  readonly begin: () => Promise<Beginning>;
  /** The history, after the node is closed. */
  readonly close: () => Promise<void>;
}

/** As many as scroll by in an evening. */
const messagesShown = 20_000;

/** Settings that a running screen takes over. */
const taken = ["lang", "theme", "cursor", "notify", "highlight", "notifyRules", "keys"] as const;

export interface ScreenNodeOptions {
  /** The name given on the screen in an earlier run; null where a setting names us. */
  readonly nick: string | null;
  readonly hasHistory: boolean;
}

export const openScreenNode = async (
  context: CommandContext,
  { nick, hasHistory }: ScreenNodeOptions,
): Promise<ScreenNode> => {
  const { loaded, text } = context;
  const listeners = new Set<(settings: AppSettings) => void>();
  const onSettings: ScreenNode["onSettings"] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const troubled = new Set<(words: string) => void>();
  const onTrouble: ScreenNode["onTrouble"] = (listener) => {
    troubled.add(listener);
    return () => troubled.delete(listener);
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
    history: hasHistory,
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
      onTrouble,
      begin: async () => ({ remarks: [text("cli.attached", { pid: instance.pid })], problems: [] }),
      close: async () => undefined,
    };
  }

  const remarks: string[] = [];
  const history = hasHistory ? deferKept(context, remarks) : null;
  let isOver = false;
  let hook: Hook | null = null;
  const close = async (): Promise<void> => {
    isOver = true;
    hook?.close();
    await history?.close();
  };

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
  const reload = reloadOf(node);
  const begin = async (): Promise<Beginning> => {
    await openOrRefuse(history);
    await node.start();
    await beginFiles(context, node);
    hook = openHook(context.settings, node, (fault) => {
      const words = describeHookFault(context.settings, fault, text);
      for (const listener of troubled) listener(words);
    });
    const wrong = hookProblem(context.settings);
    // Not waited for: a large history must not keep anybody from the chat.
    if (history !== null) void tidyHistory(context, history).catch(() => undefined);
    if (context.settings.port === 0) return { remarks, problems: [] };
    try {
      const { openControl } = await import("../control/server.js");
      const control = await openControl({ node, kind: "screen", wire, reload }, controlPlace(context));
      // Somebody left before everything was there.
      if (isOver) await control.close();
      const closeNode = node.close.bind(node);
      // Whoever is attached hears of the end before the goodbye is said.
      node.close = async () => {
        await control.close();
        await closeNode();
      };
      return {
        remarks,
        problems: wrong === null ? [] : [describeHookFault(context.settings, wrong, text)],
      };
    } catch (error) {
      // The chat works without it; only other commands cannot join in.
      if (!(error instanceof FeiyanError)) throw error;
      const problem = describeProblem(error.code, error.fields, text);
      return { remarks, problems: [`${problem.text} ${problem.remedy}`] };
    }
  };
  return { node, wire, reload, onSettings, onTrouble, begin, close };
};

/** The history of the settings, opened when the screen stands; a recovery is a remark on it. */
const deferKept = (context: CommandContext, remarks: string[]): DeferredHistory =>
  deferHistory(async () => {
    const store = await openKept(context, { thread: true, tell: (line) => void remarks.push(line) });
    if (store === null) throw new Error("the settings keep no history");
    return store;
  });

const openOrRefuse = async (history: DeferredHistory | null): Promise<void> => {
  try {
    await history?.open();
  } catch (error) {
    throw error instanceof FeiyanError ? new HistoryRefused(error) : error;
  }
};

/** For a screen that only shows the lab: a node that meets nobody and opens no port. */
export const openLabNode = async (context: CommandContext, nick: string | null): Promise<ScreenNode> => {
  const { createMemoryNetwork } = await import("../testing.js");
  const node = createNode({
    nick: nick ?? context.settings.name,
    presence: false,
    transport: createMemoryNetwork().transport({ address: "127.0.0.1" }),
  });
  return {
    node,
    wire: { subscribe: () => () => undefined },
    reload: async () => ({ applied: [], waiting: [], problems: [] }),
    onSettings: () => () => undefined,
    onTrouble: () => () => undefined,
    begin: async () => {
      await node.start();
      return { remarks: [], problems: [] };
    },
    close: async () => undefined,
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
