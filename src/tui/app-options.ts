// What the command line hands to the terminal UI: a node, who starts the virtual peers, the effective settings and the tap on the
// wire. Types only: the UI opens no socket, reads no settings file and starts no process of its own.
import type { Charset, ChatNode, PicturePreview, QueueOptions, TapRecord } from "../index.js";
import type { LabDesk } from "../lab/desk/desk.js";

export interface AppOptions {
  /** Not started yet, or started; the UI closes it on the way out. */
  readonly node: ChatNode;
  /**
   * Brings the node to life, once the first frame stands; resolves with what there is to say about it. Its rejection ends the screen
   * and is that of `runApp`. Default: `node.start` where `node.network` is null.
   */
  readonly begin?: () => Promise<Beginning>;
  /** Starts the virtual peers; resolves when they have announced themselves. */
  readonly startSimulation: () => Promise<RunningSimulation>;
  readonly settings: AppSettings;
  /** Every datagram in and out, for the views that show the wire. */
  readonly wire: { subscribe(listener: (record: TapRecord) => void): () => void };
  /** Folder of the colour files. */
  readonly themesDir: string;
  /** Folder of the user's own colour files, looked into first. */
  readonly ownThemesDir?: string;
  /** Makes the lab for its view, when that is first opened; absent: there is none. */
  readonly openLab?: () => Promise<LabDesk>;
  /** Nothing but the lab: leaving it ends the program. */
  readonly isLabOnly?: boolean;
  /** Paths on this machine; absent: paths are taken as they are typed. */
  readonly paths?: AppPaths;
  /** Problems of the settings file, in the user's language: shown once the screen stands. */
  readonly configProblems: readonly string[];
  /** For messages to absent people: how they wait. Absent: they are sent, and given up. */
  readonly queue?: () => QueueOptions;
  /** Reads the settings again; absent: that cannot be done here. */
  readonly reload?: () => Promise<SettingsReload>;
  /** Calls the listener with settings that were read again, here or by another program. */
  readonly onSettings?: (listener: (settings: AppSettings) => void) => () => void;
  /** Calls the listener with what goes wrong beside the node, in the user's language. */
  readonly onTrouble?: (listener: (words: string) => void) => () => void;
  /** What is remembered between two runs; absent: nothing is, and nobody is welcomed. */
  readonly memory?: AppMemory;
}

/** Lines for the first screen, in the user's language. */
export interface Beginning {
  readonly remarks: readonly string[];
  readonly problems: readonly string[];
}

/** What the screen cannot do with paths by itself. */
export interface AppPaths {
  /** The text with what can be added to it. */
  complete(text: string): Promise<string>;
  /** A path as it was typed, as the system takes it. */
  expand(text: string): string;
  /** A picture made small. */
  preview(path: string, frame: { readonly width: number; readonly height: number }): Promise<PicturePreview>;
  /** Shows a folder in the system's own window; does nothing where there is none. */
  open(path: string): void;
}

/** What reading the settings again came to: keys of settings, and what is wrong in them, in the user's language. */
export interface SettingsReload {
  readonly applied: readonly string[];
  readonly waiting: readonly string[];
  readonly problems: readonly string[];
}

/** A small state file in somebody else's hands. */
export interface AppMemory {
  /** What `keep` was given last, in an earlier run; anything at all when the file was touched by others. */
  readonly value: unknown;
  keep(value: object): Promise<void>;
  /** Nobody has said yet what the user is called: ask on the first run. */
  readonly asksName: boolean;
  /** Settings given for this run alone (a flag, a variable): they count more than what is remembered. */
  readonly fixed: readonly ("theme" | "lang")[];
}

/** Virtual peers at work. */
export interface RunningSimulation {
  stop(): Promise<void>;
  readonly count: number;
}

export const cursorShapes = ["bar", "underline", "block"] as const;

export type CursorShape = (typeof cursorShapes)[number];

/** How messages make themselves known: by desktop notification and bell, by bell alone, not at all. */
export const notifyWays = ["desktop", "bell", "off"] as const;

export type NotifyWay = (typeof notifyWays)[number];

export type AppLanguage = "zh-CN" | "en";

export interface AppSettings {
  readonly lang: AppLanguage;
  /** Name of a file in `themesDir`, without its ending. */
  readonly theme: string;
  readonly color: "auto" | "always" | "never";
  readonly ambiguousWidth: "auto" | 1 | 2;
  readonly mouse: boolean;
  readonly bell: boolean;
  /** Action name to the keys that call it; replaces the built-in keys of that action. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Charset of messages to everyone. Default: gbk. */
  readonly charset?: Charset;
  /** Default: bar, which sits well beside wide characters. */
  readonly cursor?: CursorShape;
  /** Default: desktop. */
  readonly notify?: NotifyWay;
  /** Words that mark a conversation and ring. */
  readonly highlight?: readonly string[];
  /** `WHO=WAY`, before `notify`. */
  readonly notifyRules?: readonly string[];
}
