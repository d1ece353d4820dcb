// The tables, as steps from one version of the file to the next. A step is never changed once it was released: the next one is added.
// Names and addresses, and what packets have in common, are kept once and numbered, so that a row holds little but its text and bytes.
import type { Database } from "./driver.js";

/** "feiy": what `file` shows of a database, and how a foreign one is known. */
export const applicationId = 0x66656979;

const steps: readonly ((db: Database) => void)[] = [
  // 1: messages, who they were with, what became of them.
  (db) => {
    db.exec(`
      CREATE TABLE conversations (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE faces (
        id INTEGER PRIMARY KEY, peer TEXT NOT NULL, name TEXT NOT NULL, team TEXT NOT NULL,
        address TEXT NOT NULL, port INTEGER NOT NULL, UNIQUE (peer, name, team, address, port));
      CREATE TABLE traits (
        id INTEGER PRIMARY KEY, dialect TEXT NOT NULL, charset TEXT NOT NULL, reason TEXT NOT NULL,
        options TEXT NOT NULL, UNIQUE (dialect, charset, reason, options));
      -- The place is the time in 64ths of a millisecond, so that order of places is order of time.
      CREATE TABLE messages (
        place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at NOT NULL, conversation INTEGER NOT NULL,
        face INTEGER NOT NULL, traits INTEGER NOT NULL, flags INTEGER NOT NULL, packet NOT NULL,
        text TEXT NOT NULL, shown TEXT, raw BLOB NOT NULL, more TEXT);
      CREATE INDEX messages_of ON messages (conversation);
      -- A message to several stands in the conversation with each.
      CREATE TABLE copies (conversation INTEGER NOT NULL, place INTEGER NOT NULL,
        PRIMARY KEY (conversation, place)) WITHOUT ROWID;
      CREATE TABLE ledger (
        place INTEGER NOT NULL, receiver INTEGER NOT NULL, attempt INTEGER NOT NULL, peer TEXT NOT NULL,
        state TEXT NOT NULL, rtt, at NOT NULL, final INTEGER NOT NULL,
        PRIMARY KEY (place, receiver, attempt)) WITHOUT ROWID;
      -- Stretches of places, both ends included, whose messages the index may not hold yet.
      CREATE TABLE unindexed (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
    `);
  },
  // 2: the state of the program.
  (db) => {
    db.exec(`
      CREATE TABLE peers (id TEXT PRIMARY KEY, seen NOT NULL, memory TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX peers_seen ON peers (seen);
      CREATE TABLE merges (source TEXT PRIMARY KEY, target TEXT NOT NULL, at NOT NULL, automatic INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE queue (message TEXT NOT NULL, peer TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (message, peer)) WITHOUT ROWID;
      CREATE TABLE marks (conversation TEXT PRIMARY KEY, at NOT NULL) WITHOUT ROWID;
      CREATE TABLE contents (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    `);
  },
  // 3: how a message went to each receiver.
  (db) => {
    db.exec("ALTER TABLE ledger ADD COLUMN cipher TEXT");
  },
];

export const schemaVersion = steps.length;

/** Brings a file from its version to ours, one step after the other, within the caller's transaction. `upTo` is for tests. */
export function migrate(db: Database, from: number, upTo: number = schemaVersion): void {
  for (const step of steps.slice(from, upTo)) step(db);
  db.exec(`PRAGMA user_version = ${upTo}`);
}

/**
 * The index of everything three characters long, and of what begins with one or two (see grams.ts). Apart from the steps: an engine
 * built without full text search goes without, and finds by looking at each message.
 */
export function createGrams(db: Database): boolean {
  try {
    db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS grams USING fts5(
      t, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='1 2')`);
    return true;
  } catch (error) {
    if (error instanceof Error && /no such module|contentless_delete/u.test(error.message)) return false;
    throw error;
  }
}
