// A short run between two machines in memory before the first real one: compiling the measuring code costs milliseconds, and they
// shall not show as round trips. Once per process; knows no socket.
import { noCounters } from "../counters/system-counters.js";
import { buildData, createInitiator } from "../session/initiator.js";
import { buildEffect, createReflector } from "../session/reflector.js";
import type { LabCrypto } from "../session/lab-crypto.js";

const datagrams = 600;
const from = { address: "127.0.0.1", port: 1 };
let isDone = false;

/** Does nothing but the first time. */
export function rehearse(crypto: LabCrypto): void {
  if (isDone) return;
  isDone = true;
  const reflector = createReflector({
    crypto,
    secret: crypto.randomBytes(32),
    codeKey: null,
    bootMark: noCounters.bootMark(),
    receiveBufferBytes: 0,
    system: "unknown",
    nodeMajor: 0,
    ownDrops: () => null,
  });
  const initiator = createInitiator({
    crypto,
    wanted: { mode: "echo", sizeBytes: 128, n: datagrams, intervalUs: 1_000, waitMs: 0 },
    waitMs: 1,
    codeKey: null,
    name: "",
    seed: "0",
    bootMark: null,
  });
  let nowNs = 1e9;
  const take = (input: Parameters<typeof initiator.handle>[0]): void => {
    for (const effect of initiator.handle(input, nowNs).effects) {
      const bytes = effect.kind === "send" ? effect.bytes : buildData(effect, nowNs);
      if (effect.kind === "data") initiator.handle({ kind: "sent", seq: effect.seq, atNs: nowNs }, nowNs);
      for (const answer of reflector.handle({ kind: "datagram", bytes, from }, nowNs))
        take({ kind: "datagram", bytes: buildEffect(answer, nowNs) });
    }
  };
  take({ kind: "start" });
  // Bounded: a slot each, and some for opening and closing.
  for (let tick = 0; tick < datagrams + 100 && initiator.state !== "done"; tick += 1) {
    nowNs += 1e6;
    take({ kind: "tick" });
  }
}
