// The other end of the control socket: a `Node` that lives in another process. What it shows is a mirror kept by the instance's events,
// what it is asked goes over the socket, so that commands and the terminal UI need not know which kind of node they hold. Closing it
// leaves the instance alone.
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import {
  createMirror,
  createTextCodec,
  errorCodes,
  FeiyanError,
  version,
  type ErrorCode,
  type ErrorFields,
  type Event,
  type HistoryStore,
  type Mirror,
  type ChatNode,
  type ImpairedLine,
  type Snapshot,
  type TapRecord,
} from "../index.js";
import { controlLimits, controlTimers, controlVersions } from "./limits.js";
import { createLineReader } from "./lines.js";
import { checkPath, isTrusted, type ControlPlace } from "./place.js";
import { createRemoteNode } from "./remote-node.js";
import type { AnswerOf, InstanceKind, ParamsOf, RequestName } from "./requests.js";
import { decodeLine, encodeLine } from "./wire-json.js";

/** Who answered the greeting. */
export interface InstanceInfo {
  readonly program: string;
  readonly pid: number;
  readonly kind: InstanceKind;
  readonly port: number;
}

export interface Attached {
  readonly node: ChatNode;
  readonly instance: InstanceInfo;
  /** The datagrams of the instance; only with `datagrams`. */
  readonly wire: { subscribe(listener: (record: TapRecord) => void): () => void };
  /** A request that is no part of `Node`. */
  call<N extends RequestName>(name: N, params: ParamsOf<N>): Promise<AnswerOf<N>>;
  /** Resolves when the instance went away, and is not coming back. */
  readonly lost: Promise<void>;
}

export interface AttachOptions {
  /** Messages to be shown from before; default none. */
  readonly messages?: number;
  readonly datagrams?: boolean;
  /** Try again for ever when the instance goes away; what changed meanwhile comes as events. Default false. */
  readonly reconnect?: boolean;
  /** Attach only if this port is the instance's. */
  readonly port?: number;
  /** How long to wait for an instance that does not answer the greeting. */
  readonly patienceMs?: number;
  /** The history of the instance, opened beside it: its pages and searches need not go over the socket. */
  readonly history?: HistoryStore;
  /** False: ask, but hear no events and keep no mirror of messages. Default true. */
  readonly events?: boolean;
}

interface Line {
  readonly hello?: unknown;
  readonly id?: unknown;
  readonly answer?: unknown;
  readonly error?: unknown;
  readonly event?: unknown;
  readonly gap?: unknown;
  readonly datagram?: unknown;
  readonly diagnostics?: unknown;
  readonly impairments?: unknown;
}

/**
 * Attaches to the instance at this place. Resolves with null when nobody is there (or only what a killed instance left behind), and
 * when its port is not the one asked for; rejects with `control-refused`, `control-version` or `control-path-too-long`.
 */
export async function attach(place: ControlPlace, options: AttachOptions = {}): Promise<Attached | null> {
  checkPath(place);
  let socket = await open(place);
  if (socket === null) return null;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const listeners = new Set<(event: Event) => void>();
  const wireListeners = new Set<(record: TapRecord) => void>();
  let mirror: Mirror | null = null;
  let nextId = 1;
  let badLines: readonly ImpairedLine[] = [];
  let isClosed = false;
  let greeted: ((line: Line) => void) | null = null;
  let endLost = noop;
  const lost = new Promise<void>((resolve) => {
    endLost = resolve;
  });

  function publish(event: Event): void {
    mirror?.apply(event);
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (cause) {
        // As in a node of our own: the others still hear it, and a bug is not hidden.
        queueMicrotask(() => {
          throw cause;
        });
      }
    }
  }

  function take(text: string): void {
    const line = decodeLine(text);
    if (typeof line !== "object" || line === null) return;
    const { hello, id, answer, error, event, gap, datagram, diagnostics, impairments }: Line = line;
    if (event !== undefined) publish(trusted<Event>(event));
    else if (typeof id === "number") {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) asked?.resolve(answer);
      else asked?.reject(toError(error));
    } else if (hello !== undefined || error !== undefined) greeted?.(line);
    else if (datagram !== undefined) {
      for (const listener of wireListeners) listener(trusted<TapRecord>(datagram));
    } else if (diagnostics !== undefined) {
      mirror?.setDiagnostics(trusted(diagnostics));
      badLines = trusted<readonly ImpairedLine[]>(impairments ?? []);
    } else if (gap !== undefined) {
      const fields = { missed: numberIn(gap, "missed") };
      void renew({ kind: "notice", code: "events-missed", fields, at: Date.now() });
    }
  }

  function send(value: unknown): void {
    socket?.write(`${encodeLine(value)}\n`);
  }

  function call(name: RequestName, params: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (isClosed || socket === null) {
        reject(isClosed ? new FeiyanError("node-closed", "detached") : lostError());
        return;
      }
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      send({ id, request: name, params });
    });
  }

  const attachParams: ParamsOf<"attach"> =
    options.events === false
      ? { events: [] }
      : {
          messages: Math.min(options.messages ?? 0, controlLimits.snapshotMessages),
          datagrams: options.datagrams ?? false,
          diagnostics: true,
        };

  /** Takes the state anew, and tells what changed in between. */
  async function renew(notice: Event): Promise<void> {
    try {
      const snapshot = trusted<Snapshot>(await call("attach", attachParams));
      publish(notice);
      for (const event of mirror?.renew(snapshot, Date.now()) ?? []) {
        for (const listener of listeners) listener(event);
      }
    } catch {
      // The instance went away meanwhile, which is told by its own means.
    }
  }

  function greet(connected: Socket): Promise<InstanceInfo> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new FeiyanError("control-refused", "no answer", { path: place.path, reason: "silent" })),
        options.patienceMs ?? controlTimers.answerMs,
      );
      const end = (): void => {
        clearTimeout(timer);
        greeted = null;
      };
      greeted = (line) => {
        end();
        if (line.error === undefined) resolve(trusted<InstanceInfo>(line.hello));
        else reject(toError(line.error));
      };
      connected.once("close", () => {
        end();
        reject(lostError());
      });
      send({
        hello: { versions: controlVersions, key: readKey(place), program: `feiyan ${version}` },
      });
    });
  }

  function listen(connected: Socket): void {
    const reader = createLineReader(() => controlLimits.answerBytes, take);
    connected.on("data", (chunk: Buffer) => {
      if (!reader.take(chunk)) connected.destroy();
    });
    connected.on("error", () => connected.destroy());
    connected.once("close", () => {
      if (socket !== connected) return;
      socket = null;
      for (const [, { reject }] of waiting) reject(lostError());
      waiting.clear();
      // A try that failed, as with the key of the instance before: the one who tries goes on.
      if (isClosed || mirror === null || isComingBack) return;
      publish({ kind: "notice", code: "control-lost", fields: { path: place.path }, at: Date.now() });
      if (options.reconnect === true) void comeBack();
      else {
        isClosed = true;
        endLost();
      }
    });
  }

  let isComingBack = false;

  async function comeBack(): Promise<void> {
    isComingBack = true;
    // oxlint-disable-next-line no-unmodified-loop-condition -- closing sets it from outside
    while (!isClosed) {
      // oxlint-disable-next-line no-await-in-loop -- one try after another is the point
      await new Promise((resolve) => {
        setTimeout(resolve, controlTimers.reconnectMs);
      });
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (!isClosed && (await tryAgain())) break;
    }
    isComingBack = false;
  }

  async function tryAgain(): Promise<boolean> {
    const again = await open(place).catch(() => null);
    if (again === null) return false;
    socket = again;
    listen(again);
    try {
      await greet(again);
      await renew({ kind: "notice", code: "control-back", fields: { path: place.path }, at: Date.now() });
      return true;
    } catch {
      again.destroy();
      return false;
    }
  }

  listen(socket);
  let instance: InstanceInfo;
  try {
    instance = await greet(socket);
    if (options.port !== undefined && instance.port !== options.port) {
      socket.destroy();
      return null;
    }
    const snapshot = trusted<Snapshot & { readonly impairments?: readonly ImpairedLine[] }>(
      await call("attach", attachParams),
    );
    mirror = createMirror(snapshot, createTextCodec());
    badLines = snapshot.impairments ?? [];
  } catch (error) {
    socket?.destroy();
    // It was just ending: as good as nobody there.
    if (error instanceof FeiyanError && error.code === "control-lost") return null;
    throw error;
  }

  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    for (const [, { reject }] of waiting) reject(new FeiyanError("node-closed", "detached"));
    waiting.clear();
    const connected = socket;
    if (connected === null) return;
    await new Promise<void>((resolve) => {
      connected.once("close", () => resolve());
      connected.destroy();
    });
  };

  const typedCall = async <N extends RequestName>(name: N, params: ParamsOf<N>): Promise<AnswerOf<N>> =>
    trusted<AnswerOf<N>>(await call(name, params));

  return {
    node: createRemoteNode({
      mirror,
      badLines: () => badLines,
      setBadLines: (lines) => {
        badLines = lines;
      },
      call: typedCall,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      isClosed: () => isClosed,
      history: options.history ?? null,
      close,
    }),
    instance,
    wire: {
      subscribe: (listener) => {
        wireListeners.add(listener);
        return () => wireListeners.delete(listener);
      },
    },
    call: typedCall,
    lost,
  };
}

const noop = (): void => undefined;

function lostError(): FeiyanError {
  return new FeiyanError("control-lost", "the instance went away");
}

/** The instance has shown that it is ours (its folder is closed to others): what it says has the form this version gives it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- an assertion with a reason, in one place
function trusted<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as T;
}

/** Null: nobody listens there. */
function open(place: ControlPlace): Promise<Socket | null> {
  const trust = isTrusted(place);
  if (trust === null) return Promise.resolve(null);
  if (!trust) {
    const fields = { path: place.path, reason: "folder" };
    return Promise.reject(new FeiyanError("control-refused", "the folder is not ours alone", fields));
  }
  return new Promise((resolve, reject) => {
    const socket = connect(place.path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      if (code === "EACCES" || code === "EPERM") {
        const fields = { path: place.path, reason: code };
        reject(new FeiyanError("control-refused", code, fields, { cause: error }));
      } else resolve(null);
    });
  });
}

function readKey(place: ControlPlace): string {
  try {
    return readFileSync(place.keyFile, "utf8").trim();
  } catch {
    // Shown to the instance as it is: none. It will say no.
    return "";
  }
}

function toError(value: unknown): FeiyanError {
  const { code, text, fields } = trusted<{ code?: unknown; text?: unknown; fields?: unknown }>(value ?? {});
  const known: readonly string[] = errorCodes;
  const isKnown = typeof code === "string" && known.includes(code);
  return new FeiyanError(
    isKnown ? trusted<ErrorCode>(code) : "request-invalid",
    typeof text === "string" ? text : "",
    typeof fields === "object" && fields !== null ? trusted<ErrorFields>(fields) : {},
  );
}

function numberIn(value: unknown, key: string): number {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === "number" ? found : 0;
}
