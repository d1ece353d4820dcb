// What a program is told when something goes wrong, and what it is not: a list of small cases on loopback, each with the system's
// code or silence. UDP tells of a closed port only to a connected socket, and never of a loss. Called by command and lessons.
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";
import {
  closeUdp,
  codeOf,
  listenOnLoopback,
  loopbackAddress,
  openUdp,
  pause,
  portOf,
  waitUntil,
} from "./loopback-sockets.js";

/** In the order in which they are told. */
export const errorCaseNames = [
  "largest-datagram",
  "too-large",
  "empty-datagram",
  "closed-port-unconnected",
  "closed-port-connected",
  "closed-port-tcp",
  "broadcast-without-permission",
  "broadcast-with-permission",
  "port-taken",
] as const;

export type ErrorCaseName = (typeof errorCaseNames)[number];

export interface ErrorCase {
  readonly name: ErrorCaseName;
  /** The system's code as the program got it; null: nobody told it anything. */
  readonly told: string | null;
  /** How it was told. */
  readonly by: "send" | "event" | "connect" | "bind" | "nobody";
  /** Did a datagram get to its receiver; null where there was none. */
  readonly arrived: boolean | null;
}

const largestPayload = 65_507;
/** The broadcast address of loopback: goes nowhere else. */
const loopbackBroadcast = "127.255.255.255";
const silenceMs = 100;

/** Tries the cases, one after another. */
export async function runErrors(
  names: readonly ErrorCaseName[] = errorCaseNames,
): Promise<readonly ErrorCase[]> {
  const cases: ErrorCase[] = [];
  for (const name of names) cases.push({ name, ...(await tryCase(name)) });
  return cases;
}

async function tryCase(name: ErrorCaseName): Promise<Omit<ErrorCase, "name">> {
  switch (name) {
    case "largest-datagram":
      return await sendSize(largestPayload);
    case "too-large":
      return await sendSize(largestPayload + 1);
    case "empty-datagram":
      return await sendSize(0);
    case "closed-port-unconnected":
      return await sendToClosedPort(false);
    case "closed-port-connected":
      return await sendToClosedPort(true);
    case "closed-port-tcp":
      return await connectToClosedPort();
    case "broadcast-without-permission":
      return await broadcast(false);
    case "broadcast-with-permission":
      return await broadcast(true);
    case "port-taken":
      return await bindTwice();
    default:
      return name satisfies never;
  }
}

async function sendSize(sizeBytes: number): Promise<Omit<ErrorCase, "name">> {
  const receiver = await openUdp();
  const sender = await openUdp();
  let arrived = false;
  receiver.socket.on("message", (bytes) => {
    arrived = bytes.length === sizeBytes;
  });
  try {
    const told = await new Promise<string | null>((resolve) => {
      sender.socket.send(new Uint8Array(sizeBytes), receiver.port, loopbackAddress, (error) =>
        resolve(error === null ? null : codeOf(error)),
      );
    });
    if (told === null) await waitUntil(() => arrived, 1_000);
    return { told, by: told === null ? "nobody" : "send", arrived };
  } finally {
    await Promise.all([closeUdp(receiver), closeUdp(sender)]);
  }
}

/** A port that was free a moment ago: opened and closed again. */
async function closedPort(): Promise<number> {
  const opened = await openUdp();
  await closeUdp(opened);
  return opened.port;
}

async function sendToClosedPort(isConnected: boolean): Promise<Omit<ErrorCase, "name">> {
  const port = await closedPort();
  const sender = await openUdp();
  try {
    if (isConnected) {
      await new Promise<void>((resolve) => sender.socket.connect(port, loopbackAddress, () => resolve()));
      sender.socket.send("anybody there?", () => undefined);
    } else {
      sender.socket.send("anybody there?", port, loopbackAddress, () => undefined);
    }
    await waitUntil(() => sender.errors.length > 0, silenceMs);
    const told = sender.errors[0] ?? null;
    return { told, by: told === null ? "nobody" : "event", arrived: null };
  } finally {
    await closeUdp(sender);
  }
}

async function connectToClosedPort(): Promise<Omit<ErrorCase, "name">> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const told = await new Promise<string | null>((resolve) => {
    const socket = connect({ host: loopbackAddress, port });
    socket.on("error", (error) => resolve(codeOf(error)));
    socket.on("connect", () => {
      socket.destroy();
      resolve(null);
    });
  });
  return { told, by: told === null ? "nobody" : "connect", arrived: null };
}

async function broadcast(isPermitted: boolean): Promise<Omit<ErrorCase, "name">> {
  // A broadcast is heard by sockets on every address only, so this one is; it answers nobody and lives a moment.
  const receiver = createSocket("udp4");
  receiver.on("error", () => undefined);
  let arrived = false;
  receiver.on("message", (_bytes, from) => {
    if (from.address.startsWith("127.")) arrived = true;
  });
  const sender = await openUdp();
  try {
    await new Promise<void>((resolve) => receiver.bind({ port: 0, address: loopbackBroadcast }, resolve));
    sender.socket.setBroadcast(isPermitted);
    const port = portOf(receiver.address());
    const told = await new Promise<string | null>((resolve) => {
      sender.socket.send("to all", port, loopbackBroadcast, (error) =>
        resolve(error === null ? null : codeOf(error)),
      );
    });
    if (told === null) await waitUntil(() => arrived, silenceMs * 3);
    return { told, by: told === null ? "nobody" : "send", arrived };
  } finally {
    receiver.close();
    await closeUdp(sender);
    await pause(0);
  }
}

async function bindTwice(): Promise<Omit<ErrorCase, "name">> {
  const first = await openUdp();
  const second = createSocket("udp4");
  try {
    const told = await new Promise<string | null>((resolve) => {
      second.once("error", (error) => resolve(codeOf(error)));
      second.bind({ port: first.port, address: loopbackAddress, exclusive: true }, () => resolve(null));
    });
    return { told, by: told === null ? "nobody" : "bind", arrived: null };
  } finally {
    second.close();
    await closeUdp(first);
  }
}
