// The history's health: whether it opens, and whether what stands in it fits together. A file that is not there yet is not made; a
// damaged one is set aside and recovered, as at any start. Called by `doctor`.
import { existsSync } from "node:fs";
import { FeiyanError, openHistory } from "../index.js";
import { faultFinding, finding, type Finding } from "./finding.js";

/** `isKept` false: nothing is written to it, by the settings. */
export async function checkStore(file: string, isKept: boolean): Promise<readonly Finding[]> {
  if (!isKept) return [finding("doctor-store-off", { file })];
  if (!existsSync(file)) return [finding("doctor-store-none", { file })];
  try {
    const { store, driver, recovery } = await openHistory({ file, thread: false });
    try {
      const faults = await store.check();
      const { messages, bytes: sizeBytes } = await store.sizes();
      const fields = { file, messages, sizeBytes, driver };
      const found =
        faults.length === 0
          ? finding("doctor-store", fields)
          : finding("doctor-store-faults", { ...fields, faults: faults.slice(0, 5), count: faults.length });
      if (recovery === null) return [found];
      const { setAside, recovered, gaps } = recovery;
      return [finding("doctor-store-recovered", { setAside, recovered, gaps }), found];
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof FeiyanError) return [faultFinding(error.code, { ...error.fields }, "system")];
    throw error;
  }
}
