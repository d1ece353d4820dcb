// Fetches the far end's map and list of arrivals, several pieces at a time, each repeated until it comes: the map must come, the
// list may. Pure; a part of the initiator.
import { createRequests } from "./requests.js";

export interface Fetcher {
  begin(nowNs: number): void;
  /** The arrivals are wanted too, in so many pieces. */
  expect(arrivalChunks: number, nowNs: number): void;
  /** False when a piece that is not wanted (any more) came. */
  take(what: "map" | "arrivals", chunk: number, data: Uint8Array, nowNs: number): boolean;
  /** False when a piece of the map was asked for in vain. */
  tick(nowNs: number): boolean;
  wakeNs(): number;
  isComplete(): boolean;
  /** Null until all pieces are there. */
  map(): Uint8Array | null;
  arrivals(): Uint8Array | null;
}

/** Each question is 1,200 bytes: more at once would be a burst of its own. */
const atOnce = 16;

export function createFetcher(
  mapChunks: number,
  send: (what: "map" | "arrivals", chunk: number, again: boolean) => void,
): Fetcher {
  const requests = createRequests();
  const parts = { map: new Map<number, Uint8Array>(), arrivals: new Map<number, Uint8Array>() };
  const waiting: { readonly what: "map" | "arrivals"; readonly chunk: number }[] = [];
  let arrivalChunks = 0;
  for (let chunk = 0; chunk < mapChunks; chunk += 1) waiting.push({ what: "map", chunk });

  function askMore(nowNs: number): void {
    while (requests.size < atOnce) {
      const next = waiting.shift();
      if (next === undefined) return;
      requests.ask(`${next.what} ${next.chunk}`, nowNs, (again) => {
        send(next.what, next.chunk, again);
      });
    }
  }

  function join(what: "map" | "arrivals", chunks: number): Uint8Array | null {
    if (parts[what].size < chunks) return null;
    const pieces = Array.from(
      { length: chunks },
      (_unused, chunk) => parts[what].get(chunk) ?? new Uint8Array(0),
    );
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  return {
    begin: askMore,
    expect: (chunks, nowNs) => {
      arrivalChunks = chunks;
      // After the map: without it there is no verdict.
      for (let chunk = 0; chunk < chunks; chunk += 1) waiting.push({ what: "arrivals", chunk });
      askMore(nowNs);
    },
    take: (what, chunk, data, nowNs) => {
      if (!requests.settle(`${what} ${chunk}`)) return false;
      parts[what].set(chunk, data);
      askMore(nowNs);
      return true;
    },
    tick: (nowNs) => {
      const failed = requests.tick(nowNs);
      askMore(nowNs);
      return !failed.some((key) => key.startsWith("map "));
    },
    wakeNs: () => requests.wakeNs(),
    isComplete: () => parts.map.size === mapChunks && parts.arrivals.size === arrivalChunks,
    map: () => join("map", mapChunks),
    arrivals: () => (arrivalChunks === 0 ? null : join("arrivals", arrivalChunks)),
  };
}
