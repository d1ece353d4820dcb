// The few system calls that move the bytes, as promises: those of `fs.promises` wrap each handle in an object and take twice as long.
import { close, fstat, open, read, write, type Stats } from "node:fs";

export function openFd(path: string, flags: number | string, mode?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, mode, (error, fd) => {
      if (error === null) resolve(fd);
      else reject(error);
    });
  });
}

export function closeFd(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    close(fd, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

export function readFd(fd: number, buffer: Uint8Array, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

/** All of it: the system may take less at a time. */
export async function writeFd(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const from = done;
    // oxlint-disable-next-line no-await-in-loop -- the rest of a short write follows it
    done += await new Promise<number>((resolve, reject) => {
      write(fd, bytes, from, bytes.length - from, position + from, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }
}

export function statFd(fd: number): Promise<Stats> {
  return new Promise((resolve, reject) => {
    fstat(fd, (error, stats) => {
      if (error === null) resolve(stats);
      else reject(error);
    });
  });
}
