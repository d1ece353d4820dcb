// Initiator, relay and reflector in one command: real sockets on loopback, or simulated ones. The whole path is ours, so the
// account must close to the last datagram.
import type { LabParts } from "./lab-parts.js";
import {
  type LabOutcome,
  type Measurement,
  type MeasurementOptions,
  openMeasurement,
} from "./measurement.js";
import { openReflectorHost, type ReflectorHost } from "./reflector-host.js";

export type SoloOptions = Omit<MeasurementOptions, "to" | "name" | "codeKey" | "relay">;

/** Opens the three and starts the run. */
export async function openSolo(parts: LabParts, options: SoloOptions): Promise<Measurement> {
  const host = await openReflectorHost(parts, {
    listen: { address: parts.network.loopback, port: 0 },
    codeKey: null,
  });
  try {
    const measurement = await openMeasurement(parts, {
      ...options,
      to: host.local,
      name: "solo",
      codeKey: null,
      relay: true,
      kind: "solo",
    });
    return { ...measurement, outcome: closeAfter(measurement.outcome, host) };
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function closeAfter(outcome: Promise<LabOutcome>, host: ReflectorHost): Promise<LabOutcome> {
  try {
    return await outcome;
  } finally {
    await host.close();
  }
}
