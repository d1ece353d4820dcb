// Behaviours of UDP sockets for lessons: answers, cuts, empty datagrams, talking to strangers, a port taken twice. Real sockets on
// loopback, closed in any case. Each function gives the numbers its lesson looks at.
import { createSocket, type Socket } from "node:dgram";
import { readSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createTextCodec } from "../../index.js";
import {
  closeUdp,
  codeOf,
  listenOnLoopback,
  loopbackAddress,
  openUdp,
  pause,
  waitUntil,
} from "../demos/loopback-sockets.js";
import { openLabServer, type LabServerName } from "../servers/lab-server.js";
import type { Measurement } from "./lesson.js";

const codec = createTextCodec();
const waitMs = 2_000;

/** Sends texts to a classroom server and gives the answers. */
async function askServer(name: LabServerName, texts: readonly string[]): Promise<readonly string[]> {
  const server = await openLabServer(name, {
    listen: { address: loopbackAddress, port: 0 },
    charset: "gbk",
    root: ".",
    listener: () => undefined,
  });
  const client = await openUdp();
  const answers: string[] = [];
  client.socket.on("message", (bytes) => answers.push(codec.decode(bytes, "gbk")));
  try {
    for (const text of texts)
      client.socket.send(codec.encode(text, "gbk"), server.local.port, loopbackAddress);
    await waitUntil(() => answers.length >= texts.length, waitMs);
    return answers;
  } finally {
    await closeUdp(client);
    await server.close();
  }
}

export async function udpEcho(): Promise<Measurement> {
  const texts = ["hello", "你好", "third"];
  const answers = await askServer("echo", texts);
  return { sent: texts.length, same: texts.filter((text, index) => answers[index] === text).length };
}

export async function udpUpper(): Promise<Measurement> {
  const [first = "", second = ""] = await askServer("upper", ["hello 你好", "abc 碼"]);
  return {
    capitals: Number(first.startsWith("HELLO")) + Number(second.startsWith("ABC")),
    // The second byte of some Chinese characters looks like a small letter: who converts bytes breaks them.
    chineseWhole: Number(first.endsWith("你好")) + Number(second.endsWith("碼")),
  };
}

const roomBytes = 10;
const letters = "abcdefghijklmnopqrstuvwxyz";

/**
 * A datagram of 26 bytes taken with room for 10. Node always offers 64 KiB, so where the system lets us the socket is read past Node,
 * with a call that offers ten bytes; elsewhere the cut is made here in the same way.
 */
export async function shortBuffer(): Promise<Measurement> {
  const receiver = await openUdp();
  const sender = await openUdp();
  try {
    return readShort(sender.socket, receiver) ?? (await cutShort(sender.socket, receiver));
  } finally {
    await Promise.all([closeUdp(receiver), closeUdp(sender)]);
  }
}

/** With the system's own read; null where its descriptor is not to be had or was read by somebody else first. */
function readShort(
  sender: Socket,
  receiver: { readonly socket: Socket; readonly port: number },
): Measurement | null {
  const descriptor = descriptorOf(receiver.socket);
  if (descriptor === null) return null;
  try {
    // Loopback delivers before `send` returns, and Node reads only in its next turn.
    for (const text of [letters, "next"]) sender.send(text, receiver.port, loopbackAddress);
    const room = Buffer.alloc(roomBytes);
    const firstBytes = readSync(descriptor, room, 0, roomBytes, null);
    const nextBytes = readSync(descriptor, room, 0, roomBytes, null);
    const next = room.toString("latin1", 0, nextBytes);
    return { firstBytes, lostBytes: letters.length - firstBytes, nextIsNext: Number(next === "next") };
  } catch {
    // Nothing to read there: this system works in another way.
    return null;
  }
}

const part = (whole: unknown, key: string | symbol): unknown =>
  typeof whole === "object" && whole !== null ? Reflect.get(whole, key) : undefined;

/** Node keeps it to itself, and asking for `_handle` prints a warning; where it is not found there is another way. */
function descriptorOf(socket: Socket): number | null {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === "state symbol",
  );
  const found = symbol === undefined ? undefined : part(part(part(socket, symbol), "handle"), "fd");
  return typeof found === "number" && found >= 0 ? found : null;
}

async function cutShort(
  sender: Socket,
  receiver: { readonly socket: Socket; readonly port: number },
): Promise<Measurement> {
  const taken: string[] = [];
  let lostBytes = 0;
  receiver.socket.on("message", (bytes) => {
    // What an earlier try has sent may still come.
    taken.push(bytes.subarray(0, roomBytes).toString("latin1"));
    if (taken.length === 1) lostBytes = Math.max(0, bytes.length - roomBytes);
  });
  for (const text of [letters, "next"]) sender.send(text, receiver.port, loopbackAddress);
  await waitUntil(() => taken.length >= 2, waitMs);
  return { firstBytes: taken[0]?.length ?? 0, lostBytes, nextIsNext: Number(taken[1] === "next") };
}

export async function emptySend(): Promise<Measurement> {
  const receiver = await openUdp();
  const sender = await openUdp();
  const sizes: number[] = [];
  receiver.socket.on("message", (bytes) => sizes.push(bytes.length));
  try {
    sender.socket.send("", receiver.port, loopbackAddress);
    await waitUntil(() => sizes.length > 0, waitMs);
    return { udpArrived: sizes.length, udpBytes: sizes[0] ?? -1, tcpReads: await emptyTcpReads() };
  } finally {
    await Promise.all([closeUdp(receiver), closeUdp(sender)]);
  }
}

/** Reads at the other end of a TCP connection into which only empty pieces were written. */
async function emptyTcpReads(): Promise<number> {
  let reads = 0;
  let isDone = false;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {
      reads += 1;
    });
    socket.on("end", () => {
      isDone = true;
    });
  });
  const client = connect({ host: loopbackAddress, port: await listenOnLoopback(server) });
  client.on("error", () => client.destroy());
  try {
    client.write("");
    client.write("");
    client.end();
    client.resume();
    await waitUntil(() => isDone, waitMs);
    return reads;
  } finally {
    client.destroy();
    server.close();
  }
}

/** One socket talks to three, two of which it has never heard of; none of them accepted anything. */
export async function noConnection(): Promise<Measurement> {
  const receivers = [await openUdp(), await openUdp(), await openUdp()];
  const sender = await openUdp();
  const ports = new Set<number>();
  let arrived = 0;
  let answers = 0;
  sender.socket.on("message", () => {
    answers += 1;
  });
  try {
    for (const { socket } of receivers) {
      socket.on("message", (_bytes, from) => {
        arrived += 1;
        ports.add(from.port);
        socket.send("heard you", from.port, from.address);
      });
    }
    for (const { port } of receivers) sender.socket.send("hello", port, loopbackAddress);
    await waitUntil(() => answers === receivers.length, waitMs);
    return { sockets: ports.size, arrived, answers };
  } finally {
    await Promise.all([...receivers, sender].map(closeUdp));
  }
}

/** A second program takes the same port with address reuse: who gets the datagrams? */
export async function reuseSteals(): Promise<Measurement> {
  const sockets: Socket[] = [];
  const counts = [0, 0];
  const bind = async (index: number, port: number): Promise<string | null> => {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    sockets.push(socket);
    socket.on("message", () => {
      counts[index] = (counts[index] ?? 0) + 1;
    });
    return await new Promise((resolve) => {
      socket.once("error", (error) => resolve(codeOf(error)));
      socket.bind({ address: loopbackAddress, port, exclusive: true }, () => resolve(null));
    });
  };
  const sender = await openUdp();
  try {
    await bind(0, 0);
    const port = sockets[0]?.address().port ?? 0;
    sender.socket.send("before", port, loopbackAddress);
    await waitUntil(() => counts[0] === 1, waitMs);
    const refused = await bind(1, port);
    for (let index = 0; index < 10; index += 1) sender.socket.send("after", port, loopbackAddress);
    await waitUntil(() => (counts[1] ?? 0) + (counts[0] ?? 0) >= 11, waitMs);
    await pause(10);
    const [first = 0, second = 0] = counts;
    return { secondCouldBind: Number(refused === null), first, second };
  } finally {
    for (const socket of sockets) socket.close();
    await closeUdp(sender);
  }
}
