// The full receive path (socket, decode, machine, event, acknowledgement) against a bare dgram loop that answers each datagram with
// a fixed one: same traffic from another process, which keeps a window of unanswered datagrams so that neither side drops any.
import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import iconv from "iconv-lite";
import { createNode } from "../src/index.js";
import type { HistoryStore } from "../src/index.js";
import { compare } from "./ratio.js";
import type { Ratio } from "./ratio.js";

const messages = 40_000;
const window = 200;

interface Done {
  readonly answered: number;
  readonly seconds: number;
}

/** In the other process: sends `messages` to the port, each answered once, and reports how long that took. */
export function floodFrom(port: number, firstNo: number): void {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
  const tail = iconv.encode(":wang:pc-w:288:下午三点在机房开会，请大家带上笔记本电脑。\0", "gbk");
  let sent = 0;
  let answered = 0;
  let start = process.hrtime.bigint();
  let watchdog: NodeJS.Timeout | undefined;

  function finish(): void {
    clearTimeout(watchdog);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    socket.close();
    process.send?.({ answered, seconds } satisfies Done);
  }
  function pump(): void {
    while (sent < messages && sent - answered < window) {
      socket.send(Buffer.concat([Buffer.from(`1:${firstNo + sent}`), tail]), port, "127.0.0.1");
      sent++;
    }
  }
  socket.on("message", () => {
    answered++;
    if (answered === messages) finish();
    else if (sent - answered < window / 2) pump();
  });
  socket.bind(0, "127.0.0.1", () => {
    watchdog = setTimeout(finish, 30_000);
    start = process.hrtime.bigint();
    pump();
  });
}

function flood(port: number, firstNo: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? "", ["flood", String(port), String(firstNo)]);
    child.once("message", ({ answered, seconds }: Done) => {
      child.kill();
      if (answered < messages) reject(new Error(`${answered} of ${messages} answered`));
      else resolve(answered / seconds);
    });
    child.once("error", reject);
  });
}

async function bare(): Promise<number> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
  const answer = Buffer.from("1:1800000000:li:pc-li:33:1800000000\0");
  socket.on("message", (_bytes, from) => socket.send(answer, from.port, from.address));
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  try {
    return await flood(socket.address().port, 1);
  } finally {
    socket.close();
  }
}

let firstNo = 1_000_000;

/** Messages a second through a whole node, kept in a history or not. */
export async function receiveRate(history: HistoryStore | null): Promise<number> {
  const node = createNode({
    port: 0,
    bind: ["127.0.0.1"],
    nick: "bench",
    ipv6: false,
    ...(history === null ? {} : { history }),
  });
  let shown = 0;
  node.subscribe((event) => {
    if (event.kind === "message") shown++;
  });
  const { port } = await node.start();
  try {
    firstNo += messages;
    const perSecond = await flood(port, firstNo);
    if (shown !== messages) throw new Error(`${shown} of ${messages} shown`);
    return perSecond;
  } finally {
    await node.close();
  }
}

export async function benchReceive(): Promise<Ratio[]> {
  return [await compare("receive: socket to event, acknowledged", 7, () => receiveRate(null), bare)];
}
