// A measurement over a bad line of the memory network: numbered datagrams there, an answer to each copy back. The dice are those of
// every other run, so a seed loses the same numbers here as in `feiyan lab solo`. For lessons; called by `run-experiment`.
import { impaired, parseImpairment, type Impairment } from "../../index.js";
import { createMemoryNetwork } from "../../testing.js";
import { createSimulatedTime } from "../lanes/simulated-time.js";
import { createOrderCounter } from "../stats/order.js";

export interface PathRun {
  readonly sent: number;
  /** Arrivals there by number: 0 is lost, 2 and more are copies. */
  readonly there: Uint8Array;
  /** Answers that came back, by number. */
  readonly back: Uint8Array;
  /** 1: a later number came first. */
  readonly overtaken: Uint8Array;
  readonly reordered: number;
  /** How often the sender was told of a problem. */
  readonly problems: number;
}

/** Fates by number, in place of dice: for the hand that interferes. */
export type Interference = (n: number) => "pass" | "kill" | "double";

const farEnd = { address: "10.0.0.2", port: 2426 };

/** Sends `datagrams` numbers through the line and back. */
export async function runPath(
  spec: string,
  datagrams: number,
  seed: string,
  interfere: Interference = () => "pass",
): Promise<PathRun> {
  const time = createSimulatedTime();
  const network = createMemoryNetwork();
  const impairment: Impairment = { ...parseImpairment(spec), seed };
  const line = impaired(network.transport({ address: "10.0.0.1", port: farEnd.port }), {
    clock: time.clock,
    spec: impairment,
  });
  const reflector = network.transport(farEnd);
  const there = new Uint8Array(datagrams);
  const back = new Uint8Array(datagrams);
  const overtaken = new Uint8Array(datagrams);
  const order = createOrderCounter();
  const quiet = { problem: () => undefined, networkChanged: () => undefined };
  await reflector.open({
    ...quiet,
    arrived: (bytes, from) => {
      const n = readNumber(bytes);
      if (n >= datagrams) return;
      if (there[n] === 0 && order.add(n, time.clock.now()) !== null) overtaken[n] = 1;
      there[n] = Math.min(255, (there[n] ?? 0) + 1);
      reflector.send(bytes, from);
    },
  });
  let problems = 0;
  await line.open({
    ...quiet,
    problem: () => {
      problems += 1;
    },
    arrived: (bytes) => {
      const n = readNumber(bytes);
      if (n < datagrams) back[n] = Math.min(255, (back[n] ?? 0) + 1);
    },
  });
  const run = (async () => {
    for (let n = 0; n < datagrams; n += 1) {
      const fate = interfere(n);
      if (fate !== "kill") line.send(buildNumber(n), farEnd);
      if (fate === "double") line.send(buildNumber(n), farEnd);
      await new Promise<void>((resolve) => {
        time.clock.at(time.clock.now() + 1, resolve);
      });
    }
    line.flush();
    await new Promise<void>((resolve) => {
      time.clock.at(time.clock.now() + 1_000, resolve);
    });
  })();
  await time.runUntil(run);
  await run;
  await Promise.all([line.close(), reflector.close()]);
  return { sent: datagrams, there, back, overtaken, reordered: order.count, problems };
}

/** The run as a strip. Late there is none: the line has no clock that could be slow. */
export function stripOf({ there, back, overtaken }: PathRun): string {
  return Array.from(there, (copies, n) => {
    if (copies === 0) return "u";
    if (back[n] === 0) return "d";
    if (copies > 1 || (back[n] ?? 0) > 1) return "2";
    return overtaken[n] === 1 ? "r" : ".";
  }).join("");
}

function buildNumber(n: number): Uint8Array {
  const bytes = new Uint8Array(128);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

/** A damaged number is no number of ours: the real lab has a checksum for that. */
function readNumber(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 128 ? view.getUint32(0) : Number.POSITIVE_INFINITY;
}
