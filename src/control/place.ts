// Where the control socket of an instance is, and whether its folder is fit to hold it. On Unix a socket file in a folder of our own
// (0700), on Windows a named pipe; beside it a key that only this user can read, because not every system looks at the rights of a
// socket. Knows no protocol.
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { FeiyanError } from "../light.js";

export interface ControlPlace {
  /** What to listen on and connect to. */
  readonly path: string;
  readonly keyFile: string;
  readonly isPipe: boolean;
}

export interface PlaceOptions {
  /** `--home`; empty when none was given. */
  readonly home: string;
  /** Used where the system has no folder for sockets. */
  readonly stateDir: string;
  /** `XDG_RUNTIME_DIR`. */
  readonly runtimeDir: string | undefined;
  readonly port: number;
  readonly platform?: NodeJS.Platform;
}

/**
 * The place of an instance.
 *
 * @example locateControl({ home: "", stateDir: "/s", runtimeDir: "/run/user/1000", port: 2425 }).path // "/run/user/1000/feiyan/2425.sock"
 */
export function locateControl(options: PlaceOptions): ControlPlace {
  const { home, stateDir, runtimeDir, port } = options;
  const platform = options.platform ?? process.platform;
  const [folder, name] =
    home !== ""
      ? [join(dirname(stateDir), "run"), "control"]
      : runtimeDir !== undefined && runtimeDir !== ""
        ? [join(runtimeDir, "feiyan"), String(port)]
        : [join(stateDir, "run"), String(port)];
  const keyFile = join(folder, `${name}.key`);
  if (platform === "win32") {
    const mark = createHash("sha256").update(`${folder}\n${name}`).digest("hex").slice(0, 24);
    return { path: `\\\\.\\pipe\\feiyan-${mark}`, keyFile, isPipe: true };
  }
  return { path: join(folder, `${name}.sock`), keyFile, isPipe: false };
}

/** What the system can take in an address of a socket. */
function pathLimit(platform: NodeJS.Platform): number {
  return platform === "darwin" ? 103 : 107;
}

/** Refuses a path that the system would cut or refuse without saying why. */
export function checkPath(place: ControlPlace, platform: NodeJS.Platform = process.platform): void {
  const sizeBytes = Buffer.byteLength(place.path);
  const limit = pathLimit(platform);
  if (place.isPipe || sizeBytes <= limit) return;
  const fields = { path: place.path, sizeBytes, limit };
  throw new FeiyanError("control-path-too-long", `${sizeBytes} bytes, ${limit} are possible`, fields);
}

/**
 * Makes the folder, or checks the one that is there: a folder of ours is made private, anybody else's (or a link laid by somebody) is
 * refused, because who owns the folder could put a socket of their own into it.
 */
export function prepareFolder(place: ControlPlace): void {
  const folder = dirname(place.keyFile);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (place.isPipe) return;
    const found = lstatSync(folder);
    if (!found.isDirectory() || !isOurs(found.uid)) {
      throw new FeiyanError("control-unavailable", "not a folder of ours", { path: folder, reason: "owner" });
    }
    if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  } catch (error) {
    if (error instanceof FeiyanError) throw error;
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new FeiyanError("control-unavailable", reason, { path: folder, reason }, { cause: error });
  }
}

/** Before we show a key to whoever listens: the folder must be ours and closed to others. Null: nothing is there. */
export function isTrusted(place: ControlPlace): boolean | null {
  if (place.isPipe) return true;
  try {
    const folder = lstatSync(dirname(place.path));
    return folder.isDirectory() && isOurs(folder.uid) && (folder.mode & 0o077) === 0;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    return code === "ENOENT" || code === "ENOTDIR" ? null : false;
  }
}

function isOurs(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
