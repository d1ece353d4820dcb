// Every way out of the program leads through one restore: signals, exceptions, rejections, the end of the process. Also stop and
// continue. Knows when to restore, not how; used by terminal.ts.

import type { HostListener, ProcessHost } from "./process-host.js";

export type ExitSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT";

const signalNumbers: Readonly<Record<ExitSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 };

/** The exit status shells expect after a signal. */
export function exitCodeOf(signal: ExitSignal): number {
  return 128 + signalNumbers[signal];
}

export interface LifecycleActions {
  readonly onSignal: (signal: ExitSignal) => void;
  readonly onCrash: (error: unknown) => void;
  readonly onExit: () => void;
  readonly onStop: () => void;
  readonly onContinue: () => void;
  /** The size changed, or it changed and is the old one again. */
  readonly onWindowChange: () => void;
}

/** Installs the listeners; the returned function takes them off again. */
export function watchProcess(host: ProcessHost, actions: LifecycleActions): () => void {
  const installed: (readonly [string, HostListener])[] = [];
  const listen = (event: string, listener: HostListener): void => {
    installed.push([event, listener]);
    // First in line: the screen must be gone before anybody else reports the error.
    host.prepend(event, listener);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    listen(signal, () => actions.onSignal(signal));
  }
  // The toolkit's own handlers stand back as soon as these exist.
  listen("uncaughtException", (error) => actions.onCrash(error));
  listen("unhandledRejection", (reason) => actions.onCrash(reason));
  listen("exit", () => actions.onExit());
  listen("SIGWINCH", () => actions.onWindowChange());
  if (host.platform !== "win32") {
    listen("SIGTSTP", () => actions.onStop());
    listen("SIGCONT", () => actions.onContinue());
  }
  return () => {
    for (const [event, listener] of installed.splice(0)) host.removeListener(event, listener);
  };
}
