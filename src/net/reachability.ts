// Tries whether somebody can be reached: one datagram from a port that was never used before, and one TCP connection that is closed at
// once. Knows nothing of packets. Called by the node when a peer's `doctor` asked for it.
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import type { Endpoint } from "../ports/transport.js";
import { systemCodeOf } from "./socket-error.js";

export type Reach = "open" | "refused" | "silent";

const tcpTimeoutMs = 2_000;
const udpTimeoutMs = 1_000;

/** Resolves when both were tried; never rejects. */
export async function tryReach(to: Endpoint, bytes: Uint8Array): Promise<Reach> {
  const [tcp] = await Promise.all([tryTcp(to), sendFromNewPort(to, bytes)]);
  return tcp;
}

function tryTcp({ address, port }: Endpoint): Promise<Reach> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (reach: Reach): void => {
      socket.destroy();
      resolve(reach);
    };
    socket.setTimeout(tcpTimeoutMs, () => end("silent"));
    socket.once("connect", () => end("open"));
    // Refused is an answer: the way there is open. Everything else (no route, rejected by a rule) is as good as silence.
    socket.once("error", (error) => end(systemCodeOf(error) === "ECONNREFUSED" ? "refused" : "silent"));
  });
}

function sendFromNewPort({ address, port }: Endpoint, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.close();
      resolve();
    };
    const timer = setTimeout(end, udpTimeoutMs);
    socket.once("error", end);
    socket.send(bytes, port, address, end);
  });
}
