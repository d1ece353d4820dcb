import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  broadcastFlow,
  impaired,
  type ImpairedOptions,
  type ImpairedTransport,
} from "../../src/net/impaired.js";
import type { Impairment } from "../../src/net/impairment.js";
import { parseImpairment } from "../../src/net/impairment-text.js";
import { createMemoryNetwork } from "../../src/net/memory.js";
import type { FlowTruth } from "../../src/net/truth.js";
import { createManualClock, type ManualClock } from "../../src/node/clock.js";
import { createSeededRandom } from "../../src/node/random.js";
import type { DatagramTransport, Endpoint } from "../../src/ports/transport.js";
import vectors from "../vectors/lab-vectors.json" with { type: "json" };

const near: Endpoint = { address: "10.0.0.1", port: 2425 };
const far: Endpoint = { address: "10.0.0.2", port: 2425 };

interface Line {
  readonly clock: ManualClock;
  readonly transport: ImpairedTransport;
  /** What the far end got, and what came to the near end through the impairment. */
  readonly there: Uint8Array[];
  readonly back: Uint8Array[];
  readonly farEnd: DatagramTransport;
  send(number: number, sizeBytes?: number): void;
}

/** A near machine behind an impairment and a far one without, on one network. */
async function createLine(
  spec: string | Impairment | null,
  more: Partial<ImpairedOptions> = {},
): Promise<Line> {
  const clock = createManualClock(1_000_000);
  const network = createMemoryNetwork();
  const transport = impaired(network.transport(near), {
    spec: typeof spec === "string" ? parseImpairment(spec) : spec,
    clock,
    ...more,
  });
  const farEnd = network.transport(far);
  const there: Uint8Array[] = [];
  const back: Uint8Array[] = [];
  const quiet = { problem: () => {}, networkChanged: () => {} };
  await transport.open({ ...quiet, arrived: (bytes) => back.push(bytes) });
  await farEnd.open({ ...quiet, arrived: (bytes) => there.push(bytes) });
  return {
    clock,
    transport,
    there,
    back,
    farEnd,
    send: (number, sizeBytes = 128) => {
      transport.send(datagram(number, sizeBytes), far);
    },
  };
}

/** A datagram that carries its number in the first four bytes. */
function datagram(number: number, sizeBytes = 128): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Lets the memory network carry what was sent. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function accountOf(flow: FlowTruth): number {
  return flow.out + flow.dropped.loss + flow.dropped.queue + flow.waiting + flow.abandoned;
}

function onlyFlow(transport: ImpairedTransport): FlowTruth {
  const [flow, ...rest] = transport.truth();
  expect(rest).toEqual([]);
  return flow!;
}

describe("loss", () => {
  it("drops exactly the vector's numbers on the way out, and tells the truth about it", async () => {
    const vector = vectors.fates.find((one) => one.seed === "42" && one.dir === 0 && one.p === 0.05)!;
    const line = await createLine("loss=5%,seed=42", { directions: ["out"] });
    for (let n = 0; n < vector.n; n += 1) line.send(n, 8);
    await settle();
    const arrived = new Set(line.there.map(numberIn));
    expect(vector.first.filter((n) => arrived.has(n))).toEqual([]);
    expect(arrived.size).toBe(vector.n - vector.lost);
    const truth = onlyFlow(line.transport);
    expect(truth).toMatchObject({
      address: far.address,
      flow: 0,
      direction: "out",
      in: vector.n,
      out: arrived.size,
    });
    expect(truth.dropped).toEqual({ loss: vector.lost, queue: 0 });
    const lost = [...truth.fates].filter((record) => record.fate === "L").map((record) => record.n);
    expect(lost.slice(0, 16)).toEqual(vector.first);
    expect(truth.fates.length).toBe(vector.n);
  });

  it("drops the vector's numbers of direction 1 on the way in", async () => {
    const vector = vectors.fates.find((one) => one.seed === "42" && one.dir === 1)!;
    const line = await createLine("loss=5%,seed=42");
    for (let n = 0; n < 500; n += 1) line.farEnd.send(datagram(n), near);
    await settle();
    const arrived = new Set(line.back.map(numberIn));
    const lost = Array.from({ length: 500 }, (_unused, n) => n).filter((n) => !arrived.has(n));
    expect(lost.slice(0, 16)).toEqual(vector.first);
    expect(onlyFlow(line.transport)).toMatchObject({ direction: "in", flow: 0 });
  });

  it("of everything lets nothing through, of nothing lets everything", async () => {
    const line = await createLine("loss=100%");
    for (let n = 0; n < 50; n += 1) line.send(n);
    line.transport.setSpec(parseImpairment("loss=0"));
    for (let n = 50; n < 100; n += 1) line.send(n);
    await settle();
    expect(line.there.map(numberIn)).toEqual(Array.from({ length: 50 }, (_unused, i) => i + 50));
  });
});

describe("damage and copies", () => {
  it("flips one bit, the one the list of fates names", async () => {
    const line = await createLine("corrupt=100%,seed=3");
    const original = datagram(7);
    line.transport.send(original, far);
    await settle();
    const difference = line.there[0]!.map((byte, at) => byte ^ original[at]!);
    const changed = [...difference].flatMap((bits, at) =>
      Array.from({ length: 8 }, (_unused, bit) => ((bits >> bit) & 1 ? [at * 8 + bit] : [])).flat(),
    );
    expect(changed.length).toBe(1);
    expect(onlyFlow(line.transport).fates.at(0)?.fate).toBe(`C${changed[0]}`);
    expect(numberIn(original)).toBe(7);
  });

  it("sends the copy right after the first", async () => {
    const line = await createLine("dup=100%");
    line.send(1);
    line.send(2);
    await settle();
    expect(line.there.map(numberIn)).toEqual([1, 1, 2, 2]);
    expect(onlyFlow(line.transport)).toMatchObject({ in: 2, duplicated: 2, out: 4 });
  });

  it("reads the datagram's own number for the list", async () => {
    const line = await createLine("dup=100%", { sequenceOf: numberIn });
    line.send(77);
    expect([...onlyFlow(line.transport).fates]).toEqual([{ n: 0, sequence: 77, fate: "D" }]);
  });
});

/** Sends numbers 0 … count - 1 and reads from the truth which were held. */
async function heldNumbers(line: Line, count: number): Promise<number[]> {
  for (let n = 0; n < count; n += 1) line.send(n);
  await settle();
  return [...onlyFlow(line.transport).fates].filter(({ fate }) => fate === "R").map(({ n }) => n);
}

/** The order in which 200 datagrams, one a millisecond, arrive. */
async function arrivalOrder(spec: string): Promise<number[]> {
  const line = await createLine(spec);
  for (let n = 0; n < 200; n += 1) {
    line.send(n);
    line.clock.advance(1);
  }
  line.clock.advance(100);
  await settle();
  return line.there.map(numberIn);
}

describe("hold", () => {
  it("lets a held datagram go after exactly k later ones", async () => {
    const line = await createLine("reorder=5%:3,seed=7");
    const held = await heldNumbers(line, 400);
    const arrived = line.there.map(numberIn);
    const alone = held.filter(
      (n) => !held.some((other) => other !== n && Math.abs(other - n) <= 4) && n < 396,
    );
    expect(alone.length).toBeGreaterThan(5);
    expect(alone.map((n) => arrived.indexOf(n))).toEqual(alone.map((n) => arrived.indexOf(n + 3) + 1));
  });

  it("flushes after 250 ms of silence, not earlier", async () => {
    const line = await createLine("reorder=100%:5");
    line.send(0);
    line.clock.advance(200);
    line.send(1);
    line.clock.advance(249);
    await settle();
    expect(line.there).toEqual([]);
    expect(onlyFlow(line.transport).waiting).toBe(2);
    line.clock.advance(1);
    await settle();
    expect(line.there.map(numberIn)).toEqual([0, 1]);
  });

  it("flushes at close, so that nothing seems lost that was not", async () => {
    const line = await createLine("reorder=100%:5");
    line.send(0);
    await line.transport.close();
    await settle();
    expect(line.there.map(numberIn)).toEqual([0]);
    expect(onlyFlow(line.transport)).toMatchObject({ held: 1, waiting: 0, out: 1 });
  });

  it("brings nothing in after close, and counts it", async () => {
    const line = await createLine("reorder=100%:5");
    line.farEnd.send(datagram(1), near);
    await settle();
    await line.transport.close();
    line.clock.advance(10_000);
    await settle();
    expect(line.back).toEqual([]);
    expect(onlyFlow(line.transport)).toMatchObject({ abandoned: 1, waiting: 0 });
  });

  it("takes a copy: the sender may use its buffer again", async () => {
    const line = await createLine("reorder=100%:5");
    const buffer = datagram(5);
    line.transport.send(buffer, far);
    buffer.fill(0xff);
    line.transport.flush();
    await settle();
    expect(line.there.map(numberIn)).toEqual([5]);
  });
});

describe("delay", () => {
  it("waits its time", async () => {
    const line = await createLine("delay=20ms");
    line.send(1);
    line.clock.advance(19);
    await settle();
    expect(line.there).toEqual([]);
    line.clock.advance(1);
    await settle();
    expect(line.there.length).toBe(1);
  });

  it("with a width changes the order, with keep-order not", async () => {
    const ordered = Array.from({ length: 200 }, (_unused, n) => n);
    const loose = await arrivalOrder("delay=20+-20,seed=4");
    expect(loose).not.toEqual(ordered);
    expect(loose.toSorted((a, b) => a - b)).toEqual(ordered);
    expect(await arrivalOrder("delay=20+-20,seed=4,keep-order")).toEqual(ordered);
  });
});

describe("rate", () => {
  it("spaces datagrams at the rate and drops what the queue cannot hold", async () => {
    // 1,000 bytes at 8 kbit/s are a second each; one leaves at once, four fit into the queue.
    const line = await createLine("rate=8kbit/1000/4000");
    for (let n = 0; n < 10; n += 1) line.send(n, 1_000);
    await settle();
    const seen: number[] = [line.there.length];
    for (let second = 0; second < 6; second += 1) {
      line.clock.advance(1_000);
      await settle();
      seen.push(line.there.length);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 5, 5]);
    const truth = onlyFlow(line.transport);
    expect(truth).toMatchObject({ in: 10, out: 5, dropped: { loss: 0, queue: 5 } });
    expect([...truth.fates].map(({ fate }) => fate).join("")).toBe(".....QQQQQ");
  });

  it("lets a datagram through that is larger than the bucket, and makes the next ones pay", async () => {
    const line = await createLine("rate=8kbit/100/64k");
    line.send(0, 1_000);
    line.send(1, 100);
    await settle();
    expect(line.there.map(numberIn)).toEqual([0]);
    line.clock.advance(999);
    await settle();
    expect(line.there.length).toBe(1);
    line.clock.advance(1);
    await settle();
    expect(line.there.map(numberIn)).toEqual([0, 1]);
  });
});

/** 100 data datagrams, each followed by one of the other kind (none for null). */
async function truthWith(kind: "exempt" | "control" | null): Promise<FlowTruth[]> {
  const line = await createLine("loss=30%,seed=42", {
    classOf: (bytes) => (numberIn(bytes) >= 1_000 ? (kind ?? "data") : "data"),
  });
  for (let n = 0; n < 100; n += 1) {
    line.send(n);
    if (kind !== null) line.send(1_000 + n);
  }
  return line.transport.truth();
}

describe("flows and specs", () => {
  it("number peers in order of appearance, apart from broadcasts", async () => {
    const line = await createLine("loss=0");
    line.transport.broadcast(datagram(0));
    line.send(1);
    line.transport.send(datagram(2), { address: "10.0.0.3", port: 2425 });
    line.transport.send(datagram(3), { address: far.address, port: 9 });
    await settle();
    expect(line.there.map(numberIn)).toEqual([0, 1]);
    const flows = line.transport
      .truth()
      .map(({ address, flow, direction, in: count }) => [address, flow, direction, count]);
    expect(flows).toEqual([
      ["255.255.255.255", broadcastFlow, "out", 1],
      ["10.0.0.2", 0, "out", 2],
      ["10.0.0.3", 1, "out", 1],
      // The broadcast that came back to its sender.
      ["10.0.0.1", 2, "in", 1],
    ]);
  });

  it("a broadcast is one datagram: lost for all or for none", async () => {
    const line = await createLine("loss=50%,seed=9", { directions: ["out"] });
    for (let n = 0; n < 100; n += 1) line.transport.broadcast(datagram(n));
    await settle();
    expect(line.there.map(numberIn)).toEqual(line.back.map(numberIn));
    expect(line.there.length).toBeGreaterThan(25);
    expect(line.there.length).toBeLessThan(75);
  });

  it("without a spec pass everything and count nothing", async () => {
    const line = await createLine(null);
    for (let n = 0; n < 20; n += 1) line.send(n);
    await settle();
    expect(line.there.length).toBe(20);
    expect(line.transport.truth()).toEqual([]);
  });

  it("an empty spec changes nothing and counts", async () => {
    const line = await createLine("");
    for (let n = 0; n < 20; n += 1) line.send(n);
    await settle();
    expect(line.there.map(numberIn)).toEqual(Array.from({ length: 20 }, (_unused, n) => n));
    expect(onlyFlow(line.transport)).toMatchObject({ in: 20, out: 20 });
  });

  it("a peer may have its own spec, or none", async () => {
    const all = parseImpairment("loss=100%");
    const line = await createLine(null, {
      specFor: (address, direction) => (address === far.address && direction === "out" ? all : undefined),
    });
    line.send(1);
    line.farEnd.send(datagram(2), near);
    await settle();
    expect([line.there.length, line.back.length]).toEqual([0, 1]);
  });

  it("the same seed goes on after a change, another begins anew", async () => {
    const line = await createLine("loss=0,seed=42");
    for (let n = 0; n < 10; n += 1) line.send(n);
    line.transport.setSpec(parseImpairment("loss=100%,seed=42"));
    line.send(10);
    expect(onlyFlow(line.transport).fates.at(10)).toEqual({ n: 10, sequence: null, fate: "L" });
    line.transport.setSpec(parseImpairment("loss=0,seed=43"));
    line.send(11);
    expect(onlyFlow(line.transport)).toMatchObject({ in: 1, out: 1 });
  });

  it("refuse a spec that means nothing", async () => {
    const line = await createLine(null);
    expect(() => {
      line.transport.setSpec({ corrupt: 2 });
    }).toThrow("corrupt");
    await expect(createLine({ mtu: 1 })).rejects.toMatchObject({ code: "impairment-invalid" });
  });

  it("draw a seed where the spec has none and tell it", async () => {
    const seeds = await Promise.all(
      [1, 1, 2].map(
        async (seed) => (await createLine("loss=5%", { random: createSeededRandom(seed) })).transport.seed,
      ),
    );
    expect(seeds[0]).toBe(seeds[1]);
    expect(seeds[0]).not.toBe(seeds[2]);
    expect((await createLine("loss=5%")).transport.seed).toBe("0");
  });

  it("control datagrams pass uncounted, or with dice of their own that leave the data's alone", async () => {
    const [plain] = await truthWith(null);
    const [exempt, ...none] = await truthWith("exempt");
    const [data, control] = await truthWith("control");
    expect([...exempt!.fates]).toEqual([...plain!.fates]);
    expect([...data!.fates]).toEqual([...plain!.fates]);
    expect(none).toEqual([]);
    expect(control).toMatchObject({ flow: 0x8000_0000, in: 100 });
    expect([...control!.fates]).not.toEqual([...plain!.fates]);
  });
});

describe("limits", () => {
  it("addresses beyond 4,096 share one flow", async () => {
    const { transport } = await createLine("loss=0");
    for (let i = 0; i < 5_000; i += 1) {
      transport.send(datagram(i, 8), { address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, port: 2425 });
    }
    expect(transport.truth().length).toBe(4_097);
    expect(transport.truth().at(-1)).toMatchObject({ address: "others", in: 5_000 - 4_096 });
  });

  it("what waits takes at most 64 MiB; more is dropped and counted", async () => {
    const line = await createLine("delay=1s");
    for (let n = 0; n < 1_100; n += 1) line.send(n, 65_000);
    const fits = Math.floor((64 * 1024 * 1024) / 65_000);
    expect(onlyFlow(line.transport)).toMatchObject({
      waiting: fits,
      dropped: { loss: 0, queue: 1_100 - fits },
    });
    line.clock.advance(1_000);
    for (let n = 0; n < 10; n += 1) line.send(n, 65_000);
    expect(onlyFlow(line.transport)).toMatchObject({ waiting: 10, out: fits });
  });
});

describe("the account", () => {
  it("closes at every moment, whatever the spec", async () => {
    const shares = fc.constantFrom(0, 0.1, 0.5);
    const specs = fc.record(
      {
        loss: fc.record({ kind: fc.constant("independent" as const), probability: shares }),
        corrupt: shares,
        duplicate: shares,
        reorder: fc.record({ probability: shares, distance: fc.integer({ min: 1, max: 5 }) }),
        delay: fc.record({ baseMs: fc.constantFrom(0, 10), widthMs: fc.constantFrom(0, 15) }),
        keepOrder: fc.constant(true),
        rate: fc.constant({ bitsPerSecond: 256_000, burstBytes: 500, queueBytes: 2_000 }),
        mtu: fc.constantFrom(68, 1_500),
        seed: fc.nat().map(String),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        specs,
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }),
        async (spec, gapsMs) => {
          const line = await createLine(spec);
          for (const [n, gapMs] of gapsMs.entries()) {
            line.send(n, 100);
            line.clock.advance(gapMs);
            const truth = onlyFlow(line.transport);
            expect(accountOf(truth)).toBe(truth.in + truth.duplicated);
          }
          line.clock.advance(2_000);
          await settle();
          for (const truth of line.transport.truth()) {
            expect(truth.waiting).toBe(0);
            expect(truth.out).toBe(line.there.length);
            expect(truth.in).toBe(gapsMs.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

it("shows every datagram with what becomes of it, dropped ones too", async () => {
  const shown: string[] = [];
  const show: ImpairedOptions["show"] = (direction, bytes, peer, port, fate) => {
    const what = fate === null ? "-" : (fate.dropped ?? `x${fate.copies} ${Math.round(fate.delayMs)}ms`);
    shown.push(`${direction} ${bytes.length} ${peer?.address ?? `all:${port}`} ${what}`);
  };
  const line = await createLine("loss=100%", { show });
  line.send(1, 10);
  line.transport.broadcast(new Uint8Array(3));
  line.transport.setSpec(parseImpairment("dup=100%,delay=20ms"));
  line.send(2, 11);
  line.transport.setSpec(null);
  line.send(3, 12);
  line.transport.setSpec(parseImpairment("rate=8kbit/1k/1k"));
  for (const number of [4, 5, 6]) line.send(number, 1_000);
  expect(shown.slice(0, 4)).toEqual([
    "out 10 10.0.0.2 loss",
    "out 3 all:2425 loss",
    "out 11 10.0.0.2 x2 20ms",
    "out 12 10.0.0.2 -",
  ]);
  expect(shown.filter((one) => one.endsWith("queue")).length).toBeGreaterThan(0);
});
