// `import … from "feiyan/testing"`: a network inside the process, loss on demand, a clock moved by hand, chance from a seed.
export { createManualClock } from "./node/clock.js";
export type { ManualClock } from "./node/clock.js";
export { createSeededRandom } from "./node/random.js";
export { createMemoryStore } from "./files/memory-store.js";
export type { MemoryStore } from "./files/memory-store.js";
export { createMemoryStreams } from "./net/memory-streams.js";
export type { MemoryStreams } from "./net/memory-streams.js";
export { createMemoryNetwork } from "./net/memory.js";
export type { MemoryNetwork } from "./net/memory.js";
export { impaired } from "./net/impaired.js";
export { formatImpairment, parseImpairment } from "./net/impairment-text.js";
export type { Impairment } from "./net/impairment.js";
export { tapped } from "./net/tap.js";
export type { DatagramFate, TapRecord } from "./net/tap.js";
