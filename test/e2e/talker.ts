// A client of another make, for tests: it sends a new message every few milliseconds, and each again until it is acknowledged.
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";

const repeatMs = 400;

export interface Talker {
  readonly name: string;
  /** Packet numbers whose acknowledgement was seen. */
  readonly acknowledged: Set<number>;
  sent: number;
  /** Resolves when the first so many are all acknowledged. */
  acknowledgedUntil(count: number): Promise<void>;
  stop(): void;
}

/** Begins at once; `perSecond` new messages. */
export async function talker(name: string, port: number, perSecond: number): Promise<Talker> {
  const socket: Socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const waiting = new Map<number, number>();
  const acknowledged = new Set<number>();
  const first = 1_700_000_000;
  const looks = new Set<() => void>();
  const send = (no: number): void => {
    socket.send(
      `1:${no}:${name}:pc-${name}:288:消息 ${no} from ${name}\0`,
      port,
      "127.0.0.1",
      () => undefined,
    );
  };
  // Nobody listens between a kill and the next start.
  socket.on("error", () => undefined);
  socket.on("message", (bytes) => {
    const [, , , , command, extra = ""] = bytes.toString("latin1").split(":");
    if ((Number(command) & 0xff) !== 0x21) return;
    const no = Number.parseInt(extra, 10);
    waiting.delete(no);
    acknowledged.add(no);
    for (const look of looks) look();
  });
  const talk: Talker = {
    name,
    acknowledged,
    sent: 0,
    acknowledgedUntil: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          for (let index = 0; index < count; index += 1) if (!acknowledged.has(first + index)) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    stop: () => undefined,
  };
  const began = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    for (const due = ((now - began) / 1_000) * perSecond; talk.sent < due; talk.sent += 1) {
      waiting.set(first + talk.sent, now);
      send(first + talk.sent);
    }
    for (const [no, at] of waiting) {
      if (now - at < repeatMs) continue;
      waiting.set(no, now);
      send(no);
    }
  }, 5);
  talk.stop = () => {
    clearInterval(timer);
    socket.close();
  };
  return talk;
}
