// Lane `tcp`: the same messages through a real TCP connection on loopback, without impairment: a proxy cannot lose segments,
// the system would notice nothing. A yardstick for time and goodput only. Called by `race`.
import { createServer, connect, type Server, type Socket } from "node:net";
import { createPrefixDecoder, buildPrefixed } from "../demos/length-prefix.js";
import { createPatternMessages } from "./lane-messages.js";
import type { LanePlan } from "./lane.js";
import { goodput } from "./lane-result.js";
import type { MeasuredLane } from "./run-lane.js";

/** Sends all messages, each with its length in front, and waits until the other end has read them all. */
export async function runTcpYardstick(
  plan: LanePlan,
  nowMs: () => number,
  limitMs: number,
): Promise<MeasuredLane> {
  const messages = createPatternMessages(plan.sizeBytes);
  const decoder = createPrefixDecoder(plan.sizeBytes);
  const seen = new Set<number>();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      for (const event of decoder.push(chunk)) {
        const seq = event.kind === "message" ? messages.read(event.bytes) : null;
        if (seq !== null) seen.add(seq);
      }
    });
    socket.on("end", () => socket.end());
  });
  let startMs = nowMs();
  try {
    const port = await listen(server);
    const client = connect({ host: "127.0.0.1", port, noDelay: true });
    sockets.push(client);
    const closed = new Promise<void>((resolve) => {
      client.on("close", () => resolve());
    });
    // What failed shows as messages that are missing.
    client.on("error", () => client.destroy());
    client.resume();
    client.setTimeout(limitMs, () => client.destroy());
    await new Promise<void>((resolve) => {
      client.once("connect", () => resolve());
      client.once("close", () => resolve());
    });
    startMs = nowMs();
    for (let seq = 0; seq < plan.messages; seq += 1) client.write(buildPrefixed(messages.build(seq)));
    client.end();
    await closed;
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  const timeMs = nowMs() - startMs;
  return {
    lane: "tcp",
    messages: plan.messages,
    sent: plan.messages,
    acknowledgements: 0,
    delivered: seen.size,
    duplicates: 0,
    discarded: 0,
    confirmed: seen.size,
    unconfirmed: 0,
    unconfirmedArrived: 0,
    timeMs,
    goodputBitsPerSecond: goodput(seen.size, plan.sizeBytes, timeMs),
    finished: seen.size === plan.messages,
    droppedThere: 0,
    droppedBack: 0,
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
