// How many datagrams fit into a receive buffer: the kernel charges each one for its bookkeeping too, so small ones cost much more
// than their bytes. Worked out from measured charges, and measured on this machine by sending while nobody reads.
import { closeUdp, loopbackAddress, openUdp, pause } from "./loopback-sockets.js";

/** Charges seen on Linux, by the largest payload they hold for. Between the measured sizes the next larger one is taken. */
const charges: readonly { readonly upToBytes: number; readonly chargeBytes: number }[] = [
  { upToBytes: 64, chargeBytes: 832 },
  { upToBytes: 512, chargeBytes: 1_280 },
  { upToBytes: 1_400, chargeBytes: 2_304 },
];

/** What one datagram takes of a receive buffer. Beyond the table: its bytes in pages, which is what large ones are kept in. */
export function chargeBytes(payloadBytes: number): number {
  const row = charges.find(({ upToBytes }) => payloadBytes <= upToBytes);
  return row?.chargeBytes ?? Math.ceil((payloadBytes + 320) / 4_096) * 4_096 + 256;
}

/**
 * Datagrams that fit; one always does, however large. `bufferBytes` is what `getRecvBufferSize` says (Linux: twice what was asked).
 *
 * @example datagramsThatFit(212_992, 64) // 256
 */
export function datagramsThatFit(bufferBytes: number, payloadBytes: number): number {
  return Math.max(1, Math.floor(bufferBytes / chargeBytes(payloadBytes)));
}

export interface CapacityRow {
  readonly payloadBytes: number;
  readonly bufferBytes: number;
  readonly predicted: number;
  readonly measured: number;
}

/** Sends into a socket that nobody reads, then counts what was kept. */
export async function measureCapacity(payloadBytes: number): Promise<CapacityRow> {
  const receiver = await openUdp();
  const sender = await openUdp();
  let measured = 0;
  receiver.socket.on("message", () => {
    measured += 1;
  });
  try {
    const bufferBytes = receiver.socket.getRecvBufferSize();
    const predicted = datagramsThatFit(bufferBytes, payloadBytes);
    const bytes = new Uint8Array(payloadBytes);
    // Four times what should fit; all in one turn of the event loop, so that nobody reads meanwhile.
    const sends = Math.min(8_000, predicted * 4 + 64);
    for (let index = 0; index < sends; index += 1) sender.socket.send(bytes, receiver.port, loopbackAddress);
    for (let before = -1; before !== measured;) {
      before = measured;
      await pause(50);
    }
    return { payloadBytes, bufferBytes, predicted, measured };
  } finally {
    await Promise.all([closeUdp(receiver), closeUdp(sender)]);
  }
}
