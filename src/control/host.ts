// Who stands behind a control socket, and what a request may use of it: types only. Made by the screen and the daemon, served by server.ts.
import type { ChatNode, Event, TapRecord } from "../index.js";

/** What a reload came to; keys of settings. */
export interface ReloadOutcome {
  /** In force now. */
  readonly applied: readonly string[];
  /** Different, but only the next start takes them. */
  readonly waiting: readonly string[];
  /** What is wrong in the files, for people; then nothing was changed. */
  readonly problems: readonly string[];
}

/** The instance behind a control socket. Parts that an instance lacks are absent, and their requests are refused. */
export interface ControlHost {
  readonly node: ChatNode;
  readonly kind: InstanceKind;
  /** Every datagram in and out. */
  readonly wire?: { subscribe(listener: (record: TapRecord) => void): () => void };
  /** Reads the settings again. */
  readonly reload?: () => Promise<ReloadOutcome>;
  /** Ends the instance in order. */
  readonly stop?: () => void;
}

export type InstanceKind = "screen" | "daemon" | "command";

/** What one client wants to be told. */
export interface Following {
  /** Kinds of events; null for all. */
  readonly kinds: ReadonlySet<Event["kind"]> | null;
  readonly datagrams: boolean;
  readonly diagnostics: boolean;
}

/** What became of connections so far. */
export interface ControlCounts {
  readonly clients: number;
  /** Of these, who hears events. */
  readonly following: number;
  readonly connected: number;
  /** By reason: `key`, `version`, `malformed`, `too-long`, `too-many`, `silent`. */
  readonly refused: Readonly<Record<string, number>>;
  readonly requests: number;
  /** Events that slow readers were not told, all together. */
  readonly missed: number;
}

/** What a request may use. */
export interface Served {
  readonly host: ControlHost;
  /** From now on this client hears events. Called within one turn with the snapshot, so nothing falls between. */
  follow(following: Following): void;
  counts(): ControlCounts;
  readonly startedAt: number;
}
