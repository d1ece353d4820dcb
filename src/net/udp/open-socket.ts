// One bound dgram socket, or a FeiyanError that says why not. Knows nothing of groups and peers. Called by `udp`, and by the lab, whose
// subject sockets are.
import { createSocket, type Socket } from "node:dgram";
import { toSocketError } from "../socket-error.js";

export interface SocketRequest {
  readonly family: 4 | 6;
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Default 4 MiB. */
  readonly receiveBufferBytes?: number;
  /** Default: the system's. */
  readonly sendBufferBytes?: number;
  /** For multicast groups only: every program that binds such a group gets every datagram, so nobody takes them from another. */
  readonly reuse?: boolean;
  /** May send to broadcast addresses (IPv4); default true. */
  readonly broadcast?: boolean;
}

// Forty machines answering one announcement come as a burst; the usual 208 KiB hold about 256 small datagrams. Linux
// gives what its limit allows and calls the rest success; other systems refuse, and the smaller buffer works too.
const usualReceiveBufferBytes = 4 * 1024 * 1024;

// The official client's multicast hop limit (docs/protocol.md section 11).
const multicastHopLimit = 32;

/**
 * Binds without address reuse unless asked for: a second socket with reuse would silently take the first one's datagrams.
 * An address is always literal here, so the look-up hook answers at once: no name service, and a datagram is with the
 * system before `send` returns.
 */
export async function openSocket(request: SocketRequest): Promise<Socket> {
  const { family, address, port } = request;
  const socket = createSocket({
    type: family === 4 ? "udp4" : "udp6",
    reuseAddr: request.reuse === true,
    ipv6Only: family === 6,
    lookup: (hostname, _options, answer) => {
      answer(null, hostname, family);
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ address, port, exclusive: request.reuse !== true }, () => {
        socket.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    await closeSocket(socket);
    throw toSocketError(error, "bind", { address, port });
  }
  prepare(socket, request);
  return socket;
}

function prepare(
  socket: Socket,
  { family, receiveBufferBytes = usualReceiveBufferBytes, sendBufferBytes, broadcast = true }: SocketRequest,
): void {
  const wishes = [
    () => {
      socket.setRecvBufferSize(receiveBufferBytes);
    },
    () => {
      if (sendBufferBytes !== undefined) socket.setSendBufferSize(sendBufferBytes);
    },
    () => {
      if (family === 4 && broadcast) socket.setBroadcast(true);
    },
    () => {
      if (family === 6) socket.setMulticastTTL(multicastHopLimit);
    },
  ];
  for (const wish of wishes) {
    try {
      wish();
    } catch {
      // The socket works without it; what then cannot be sent is reported when it is tried.
    }
  }
}

/** Closes a socket and waits until it is closed; one that already is, is fine. */
export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(resolve);
    } catch {
      // Thrown only for a socket that is closed already.
      resolve();
    }
  });
}
