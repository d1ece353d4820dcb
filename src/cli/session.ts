// A node for one command: that of the running instance, or one of its own made from the settings, started, and closed with a goodbye
// whatever happens. Used by every command that takes part in the chat; whom they mean is found by find-receivers.ts.
import type { CreateNodeOptions, Endpoint, Event, HistoryStore, Node, TapRecord } from "../index.js";
import { FeiyanError } from "../light.js";
import { attach, type Attached, type AttachOptions } from "../control/client.js";
import { locateControl, type ControlPlace } from "../control/place.js";
import type { LoadedSettings } from "../config/load.js";
import type { CommandContext } from "./context.js";
import { exitCodes } from "./exit-code.js";
import { tidyHistory, withHistory } from "./history.js";
import { CliProblem } from "./problem.js";
import { parseTargets } from "./targets.js";

/** Answers to an entry come within about a second (docs/protocol.md section 5); twice that finds nearly everybody. */
export const discoveryMs = 2_000;

/** For a line that comes just now. */
const shortestSearchMs = 200;

/**
 * The node's options from the settings. `extraPeers` are hosts to announce ourselves to besides the configured ones. Without `files`
 * nobody is told that files can be fetched or offered: a command that leaves in a moment cannot.
 */
export const nodeOptions = (
  loaded: LoadedSettings,
  extraPeers: readonly Endpoint[] = [],
  files = false,
): CreateNodeOptions => {
  const { settings } = loaded;
  // Port 0 means any free port, where nobody can find us: no presence. Hosts named without a port have the usual one.
  const peerPort = settings.port === 0 ? 2425 : settings.port;
  const { peers, segments } = readPeers(settings.peer, peerPort);
  const names = { nick: settings.name, group: settings.group, user: settings.user, host: settings.host };
  return {
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== "")),
    port: settings.port,
    bind: settings.bind,
    peers: [...peers, ...extraPeers],
    segments,
    charset: settings.charset,
    versionItem: settings.versionItem,
    avatar: settings.avatar,
    announceUtf8: settings.announceUtf8,
    presence: settings.port !== 0,
    files,
    probes: settings.probes,
    hostList: settings.hostList,
    hostListServer: settings.hostListServer,
    sharePeers: settings.sharePeers,
    feiqGroups: settings.feiqGroups,
    ipv6: settings.ipv6,
    ...(settings.impair === "" ? {} : { impair: settings.impair }),
    stateDir: loaded.paths.stateDir,
    encrypt: settings.encrypt,
    keyName: settings.keyName,
    allowRecall: settings.allowRecall,
    idleMinutes: settings.idleMinutes,
    idleText: settings.awayTexts[0] ?? "",
    lockPassword: settings.lockPassword,
  };
};

/** More than some networks of 250 is no segment, and half a minute of greetings. */
const mostOfSegments = 4_096;

/** Hosts by address, and whole segments as `send --to` takes them. */
const readPeers = (
  texts: readonly string[],
  port: number,
): { readonly peers: readonly Endpoint[]; readonly segments: readonly Endpoint[] } => {
  const { names, endpoints, wide } = parseTargets(texts, port);
  const [name] = names;
  if (name !== undefined) throw new CliProblem("target-invalid", { target: name });
  if (wide.length > mostOfSegments) throw new CliProblem("too-many-receivers", { max: mostOfSegments });
  return { peers: endpoints, segments: wide };
};

/** The port that addresses without one mean. */
export const defaultPort = (context: CommandContext): number =>
  context.settings.port === 0 ? 2425 : context.settings.port;

/** Where the control socket of the instance is that these settings mean. */
export const controlPlace = ({ settings, loaded, surroundings }: CommandContext): ControlPlace =>
  locateControl({
    home: settings.home,
    stateDir: loaded.paths.stateDir,
    runtimeDir: surroundings.environment["XDG_RUNTIME_DIR"],
    port: settings.port,
  });

/** The running instance, when there is one and nothing was said against it; else null. */
export const findInstance = async (
  context: CommandContext,
  options: AttachOptions = {},
): Promise<Attached | null> => {
  const { settings, loaded } = context;
  // Port 0 is the wish for a port of one's own.
  if (settings.alone || settings.port === 0) return null;
  const isPortGiven = loaded.origins.port !== "default";
  return await attach(controlPlace(context), {
    ...options,
    ...(isPortGiven ? { port: settings.port } : {}),
  });
};

/** The same for what makes sense with a running instance only. */
export const withInstance = async <T>(
  context: CommandContext,
  command: string,
  use: (attached: Attached) => Promise<T>,
): Promise<T> => {
  const attached = await findInstance(context, { events: false });
  if (attached === null) throw new CliProblem("needs-instance", { command }, exitCodes.unavailable);
  try {
    return await use(attached);
  } finally {
    await attached.node.close();
  }
};

export interface WithNodeOptions {
  /** Hosts to announce ourselves to besides the configured ones. */
  readonly announceTo?: readonly Endpoint[];
  /** A node of our own gives and takes files. */
  readonly files?: boolean;
  /** Bytes a second for files of a node of our own. */
  readonly fileLimit?: number | undefined;
  /** Hears every datagram of the node in use. */
  readonly tap?: (record: TapRecord) => void;
  /** A node of our own keeps its messages: in a thread for what runs long. Default: nothing is kept, and no history opened. */
  readonly keeps?: "thread" | "direct";
}

/** How long somebody who is there may still not have been heard: an instance has been listening since it was started. */
export const searchMsOf = ({ instance }: Attached): number => {
  const upMs = Date.now() - (instance.startedAt ?? 0);
  return Math.max(shortestSearchMs, Math.min(discoveryMs, discoveryMs - upMs));
};

/** A node and how it came about. */
export interface UsedNode {
  readonly node: Node;
  /** Null: a node of our own. */
  readonly attached: Attached | null;
  /** How long a name that nobody has yet is waited for. */
  readonly searchMs: number;
}

/**
 * The node of the running instance, or one of our own, started; runs `use` with it and closes it in every case. A command need not know
 * which it was.
 */
export const withNode = async <T>(
  context: CommandContext,
  options: WithNodeOptions,
  use: (node: Node, used: UsedNode) => Promise<T>,
): Promise<T> => {
  const { tap } = options;
  const attached = await findInstance(context, { datagrams: tap !== undefined });
  if (attached !== null) {
    const { node, wire } = attached;
    if (tap !== undefined) wire.subscribe(tap);
    try {
      const { announceTo = [] } = options;
      if (announceTo.length > 0) await node.greet(announceTo);
      const lost = attached.lost.then(() => {
        throw new FeiyanError("control-lost", "the instance went away");
      });
      const searchMs = searchMsOf(attached);
      return await Promise.race([use(node, { node, attached, searchMs }), lost]);
    } finally {
      await node.close();
    }
  }
  const own: CreateNodeOptions = {
    ...nodeOptions(context.loaded, options.announceTo, options.files),
    ...(options.fileLimit === undefined ? {} : { fileLimit: options.fileLimit }),
    ...(tap === undefined ? {} : { onDatagram: tap }),
  };
  const run = (made: CreateNodeOptions): Promise<T> =>
    withOwnNode(made, async (node) => await use(node, { node, attached: null, searchMs: discoveryMs }));
  const { keeps } = options;
  if (keeps === undefined) return await run(own);
  // Closed after the node, which still has things to write.
  return await withHistory(context, { thread: keeps === "thread" }, async (history) => {
    if (history === null) return await run(own);
    await tidyHistory(context, history);
    return await run({ ...own, history: keeps === "thread" ? history : withoutQueue(history) });
  });
};

/** What waits is sent by whoever runs long: two programs that hear somebody come back must not both send it. */
export const withoutQueue = (history: HistoryStore): HistoryStore => ({
  ...history,
  waiting: async () => null,
  state: async (recentSinceMs) => ({ ...(await history.state(recentSinceMs)), queue: [] }),
});

/** Starts a node, runs `use`, and closes it in every case. */
export const withOwnNode = async <T>(
  options: CreateNodeOptions,
  use: (node: Node) => Promise<T>,
): Promise<T> => {
  // Most commands find an instance and need none of this.
  const { createNode } = await import("../index.js");
  const node = createNode(options);
  try {
    await node.start();
    return await use(node);
  } finally {
    await node.close();
  }
};

/** Resolves with `found()` as soon as it is not undefined: now, or after an event; undefined after `timeoutMs` or a wish to stop. */
export const waitFor = <T>(
  node: Node,
  found: (event?: Event) => T | undefined,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<T | undefined> =>
  new Promise((resolve) => {
    const finish = (result: T | undefined): void => {
      clearTimeout(timer);
      unsubscribe();
      stop.removeEventListener("abort", onStop);
      resolve(result);
    };
    const onStop = (): void => finish(undefined);
    // Longer than a timer can count is as good as for ever.
    const timer = setTimeout(onStop, Math.min(timeoutMs, 2 ** 31 - 1));
    const unsubscribe = node.subscribe((event) => {
      const result = found(event);
      if (result !== undefined) finish(result);
    });
    stop.addEventListener("abort", onStop);
    const already = found();
    if (stop.aborted) finish(undefined);
    else if (already !== undefined) finish(already);
  });
