// The limits of the state machine, those that a test has to fill made small: the logic at the limit is the same, and random inputs
// reach it in thousands of steps instead of millions. A long run by hand (FEIYAN_FUZZ) has the real ones.
import { afterAll, beforeAll } from "vitest";
import { limits } from "../../src/core/limits.js";

const small = {
  messagesInMemory: 4_000,
  messageBytesInMemory: 8 * 1024 * 1024,
  seenKeys: 2_000,
  pendingMessages: 500,
  queuedMessages: 200,
  unstoredMessages: 200,
  peers: 1_000,
  waitingAnswers: 200,
} as const satisfies Partial<Record<keyof typeof limits, number>>;

/** For the tests of the calling file. The table itself is changed, as other test files share the modules that read it. */
export function useSmallLimits(): void {
  if (process.env["FEIYAN_FUZZ"] !== undefined) return;
  const real = { ...limits };
  beforeAll(() => void Object.assign(limits, small));
  afterAll(() => void Object.assign(limits, real));
}
