// Does what updates ask for: calls the node, the simulation and the terminal, and turns their ends into actions. Decides nothing.
import type { Translate } from "../i18n/catalogue.js";
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import type { ChatNode, ErrorFields, MessageId, PeerId, QueueOptions, TextCodec } from "../index.js";
import { everyone, FeiyanError } from "../index.js";
import type { LabDesk } from "../lab/desk/desk.js";
import type { Action, Problem, Request } from "./action.js";
import type { AppLanguage, AppPaths, RunningSimulation, SettingsReload } from "./app-options.js";
import type { Terminal } from "./paint/terminal.js";
import type { Timelines } from "./timeline.js";

export interface PerformOptions {
  readonly node: ChatNode;
  readonly timelines: Timelines;
  readonly terminal: Pick<
    Terminal,
    "bell" | "setMouse" | "suspend" | "fullRepaint" | "setCursorShape" | "copy" | "notify"
  >;
  /** What the app itself keeps: language, theme, the state file. */
  readonly surface: Surface;
  readonly startSimulation: () => Promise<RunningSimulation>;
  readonly paths: AppPaths | null;
  /** How messages to absent people wait. */
  readonly queue?: (() => QueueOptions) | undefined;
  readonly reload: (() => Promise<SettingsReload>) | undefined;
  readonly hasBell: boolean;
  /** Kept messages in the log; null without a history. */
  readonly archive: {
    jump(conversation: PeerId, at: number, id: MessageId | null): Promise<number | null>;
    leave(conversation: PeerId): void;
  } | null;
  readonly codec: TextCodec;
  readonly text: Translate<TuiTextKey>;
  readonly problem: (code: string, fields: ErrorFields) => Problem;
  readonly dispatch: (action: Action) => void;
  readonly quit: () => void;
}

export interface Surface {
  setLanguage(lang: AppLanguage): void;
  listThemes(): readonly string[];
  /** Resolves with what is wrong with it, in the user's language; then it is not in force. */
  setTheme(name: string): readonly string[];
  /** Writes the choices down; with the name that was given just now. */
  remember(nick?: string): Promise<void>;
  /** The lab, made when it is first asked for; null where there is none. */
  openLab(): Promise<LabDesk | null>;
  /** True when names can be found by their reading from now on. */
  loadReadings(): Promise<boolean>;
}

export interface Performer {
  perform(request: Request): void;
  /** Tells the node what was read since the last call. */
  flushReads(): void;
  /** Ends the virtual peers, when there are any. */
  close(): Promise<void>;
}

/** Pixels of a preview: enough for the largest terminal in half blocks, and for one that draws itself. */
const previewFrame = { width: 640, height: 400 };

export function createPerformer(options: PerformOptions): Performer {
  const { node, dispatch } = options;
  // At a thousand messages a second they are read a frame at a time, not one by one.
  const reads = new Set<PeerId>();
  let simulation: Promise<RunningSimulation> | null = null;
  let isClosed = false;

  const problemOf = (error: unknown): Problem =>
    error instanceof FeiyanError
      ? options.problem(error.code, error.fields)
      : { text: error instanceof Error ? error.message : String(error), remedy: "" };

  /** A failure of a request comes back as an action; a late one, after the end, has nobody to tell. */
  const attempt = async (request: Request, work: () => Promise<Action | void>): Promise<void> => {
    try {
      const action = await work();
      if (action !== undefined && !isClosed) dispatch(action);
    } catch (error) {
      if (!isClosed) dispatch({ kind: "failed", request, problem: problemOf(error) });
    }
  };

  const say = async (request: Extract<Request, { kind: "say" }>): Promise<Action> => {
    const queue = options.queue?.();
    const how = queue === undefined ? request.options : { queue, ...request.options };
    const messages = await node.say(request.to, request.text, how);
    // What was just said stands at the end.
    if (request.origin.kind === "input") options.archive?.leave(request.origin.conversation);
    return { kind: "said", origin: request.origin, messages };
  };

  /** What is kept reads as it is shown from now on, and search finds it so. */
  const redecode = async ({
    conversation,
    charset,
  }: Extract<Request, { kind: "redecode" }>): Promise<Action | void> => {
    const { changed } = await node.redecode(conversation, charset);
    if (changed === 0) return undefined;
    const values = { count: changed, charset: charset.toUpperCase() };
    return { kind: "notice", text: options.text("notice.redecoded", values), tone: "plain" };
  };

  const impair = (to: PeerId, spec: string): void => {
    const endpoint = to === everyone ? null : node.peer(to)?.endpoint;
    if (endpoint !== undefined) node.impair(endpoint, spec === "" ? null : spec);
  };

  const copy = (text: string): void => {
    const isCopied = options.terminal.copy(text);
    dispatch({ kind: "copied", characters: Array.from(text).length, isCopied });
  };

  const reload = async (): Promise<Action | void> => {
    const outcome = await options.reload?.();
    if (outcome === undefined) return undefined;
    const { applied, waiting, problems } = outcome;
    const [problem] = problems;
    if (problem !== undefined) return { kind: "notice", text: problem, tone: "warning" };
    const words = [
      ...(applied.length === 0 ? [] : [options.text("notice.settingsApplied", { keys: applied })]),
      ...(waiting.length === 0 ? [] : [options.text("notice.settingsWaiting", { keys: waiting })]),
    ];
    const text = words.join(" ") || options.text("notice.settingsSame");
    return { kind: "notice", text, tone: waiting.length === 0 ? "plain" : "warning" };
  };

  const simulate = async (): Promise<Action> => {
    simulation = options.startSimulation();
    try {
      const { count } = await simulation;
      return { kind: "simulation", state: "on", count };
    } catch (error) {
      simulation = null;
      throw error;
    }
  };

  /** Requests that take their time, as promises; null for those that are done at once. */
  const begin = (request: Request): (() => Promise<Action | void>) | null => {
    switch (request.kind) {
      case "say":
        return () => say(request);
      case "resend":
        return async () => void (await node.resend(request.message));
      case "open":
        return async () => void (await node.open(request.message, request.password ?? undefined));
      case "recall":
        return () => node.recall(request.message);
      case "trust":
        return () => node.answerTrust(request.peer, request.answer);
      case "set-encrypt":
        return () => node.setEncrypt(request.peer, request.policy);
      case "knock":
        return () => node.knock(request.peer);
      case "ask":
        return async () => {
          await node.ask(request.peer, "version");
          await node.ask(request.peer, "absence");
        };
      case "typing":
        // Somebody may be gone by now: nothing worth a word.
        void node.typing(request.peer, request.active).catch(() => undefined);
        return null;
      case "join-group":
        return () => node.joinGroup(request.number);
      case "leave-group":
        return () => node.leaveGroup(request.number);
      case "refresh":
        return () => node.refresh();
      case "reload":
        return reload;
      case "away":
        return () => node.setAway(request.text);
      case "rename":
        return async () => {
          await node.rename({ nick: request.nick });
          await options.surface.remember(request.nick);
        };
      case "set-charset":
        return () => node.setCharset(request.peer, request.charset);
      case "jump-to":
        return async () => {
          const { conversation, query, at, id } = request;
          const serial = (await options.archive?.jump(conversation, at, id)) ?? null;
          return { kind: "archive-shown", conversation, serial, query };
        };
      case "leave-archive":
        options.archive?.leave(request.conversation);
        return null;
      case "take-back":
        return async () => {
          await node.cancel(request.message);
          return { kind: "notice", text: options.text("notice.takenBack"), tone: "plain" };
        };
      case "redecode":
        return () => redecode(request);
      case "set-policy":
        return () => node.setPolicy(request.peer, request.policy);
      case "merge-peers":
        return () => node.mergePeers(request.from, request.into);
      case "split-peer":
        return () => node.splitPeer(request.from);
      case "set-file-rule":
        return () => {
          const { peer, files } = request;
          const dir =
            files === null || files.dir === null ? null : (options.paths?.expand(files.dir) ?? files.dir);
          return node.setPolicy(peer, { files: files === null ? null : { ...files, dir } });
        };
      case "start-simulation":
        return simulate;
      case "list-themes":
        return async () => ({ kind: "themes", names: options.surface.listThemes() });
      case "set-theme":
        return async () => {
          const problems = options.surface.setTheme(request.name);
          return request.isPreview ? undefined : { kind: "theme-set", name: request.name, problems };
        };
      case "remember":
        return () => options.surface.remember();
      case "load-readings":
        return async () => void (await options.surface.loadReadings());
      case "set-language":
        options.surface.setLanguage(request.lang);
        return async () => ({ kind: "language-set", lang: request.lang });
      case "set-cursor":
        options.terminal.setCursorShape(request.shape);
        return null;
      case "open-lab":
        return async () => ((await options.surface.openLab()) === null ? undefined : { kind: "lab-open" });
      case "lab":
        return async () => {
          const lab = await options.surface.openLab();
          return lab === null ? undefined : { kind: "lab-answer", answer: await lab.perform(request.wish) };
        };
      case "impair":
        return async () => impair(request.to, request.spec);
      case "look-at-path":
        return async () => {
          const path = options.paths?.expand(request.path) ?? request.path;
          const { name, kind, sizeBytes, path: full } = await node.look(path);
          return { kind: "path-looked", file: { path: full, name, kind, sizeBytes } };
        };
      case "complete-path":
        return async () => ({
          kind: "path-completed",
          text: (await options.paths?.complete(request.text)) ?? request.text,
        });
      case "offer-files":
        return async () => void (await node.offer({ peer: request.to }, request.paths));
      case "preview-picture":
        return async () => {
          const path = options.paths?.expand(request.path) ?? request.path;
          const preview = await options.paths?.preview(path, previewFrame);
          return preview === undefined ? undefined : { kind: "picture-read", path: request.path, preview };
        };
      case "send-picture":
        return async () => {
          const path = options.paths?.expand(request.path) ?? request.path;
          await node.sendPicture(request.to, path);
          return { kind: "notice", text: options.text("notice.pictureSent"), tone: "plain" };
        };
      case "accept-offer":
        return async () => void (await node.accept(request.offerId));
      case "refuse-offer":
        return async () => void (await node.refuse(request.offerId));
      case "cancel-offer":
        return () => node.cancelOffer(request.offerId, request.fileId ?? undefined);
      case "open-folder":
        options.paths?.open(request.path);
        return null;
      case "copy":
        copy(request.text);
        return null;
      case "notify":
        options.terminal.notify(request.title, request.body);
        return null;
      case "mark-read":
        reads.add(request.conversation);
        return null;
      case "set-mouse":
        options.terminal.setMouse(request.on);
        return null;
      case "log-line":
        options.timelines.add(request.conversation, request.line);
        return null;
      case "bell":
        if (options.hasBell) options.terminal.bell();
        return null;
      case "redraw":
        options.terminal.fullRepaint();
        return null;
      case "suspend":
        options.terminal.suspend();
        return null;
      case "quit":
        options.quit();
        return null;
      default: {
        const unreachable: never = request;
        return unreachable;
      }
    }
  };

  return {
    perform(request) {
      const work = begin(request);
      if (work !== null) void attempt(request, work);
    },
    flushReads() {
      for (const conversation of reads) {
        reads.delete(conversation);
        // Nobody asked for it, so nobody is told. It is wanted again with the next event; were its failure one, that would never end.
        node.markRead(conversation).catch(() => undefined);
      }
    },
    async close() {
      isClosed = true;
      const running = await simulation?.catch(() => null);
      await running?.stop();
    },
  };
}
