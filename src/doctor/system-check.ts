// Things of the machine that are not the network: receive buffer, kernel counters, locale, clock, folders. Reads and tries, changes
// nothing that stays.
import { createSocket } from "node:dgram";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { finding, type Finding } from "./finding.js";

/** What a node asks for; systems give less and call it success. */
const wantedBufferBytes = 4 * 1024 * 1024;
/** Some three hundred small datagrams: a class that answers at once. */
const enoughBufferBytes = 256 * 1024;

/** `granted` reads what the system gives a socket that asks for much. */
export async function checkReceiveBuffer(granted = grantedBuffer): Promise<Finding> {
  const sizeBytes = await granted().catch(() => 0);
  return finding(sizeBytes >= enoughBufferBytes ? "doctor-buffer" : "doctor-buffer-small", { sizeBytes });
}

async function grantedBuffer(): Promise<number> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, "127.0.0.1", resolve);
    });
    try {
      socket.setRecvBufferSize(wantedBufferBytes);
    } catch {
      // Refused outright elsewhere; what is there counts.
    }
    return socket.getRecvBufferSize();
  } finally {
    socket.close();
  }
}

/**
 * Counts of the whole machine since it was started, before and after the look; null where it does not tell. Old ones are history, new
 * ones a fault.
 */
export function checkDrops(before: number | null, after: number | null): readonly Finding[] {
  if (before === null || after === null) return [];
  const dropped = Math.max(0, after - before);
  return [finding(dropped > 0 ? "doctor-drops" : "doctor-no-drops", { dropped, receiveBufferErrors: after })];
}

/** The charset of the locale, by its name: `zh_CN.GBK`, `C.UTF-8`, `POSIX`. */
export function checkLocale(
  environment: Readonly<Record<string, string | undefined>>,
  legacy: string,
  platform: NodeJS.Platform = process.platform,
): Finding {
  const locale = [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]].find(
    (value) => value !== undefined && value !== "",
  );
  // Windows has no such variables, and Node writes UTF-8 to its console.
  if (platform === "win32" && locale === undefined)
    return finding("doctor-locale", { charset: "UTF-8", legacy });
  const named = /\.([A-Za-z0-9-]+)/.exec(locale ?? "")?.[1];
  const charset = named ?? (locale === undefined || /^(?:C|POSIX)$/.test(locale) ? "ASCII" : "ISO-8859-1");
  const isUtf8 = /^utf-?8$/i.test(charset);
  return finding(isUtf8 ? "doctor-locale" : "doctor-locale-not-utf8", {
    charset: isUtf8 ? "UTF-8" : charset,
    locale: locale ?? "",
    legacy,
  });
}

/** Before this program was written, or long after: the clock of a machine without a battery. */
export function checkClock(nowMs: number): Finding {
  const year = new Date(nowMs).getUTCFullYear();
  const now = new Date(nowMs).toISOString();
  return finding(year >= 2025 && year < 2100 ? "doctor-clock" : "doctor-clock-off", { now });
}

const enoughDiskBytes = 50 * 1024 * 1024;

/** Whether what is remembered can be written: to the folder, or to where it will be made. */
export function checkFolder(what: string, path: string): readonly Finding[] {
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return [finding("doctor-folder-unwritable", { what, path, reason })];
  }
  const found = [finding("doctor-folder", { what, path })];
  try {
    const { bavail, bsize } = statfsSync(place);
    const freeBytes = bavail * bsize;
    if (freeBytes < enoughDiskBytes) found.push(finding("doctor-disk-low", { path, freeBytes }));
  } catch {
    // Not every file system tells.
  }
  return found;
}
