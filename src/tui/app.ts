// The terminal UI as a whole: ties node, terminal and state together. Events become actions, actions the next state, the state a
// scene; at most one scene is made in a tick, at once after a key press, else no more than a frame's worth. Called by the command line.
import { createTranslate, hasText, translateFrom } from "../i18n/catalogue.js";
import { tuiEn } from "../i18n/tui-en.js";
import { hasTuiText, tuiZhCN } from "../i18n/tui-zh-CN.js";
import { createTextCodec, everyone } from "../index.js";
import type { Node } from "../index.js";
import type { Action } from "./action.js";
import type { AppOptions } from "./app-options.js";
import { systemTimer } from "./input/timer.js";
import type { Timer } from "./input/timer.js";
import { createKeymap } from "./keymap.js";
import type { KeyProblem } from "./keymap.js";
import { colourDepth } from "./paint/style.js";
import { createTerminal } from "./paint/terminal.js";
import { terminalProblem } from "./paint/terminal-problem.js";
import type { Terminal, TerminalOptions } from "./paint/terminal.js";
import { createPerformer } from "./perform.js";
import { actionOf } from "./press.js";
import { shownText } from "./roster.js";
import { chooseThemeName, readTheme } from "./theme.js";
import type { ThemeProblem } from "./theme.js";
import { createTimelines } from "./timeline.js";
import { createUiState } from "./ui-state.js";
import { update } from "./update/update.js";
import { viewScreen } from "./view/screen.js";
import type { World } from "./world.js";

/** What tests replace. */
export interface AppSurroundings {
  readonly createTerminal: (options: TerminalOptions) => Terminal;
  readonly timer: Timer;
  readonly now: () => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const tickMs = 1_000;
const frameMs = 1_000 / 30;
const exitRefused = 2;

/**
 * Runs until somebody quits or a signal ends it; resolves with the exit code. Rejects when the UI itself failed, with the terminal
 * restored. The node is closed in every case.
 *
 * @example process.exitCode = await runApp({ node, settings, startSimulation, wire, themesDir, configProblems: [] });
 */
export async function runApp(options: AppOptions, replaced: Partial<AppSurroundings> = {}): Promise<number> {
  const { node, settings } = options;
  const environment = replaced.environment ?? process.env;
  const text = translateFrom(settings.lang === "en" ? tuiEn : tuiZhCN, settings.lang);
  if (replaced.createTerminal === undefined && terminalProblem() !== undefined) {
    process.stderr.write(`${text("app.noTerminal")}\n`);
    await node.close();
    return exitRefused;
  }
  const { theme, problems } = await readTheme(options.themesDir, chooseThemeName(settings, environment));
  if (node.network === null) await node.start();
  const { keymap, problems: keyProblems } = createKeymap(settings.keys);
  const messages = createTranslate(settings.lang);
  const timer = replaced.timer ?? systemTimer;
  const timelines = createTimelines(node);
  let revision = 0;
  const world: World = {
    node,
    timelines,
    keymap,
    text,
    lang: settings.lang,
    codec: createTextCodec(),
    now: replaced.now ?? Date.now,
    get revision() {
      return revision;
    },
    problem(code, fields) {
      const own = `remedy.${code}`;
      const ownRemedy = hasTuiText(own) ? text(own, fields) : undefined;
      const [words, remedy] = [`error.${code}.text`, `error.${code}.remedy`];
      return {
        text: hasText(words) ? messages(words, fields) : code,
        remedy: ownRemedy ?? (hasText(remedy) ? messages(remedy, fields) : ""),
      };
    },
  };

  const ending = createEnding();
  const terminal = (replaced.createTerminal ?? createTerminal)({
    styles: theme.styles,
    colours: depthFor(settings.color, environment),
    ambiguousWidth: settings.ambiguousWidth,
    mouse: settings.mouse,
    cursorShape: "bar",
    onSignal: (_signal, code) => ending.resolve(code),
    onCrash: (error) => ending.reject(error),
    onStray: ({ text: stray }) => {
      const line = shownText(stray);
      if (line !== "") dispatch({ kind: "notice", text: line, tone: "warning" });
    },
  });

  let state = createUiState({ size: terminal.size(), mouse: settings.mouse, now: world.now() });
  const performer = createPerformer({
    node,
    timelines,
    terminal,
    startSimulation: options.startSimulation,
    hasBell: settings.bell,
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
    const step = update(state, action, world);
    ({ state } = step);
    for (const request of step.requests) performer.perform(request);
    frames.request(action.kind === "node" || action.kind === "tick" ? "frame" : "now");
  };

  const undo = [
    terminal.onEvent((event) => {
      const action = actionOf(event, state, world);
      if (action !== null) dispatch(action);
    }),
    terminal.onResize((size) => dispatch({ kind: "resized", size })),
    node.subscribe((event) => {
      revision += 1;
      timelines.note(event);
      dispatch({ kind: "node", event });
    }),
    everySoOften(timer, () => dispatch({ kind: "tick" })),
  ];
  const problemTexts = [
    ...options.configProblems,
    ...keyProblems.map((problem) => keyProblemText(problem, text)),
    ...problems.map((problem) => themeProblemText(problem, text)),
  ];
  for (const problem of problemTexts) {
    timelines.add(everyone, { at: world.now(), text: shownText(problem), tone: "error" });
  }
  try {
    terminal.enter();
    dispatch({ kind: "resized", size: terminal.size() });
    return await ending.promise;
  } finally {
    for (const stop of undo) stop();
    frames.cancel();
    await terminal.leave();
    await closeAll(performer, node);
  }
}

/** The virtual peers and the node; the one does not wait for the other's failure. */
async function closeAll(performer: { close(): Promise<void> }, node: Node): Promise<void> {
  const results = await Promise.allSettled([performer.close(), node.close()]);
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

/** One scene for many events: at the end of the tick after a key press, else a frame after the last one. */
function createFrames(
  timer: Timer,
  paint: (timing: "now" | "frame") => void,
): { request(timing: "now" | "frame"): void; cancel(): void } {
  let last = -Infinity;
  let cancelTimer: (() => void) | null = null;
  let isQueued = false;
  let isOver = false;
  const run = (timing: "now" | "frame"): void => {
    cancelTimer?.();
    cancelTimer = null;
    if (isOver) return;
    last = timer.now();
    paint(timing);
  };
  return {
    request(timing) {
      if (isQueued || isOver) return;
      if (timing === "now") {
        isQueued = true;
        queueMicrotask(() => {
          isQueued = false;
          run("now");
        });
      } else {
        cancelTimer ??= timer.after(Math.max(0, last + frameMs - timer.now()), () => run("frame"));
      }
    },
    cancel() {
      isOver = true;
      cancelTimer?.();
    },
  };
}

function everySoOften(timer: Timer, call: () => void): () => void {
  let cancel = timer.after(tickMs, again);
  function again(): void {
    cancel = timer.after(tickMs, again);
    call();
  }
  return () => cancel();
}

function keyProblemText(problem: KeyProblem, text: World["text"]): string {
  switch (problem.kind) {
    case "unknown-action":
      return text("keys.unknownAction", { action: problem.action });
    case "unknown-key":
      return text("keys.unknownKey", { action: problem.action, key: problem.key });
    case "taken":
      return text("keys.taken", { action: problem.action, key: problem.key });
    default: {
      const unreachable: never = problem;
      return unreachable;
    }
  }
}

function themeProblemText({ file, key, problem, value }: ThemeProblem, text: World["text"]): string {
  const values = { file, key, problem: text(`theme.${problem}`), value };
  return text(key === "" ? "theme.problemWhole" : "theme.problem", values);
}
