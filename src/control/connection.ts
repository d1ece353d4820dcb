// One connection to the control socket: the greeting with the key, then requests and answers, and the events it follows. Keeps within
// its bounds, whatever the other end does. Knows no request by name. Made by server.ts.
import { timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import { FeiyanError } from "../index.js";
import { controlLimits, controlTimers, controlVersions } from "./limits.js";
import { createLineReader } from "./lines.js";
import type { Following, InstanceKind, Served } from "./host.js";
import { isRequestName, requests } from "./requests.js";
import { ShapeProblem } from "./shape.js";
import { decodeLine, encodeLine } from "./wire-json.js";

export interface Connection {
  isReady(): boolean;
  /** What it wants to be told; null before it asked. */
  following(): Following | null;
  /** Whole lines with `events` events in them; counted as missed when it does not keep up. */
  tell(lines: Buffer, events: number): void;
  end(reason: string): Promise<void>;
}

export interface ConnectionParts {
  readonly key: string;
  readonly program: string;
  readonly kind: InstanceKind;
  /** There are too many already. */
  readonly isFull: boolean;
  readonly served: Omit<Served, "follow">;
  /** Tells everybody what happened so far: before an answer, so that it comes after its events. */
  readonly flush: () => void;
  readonly followed: () => void;
  readonly refused: (reason: string) => void;
  readonly answered: () => void;
  readonly missed: (events: number) => void;
  readonly ended: () => void;
}

export function createConnection(socket: Socket, parts: ConnectionParts): Connection {
  let isReady = false;
  let following: Following | null = null;
  let queuedBytes = 0;
  let missed = 0;
  let atWork = 0;
  let isOver = false;
  const timer = setTimeout(() => refuse("silent", "control-refused", "no greeting"), controlTimers.helloMs);

  const write = (value: unknown): void => {
    if (!isOver && socket.writable) socket.write(`${encodeLine(value)}\n`);
    hold();
  };

  /** Requests that have come and must wait: no more than one piece of the stream holds, as it is not read on meanwhile. */
  const waiting: unknown[] = [];
  let isProceeding = false;

  /** Somebody who asks and does not read must wait. */
  const isBusy = (): boolean =>
    atWork >= controlLimits.requestsAtWork || socket.writableLength > controlLimits.replyBytes;

  function hold(): void {
    if (isBusy() || waiting.length > 0) socket.pause();
    else if (socket.isPaused() && !isOver) socket.resume();
  }

  function proceed(): void {
    // An answer given at once leads back here.
    if (isProceeding) return;
    isProceeding = true;
    // Whoever is over has nothing waiting.
    while (waiting.length > 0 && !isBusy()) void serve(waiting.shift());
    isProceeding = false;
    hold();
  }

  function refuse(
    reason: string,
    code: string,
    text: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): void {
    if (isOver) return;
    parts.refused(reason);
    write({ error: { code, text, fields } });
    over();
    socket.end();
    setTimeout(() => socket.destroy(), controlTimers.byeMs).unref();
  }

  function over(): void {
    if (isOver) return;
    isOver = true;
    waiting.length = 0;
    following = null;
    clearTimeout(timer);
    parts.ended();
  }

  function greet(value: unknown): void {
    const hello = fieldOf(value, "hello");
    const versions = fieldOf(hello, "versions");
    const key = fieldOf(hello, "key");
    if (typeof key !== "string" || !Array.isArray(versions)) {
      refuse("malformed", "request-invalid", "the first line must be a hello");
      return;
    }
    if (!isSame(key, parts.key)) {
      refuse("key", "control-refused", "wrong key");
      return;
    }
    const common = controlVersions.find((one) => versions.includes(one));
    if (common === undefined) {
      refuse("version", "control-version", "no common version", {
        versions: controlVersions.map(String),
        program: parts.program,
      });
      return;
    }
    clearTimeout(timer);
    isReady = true;
    const { port } = parts.served.host.node.network ?? { port: 0 };
    write({
      hello: {
        version: common,
        program: parts.program,
        pid: process.pid,
        kind: parts.kind,
        port,
        startedAt: parts.served.startedAt,
      },
    });
  }

  async function serve(value: unknown): Promise<void> {
    const [id, name] = [fieldOf(value, "id"), fieldOf(value, "request")];
    if ((typeof id !== "number" && typeof id !== "string") || typeof name !== "string") {
      refuse("malformed", "request-invalid", "a request has an id and a name");
      return;
    }
    const params = fieldOf(value, "params") ?? {};
    atWork++;
    hold();
    try {
      if (!isRequestName(name)) throw new ShapeProblem(`there is no request ${name.slice(0, 40)}`);
      const working: unknown = requests[name].answerTo({ ...parts.served, follow }, params);
      // What is known at once is answered at once: a snapshot must stand before the events that follow it.
      const answer: unknown = working instanceof Promise ? await working : working;
      parts.flush();
      write({ id, answer: answer ?? null });
    } catch (error) {
      parts.flush();
      write({ id, error: describe(error, parts.refused) });
    } finally {
      atWork--;
      parts.answered();
      proceed();
    }
  }

  function follow(next: Following): void {
    // What came before belongs to the snapshot.
    parts.flush();
    following = next;
    missed = 0;
    parts.followed();
  }

  const reader = createLineReader(
    () => (isReady ? controlLimits.lineBytes : controlLimits.helloBytes),
    (line) => {
      if (isOver) return;
      const value = decodeLine(line);
      if (value === undefined) refuse("malformed", "request-invalid", "a line must be JSON");
      else if (isReady) {
        waiting.push(value);
        proceed();
      } else greet(value);
    },
  );

  socket.on("data", (chunk: Buffer) => {
    if (!isOver && !reader.take(chunk)) refuse("too-long", "request-invalid", "the line is too long");
  });
  socket.on("drain", proceed);
  // Resets and broken pipes are how readers go away.
  socket.on("error", () => socket.destroy());
  socket.on("close", over);
  if (parts.isFull) setImmediate(() => refuse("too-many", "control-refused", "too many clients"));

  return {
    isReady: () => isReady && !isOver,
    following: () => following,
    tell(lines, events) {
      if (isOver || !socket.writable) return;
      if (missed > 0 || queuedBytes + lines.length > controlLimits.eventBytes) {
        missed += events;
        parts.missed(events);
        return;
      }
      queuedBytes += lines.length;
      socket.write(lines, () => {
        queuedBytes -= lines.length;
        if (queuedBytes > 0 || missed === 0) return;
        // It has caught up: how much it was not told, then on with what happens from now.
        write({ gap: { missed } });
        missed = 0;
      });
    },
    end(reason) {
      if (isOver) {
        socket.destroy();
        return Promise.resolve();
      }
      write({ bye: { reason } });
      over();
      return new Promise((resolve) => {
        const patience = setTimeout(() => socket.destroy(), controlTimers.byeMs);
        socket.once("close", () => {
          clearTimeout(patience);
          resolve();
        });
        socket.end();
        // Its end may never come by itself.
        socket.resume();
        socket.destroySoon();
      });
    },
  };
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function describe(
  error: unknown,
  refused: (reason: string) => void,
): { code: string; text: string; fields: Readonly<Record<string, unknown>> } {
  if (error instanceof FeiyanError) return { code: error.code, text: error.message, fields: error.fields };
  if (error instanceof ShapeProblem) {
    refused("malformed");
    return { code: "request-invalid", text: error.message, fields: { reason: error.message } };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { code: "own-fault", text, fields: { reason: text } };
}
