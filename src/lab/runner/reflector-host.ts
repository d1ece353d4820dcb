// A reflector on a socket: turns datagrams and timers into inputs, effects into datagrams. Used by `solo`, and with a class on
// top of it by `serve`.
import type { Endpoint } from "../../index.js";
import { counted } from "../counters/system-counters.js";
import { buildEffect, createReflector } from "../session/reflector.js";
import { type Reflector, type ReflectorEffect } from "../session/reflector-types.js";
import { createWaker } from "./waker.js";
import type { LabParts } from "./lab-parts.js";
import type { LabSocket } from "./lab-network.js";

export interface ReflectorHostOptions {
  readonly listen: Endpoint;
  readonly broadcast?: boolean;
  /** Key of the class code; null: open. */
  readonly codeKey: Uint8Array | null;
  readonly mostPps?: number;
  /** Takes a datagram away from the reflector: the class's own. */
  readonly intercept?: (bytes: Uint8Array, from: Endpoint, atNs: number) => boolean;
  readonly problem?: (systemCode: string) => void;
}

export interface ReflectorHost {
  readonly local: Endpoint;
  readonly receiveBufferBytes: number | null;
  readonly reflector: Reflector;
  readonly secret: Uint8Array;
  send(bytes: Uint8Array, to: Endpoint): void;
  ownDrops(): number | null;
  close(): Promise<void>;
}

const secretBytes = 32;

export async function openReflectorHost(
  parts: LabParts,
  options: ReflectorHostOptions,
): Promise<ReflectorHost> {
  const { time, crypto, counters } = parts;
  parts.prepare();
  const secret = crypto.randomBytes(secretBytes);
  let reflector: Reflector | null = null;
  const socket: LabSocket = await parts.network.open({
    ...options.listen,
    ...(options.broadcast === true ? { broadcast: true } : {}),
    arrived: (bytes, from, atNs) => {
      if (options.intercept?.(bytes, from, atNs) !== true) take(bytes, from, atNs);
    },
    problem: (code) => options.problem?.(code),
  });
  const dropsBefore = counters.socketDrops(socket.local.port);
  const ownDrops = (): number | null => counted(dropsBefore, counters.socketDrops(socket.local.port));
  const machine = createReflector({
    crypto,
    secret,
    codeKey: options.codeKey,
    bootMark: counters.bootMark(),
    receiveBufferBytes: socket.receiveBufferBytes ?? 0,
    system: parts.system,
    nodeMajor: Number.parseInt(parts.nodeVersion, 10),
    ...(options.mostPps === undefined ? {} : { mostPps: options.mostPps }),
    ownDrops,
  });
  reflector = machine;
  const waker = createWaker(time, () => {
    perform(machine.handle({ kind: "tick" }, time.nowNs()));
  });

  function take(bytes: Uint8Array, from: Endpoint, atNs: number): void {
    if (reflector !== null) perform(reflector.handle({ kind: "datagram", bytes, from }, atNs));
  }

  function perform(effects: readonly ReflectorEffect[]): void {
    for (const effect of effects) socket.send(buildEffect(effect, time.nowNs()), effect.to);
    waker.want(machine.wakeNs());
  }

  return {
    local: socket.local,
    receiveBufferBytes: socket.receiveBufferBytes,
    reflector: machine,
    secret,
    send: (bytes, to) => {
      socket.send(bytes, to);
    },
    ownDrops,
    close: async () => {
      waker.stop();
      await socket.close();
    },
  };
}
