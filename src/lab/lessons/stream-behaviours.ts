// Behaviours of TCP sockets for lessons: half a character, one client at a time, TIME_WAIT, long against short connections. Real
// sockets on loopback, closed in any case. Each function gives the numbers its lesson looks at.
import { connect, createServer, type Server, type Socket } from "node:net";
import { createTextCodec } from "../../index.js";
import { createSystemCounters } from "../counters/linux-counters.js";
import { codeOf, listenOnLoopback, loopbackAddress, waitUntil } from "../demos/loopback-sockets.js";
import { openLabServer } from "../servers/lab-server.js";
import type { Measurement } from "./lesson.js";

const codec = createTextCodec();
const waitMs = 2_000;
const replacement = "\ufffd";

/** Chinese text in GBK, read ten bytes at a time and decoded piece by piece; then decoded as a whole. */
export async function halfCharacter(): Promise<Measurement> {
  // One ASCII letter in front, so that ten bytes end in the middle of a character.
  const text = "A网络实验课程真有趣";
  const pieces: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(codec.encode(text, "gbk"));
  });
  const client = connect({ host: loopbackAddress, port: await listenOnLoopback(server) });
  client.on("error", () => client.destroy());
  try {
    let isDone = false;
    client.on("end", () => {
      isDone = true;
    });
    client.on("readable", () => {
      // As `recv(10)` does: at most ten bytes, the rest stays for the next call.
      for (;;) {
        const piece: unknown = client.read(Math.min(10, Math.max(1, client.readableLength)));
        if (!Buffer.isBuffer(piece)) return;
        pieces.push(piece);
      }
    });
    await waitUntil(() => isDone, waitMs);
  } finally {
    client.destroy();
    server.close();
  }
  const decoded = pieces.map((piece) => codec.decode(piece, "gbk"));
  const sizes = pieces.map((piece) => piece.length);
  return {
    reads: pieces.length,
    firstBytes: sizes[0] ?? 0,
    brokenPieces: decoded.filter((one) => one.includes(replacement) || !text.includes(one)).length,
    wholeIsRight: Number(codec.decode(Buffer.concat(pieces), "gbk") === text),
  };
}

const clients = 4;
const workMs = 40;

/** Four clients who each need 40 ms: a server that serves one after the other, and one that serves all. */
export async function oneAtATime(): Promise<Measurement> {
  // The better of two: what else the computer does shall not look like the server's doing.
  const oneAfterTheOtherMs = Math.min(await serveAll(true), await serveAll(true));
  const allTogetherMs = Math.min(await serveAll(false), await serveAll(false));
  return { clients, oneAfterTheOtherMs, allTogetherMs, timesFaster: oneAfterTheOtherMs / allTogetherMs };
}

async function serveAll(isInTurn: boolean): Promise<number> {
  let before = Promise.resolve();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.resume();
    const work = (): Promise<void> =>
      new Promise((resolve) => {
        setTimeout(() => {
          socket.end("done");
          resolve();
        }, workMs);
      });
    if (isInTurn) before = before.then(work);
    else void work();
  });
  const sockets: Socket[] = [];
  try {
    const port = await listenOnLoopback(server);
    const startMs = performance.now();
    await Promise.all(
      Array.from({ length: clients }, async () => {
        const socket = connect({ host: loopbackAddress, port });
        sockets.push(socket);
        await closed(socket);
      }),
    );
    return performance.now() - startMs;
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** The server closes first: its port stays in TIME_WAIT. May it be listened on again, and can the same two ends meet again? */
export async function timeWait(): Promise<Measurement> {
  const port = await closeFromServer();
  const table = createSystemCounters().tcpSockets(port);
  const left = table?.filter((entry) => entry.local.port === port && entry.state === "TIME_WAIT").length;
  const again = createServer();
  let refused: string | null = null;
  try {
    await new Promise<void>((resolve, reject) => {
      again.once("error", reject);
      again.listen({ host: loopbackAddress, port }, () => resolve());
    });
  } catch (error) {
    refused = codeOf(error);
  } finally {
    again.close();
  }
  // Node asks for address reuse on every listening socket; a program that does not is told EADDRINUSE for a minute.
  return { ...(left === undefined ? {} : { inTimeWait: left }), couldListenAgain: Number(refused === null) };
}

async function closeFromServer(): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.resume();
    socket.end("bye");
  });
  const port = await listenOnLoopback(server);
  const client = connect({ host: loopbackAddress, port });
  await closed(client);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

const requests = 20;

/** The same twenty requests: each on a connection of its own, then all on one. */
export async function longAndShort(): Promise<Measurement> {
  let opened = 0;
  const server = await openLabServer("http", {
    listen: { address: loopbackAddress, port: 0 },
    charset: "utf-8",
    root: ".",
    listener: (event) => {
      if (event.kind === "opened") opened += 1;
    },
  });
  const { port } = server.local;
  const sockets: Socket[] = [];
  try {
    const shortStartMs = performance.now();
    for (let index = 0; index < requests; index += 1) {
      const socket = connect({ host: loopbackAddress, port });
      sockets.push(socket);
      socket.write("GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n");
      await closed(socket);
    }
    const shortMs = performance.now() - shortStartMs;
    const shortConnections = opened;
    const longStartMs = performance.now();
    const long = connect({ host: loopbackAddress, port, noDelay: true });
    sockets.push(long);
    const answers = await askInTurn(long);
    const longMs = performance.now() - longStartMs;
    return {
      requests,
      shortConnections,
      longConnections: opened - shortConnections,
      answers,
      shortMs,
      longMs,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.close();
  }
}

/** Sends the next request when the answer to the last one is there. */
async function askInTurn(socket: Socket): Promise<number> {
  let answers = 0;
  socket.on("error", () => socket.destroy());
  const ask = (): boolean => socket.write("GET / HTTP/1.1\r\nHost: lab\r\n\r\n");
  socket.on("data", (bytes: Buffer) => {
    answers += bytes.toString("latin1").split("HTTP/1.1 200").length - 1;
    if (answers < requests) ask();
  });
  ask();
  await waitUntil(() => answers >= requests || socket.destroyed, waitMs, 1);
  return answers;
}

/** Reads to the end; also when it ends badly. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.resume();
  });
}
