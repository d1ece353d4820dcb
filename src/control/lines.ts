// Bytes of a stream to lines, within a bound: a line that grows past it ends the reading, whatever follows. Knows no JSON. Used by
// both ends of the control socket.

export interface LineReader {
  /** Takes a piece of the stream; false when a line was longer than allowed, and from then on always. */
  take(chunk: Uint8Array): boolean;
}

const lineFeed = 10;

/** `limitBytes` is asked anew for each piece: who has shown who it is may send longer lines. */
export function createLineReader(limitBytes: () => number, line: (text: string) => void): LineReader {
  let pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  let broken = false;

  function finish(): void {
    const text = Buffer.concat(pieces).toString("utf8");
    pieces = [];
    sizeBytes = 0;
    if (text.trim() !== "") line(text);
  }

  return {
    take(chunk) {
      let rest = chunk;
      while (!broken) {
        const end = rest.indexOf(lineFeed);
        const piece = end < 0 ? rest : rest.subarray(0, end);
        sizeBytes += piece.length;
        if (sizeBytes > limitBytes()) {
          broken = true;
          pieces = [];
          break;
        }
        if (piece.length > 0) pieces.push(piece);
        if (end < 0) break;
        finish();
        rest = rest.subarray(end + 1);
      }
      return !broken;
    },
  };
}
