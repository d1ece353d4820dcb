// A UDP proxy of the judges' own: whatever comes is given to a `Judge`, which passes it on as often and as late as it likes. One
// back socket per client, and if wished a plain TCP forwarder on the same port for tools that talk both.
import { createSocket, type Socket } from "node:dgram";
import { connect, createServer, type Server } from "node:net";

export type Way = "up" | "down";
export type Judge = (bytes: Buffer, way: Way, pass: (bytes: Buffer) => void, nowNs: bigint) => void;

export interface Proxy {
  readonly port: number;
  /** Sends as if it came from the first client. */
  toServer(bytes: Uint8Array): void;
  /** From yet another socket; resolves with what came back within a moment. */
  fromElsewhere(bytes: Uint8Array, waitMs: number): Promise<readonly Buffer[]>;
  close(): void;
}

const loopback = "127.0.0.1";

function bind(socket: Socket, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, loopback, () => {
      socket.off("error", reject);
      socket.on("error", () => undefined);
      socket.setRecvBufferSize(4 * 1024 * 1024);
      resolve(socket.address().port);
    });
  });
}

export async function openProxy(to: number, judge: Judge, withTcp = false): Promise<Proxy> {
  const front = createSocket("udp4");
  const backs = new Map<number, Socket>();
  let server: Server | null = null;
  front.on("message", (bytes, from) => {
    const nowNs = process.hrtime.bigint();
    let back = backs.get(from.port);
    if (back === undefined) {
      back = createSocket("udp4");
      backs.set(from.port, back);
      back.on("error", () => undefined);
      back.on("message", (answer) => {
        judge(answer, "down", (one) => front.send(one, from.port, loopback), process.hrtime.bigint());
      });
      back.bind(0, loopback, () => back?.setRecvBufferSize(4 * 1024 * 1024));
    }
    const through = back;
    judge(bytes, "up", (one) => through.send(one, to, loopback), nowNs);
  });
  const port = await bind(front);
  if (withTcp) {
    server = createServer((client) => {
      const far = connect(to, loopback);
      client.pipe(far).pipe(client);
      for (const [socket, other] of [
        [client, far],
        [far, client],
      ] as const)
        socket.on("error", () => other.destroy());
    });
    await new Promise<void>((resolve) => {
      server?.listen(port, loopback, resolve);
    });
  }
  return {
    port,
    toServer: (bytes) => {
      backs.values().next().value?.send(bytes, to, loopback);
    },
    fromElsewhere: async (bytes, waitMs) => {
      const other = createSocket("udp4");
      const answers: Buffer[] = [];
      other.on("message", (answer) => answers.push(answer));
      await bind(other);
      other.send(bytes, to, loopback);
      await new Promise((resolve) => {
        setTimeout(resolve, waitMs);
      });
      other.close();
      return answers;
    },
    close: () => {
      front.close();
      server?.close();
      for (const back of backs.values()) back.close();
    },
  };
}

/** Any free UDP port of loopback, for tools that must be told one. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  const port = await bind(socket);
  await new Promise<void>((resolve) => {
    socket.close(resolve);
  });
  return port;
}
