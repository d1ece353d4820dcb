// The process as the terminal sees it: events, signals, exit, and the streams others may print to. Injectable, so that tests can
// end a process without ending theirs.

export type HostListener = (...values: unknown[]) => void;

export type PrintStream = Pick<NodeJS.WriteStream, "write">;

export interface ProcessHost {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: PrintStream;
  readonly stderr: PrintStream;
  on(event: string, listener: HostListener): void;
  /** Before all other listeners. */
  prepend(event: string, listener: HostListener): void;
  removeListener(event: string, listener: HostListener): void;
  listeners(event: string): readonly HostListener[];
  exit(code: number): void;
  /** Sends a signal to the whole job, as the terminal's own keys do. */
  signalJob(signal: "SIGTSTP"): void;
}

const emitter: NodeJS.EventEmitter = process;

function isListener(value: unknown): value is HostListener {
  return typeof value === "function";
}

export const systemHost: ProcessHost = {
  platform: process.platform,
  environment: process.env,
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  on: (event, listener) => void emitter.on(event, listener),
  prepend: (event, listener) => void emitter.prependListener(event, listener),
  removeListener: (event, listener) => void emitter.removeListener(event, listener),
  listeners: (event) => emitter.listeners(event).filter(isListener),
  exit: (code) => process.exit(code),
  // Process group 0 is our own: a wrapper such as npm stops too and the shell gets its prompt back.
  signalJob: (signal) => void process.kill(0, signal),
};
