// The session's machines with predictable cryptography, and a direct line between an initiator and a reflector under the test's
// hand: every datagram passes a function that may keep, double, change or reorder it.
import { createHmac } from "node:crypto";
import { buildData, createInitiator } from "../../../src/lab/session/initiator.js";
import { type InitiatorOptions } from "../../../src/lab/session/initiator-types.js";
import { createReflector, buildEffect } from "../../../src/lab/session/reflector.js";
import { type Reflector } from "../../../src/lab/session/reflector-types.js";
import type { LabCrypto } from "../../../src/lab/session/lab-crypto.js";
import type { RunFailure, RunRecord } from "../../../src/lab/session/run-record.js";
import { type Terms } from "../../../src/lab/wire/message-types.js";

/** Real hashes, counted "chance". */
export function createTestCrypto(seed = 1): LabCrypto {
  let drawn = seed * 1_000;
  return {
    hmac: (key, ...parts) => {
      const hash = createHmac("sha256", key);
      for (const part of parts) hash.update(part);
      return new Uint8Array(hash.digest());
    },
    randomBytes: (length) => {
      drawn += 1;
      return new Uint8Array(createHmac("sha256", "chance").update(String(drawn)).digest()).slice(0, length);
    },
    codeKey: async (code) => new TextEncoder().encode(`key of ${code}`),
  };
}

export const terms: Terms = { mode: "echo", sizeBytes: 128, n: 100, intervalUs: 10_000, waitMs: 0 };
export const client = { address: "127.0.0.1", port: 40_000 };

export function createTestReflector(
  codeKey: Uint8Array | null = null,
  crypto = createTestCrypto(2),
): Reflector {
  return createReflector({
    crypto,
    secret: new Uint8Array(32).fill(7),
    codeKey,
    bootMark: null,
    receiveBufferBytes: 0,
    system: "linux",
    nodeMajor: 20,
    ownDrops: () => 0,
  });
}

export type Line = (bytes: Uint8Array, direction: "up" | "down", nowNs: number) => readonly Uint8Array[];

export const cleanLine: Line = (bytes) => [bytes];

/** Runs both machines to the end; a hop takes 1 ms. */
export function converse(
  options: Partial<InitiatorOptions> = {},
  line: Line = cleanLine,
  reflector = createTestReflector(options.codeKey ?? null),
): { record: RunRecord | null; failure: RunFailure | null; reflector: Reflector; elapsedMs: number } {
  const initiator = createInitiator({
    crypto: createTestCrypto(),
    wanted: terms,
    waitMs: null,
    codeKey: null,
    name: "test",
    seed: "1",
    bootMark: null,
    ...options,
  });
  const hopNs = 1e6;
  let nowNs = 1e9;
  let record: RunRecord | null = null;
  let failure: RunFailure | null = null;
  let flights: { atNs: number; bytes: Uint8Array; direction: "up" | "down" }[] = [];
  const launch = (bytes: Uint8Array, direction: "up" | "down"): void => {
    for (const one of line(bytes, direction, nowNs))
      flights.push({ atNs: nowNs + hopNs, bytes: one, direction });
  };
  const act = (step: ReturnType<typeof initiator.handle>): void => {
    for (const effect of step.effects) {
      if (effect.kind === "send") launch(effect.bytes, "up");
      else {
        launch(buildData(effect, nowNs), "up");
        initiator.handle({ kind: "sent", seq: effect.seq, atNs: nowNs }, nowNs);
      }
    }
    for (const event of step.events) {
      if (event.kind === "finished") ({ record } = event);
      if (event.kind === "failed") ({ failure } = event);
    }
  };
  const reflect = (effects: ReturnType<Reflector["handle"]>): void => {
    for (const effect of effects) launch(buildEffect(effect, nowNs), "down");
  };
  act(initiator.handle({ kind: "start" }, nowNs));
  while (initiator.state !== "done" && nowNs < 300e9) {
    const nextFlight = flights.reduce((least, one) => Math.min(least, one.atNs), Number.POSITIVE_INFINITY);
    nowNs = Math.max(nowNs, Math.min(nextFlight, initiator.wakeNs(), reflector.wakeNs()));
    const due = flights.filter((one) => one.atNs <= nowNs);
    flights = flights.filter((one) => one.atNs > nowNs);
    for (const { bytes, direction } of due) {
      if (direction === "up") reflect(reflector.handle({ kind: "datagram", bytes, from: client }, nowNs));
      else act(initiator.handle({ kind: "datagram", bytes }, nowNs));
    }
    act(initiator.handle({ kind: "tick" }, nowNs));
    reflect(reflector.handle({ kind: "tick" }, nowNs));
  }
  return { record, failure, reflector, elapsedMs: (nowNs - 1e9) / 1e6 };
}
