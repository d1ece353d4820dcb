// One datagram, many packets: the same loss per packet hits large datagrams harder, as one lost fragment loses them whole. A
// model on the memory network (loopback itself does not fragment): the dice strike each fragment. Called by command and lessons.
import { fragmentCount, impaired, type Impairment } from "../../index.js";
import { createMemoryNetwork } from "../../testing.js";
import { createSimulatedTime } from "../lanes/simulated-time.js";

export interface SizesOptions {
  /** Probability of losing one packet. */
  readonly loss: number;
  readonly mtu?: number;
  readonly sizes?: readonly number[];
  /** Datagrams per size. */
  readonly datagrams?: number;
  readonly seed: string;
}

export interface SizeRow {
  readonly payloadBytes: number;
  readonly fragments: number;
  readonly predictedLoss: number;
  readonly sent: number;
  readonly lost: number;
}

/** Small, the largest in one packet, one byte more, a jumbo frame's worth, the largest there is. */
export const usualSizes: readonly number[] = [64, 1_472, 1_473, 8_872, 65_507];

const mostDatagrams = 20_000;

/**
 * Loss of a datagram when each of its packets is lost with `loss`.
 *
 * @example datagramLoss(0.05, 2) // 0.0975
 */
export function datagramLoss(loss: number, fragments: number): number {
  return 1 - (1 - loss) ** fragments;
}

/** Sends each size through the same bad line. */
export async function runSizes(options: SizesOptions): Promise<readonly SizeRow[]> {
  const { loss, mtu = 1_500, sizes = usualSizes } = options;
  const datagrams = Math.max(1, Math.min(options.datagrams ?? 2_000, mostDatagrams));
  const spec: Impairment = { loss: { kind: "independent", probability: loss }, mtu, seed: options.seed };
  const rows: SizeRow[] = [];
  for (const payloadBytes of sizes) {
    const arrived = await countArrivals(spec, payloadBytes, datagrams);
    const fragments = fragmentCount(payloadBytes, mtu);
    const predictedLoss = datagramLoss(loss, fragments);
    rows.push({ payloadBytes, fragments, predictedLoss, sent: datagrams, lost: datagrams - arrived });
  }
  return rows;
}

async function countArrivals(spec: Impairment, payloadBytes: number, datagrams: number): Promise<number> {
  const { clock } = createSimulatedTime();
  const network = createMemoryNetwork();
  const receiver = network.transport({ address: "10.0.0.2", port: 0 });
  const line = impaired(network.transport({ address: "10.0.0.1", port: 0 }), { clock, spec });
  let arrived = 0;
  const quiet = { problem: () => undefined, networkChanged: () => undefined };
  const { port } = await receiver.open({
    ...quiet,
    arrived: () => {
      arrived += 1;
    },
  });
  await line.open({ ...quiet, arrived: () => undefined });
  const bytes = new Uint8Array(payloadBytes);
  for (let index = 0; index < datagrams; index += 1) {
    line.send(bytes, { address: "10.0.0.2", port });
    // Large ones would pile up by the megabyte if nothing were delivered meanwhile.
    if (index % 100 === 99) await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
  await Promise.all([line.close(), receiver.close()]);
  return arrived;
}
