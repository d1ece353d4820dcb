// The SQLite this Node has: its own (`node:sqlite`, from Node 22), else the package that does the same. Both open the same file. Knows
// nothing of messages; everything here is about the engine and what its errors mean.
import type { DatabaseSync } from "@photostructure/sqlite";
import { FeiyanError } from "../../ports/error.js";
import type { ErrorCode, ErrorFields } from "../../ports/error.js";

export type Database = InstanceType<typeof DatabaseSync>;
export type Statement = ReturnType<Database["prepare"]>;

export const driverNames = ["node:sqlite", "@photostructure/sqlite"] as const;

export type DriverName = (typeof driverNames)[number];

export interface Driver {
  readonly name: DriverName;
  open(file: string): Database;
}

interface DriverModule {
  readonly DatabaseSync: typeof DatabaseSync;
}

/** Node 22 calls its SQLite experimental on stderr, which is the screen. */
async function quietly<T>(load: () => T | Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(process, "emitWarning");
  process.emitWarning = () => undefined;
  try {
    return await load();
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, "emitWarning");
    else Object.defineProperty(process, "emitWarning", own);
  }
}

async function loadModule(name: DriverName): Promise<DriverModule | undefined> {
  try {
    if (name === "@photostructure/sqlite") return await import("@photostructure/sqlite");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package is a copy of this module
    return (await quietly(() => process.getBuiltinModule("node:sqlite"))) as unknown as
      | DriverModule
      | undefined;
  } catch {
    // Not on this platform, or left out at installation: the caller says what that means.
    return undefined;
  }
}

/** Loads one engine, or the first there is; null when there is none. */
export async function loadDriver(wanted?: DriverName): Promise<Driver | null> {
  for (const name of wanted === undefined ? driverNames : [wanted]) {
    // oxlint-disable-next-line no-await-in-loop -- the second only when the first is missing
    const module = await loadModule(name);
    if (module?.DatabaseSync === undefined) continue;
    const { DatabaseSync } = module;
    return { name, open: (file) => new DatabaseSync(file) };
  }
  return null;
}

/** SQLite's number for an error; both engines give it, by two names. */
function sqliteCodeOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null) return null;
  for (const key of ["errcode", "sqliteExtendedCode", "sqliteCode"]) {
    const value: unknown = Reflect.get(error, key);
    if (typeof value === "number" && value > 0) return value;
  }
  return null;
}

const primary: Readonly<Record<number, ErrorCode>> = {
  3: "store-read-only",
  5: "store-locked",
  6: "store-locked",
  8: "store-read-only",
  10: "store-failed",
  11: "store-corrupt",
  13: "store-full",
  14: "store-read-only",
  26: "store-corrupt",
};

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  EACCES: "store-read-only",
  EPERM: "store-read-only",
  EROFS: "store-read-only",
  ENOTDIR: "store-read-only",
  ENOSPC: "store-full",
  EDQUOT: "store-full",
};

/** What an error of the engine or of the file system means for the store. */
export function toStoreError(cause: unknown, file: string, fields: ErrorFields = {}): FeiyanError {
  if (cause instanceof FeiyanError) return cause;
  const number = sqliteCodeOf(cause);
  const system: unknown =
    typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : undefined;
  const bySystem = typeof system === "string" ? systemCodes[system] : undefined;
  const code = bySystem ?? (number === null ? undefined : primary[number & 0xff]) ?? "store-failed";
  const text = cause instanceof Error ? cause.message : String(cause);
  return new FeiyanError(code, `${file}: ${text}`, { file, text, ...fields }, { cause });
}

/** Somebody else is writing: it may work in a moment. */
export function isBusy(cause: unknown): boolean {
  const number = sqliteCodeOf(cause);
  return number !== null && ((number & 0xff) === 5 || (number & 0xff) === 6);
}

/** No room on the disk. */
export function isFull(cause: unknown): boolean {
  const number = sqliteCodeOf(cause);
  return number !== null && (number & 0xff) === 13;
}

/** A row stands in the way: the same key was written before. */
export function isTaken(cause: unknown): boolean {
  const number = sqliteCodeOf(cause);
  return number !== null && (number & 0xff) === 19;
}
