// The classroom servers by name: which service each is, and the port it takes when none is said. Called by the command and the
// lessons.
import type { Charset, Endpoint } from "../../index.js";
import { openHttpService } from "./http-service.js";
import type { LabServer, ServerListener } from "./server-event.js";
import { createChatRoom } from "./tcp-chat.js";
import { openTcpService, type TcpService } from "./tcp-service.js";
import { openUdpService } from "./udp-service.js";
import { createUpperBytes, type UpperBytes } from "./upper-bytes.js";

export const labServerNames = [
  "echo",
  "upper",
  "tcp-echo",
  "tcp-upper",
  "tcp-chat",
  "http",
  "file-server",
] as const;

export type LabServerName = (typeof labServerNames)[number];

/** Above the ports that need rights, one each, so that all can run beside each other. */
export const labServerPorts: Readonly<Record<LabServerName, number>> = {
  echo: 7_007,
  upper: 7_008,
  "tcp-echo": 7_009,
  "tcp-upper": 7_010,
  "tcp-chat": 7_011,
  http: 8_080,
  "file-server": 8_081,
};

export interface LabServerOptions {
  readonly listen: Endpoint;
  readonly charset: Charset;
  /** Folder of the file server. */
  readonly root: string;
  readonly listener: ServerListener;
}

/**
 * Opens a server.
 *
 * @example await openLabServer("tcp-echo", { listen: { address: "127.0.0.1", port: 0 }, charset: "utf-8", root: ".", listener })
 */
export async function openLabServer(name: LabServerName, options: LabServerOptions): Promise<LabServer> {
  const { listen, listener, charset } = options;
  switch (name) {
    case "echo":
    case "upper":
      return await openUdpService({ listen, listener, charset, answer: name });
    case "tcp-echo":
      return await openTcpService({ listen, listener, service: createEcho() });
    case "tcp-upper":
      return await openTcpService({ listen, listener, service: createUpper(charset) });
    case "tcp-chat":
      return await openTcpService({ listen, listener, service: createChatRoom(charset) });
    case "http":
      return await openHttpService({ listen, listener, root: null, charset });
    case "file-server":
      return await openHttpService({ listen, listener, root: options.root, charset });
    default:
      return name satisfies never;
  }
}

function createEcho(): TcpService {
  return {
    arrived: (connection, bytes) => connection.send(bytes),
    finished: (connection) => connection.end(),
  };
}

function createUpper(charset: Charset): TcpService {
  // One converter per connection: a character may be cut between two reads.
  const converters = new Map<number, UpperBytes>();
  return {
    opened: ({ id }) => {
      converters.set(id, createUpperBytes(charset));
    },
    arrived: (connection, bytes) => {
      const convert = converters.get(connection.id);
      if (convert !== undefined) connection.send(convert(bytes));
    },
    finished: (connection) => connection.end(),
    closed: ({ id }) => {
      converters.delete(id);
    },
  };
}
