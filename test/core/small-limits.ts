// The limits of the state machine, those that a test has to fill made small: the logic at the limit is the same, and random inputs
// reach it in thousands of steps instead of millions. A long run by hand (FEIYAN_FUZZ) has the real ones.
type Limits = typeof import("../../src/core/limits.js");

export async function smallLimits(importOriginal: () => Promise<unknown>): Promise<unknown> {
  const original = (await importOriginal()) as Limits;
  if (process.env["FEIYAN_FUZZ"] !== undefined) return original;
  return {
    ...original,
    limits: {
      ...original.limits,
      messagesInMemory: 4_000,
      messageBytesInMemory: 8 * 1024 * 1024,
      seenKeys: 2_000,
      pendingMessages: 500,
      unstoredMessages: 200,
      peers: 1_000,
      waitingAnswers: 200,
    },
  };
}
