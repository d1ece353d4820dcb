// Opens the file of the history, making it when it is new: folder and file for the owner alone, checks that it is ours, of a version we
// know, writable and not cut off. A damaged one is set aside and what can be read of it recovered (recover.ts); no other fault touches
// the file. Its cost does not grow with the history.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  writeFileSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import { FeiyanError } from "../../ports/error.js";
import { loadDriver, toStoreError } from "./driver.js";
import type { Database, Driver, DriverName } from "./driver.js";
import { createSqliteEngine } from "./engine.js";
import { finishRecovery, recoverFile } from "./recover.js";
import type { Recovery } from "./recover.js";
import { applicationId, createGrams, migrate, schemaVersion } from "./schema.js";
import type { HistoryEngine } from "../engine.js";

export interface FileOptions {
  readonly file: string;
  /** Default: the first there is. */
  readonly driver?: DriverName | undefined;
  /** How long another program's writing is waited for; default 5 s. */
  readonly busyTimeoutMs?: number | undefined;
  readonly secureDelete?: boolean | undefined;
}

export interface OpenedFile {
  readonly engine: HistoryEngine;
  readonly driver: DriverName;
  /** What became of a damaged file; null as a rule. */
  readonly recovery: Recovery | null;
}

/** Beside the file when a running program found it damaged: the next start looks at it closely. */
function suspicionOf(file: string): string {
  return `${file}.suspect`;
}

/**
 * Opens the history. Rejects with `store-unavailable`, `store-read-only`, `store-locked`, `store-full`, `store-newer`, `store-foreign`
 * or `store-corrupt` (when nothing could be set aside), and has changed nothing then.
 */
export async function openHistoryFile(options: FileOptions): Promise<OpenedFile> {
  const { file } = options;
  const driver = await loadDriver(options.driver);
  if (driver === null) {
    throw new FeiyanError("store-unavailable", "no SQLite in this Node", { file });
  }
  try {
    finishRecovery(file);
    prepareFile(file);
    const isSuspect = existsSync(suspicionOf(file));
    const db = openDatabase(driver, options, isSuspect);
    if (isSuspect) rmSync(suspicionOf(file), { force: true });
    return { engine: engineOf(db, options), driver: driver.name, recovery: null };
  } catch (cause) {
    const error = toStoreError(cause, file);
    if (error.code !== "store-corrupt") throw error;
    return recoverAndOpen(driver, options);
  }
}

function recoverAndOpen(driver: Driver, options: FileOptions): OpenedFile {
  const { file } = options;
  try {
    const recovery = recoverFile(driver, file, (name) => {
      prepareFile(name);
      return openDatabase(driver, { ...options, file: name }, false);
    });
    rmSync(suspicionOf(file), { force: true });
    return { engine: engineOf(openDatabase(driver, options, false), options), driver: driver.name, recovery };
  } catch (cause) {
    throw toStoreError(cause, file);
  }
}

function engineOf(db: Database, options: FileOptions): HistoryEngine {
  const hasGrams = createGrams(db);
  const engine = createSqliteEngine({ db, hasGrams, secureDelete: options.secureDelete ?? false });
  return { ...engine, write: (items) => watched(options.file, () => engine.write(items)) };
}

/** Damage found while running is remembered for the next start. */
function watched(file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const error = toStoreError(cause, file);
    if (error.code === "store-corrupt") writeFileSync(suspicionOf(file), "", { mode: 0o600 });
    throw cause;
  }
}

/** The folder and an empty file, both for the owner alone, before SQLite makes them for everybody. */
function prepareFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(file);
  closeSync(openSync(file, isNew ? "a+" : "r+", 0o600));
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

function openDatabase(driver: Driver, options: FileOptions, isSuspect: boolean): Database {
  const { file } = options;
  const db = driver.open(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? 5_000}`);
    refuseStrangers(db, file);
    const isNew = numberOf(db, "PRAGMA user_version") === 0;
    if (isNew) db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -4000;
      PRAGMA temp_store = MEMORY;
      PRAGMA secure_delete = ${options.secureDelete === true ? "ON" : "FAST"};
    `);
    if (isSuspect) refuseDamage(db, file);
    upgrade(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function numberOf(db: Database, pragma: string): number {
  const [value] = Object.values(db.prepare(pragma).get() ?? {});
  return typeof value === "number" ? value : 0;
}

function refuseStrangers(db: Database, file: string): void {
  const version = numberOf(db, "PRAGMA user_version");
  const owner = numberOf(db, "PRAGMA application_id");
  const tables = numberOf(db, "SELECT count(*) FROM sqlite_master");
  if (tables > 0 && owner !== applicationId) {
    throw new FeiyanError("store-foreign", `${file} is another program's database`, { file });
  }
  if (version > schemaVersion) {
    throw new FeiyanError("store-newer", `${file} is of version ${version}, known are ${schemaVersion}`, {
      file,
      version,
      known: schemaVersion,
    });
  }
}

function refuseDamage(db: Database, file: string): void {
  const rows = db.prepare("PRAGMA quick_check(1)").all();
  const [line] = Object.values(rows[0] ?? {});
  if (line !== "ok") throw new FeiyanError("store-corrupt", String(line), { file, text: String(line) });
}

/** In one transaction, which writes in any case: a full disk, a lock or a read-only file is found now and not at the first message. */
function upgrade(db: Database): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = numberOf(db, "PRAGMA user_version");
    if (version < schemaVersion) migrate(db, version);
    db.exec(`PRAGMA application_id = ${applicationId}`);
    db.prepare("INSERT OR REPLACE INTO contents VALUES ('opened', ?)").run(String(version));
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
