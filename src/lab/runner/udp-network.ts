// Real sockets for the lab: plain dgram, large buffers, the time of arrival read first. Every address is literal, so the look-up
// answers at once and a datagram is with the system before `send` returns.
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { systemCodeOf, toSocketError } from "../../index.js";
import { receiveBufferBytes } from "../limits.js";
import type { LabNetwork, LabSocket, LabSocketRequest } from "./lab-network.js";
import type { LabTime } from "./lab-time.js";

export function createUdpLabNetwork(time: Pick<LabTime, "nowNs">): LabNetwork {
  return {
    loopback: "127.0.0.1",
    open: async (request) => {
      const socket = await bind(request);
      return wrap(socket, request, time);
    },
  };
}

async function bind({ address, port }: LabSocketRequest): Promise<Socket> {
  const family = isIPv6(address.replace(/%.*$/u, "")) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    reuseAddr: false,
    ipv6Only: family === 6,
    lookup: (hostname, _options, answer) => {
      answer(null, hostname, family);
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ address, port, exclusive: true }, () => {
        socket.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    socket.close();
    throw toSocketError(error, "bind", { address, port });
  }
  return socket;
}

function wrap(socket: Socket, request: LabSocketRequest, time: Pick<LabTime, "nowNs">): LabSocket {
  let isOpen = true;
  const report = (error: Error | null): void => {
    if (error !== null && isOpen) request.problem(systemCodeOf(error));
  };
  socket.on("message", (bytes, { address, port }) => {
    const atNs = time.nowNs();
    if (isOpen) request.arrived(bytes, { address, port }, atNs);
  });
  // Without a handler an unreachable port would end the program.
  socket.on("error", report);
  const granted = prepare(socket, request);
  const { address, port } = socket.address();
  return {
    local: { address, port },
    receiveBufferBytes: granted,
    send: (bytes, to, failed) => {
      if (!isOpen) return;
      try {
        socket.send(bytes, to.port, to.address, (error) => {
          if (error === null || failed === undefined) report(error);
          else if (isOpen) failed(systemCodeOf(error));
        });
      } catch (error) {
        // Thrown for a port of 0 and the like, which only a hostile datagram can have brought here.
        if (failed === undefined) request.problem(systemCodeOf(error));
        else failed(systemCodeOf(error));
      }
    },
    close: () =>
      new Promise((resolve) => {
        if (!isOpen) {
          resolve();
          return;
        }
        isOpen = false;
        socket.close(() => {
          resolve();
        });
      }),
  };
}

/** Asks for buffers, and tells what was granted. */
function prepare(socket: Socket, request: LabSocketRequest): number | null {
  try {
    if (request.broadcast === true) socket.setBroadcast(true);
    socket.setRecvBufferSize(request.receiveBufferBytes ?? receiveBufferBytes);
    socket.setSendBufferSize(receiveBufferBytes);
  } catch {
    // Some systems refuse a large wish instead of granting less; the usual buffer works too, and is what is shown.
  }
  try {
    return socket.getRecvBufferSize();
  } catch {
    // Not known is what null says.
    return null;
  }
}
