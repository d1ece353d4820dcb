// The other end of the control socket: a `Node` that lives in another process. What it shows is a mirror kept by the instance's events,
// what it is asked goes over the socket, so that commands and the terminal UI need not know which kind of node they hold. Closing it
// leaves the instance alone.
import type { Socket } from "node:net";
import type { Event, Mirror, ChatNode, ImpairedLine, Snapshot, TapRecord } from "../index.js";
import { createMirror, createTextCodec, FeiyanError, version } from "../light.js";
import { createComeBack } from "./come-back.js";
import { controlLimits, controlTimers, controlVersions } from "./limits.js";
import { createLineReader } from "./lines.js";
import { openSocket, readKey } from "./open-socket.js";
import { checkPath, type ControlPlace } from "./place.js";
import { createRemoteHistory } from "./remote-history.js";
import { createRemoteNode } from "./remote-node.js";
import type { InstanceKind } from "./host.js";
import type { AnswerOf, ParamsOf, RequestName } from "./requests.js";
import { lostError, numberIn, toError, trusted } from "./trusted.js";
import { decodeLine, encodeLine } from "./wire-json.js";

/** Who answered the greeting. */
export interface InstanceInfo {
  readonly program: string;
  readonly pid: number;
  readonly kind: InstanceKind;
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
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
  /** Before each try to come back; default a second. */
  readonly pause?: () => Promise<void>;
  /** Attach only if this port is the instance's. */
  readonly port?: number;
  /** How long to wait for an instance that does not answer the greeting. */
  readonly patienceMs?: number;
  /** Its kept messages are wanted too. Default false. */
  readonly history?: boolean;
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

/** The snapshot, and what a newer instance tells with it. */
type AttachAnswer = Snapshot & {
  readonly impairments?: readonly ImpairedLine[];
  readonly history?: boolean;
};

/**
 * Attaches to the instance at this place. Resolves with null when nobody is there (or only what a killed instance left behind), and
 * when its port is not the one asked for; rejects with `control-refused`, `control-version` or `control-path-too-long`.
 */
export async function attach(place: ControlPlace, options: AttachOptions = {}): Promise<Attached | null> {
  checkPath(place);
  let socket = await openSocket(place);
  if (socket === null) return null;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const listeners = new Set<(event: Event) => void>();
  const wireListeners = new Set<(record: TapRecord) => void>();
  let mirror: Mirror | null = null;
  let nextId = 1;
  let badLines: readonly ImpairedLine[] = [];
  let hasHistory = false;
  let isClosed = false;
  let greeted: ((line: Line) => void) | null = null;
  let endLost = noop;
  const lost = new Promise<void>((resolve) => {
    endLost = resolve;
  });

  /** What happened before anybody listened: whoever listens first is told, so that nothing falls between. Null from then on. */
  let early: Event[] | null = [];

  function subscribe(listener: (event: Event) => void): () => void {
    listeners.add(listener);
    const before = early ?? [];
    early = null;
    if (before.length > 0) {
      queueMicrotask(() => {
        for (const event of before) if (listeners.has(listener)) listener(event);
      });
    }
    return () => listeners.delete(listener);
  }

  function publish(event: Event): void {
    mirror?.apply(event);
    if (early !== null && mirror !== null && early.length < controlLimits.earlyEvents) early.push(event);
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
      if (isClosed || mirror === null || comeBack.isTrying()) return;
      publish({ kind: "notice", code: "control-lost", fields: { path: place.path }, at: Date.now() });
      if (options.reconnect === true) comeBack.begin();
      else {
        isClosed = true;
        endLost();
      }
    });
  }

  const comeBack = createComeBack({
    attempt: tryAgain,
    isOver: () => isClosed,
    pause: options.pause ?? pauseForReal,
  });

  async function tryAgain(): Promise<boolean> {
    const again = await openSocket(place).catch(() => null);
    if (again === null) return false;
    socket = again;
    listen(again);
    try {
      await greet(again);
      await renew({ kind: "notice", code: "control-back", fields: { path: place.path }, at: Date.now() });
      // Lost again before it was of any use: that is one more try.
      return socket === again;
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
    const snapshot = trusted<AttachAnswer>(await call("attach", attachParams));
    mirror = createMirror(snapshot, createTextCodec());
    badLines = snapshot.impairments ?? [];
    hasHistory = options.history === true && snapshot.history === true;
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
      subscribe,
      isClosed: () => isClosed,
      history: hasHistory ? createRemoteHistory(typedCall) : null,
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

const pauseForReal = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, controlTimers.reconnectMs);
  });
