// An encrypted file request counts once: a recorded one that comes again is no request (docs/protocol.md section 9.4). Requests of one
// peer come over several connections, so they may overtake each other: a number may be lower than the last, never one that was there.
import { trimOldest } from "../trim-oldest.js";
import { fileLimits } from "../limits.js";

export interface ReplayGuard {
  /** True once for a number of this peer; false for one that was there, or is older than all that are remembered. */
  accept(peer: string, requestNo: number): boolean;
}

interface Heard {
  readonly numbers: Set<number>;
  /** Everything up to here counts as heard. */
  floor: number;
}

export function createReplayGuard(): ReplayGuard {
  const peers = new Map<string, Heard>();

  function forgetOldest(heard: Heard): void {
    const kept = [...heard.numbers].toSorted((a, b) => a - b);
    for (const number of kept.slice(0, kept.length >> 1)) {
      heard.floor = number;
      heard.numbers.delete(number);
    }
  }

  return {
    accept(peer, requestNo) {
      const heard = peers.get(peer) ?? { numbers: new Set<number>(), floor: -1 };
      if (requestNo <= heard.floor || heard.numbers.has(requestNo)) return false;
      heard.numbers.add(requestNo);
      if (heard.numbers.size > fileLimits.requestNumbers) forgetOldest(heard);
      // The longest silent one goes first.
      peers.delete(peer);
      peers.set(peer, heard);
      trimOldest(peers, fileLimits.requestPeers);
      return true;
    },
  };
}
