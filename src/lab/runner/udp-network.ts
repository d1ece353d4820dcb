// Real sockets for the lab: plain dgram, large buffers, the time of arrival read first. How a socket is opened stands in `net/udp`.
import type { Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { closeSocket, type Endpoint, openSocket, systemCodeOf } from "../../index.js";
import { receiveBufferBytes } from "../limits.js";
import type { LabNetwork, LabSocket, LabSocketRequest } from "./lab-network.js";
import type { LabTime } from "./lab-time.js";

export function createUdpLabNetwork(time: Pick<LabTime, "nowNs">): LabNetwork {
  return {
    loopback: "127.0.0.1",
    open: async (request) => {
      const { address, port, connectTo } = request;
      const socket = await openSocket({
        family: isIPv6(address.replace(/%.*$/u, "")) ? 6 : 4,
        address,
        port,
        receiveBufferBytes: request.receiveBufferBytes ?? receiveBufferBytes,
        sendBufferBytes: receiveBufferBytes,
        broadcast: request.broadcast === true,
      });
      if (connectTo !== undefined) await connect(socket, connectTo);
      return wrap(socket, request, time);
    },
  };
}

/** From now on this socket hears only that end, and a datagram to it is some microseconds cheaper. */
function connect(socket: Socket, { address, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, address, () => {
      socket.off("error", reject);
      resolve();
    });
  });
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
  const { address, port } = socket.address();
  return {
    local: { address, port },
    receiveBufferBytes: grantedBuffer(socket),
    send: (bytes, to, settled) => {
      if (!isOpen) return;
      try {
        const sent =
          settled === undefined
            ? report
            : (error: Error | null): void => {
                if (isOpen) settled(error === null ? null : systemCodeOf(error));
              };
        if (request.connectTo === undefined) socket.send(bytes, to.port, to.address, sent);
        else socket.send(bytes, sent);
      } catch (error) {
        // Thrown for a port of 0 and the like, which only a hostile datagram can have brought here.
        if (settled === undefined) request.problem(systemCodeOf(error));
        else settled(systemCodeOf(error));
      }
    },
    close: () => {
      isOpen = false;
      return closeSocket(socket);
    },
  };
}

function grantedBuffer(socket: Socket): number | null {
  try {
    return socket.getRecvBufferSize();
  } catch {
    // Not known is what null says.
    return null;
  }
}
