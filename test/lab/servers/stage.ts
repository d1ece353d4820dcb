// Opens classroom servers on free ports of loopback, talks to them as students' programs do, and closes everything.
import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import type { Charset } from "../../../src/index.js";
import { openLabServer, type LabServerName } from "../../../src/lab/servers/lab-server.js";
import type { LabServer, ServerEvent } from "../../../src/lab/servers/server-event.js";

export interface Stage {
  readonly port: number;
  readonly events: ServerEvent[];
  kinds(): string[];
  /** Resolves with the first event of this kind, also one that was before. */
  event<K extends ServerEvent["kind"]>(kind: K): Promise<Extract<ServerEvent, { kind: K }>>;
  /** Writes, ends, and gives all that came back. */
  tcp(...pieces: (string | Uint8Array)[]): Promise<Buffer>;
  udp(bytes: string | Uint8Array): Promise<Buffer>;
  client(): Promise<Client>;
  close(): Promise<void>;
}

export interface Client {
  readonly socket: Socket;
  /** Everything that arrived so far, once it contains `text`. */
  until(text: string): Promise<string>;
}

const doNothing = (): void => undefined;

export async function openStage(
  name: LabServerName,
  options: { charset?: Charset; root?: string } = {},
): Promise<Stage> {
  const events: ServerEvent[] = [];
  const waiting: (() => void)[] = [];
  const server: LabServer = await openLabServer(name, {
    listen: { address: "127.0.0.1", port: 0 },
    charset: options.charset ?? "utf-8",
    root: options.root ?? "/nonexistent",
    listener: (event) => {
      events.push(event);
      for (const wake of waiting.splice(0)) wake();
    },
  });
  const { port } = server.local;
  const sockets: Socket[] = [];
  const dial = (): Socket => {
    const socket = connect({ host: "127.0.0.1", port });
    sockets.push(socket);
    socket.on("error", () => undefined);
    return socket;
  };
  return {
    port,
    events,
    kinds: () => events.map((event) => event.kind),
    event: async (kind) => {
      for (;;) {
        const found = events.find((event) => event.kind === kind);
        if (found !== undefined) return found as never;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    tcp: async (...pieces) => {
      const socket = dial();
      const chunks: Buffer[] = [];
      socket.on("data", (chunk) => chunks.push(chunk));
      for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
      socket.end();
      await new Promise<void>((resolve) => socket.on("close", () => resolve()));
      return Buffer.concat(chunks);
    },
    udp: async (bytes) => {
      const socket = createSocket("udp4");
      try {
        return await new Promise<Buffer>((resolve, reject) => {
          socket.on("error", reject);
          socket.on("message", resolve);
          socket.send(bytes, port, "127.0.0.1");
        });
      } finally {
        socket.close();
      }
    },
    client: async () => {
      const socket = dial();
      let text = "";
      let wake = doNothing;
      socket.on("data", (chunk) => {
        text += chunk.toString("utf8");
        wake();
      });
      await new Promise<void>((resolve) => socket.on("connect", () => resolve()));
      return {
        socket,
        until: async (wanted) => {
          while (!text.includes(wanted)) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          return text;
        },
      };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await server.close();
    },
  };
}
