// Everything a run needs from outside, so that the same code measures real sockets, simulated ones and tests.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createSystemCounters } from "../counters/linux-counters.js";
import { noCounters, type SystemCounters } from "../counters/system-counters.js";
import type { LabCrypto } from "../session/lab-crypto.js";
import { createSystemCrypto } from "../session/system-crypto.js";
import type { SystemName } from "../wire/message-types.js";
import type { LabNetwork } from "./lab-network.js";
import { createSystemTime, type LabTime } from "./lab-time.js";
import { createMemoryLabNetwork } from "./memory-lab-network.js";
import { rehearse } from "./rehearse.js";
import { createUdpLabNetwork } from "./udp-network.js";

export interface LabParts {
  readonly network: LabNetwork;
  readonly time: LabTime;
  readonly crypto: LabCrypto;
  readonly counters: SystemCounters;
  /** Watches the event loop; the function returned gives the longest delay in microseconds and ends the watch. */
  readonly watchLoop: () => () => number;
  /** Before the first run: what would slow its first datagrams is done now. */
  readonly prepare: () => void;
  readonly system: SystemName;
  readonly nodeVersion: string;
}

/** The real ones. */
export function createLabParts(options: { readonly precise?: boolean } = {}): LabParts {
  const time = createSystemTime(options);
  const crypto = createSystemCrypto();
  return {
    network: createUdpLabNetwork(time),
    time,
    crypto,
    prepare: () => {
      rehearse(crypto);
    },
    counters: createSystemCounters(),
    watchLoop: () => {
      const histogram = monitorEventLoopDelay({ resolution: 1 });
      histogram.enable();
      return () => {
        histogram.disable();
        return Math.round(histogram.max / 1_000);
      };
    },
    system: systemName(process.platform),
    nodeVersion: process.versions.node,
  };
}

/** On simulated time: nothing of the system but its cryptography. */
export function createSimulatedParts(time: LabTime, crypto: LabCrypto = createSystemCrypto()): LabParts {
  return {
    network: createMemoryLabNetwork(time),
    time,
    crypto,
    // The memory network has no buffers and drops nothing: here 0 is knowledge.
    counters: {
      ...noCounters,
      socketDrops: () => 0,
      host: () => ({
        receiveBufferErrors: 0,
        sendBufferErrors: 0,
        checksumErrors: 0,
        noPorts: 0,
        fragmentsFailed: null,
      }),
      bootMark: () => "5500000000000055",
    },
    watchLoop: () => () => 0,
    prepare: () => undefined,
    system: systemName(process.platform),
    nodeVersion: process.versions.node,
  };
}

function systemName(platform: string): SystemName {
  return platform === "linux" || platform === "darwin" || platform === "win32" ? platform : "other";
}
