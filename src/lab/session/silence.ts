// Whether the other end still answers: a sender must not go on for minutes at somebody who is gone, nor on a path that loses
// everything. Knows no datagrams. Used by `initiator`.
import { labTimes } from "../limits.js";
import type { Terms } from "../wire/message-types.js";

export interface Silence {
  begin(terms: Terms, nowNs: number): void;
  heard(nowNs: number): void;
  sent(): void;
  /** Echo mode: nothing came back for too long, or of too many. */
  isSilent(nowNs: number): boolean;
  /** Down mode: the stream has stopped. */
  isDead(nowNs: number): boolean;
}

const silentDatagrams = 200;

export function createSilence(): Silence {
  let intervalUs = 1;
  let heardNs = 0;
  let sentSinceHeard = 0;
  return {
    begin: (terms, nowNs) => {
      ({ intervalUs } = terms);
      heardNs = nowNs;
    },
    heard: (nowNs) => {
      heardNs = nowNs;
      sentSinceHeard = 0;
    },
    sent: () => {
      sentSinceHeard += 1;
    },
    isSilent: (nowNs) => {
      const silentNs = nowNs - heardNs;
      // Some of the last second may still be on their way.
      if (silentNs > 1e9 && sentSinceHeard >= silentDatagrams + 1e6 / intervalUs) return true;
      return silentNs > Math.max(labTimes.nobodyAnswersMs * 1e6, 3_000 * intervalUs);
    },
    isDead: (nowNs) => nowNs - heardNs > labTimes.nobodyAnswersMs * 1e6 + intervalUs * 3_000,
  };
}
