// The terminal as the application sees it: scenes in, events out.
//
//   const terminal = createTerminal({ styles, onCrash: report });
//   terminal.onEvent((event) => ...);            // keys, text, pastes, mouse, focus
//   terminal.onResize((size) => ...);            // also when the widths turned out different: lay out and paint again
//   terminal.enter();                            // the screen is ours
//   terminal.paint(scene, "now");                // after a key press; "frame" (at most 30 a second) for everything else
//   await terminal.leave();                      // restored when the call returns; awaits only that a slow terminal has read it
//
// While entered, every signal, exception and exit restores the terminal first; then `onSignal` or `onCrash` decides, by default the
// process ends with 128 + signal or with 1. Console output and warnings go to `onStray`. Knows no peer and no message.

import { createDecoder } from "../input/decoder.js";
import type { InputEvent } from "../input/event.js";
import { systemTimer, type Timer } from "../input/timer.js";
import { formatNotification, notificationWay } from "../notification.js";
import { setAmbiguousWidth } from "../text/width.js";
import type { Role, Scene, Size } from "../view/scene.js";
import { formatClipboard } from "./clipboard.js";
import { whenDrained } from "./drain.js";
import { graphicsWay } from "./graphics.js";
import { pictureDepth } from "./half-block.js";
import { createFrameLoop, type FrameTiming } from "./frames.js";
import { exitCodeOf, type ExitSignal, watchProcess } from "./lifecycle.js";
import * as modes from "./modes.js";
import { openPicture, type Picture } from "./picture.js";
import { createProbe, type Probe, type ProbeResult, probeRequest } from "./probe.js";
import { type ProcessHost, systemHost } from "./process-host.js";
import { captureStrayOutput, type StrayOutput } from "./stray-output.js";
import { setBlockingWrites, type TerminalInput, type TerminalOutput } from "./streams.js";
import { attributesOf, type ColourDepth, colourDepth, defaultAttribute, type RoleStyles } from "./style.js";
import { defaultToolkit, type Toolkit } from "./toolkit.js";

export interface TerminalOptions {
  readonly styles: RoleStyles;
  /** Default: from NO_COLOR, TERM and COLORTERM. */
  readonly colours?: ColourDepth;
  /** Let the terminal draw pictures itself where it is known to. Default true. */
  readonly graphics?: boolean;
  /** `auto` asks the terminal. */
  readonly ambiguousWidth?: "auto" | 1 | 2;
  readonly mouse?: boolean;
  readonly cursorShape?: modes.CursorShape;
  readonly onStray?: (stray: StrayOutput) => void;
  readonly onProbe?: (result: ProbeResult) => void;
  /** Called with the terminal restored; takes over ending the process. */
  readonly onSignal?: (signal: ExitSignal, exitCode: number) => void;
  readonly onCrash?: (error: unknown) => void;
  readonly input?: TerminalInput;
  readonly output?: TerminalOutput;
  readonly timer?: Timer;
  readonly host?: ProcessHost;
  readonly toolkit?: Toolkit;
}

export interface Terminal {
  enter(): void;
  leave(): Promise<void>;
  /** Shows a scene; only the newest waits. Without effect while the screen is not ours. */
  paint(scene: Scene, timing?: FrameTiming): void;
  onEvent(listener: (event: InputEvent) => void): () => void;
  onResize(listener: (size: Size) => void): () => void;
  size(): Size;
  /** The terminal draws pictures itself. */
  readonly drawsPictures: boolean;
  setTheme(styles: RoleStyles): void;
  setMouse(isOn: boolean): void;
  setCursorShape(shape: modes.CursorShape): void;
  /** A desktop notification; false when this terminal is not known to show any. */
  notify(title: string, body: string): boolean;
  /** Ctrl-Z: restores, stops the job, and enters again on continue. */
  suspend(): void;
  bell(): void;
  setTitle(text: string): void;
  /** Puts text on the clipboard through the terminal; false when it is too long for that. */
  copy(text: string): boolean;
  /** Paints every cell again, as after another program wrote on the screen. */
  fullRepaint(): void;
}

const aliveIntervalMs = 1000;

/** What exists only while the screen is ours. */
interface Session {
  readonly picture: Picture;
  readonly undo: (() => void)[];
  probe: Probe | undefined;
}

/** Creates the terminal; nothing is touched before `enter`. */
export function createTerminal(options: TerminalOptions): Terminal {
  const host = options.host ?? systemHost;
  const input: TerminalInput = options.input ?? process.stdin;
  const output: TerminalOutput = options.output ?? process.stdout;
  const timer = options.timer ?? systemTimer;
  const toolkit = options.toolkit ?? defaultToolkit;
  const term = host.environment["TERM"] ?? "";
  const depth = options.colours ?? colourDepth(host.environment);
  // Taken before anybody replaces it.
  const writeOutput = output.write.bind(output);
  const eventListeners = new Set<(event: InputEvent) => void>();
  const resizeListeners = new Set<(size: Size) => void>();

  let attributes = attributesOf(options.styles, depth);
  let hasMouse = options.mouse ?? true;
  let { cursorShape } = options;
  const graphics = (options.graphics ?? true) ? graphicsWay(host.environment) : null;
  const wayToNotify = notificationWay(host.environment);
  let session: Session | undefined;
  let isSuspended = false;
  let isProbed = false;
  let scene: Scene | undefined;
  let extra = "";

  const size = (): Size => ({
    columns: Math.max(1, output.columns ?? 80),
    rows: Math.max(1, output.rows ?? 24),
  });
  const attributeOfRole = (role: Role): number => attributes.get(role) ?? defaultAttribute;

  const paintFrame = (): void => {
    if (session === undefined) return;
    let frame = extra;
    extra = "";
    if (scene !== undefined) frame += session.picture.formatFrame(scene, attributeOfRole, size());
    if (frame !== "") writeOutput(frame);
  };
  const frames = createFrameLoop(timer, () => output.writableLength > 0, paintFrame);

  const announceSize = (): void => {
    session?.picture.forget();
    for (const listener of resizeListeners) listener(size());
    if (session !== undefined) frames.request("frame");
  };

  /** Node tells of a size that differs from the last; one that came back meanwhile has cut off what stood there all the same. */
  const onWindowChange = (): void => {
    session?.picture.forget();
    frames.request("frame");
  };

  const onInputEvent = (event: InputEvent): void => {
    if (event.kind === "cursor-report" || event.kind === "device-report") {
      session?.probe?.feed(event);
      return;
    }
    for (const listener of eventListeners) listener(event);
  };
  const decoder = createDecoder({ timer, emit: onInputEvent, guessPaste: host.platform === "win32" });
  const onData = (chunk: unknown): void => {
    decoder.push(chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk)));
  };

  const sendAlso = (bytes: string): void => {
    if (session === undefined) return;
    extra += bytes;
    frames.request("now");
  };

  const startProbe = (current: Session): string => {
    const wanted = options.ambiguousWidth ?? "auto";
    if (wanted !== "auto") setAmbiguousWidth(wanted);
    const { columns, rows } = size();
    if (isProbed || wanted !== "auto" || rows < 2 || columns < 4) return "";
    isProbed = true;
    current.probe = createProbe(timer, (result) => {
      current.probe = undefined;
      options.onProbe?.(result);
      setAmbiguousWidth(result.ambiguous);
      if (result.ambiguous !== 1) announceSize();
    });
    return probeRequest;
  };

  const modesNow = (): string =>
    modes.modesOn +
    (hasMouse ? modes.mouseOn : "") +
    (cursorShape === undefined ? "" : modes.formatCursorShape(cursorShape));

  const enter = (): void => {
    if (session !== undefined) return;
    isSuspended = false;
    // Handlers before the screen: the toolkit's stand back when others exist, and a failure below is restored too.
    const actions = { onSignal, onCrash, onExit: restore, onStop: suspend, onContinue, onWindowChange };
    const undo = [watchProcess(host, actions)];
    setBlockingWrites(output, false);
    const picture = openPicture({
      toolkit,
      term,
      size: size(),
      depth: pictureDepth(depth, host.environment),
      graphics,
    });
    const current: Session = { picture, undo, probe: undefined };
    session = current;
    input.setRawMode?.(true);
    input.on("data", onData);
    input.on("end", onHangup);
    input.on("error", onHangup);
    output.on("resize", announceSize);
    output.on("error", onHangup);
    input.resume();
    undo.push(captureStrayOutput(host, (stray) => options.onStray?.(stray)));
    // A program that was killed may have left anything behind, so the reset comes first.
    writeOutput(modes.resetModes + modes.titlePush + picture.enterBytes + modesNow() + startProbe(current));
  };

  /** The one way back; safe to call at any time, any number of times. */
  const restore = (): void => {
    const current = session;
    if (current === undefined) return;
    session = undefined;
    frames.cancel();
    decoder.close();
    current.probe?.cancel();
    input.removeListener("data", onData);
    input.removeListener("end", onHangup);
    output.removeListener("resize", announceSize);
    attempt(() => input.setRawMode?.(false));
    attempt(() => input.pause());
    setBlockingWrites(output, true);
    // The toolkit leaves the alternate screen; after that our own reset, which must not clear what the user had there.
    let bytes = modes.alternateOff;
    attempt(() => {
      bytes = current.picture.close();
    });
    attempt(() => writeOutput(bytes + modes.resetModes + modes.titlePop));
    for (const step of current.undo.splice(0)) attempt(step);
    // The error listeners stay until the last write is over: a vanished terminal reports it late.
    whenDrained(output, timer, () => {
      if (session !== undefined) return;
      input.removeListener("error", onHangup);
      output.removeListener("error", onHangup);
    });
  };

  /** A blocking terminal has everything already; only a stalled one is given a little time. */
  const endProcess = (code: number): void => whenDrained(output, timer, () => host.exit(code));

  const onSignal = (signal: ExitSignal): void => {
    restore();
    const code = exitCodeOf(signal);
    if (options.onSignal !== undefined) options.onSignal(signal, code);
    else endProcess(code);
  };

  const onCrash = (error: unknown): void => {
    restore();
    if (options.onCrash !== undefined) options.onCrash(error);
    else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      attempt(() => host.stderr.write(`${text}\n`));
      endProcess(1);
    }
  };

  /** The terminal is gone: the same as the signal that usually comes with it. */
  const onHangup = (): void => {
    if (session !== undefined) onSignal("SIGHUP");
  };

  const suspend = (): void => {
    if (session === undefined || host.platform === "win32") return;
    restore();
    isSuspended = true;
    // Our listeners are off, so the signal stops us; this one brings us back, and the timer keeps the process alive until then.
    const onContinued = (): void => {
      host.removeListener("SIGCONT", onContinued);
      if (!isSuspended) return;
      enter();
      announceSize();
    };
    host.on("SIGCONT", onContinued);
    const stayAlive = (): void => {
      if (isSuspended) timer.after(aliveIntervalMs, stayAlive);
    };
    stayAlive();
    host.signalJob("SIGTSTP");
  };

  /** Continued without our own stop, e.g. after SIGSTOP: the shell has changed the terminal meanwhile. */
  const onContinue = (): void => {
    if (session === undefined) return;
    attempt(() => input.setRawMode?.(true));
    writeOutput(modes.alternateOn + modesNow());
    announceSize();
  };

  return {
    enter,
    leave() {
      isSuspended = false;
      restore();
      return new Promise((resolve) => whenDrained(output, timer, resolve));
    },
    paint(next, timing = "frame") {
      scene = next;
      if (session !== undefined) frames.request(timing);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onResize(listener) {
      resizeListeners.add(listener);
      return () => resizeListeners.delete(listener);
    },
    size,
    drawsPictures: graphics !== null,
    setTheme(styles) {
      attributes = attributesOf(styles, depth);
      if (session !== undefined) frames.request("frame");
    },
    setMouse(isOn) {
      hasMouse = isOn;
      sendAlso(isOn ? modes.mouseOn : modes.mouseOff);
    },
    setCursorShape(shape) {
      cursorShape = shape;
      sendAlso(modes.formatCursorShape(shape));
    },
    notify(title, body) {
      if (wayToNotify !== null) sendAlso(formatNotification(wayToNotify, title, body));
      return wayToNotify !== null;
    },
    suspend,
    bell: () => sendAlso("\u0007"),
    setTitle: (text) => sendAlso(session?.picture.formatTitle(text) ?? ""),
    copy(text) {
      const bytes = formatClipboard(text);
      if (bytes !== undefined) sendAlso(bytes);
      return bytes !== undefined;
    },
    fullRepaint() {
      session?.picture.forget();
      if (session !== undefined) frames.request("now");
    },
  };
}

/** On the way out one failed step must not keep the others from running. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch {
    return;
  }
}
