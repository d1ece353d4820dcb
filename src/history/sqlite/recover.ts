// A damaged file: whatever can be read of it is written into a new one, and it is set aside under a new name with all that belongs to it. Reads from both ends and, between two places that cannot be read, from the middle. The file itself is only renamed.
import {
  copyFileSync,
  existsSync,
  readSync,
  openSync,
  closeSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import type { Database, Driver } from "./driver.js";
import { createRows, rowColumns, rowTables } from "./rows.js";
import { numberOf } from "./values.js";
import type { Rows } from "./rows.js";

export interface Recovery {
  /** Where the damaged file is now. */
  readonly setAside: string;
  readonly recovered: number;
  /** Pieces that could not be read; messages were lost there, if any. */
  readonly gaps: number;
}

const companions = ["", "-wal", "-shm"];
/** Messages copied in one transaction. */
const portion = 500;
/** Places looked for between readable ones. */
const probeLimit = 4_000;

/**
 * Reads a copy, writes what it gives into a new file beside, and only then sets the damaged one aside and puts the new one in its place:
 * whenever the power goes, the next start finds the old file or the new one.
 */
export function recoverFile(driver: Driver, file: string, openNew: (name: string) => Database): Recovery {
  const copy = `${file}.reading`;
  const fresh = recoveredName(file);
  removeAll(fresh);
  const result = readInto(driver, file, copy, () => openNew(fresh));
  const setAside = freeName(file);
  for (const companion of companions) {
    if (existsSync(file + companion)) renameSync(file + companion, setAside + companion);
  }
  for (const companion of ["-wal", "-shm"]) rmSync(fresh + companion, { force: true });
  renameSync(fresh, file);
  return { setAside, ...result };
}

/** A recovery that was broken off after it had set the damaged file aside: its result takes the place. */
export function finishRecovery(file: string): void {
  if (!existsSync(file) && existsSync(recoveredName(file))) renameSync(recoveredName(file), file);
}

function recoveredName(file: string): string {
  return `${file}.recovered`;
}

function removeAll(name: string): void {
  for (const companion of companions) rmSync(name + companion, { force: true });
}

function readInto(
  driver: Driver,
  file: string,
  copy: string,
  openNew: () => Database,
): { recovered: number; gaps: number } {
  const target = openNew();
  try {
    const source = openCopy(driver, file, copy);
    if (source === null) return { recovered: 0, gaps: 1 };
    try {
      const result = copyMessages(source, target);
      copyState(source, target);
      return result;
    } finally {
      source.close();
    }
  } finally {
    // Everything into the one file that is about to be renamed.
    target.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    target.close();
    removeAll(copy);
  }
}

function freeName(file: string): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]/gu, "").slice(0, 15);
  for (let number = 0; ; number++) {
    const name = `${file}.damaged-${stamp}${number === 0 ? "" : `-${number}`}`;
    if (companions.every((companion) => !existsSync(name + companion))) return name;
  }
}

/** A copy that may be changed: SQLite refuses a file that is shorter than it says, so what is missing is filled with nothing. */
function openCopy(driver: Driver, file: string, copy: string): Database | null {
  try {
    for (const companion of ["", "-wal"]) {
      if (existsSync(file + companion)) copyFileSync(file + companion, copy + companion);
    }
    const wanted = statedBytes(copy);
    if (wanted > statSync(copy).size) truncateSync(copy, wanted);
    const db = driver.open(copy);
    try {
      db.prepare("SELECT count(*) FROM sqlite_master").get();
      return db;
    } catch {
      db.close();
      return null;
    }
  } catch {
    // Not a database any more, from its first page on: nothing can be read.
    return null;
  }
}

/** The size that the head of a database states, bounded by four times what is there. */
function statedBytes(file: string): number {
  const head = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  try {
    if (readSync(descriptor, head, 0, 100, 0) < 100) return 0;
  } finally {
    closeSync(descriptor);
  }
  const pageBytes = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  const stated = pageBytes * head.readUInt32BE(28);
  return Math.min(stated, 4 * statSync(file).size + 64 * 1024 * 1024);
}

/** A stretch of places that has not been read: both ends exclusive. */
interface Stretch {
  readonly above: number;
  readonly below: number;
  /** How often it was halved since anything was read of it. */
  readonly halvings: number;
}

/** What gives nothing after so many halvings is given up: 64 looks at each gap. */
const fruitlessHalvings = 6;

function copyMessages(source: Database, target: Database): { recovered: number; gaps: number } {
  const from = createRows(source);
  const into = createRows(target);
  let recovered = 0;
  let gaps = 0;
  let probes = 0;
  const waiting: Stretch[] = [{ above: -1, below: Number.MAX_SAFE_INTEGER, halvings: 0 }];
  for (let stretch = waiting.pop(); stretch !== undefined && probes < probeLimit; stretch = waiting.pop()) {
    probes += 1;
    const up = readRun(source, from, into, target, stretch, "ASC");
    recovered += up.count;
    if (up.isWhole) continue;
    const down = readRun(source, from, into, target, { ...stretch, above: up.reached }, "DESC");
    recovered += down.count;
    if (down.isWhole) continue;
    const room = down.reached - up.reached;
    const halvings = up.count + down.count > 0 ? 0 : stretch.halvings + 1;
    if (room <= 2 || halvings > fruitlessHalvings) {
      gaps += 1;
      continue;
    }
    const middle = up.reached + Math.floor(room / 2);
    waiting.push(
      { above: up.reached, below: middle, halvings },
      { above: middle - 1, below: down.reached, halvings },
    );
  }
  return { recovered, gaps: gaps + waiting.length };
}

/** Copies what can be read from one end of a stretch on. `reached` is the last place that was tried and read. */
function readRun(
  source: Database,
  from: Rows,
  into: Rows,
  target: Database,
  stretch: Stretch,
  order: "ASC" | "DESC",
): { count: number; reached: number; isWhole: boolean } {
  const isUp = order === "ASC";
  let reached = isUp ? stretch.above : stretch.below;
  let count = 0;
  for (let size = portion; ;) {
    const bounds = isUp ? [reached, stretch.below] : [stretch.above, reached];
    let values: readonly object[];
    try {
      values = source
        .prepare(
          `SELECT ${rowColumns} FROM ${rowTables} WHERE m.place > ? AND m.place < ? ORDER BY m.place ${order} LIMIT ?`,
        )
        .all(...bounds, size);
    } catch {
      // Fewer at a time, down to the one that cannot be read.
      if (size === 1) return { count, reached, isWhole: false };
      size = Math.floor(size / 8) || 1;
      continue;
    }
    target.exec("BEGIN IMMEDIATE");
    for (const value of values) {
      reached = numberOf(Reflect.get(value, "place"));
      if (copyOne(value, from, into)) count += 1;
    }
    target.exec("COMMIT");
    if (values.length < size) return { count, reached, isWhole: true };
  }
}

function copyOne(value: object, from: Rows, into: Rows): boolean {
  try {
    const place = numberOf(Reflect.get(value, "place"));
    if (!into.insert(from.read({ ...value, flags: Number(Reflect.get(value, "flags")) }), false))
      return false;
    for (const line of from.ledgerOf(place)) into.noteDelivery(line);
    return true;
  } catch {
    // Its deliveries cannot be read: the message alone.
    return into.insert(from.read({ ...value, flags: Number(Reflect.get(value, "flags")) & ~1 }), false);
  }
}

/** Peers, merges, the queue, marks and values: each table as far as it can be read. */
function copyState(source: Database, target: Database): void {
  const tables = { peers: 3, merges: 4, queue: 3, marks: 2, contents: 2 };
  for (const [table, columns] of Object.entries(tables)) {
    try {
      const insert = target.prepare(
        `INSERT OR IGNORE INTO ${table} VALUES (${Array.from({ length: columns }, () => "?").join(", ")})`,
      );
      target.exec("BEGIN IMMEDIATE");
      for (const row of source.prepare(`SELECT * FROM ${table}`).all()) insert.run(...Object.values(row));
      target.exec("COMMIT");
    } catch {
      if (target.isTransaction) target.exec("COMMIT");
    }
  }
}
