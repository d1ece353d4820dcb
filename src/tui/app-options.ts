// What the command line hands to the terminal UI: a node, who starts the virtual peers, the effective settings and the tap on the
// wire. Types only: the UI opens no socket, reads no settings file and starts no process of its own.
import type { Node, TapRecord } from "../index.js";

export interface AppOptions {
  /** Not started yet, or started: the UI awaits `start` only when `node.network` is null, and closes it on the way out. */
  readonly node: Node;
  /** Starts the virtual peers; resolves when they have announced themselves. */
  readonly startSimulation: () => Promise<RunningSimulation>;
  readonly settings: AppSettings;
  /** Every datagram in and out, for the views that show the wire. */
  readonly wire: { subscribe(listener: (record: TapRecord) => void): () => void };
  /** Folder of the colour files. */
  readonly themesDir: string;
  /** Problems of the settings file, in the user's language: shown once the screen stands. */
  readonly configProblems: readonly string[];
}

/** Virtual peers at work. */
export interface RunningSimulation {
  stop(): Promise<void>;
  readonly count: number;
}

export interface AppSettings {
  readonly lang: "zh-CN" | "en";
  /** Name of a file in `themesDir`, without its ending. */
  readonly theme: string;
  readonly color: "auto" | "always" | "never";
  readonly ambiguousWidth: "auto" | 1 | 2;
  readonly mouse: boolean;
  readonly bell: boolean;
  /** Action name to the keys that call it; replaces the built-in keys of that action. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}
