// The one number that must survive a restart before there is a store: the first packet number never used. A few bytes in the state
// folder, written in one go; unreadable content counts as none, as the clock alone nearly always suffices.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface PacketNumberFile {
  /** The first number not in use, as far as known; 1 when there is no file. */
  readonly first: number;
  /** Throws when the folder cannot be written: the chat can go on, as numbers also follow the clock. */
  write(below: number): void;
}

export function openPacketNumberFile(stateDir: string, name: string): PacketNumberFile {
  const path = join(stateDir, name);
  return {
    first: readFirst(path),
    write(below) {
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      const scratch = `${path}.new`;
      writeFileSync(scratch, `${below}\n`, { mode: 0o600 });
      renameSync(scratch, path);
    },
  };
}

function readFirst(path: string): number {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^\d{1,10}$/u.test(text) ? Math.min(Number(text), 0x7fffffff) : 1;
  } catch {
    // No file yet, or not ours to read: numbers follow the clock.
    return 1;
  }
}
