// The lab's sockets inside the process, over the memory network: exact and, with a clock moved by hand, instant. For `--simulate`
// and tests.
import { createMemoryNetwork } from "../../testing.js";
import type { LabNetwork } from "./lab-network.js";
import type { LabTime } from "./lab-time.js";

/** One hop, in milliseconds: of the order of a real loopback. */
const latencyMs = 0.05;

export function createMemoryLabNetwork(time: LabTime): LabNetwork {
  const network = createMemoryNetwork({ clock: time.clock, latencyMs });
  return {
    loopback: "127.0.0.1",
    open: async (request) => {
      const transport = network.transport({ address: request.address, port: request.port });
      let failing: ((systemCode: string) => void) | undefined;
      const local = await transport.open({
        arrived: (bytes, from) => {
          request.arrived(bytes, from, time.nowNs());
        },
        problem: (error) => {
          const code = error.code === "datagram-too-long" ? "EMSGSIZE" : "EINVAL";
          if (failing === undefined) request.problem(code);
          else failing(code);
        },
        networkChanged: () => undefined,
      });
      return {
        local: { address: request.address, port: local.port },
        receiveBufferBytes: null,
        send: (bytes, to, settled) => {
          // The bytes travel on as they are, so they are never given back.
          failing = settled;
          transport.send(bytes, to);
        },
        close: () => transport.close(),
      };
    },
  };
}
