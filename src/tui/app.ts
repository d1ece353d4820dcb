// The terminal UI as a whole: ties node, terminal and state together. Events become actions, actions the next state, the state a
// scene; at most one scene is made in a tick, at once after a key press, else no more than a frame's worth. Called by the command line.
import { createTranslate, hasText, translateFrom } from "../i18n/catalogue.js";
import { tuiEn } from "../i18n/tui-en.js";
import { hasTuiText, tuiZhCN } from "../i18n/tui-zh-CN.js";
import { createTextCodec, everyone, parseNotifyRule } from "../index.js";
import type { ChatNode } from "../index.js";
import type { LabDesk } from "../lab/desk/desk.js";
import { watchLab } from "./lab/watch-lab.js";
import type { Action, Request } from "./action.js";
import { createFrames, everySoOften } from "./app-frames.js";
import type { AppLanguage, AppOptions, AppSettings } from "./app-options.js";
import { systemTimer } from "./input/timer.js";
import type { Timer } from "./input/timer.js";
import { createKeymap } from "./keymap.js";
import { colourDepth } from "./paint/style.js";
import { createTerminal } from "./paint/terminal.js";
import { terminalProblem } from "./paint/terminal-problem.js";
import type { Terminal, TerminalOptions } from "./paint/terminal.js";
import { createPerformer } from "./perform.js";
import type { Surface } from "./perform.js";
import { keyProblemText, themeProblemText } from "./problem-lines.js";
import { createReadings } from "./pinyin.js";
import { parseRemembered } from "./remembered.js";
import type { Remembered } from "./remembered.js";
import { actionsOf } from "./press.js";
import { shownText } from "./roster.js";
import { chooseThemeName, listThemes, readTheme } from "./theme.js";
import { createTimelines } from "./timeline.js";
import { createUiState } from "./ui-state.js";
import type { Preferences, UiState } from "./ui-state.js";
import { update } from "./update/update.js";
import { viewScreen } from "./view/screen.js";
import { createArchive } from "./log/archive.js";
import { withArchive } from "./log/archived-timeline.js";
import { fetchNearby, keepPlace, withKept } from "./log/kept-messages.js";
import { keepScreen, readScreen, restoreScreen } from "./screen-state.js";
import { holdInPast } from "./update/archive.js";
import { createWireLog } from "./wire-log.js";
import type { World } from "./world.js";

/** What tests replace. */
export interface AppSurroundings {
  readonly createTerminal: (options: TerminalOptions) => Terminal;
  readonly timer: Timer;
  readonly now: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const exitRefused = 2;
/** Between two words to the node that somebody is at the keyboard. */
const activityMs = 5_000;

/**
 * Runs until somebody quits or a signal ends it; resolves with the exit code. Rejects when the UI itself failed, with the terminal
 * restored. The node is closed in every case.
 *
 * @example process.exitCode = await runApp({ node, settings, startSimulation, wire, themesDir, configProblems: [] });
 */
export async function runApp(options: AppOptions, replaced: Partial<AppSurroundings> = {}): Promise<number> {
  const { node, settings } = options;
  const environment = replaced.environment ?? process.env;
  const remembered = parseRemembered(options.memory?.value);
  const fixed = options.memory?.fixed ?? [];
  let lang = (fixed.includes("lang") ? null : remembered.lang) ?? settings.lang;
  let firstLang = lang;
  let text = textsIn(lang);
  if (replaced.createTerminal === undefined && terminalProblem() !== undefined) {
    process.stderr.write(`${text("app.noTerminal")}\n`);
    await node.close();
    return exitRefused;
  }
  const wished = (fixed.includes("theme") ? null : remembered.theme) ?? settings.theme;
  let themeName = chooseThemeName({ theme: wished, color: settings.color }, environment);
  const { themesDir, ownThemesDir } = options;
  const themeFolders = ownThemesDir === undefined ? [themesDir] : [ownThemesDir, themesDir];
  const { theme, problems } = readTheme(themeFolders, themeName);
  const createdKeys = createKeymap(settings.keys);
  const keyProblems = createdKeys.problems;
  let { keymap } = createdKeys;
  const wire = createWireLog();
  let lab: LabDesk | null = null;
  let opening: Promise<LabDesk | null> | null = null;
  const readings = createReadings();
  const timer = replaced.timer ?? systemTimer;
  const recent = createTimelines(node);
  const codec = createTextCodec();
  const archive =
    node.history === null
      ? null
      : createArchive({
          codec,
          node,
          history: node.history,
          now: replaced.now ?? Date.now,
          onChange: () => dispatch({ kind: "archive" }),
          onLeave: (conversation) => dispatch({ kind: "archive-left", conversation }),
          onMove: (conversation, delta) => dispatch({ kind: "archive-moved", conversation, delta }),
        });
  const timelines = archive === null ? recent : withArchive(recent, archive);
  let revision = 0;
  let attention = attentionOf(settings);
  const world: World = {
    node: archive === null ? node : withKept(node, archive),
    timelines,
    archive,
    get keymap() {
      return keymap;
    },
    get text() {
      return text;
    },
    get lang() {
      return lang;
    },
    wire,
    get lab() {
      return lab;
    },
    get drawsPictures() {
      return terminal.drawsPictures;
    },
    hasLab: options.openLab !== undefined,
    canReload: options.reload !== undefined,
    readingsOf: (name) => readings.of(name),
    broadcastCharset: settings.charset ?? "gbk",
    get attention() {
      return attention;
    },
    codec,
    now: replaced.now ?? Date.now,
    get revision() {
      return revision;
    },
    problem(code, fields) {
      const own = `remedy.${code}`;
      const messages = createTranslate(lang);
      const ownRemedy = hasTuiText(own) ? text(own, fields) : undefined;
      const [words, remedy] = [`error.${code}.text`, `error.${code}.remedy`];
      return {
        text: hasText(words) ? messages(words, fields) : code,
        remedy: ownRemedy ?? (hasText(remedy) ? messages(remedy, fields) : ""),
      };
    },
  };

  const first: Preferences = {
    theme: themeName,
    cursor: remembered.cursor ?? settings.cursor ?? "bar",
    notify: remembered.notify ?? settings.notify ?? "desktop",
  };
  const ending = createEnding();
  const terminal = (replaced.createTerminal ?? createTerminal)({
    styles: theme.styles,
    colours: depthFor(settings.color, environment),
    ambiguousWidth: settings.ambiguousWidth,
    mouse: settings.mouse,
    cursorShape: first.cursor,
    onSignal: (_signal, code) => ending.resolve(code),
    onCrash: (error) => ending.reject(error),
    onStray: ({ text: stray }) => {
      const line = shownText(stray);
      if (line !== "") dispatch({ kind: "notice", text: line, tone: "warning" });
    },
  });

  let state = createUiState({
    size: terminal.size(),
    mouse: settings.mouse,
    now: world.now(),
    remembered,
    preferences: first,
    isLabOnly: options.isLabOnly === true,
  });
  const screen = keepScreen(node.history);
  /** Until the node is there; what is asked of it waits. */
  let postponed: Request[] | null = [];
  let ownNick = remembered.nick;
  const surface: Surface = {
    setLanguage(next) {
      lang = next;
      text = textsIn(next);
      // Names are sorted by the rules of the language.
      revision += 1;
    },
    listThemes: () => listThemes(themeFolders),
    setTheme(name) {
      const loaded = readTheme(themeFolders, name);
      if (loaded.problems.length === 0) terminal.setTheme(loaded.theme.styles);
      return loaded.problems.map((problem) => themeProblemText(problem, text));
    },
    async remember(nick) {
      ownNick = nick ?? ownNick;
      const { theme: chosen, cursor, notify } = state.preferences;
      await options.memory?.keep({
        theme: chosen === themeName ? remembered.theme : chosen,
        lang: lang === firstLang ? remembered.lang : lang,
        cursor: cursor === first.cursor ? remembered.cursor : cursor,
        notify: notify === first.notify ? remembered.notify : notify,
        favourites: [...state.favourites],
        folded: [...state.folded],
        isGrouped: state.isGrouped,
        isWelcomed: state.isWelcomed,
        nick: ownNick,
      } satisfies Remembered);
    },
    openLab() {
      opening ??= (options.openLab?.() ?? Promise.resolve(null)).then((opened) => {
        lab = opened;
        if (opened !== null) undo.push(watchLab(opened, timer, () => showLab()));
        return opened;
      });
      return opening;
    },
    async loadReadings() {
      const isThere = await readings.load();
      if (isThere) {
        revision += 1;
        frames.request("frame");
      }
      return isThere;
    },
  };
  const performer = createPerformer({
    node,
    timelines,
    terminal,
    surface,
    startSimulation: options.startSimulation,
    paths: options.paths ?? null,
    queue: options.queue,
    reload: options.reload,
    hasBell: settings.bell,
    archive:
      archive === null
        ? null
        : {
            jump: (conversation, at, id) => archive.jump(conversation, recent.of(conversation).first, at, id),
            leave: (conversation) => archive.leave(conversation),
          },
    codec: world.codec,
    text: (key, values) => text(key, values),
    problem: world.problem,
    dispatch: (action) => dispatch(action),
    quit: () => ending.resolve(0),
  });
  const frames = createFrames(timer, (timing) => {
    // Before the scene is made: what is read as it is drawn is never shown as unread.
    performer.flushReads();
    terminal.paint(viewScreen(state, world), timing);
  });
  const dispatch = (action: Action): void => {
    if (archive !== null) keepPlace(state, recent, archive);
    const step = holdInPast(update(state, action, world), world);
    ({ state } = step);
    if (archive !== null) fetchNearby(state, timelines, recent, archive);
    for (const request of step.requests) {
      if (postponed === null || request.kind === "quit") performer.perform(request);
      else postponed.push(request);
    }
    frames.request(action.kind === "node" || action.kind === "tick" ? "frame" : "now");
  };

  /** From settings that were read again: in force as if they had been so at the start, so nothing of it is remembered. */
  const takeSettings = (next: AppSettings): void => {
    firstLang = next.lang;
    attention = attentionOf(next);
    surface.setLanguage(next.lang);
    ({ keymap } = createKeymap(next.keys));
    const { cursor = "bar", notify = "desktop" } = next;
    Object.assign(first, { cursor, notify });
    terminal.setCursorShape(cursor);
    const wanted = chooseThemeName({ theme: next.theme, color: settings.color }, environment);
    const wrong = surface.setTheme(wanted);
    if (wrong.length === 0) themeName = wanted;
    state = { ...state, preferences: { cursor, notify, theme: themeName } };
    for (const problem of wrong) dispatch({ kind: "notice", text: problem, tone: "warning" });
    frames.request("now");
  };

  let activeAt = Number.NEGATIVE_INFINITY;
  /** Somebody is at the keyboard: told now and then, and at once after a while without a key. */
  const noteActivity = (): void => {
    if (world.now() - activeAt < activityMs) return;
    activeAt = world.now();
    node.noteActivity();
  };
  const showLab = (): void => {
    if (state.dialog?.kind === "lab") frames.request("frame");
  };
  const undo = [
    options.onSettings?.(takeSettings) ?? noop,
    terminal.onEvent((event) => {
      if (event.kind === "key" || event.kind === "text" || event.kind === "paste" || event.kind === "mouse")
        noteActivity();
      for (const action of actionsOf(event, state, world)) dispatch(action);
    }),
    terminal.onResize((size) => dispatch({ kind: "resized", size })),
    node.subscribe((event) => {
      revision += 1;
      timelines.note(event);
      archive?.note(event);
      dispatch({ kind: "node", event });
    }),
    options.wire.subscribe((record) => {
      wire.note(record);
      if (isWireShown(state)) frames.request("frame");
    }),
    everySoOften(timer, () => {
      dispatch({ kind: "tick" });
      if (postponed === null) void screen.keep(state);
    }),
  ];
  const say = (lines: readonly string[], tone: "plain" | "error"): void => {
    for (const line of lines) timelines.add(everyone, { at: world.now(), text: shownText(line), tone });
  };
  say(
    [
      ...options.configProblems,
      ...keyProblems.map((problem) => keyProblemText(problem, text)),
      ...problems.map((problem) => themeProblemText(problem, text)),
    ],
    "error",
  );
  // Where it stays, and at once under the input, whatever is open.
  undo.push(
    options.onTrouble?.((words) => {
      say([words], "error");
      dispatch({ kind: "notice", text: shownText(words), tone: "warning" });
    }) ?? noop,
  );
  /** After the first frame, so that neither the port nor the history keeps anybody waiting for it. */
  const begin = async (): Promise<void> => {
    if (options.begin !== undefined) {
      const said = await options.begin();
      say(said.remarks, "plain");
      say(said.problems, "error");
    } else if (node.network === null) await node.start();
    const kept = await readScreen(node.history);
    // With the state of now: what is typed while the history answers must not be lost.
    state = restoreScreen(state, kept, node);
    const requests = postponed ?? [];
    postponed = null;
    revision += 1;
    for (const request of requests) performer.perform(request);
    frames.request("now");
  };
  try {
    terminal.enter();
    dispatch({ kind: "resized", size: terminal.size() });
    if (options.isLabOnly === true) performer.perform({ kind: "open-lab" });
    else if (options.memory?.asksName === true && !remembered.isWelcomed) dispatch({ kind: "welcome" });
    // The frame that was asked for is painted first.
    queueMicrotask(() => void begin().catch((error: unknown) => ending.reject(error)));
    return await ending.promise;
  } finally {
    for (const stop of undo) stop();
    if (postponed === null) await screen.keep(state);
    frames.cancel();
    await terminal.leave();
    await closeAll(performer, node, lab);
  }
}

function textsIn(lang: AppLanguage): World["text"] {
  return translateFrom(lang === "en" ? tuiEn() : tuiZhCN(), lang);
}

function isWireShown(state: UiState): boolean {
  if (state.wire.pausedEnd !== null) return false;
  return state.dialog?.kind === "wire" || (state.column === "wire" && state.showDetails !== false);
}

/** The virtual peers, the lab and the node; the one does not wait for the other's failure. */
async function closeAll(
  performer: { close(): Promise<void> },
  node: Pick<ChatNode, "close">,
  lab: LabDesk | null,
): Promise<void> {
  const results = await Promise.allSettled([performer.close(), node.close(), lab?.close()]);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

const noop = (): void => undefined;

/** A promise and its two ends. */
function createEnding(): {
  readonly promise: Promise<number>;
  readonly resolve: (code: number) => void;
  readonly reject: (error: unknown) => void;
} {
  let ends: { resolve: (code: number) => void; reject: (error: unknown) => void } = {
    resolve: noop,
    reject: noop,
  };
  const promise = new Promise<number>((resolve, reject) => {
    ends = { resolve, reject };
  });
  return { promise, ...ends };
}

function depthFor(
  color: AppOptions["settings"]["color"],
  environment: AppSurroundings["environment"],
): ReturnType<typeof colourDepth> {
  if (color === "never") return "none";
  if (color === "auto") return colourDepth(environment);
  const depth = colourDepth({ ...environment, NO_COLOR: undefined });
  return depth === "none" ? "16" : depth;
}

function attentionOf({ highlight = [], notifyRules = [] }: AppSettings): NonNullable<World["attention"]> {
  const rules = notifyRules.map(parseNotifyRule).filter((rule) => rule !== null);
  return { words: highlight, rules };
}
