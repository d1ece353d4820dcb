// A log file that never grows past its bound: lines are appended synchronously (the last ones before a crash are the ones wanted), and a
// full file moves aside. Mode 0600: names and addresses of others stand in it. Knows nothing of what is logged.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** `feiyan.log`, then `.1` (newer) to `.3`. */
const keptFiles = 3;

/** Opens or creates the file; throws what the system says when it cannot. */
export function openLogFile(file: string, limitBytes: number): LogFile {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let handle: number | null = openSync(file, "a", 0o600);
  let sizeBytes = fstatSync(handle).size;

  function rotate(): void {
    if (handle !== null) closeSync(handle);
    handle = null;
    rmSync(`${file}.${keptFiles}`, { force: true });
    for (let number = keptFiles - 1; number >= 1; number -= 1)
      move(`${file}.${number}`, `${file}.${number + 1}`);
    move(file, `${file}.1`);
    handle = openSync(file, "a", 0o600);
    sizeBytes = 0;
  }

  if (sizeBytes >= limitBytes) rotate();
  return {
    write(line) {
      if (handle === null) return;
      const bytes = Buffer.from(line);
      try {
        if (sizeBytes > 0 && sizeBytes + bytes.length > limitBytes) rotate();
        writeSync(handle, bytes);
        sizeBytes += bytes.length;
      } catch {
        // A full disk must not end the chat; the next line is tried again.
      }
    },
    close() {
      if (handle !== null) closeSync(handle);
      handle = null;
    },
  };
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // It was never written.
  }
}
