// What is kept besides messages: peers, merges, what waits, read marks, values. Small rows of JSON by key. Counting what is unread is
// bounded, so that a start costs the same whatever the history holds.
import type { PeerId } from "../../core/model.js";
import type { KeptOffer, PeerMemory, PeerMerge, RecentMessage, SavedState } from "../../core/saved.js";
import type { HistoryWrite, WaitingMessage } from "../../ports/history-store.js";
import { keptOffers, recentLimit, rootOf, unreadLimit } from "../memory-engine.js";
import { hasOtherText, placeAt, rowFlags } from "../message-row.js";
import type { Database } from "./driver.js";
import { createQueueTable, textsIn } from "./queue-table.js";
import { numberOf, textOf } from "./values.js";
import type { Rows } from "./rows.js";

/** Peers given back at the start, the latest seen first. */
const restoredPeers = 2_000;
const restoredMerges = 10_000;

/** Offers stand among the contents, by message id, which grows with time. */
export const offerName = (messageId: string): string => `offer ${messageId}`;
const afterOffers = "offer!";

export type StateWrite = Exclude<HistoryWrite, { kind: "message" | "change" | "delivery" }>;

export interface StateTables {
  write(item: StateWrite): void;
  read(recentSinceMs: number): SavedState;
  waiting(): readonly WaitingMessage[];
  value(name: string): string | null;
  merges(): ReadonlyMap<PeerId, PeerMerge>;
  /** What was read up to a moment, where nothing later was. */
  markAtLeast(conversation: string, at: number): void;
}

export function createState(db: Database, rows: Rows): StateTables {
  let merges: ReadonlyMap<PeerId, PeerMerge> | null = null;
  let version = -1;
  const queue = createQueueTable(db);

  /** Another process may have written some. */
  function currentMerges(): ReadonlyMap<PeerId, PeerMerge> {
    const now = numberOf(Reflect.get(db.prepare("PRAGMA data_version").get() ?? {}, "data_version"));
    if (merges === null || now !== version) {
      version = now;
      const found = db.prepare("SELECT * FROM merges ORDER BY at DESC LIMIT ?").all(restoredMerges);
      merges = new Map(found.map((row) => [mergeOf(row).from, mergeOf(row)]));
    }
    return merges;
  }

  function unread(): Record<string, number> {
    const known = currentMerges();
    const counts: Record<string, number> = {};
    const names = db
      .prepare(
        `SELECT name FROM conversations c
         WHERE name = 'everyone' OR name LIKE 'group:%' OR name IN (SELECT id FROM peers ORDER BY seen DESC LIMIT ?)`,
      )
      .all(restoredPeers)
      .map((row) => textOf(Reflect.get(row, "name")));
    const mark = db.prepare("SELECT at FROM marks WHERE conversation = ?");
    const count = db.prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM messages WHERE conversation = ? AND place >= ? AND at > ?
       AND (flags & ${rowFlags.out}) = 0 LIMIT ${unreadLimit})`,
    );
    for (const name of names) {
      const root = rootOf(name, known);
      const at = numberOf(Reflect.get(mark.get(root) ?? { at: -1 }, "at"));
      const number = rows.numberOf(name);
      const found =
        number === null ? 0 : numberOf(Reflect.get(count.get(number, placeAt(at), at) ?? {}, "n"));
      if (found > 0) counts[root] = Math.min(unreadLimit, (counts[root] ?? 0) + found);
    }
    return counts;
  }

  function offersKept(): readonly KeptOffer[] {
    const sql = `SELECT value FROM contents WHERE name >= '${offerName("")}' AND name < '${afterOffers}' ORDER BY name LIMIT ?`;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `write` below
    return textsIn(db, sql, "value", keptOffers) as readonly KeptOffer[];
  }

  function recent(sinceMs: number): readonly RecentMessage[] {
    const found = db
      .prepare(
        `SELECT f.peer, f.address, m.packet, m.text, m.at, m.flags, m.raw, t.options
         FROM messages m JOIN faces f ON f.id = m.face JOIN traits t ON t.id = m.traits WHERE (m.flags & ${rowFlags.out}) = 0 AND m.place >= ? ORDER BY m.place DESC LIMIT ?`,
      )
      .all(placeAt(sinceMs), recentLimit);
    return found.toReversed().map((row): RecentMessage => {
      const value = (name: string): unknown => Reflect.get(row, name);
      const raw = value("raw");
      const isOther = hasOtherText({ flags: numberOf(value("flags")), options: textOf(value("options")) });
      // oxlint-disable typescript/no-unsafe-type-assertion -- written from a message
      return {
        ...(isOther && raw instanceof Uint8Array ? { wire: raw } : {}),
        peerId: textOf(value("peer")) as RecentMessage["peerId"],
        packetNo: String(value("packet")) as RecentMessage["packetNo"],
        address: textOf(value("address")),
        text: textOf(value("text")),
        at: numberOf(value("at")),
      };
      // oxlint-enable typescript/no-unsafe-type-assertion
    });
  }

  return {
    write(item) {
      switch (item.kind) {
        case "peer":
          db.prepare("INSERT OR REPLACE INTO peers VALUES (?, ?, ?)").run(
            item.peer.id,
            item.peer.lastSeen,
            JSON.stringify(item.peer),
          );
          return;
        case "forget-peer":
          db.prepare("DELETE FROM peers WHERE id = ?").run(item.id);
          return;
        case "read":
          db.prepare("INSERT OR REPLACE INTO marks VALUES (?, ?)").run(item.conversation, item.at);
          return;
        case "merge": {
          const { from, into, at, automatic } = item.merge;
          db.prepare("INSERT OR REPLACE INTO merges VALUES (?, ?, ?, ?)").run(
            from,
            into,
            at,
            automatic ? 1 : 0,
          );
          merges = null;
          return;
        }
        case "unmerge":
          db.prepare("DELETE FROM merges WHERE source = ?").run(item.from);
          merges = null;
          return;
        case "queue":
          queue.put(item.queued, item.claims);
          return;
        case "unqueue":
          queue.remove(item.messageId, item.peerId);
          return;
        case "offer": {
          const { offerId } = item.offer.offer;
          db.prepare("INSERT OR REPLACE INTO contents VALUES (?, ?)").run(
            offerName(offerId),
            JSON.stringify(item.offer),
          );
          db.prepare(
            `DELETE FROM contents WHERE name >= ?1 AND name < (SELECT name FROM contents
             WHERE name >= ?1 AND name < ?2 ORDER BY name DESC LIMIT 1 OFFSET ${keptOffers - 1})`,
          ).run(offerName(""), afterOffers);
          return;
        }
        case "value":
          if (item.value === null) db.prepare("DELETE FROM contents WHERE name = ?").run(item.name);
          else db.prepare("INSERT OR REPLACE INTO contents VALUES (?, ?)").run(item.name, item.value);
          return;
        default:
          item satisfies never;
      }
    },

    read(recentSinceMs) {
      const peers = textsIn(
        db,
        "SELECT memory FROM peers ORDER BY seen DESC LIMIT ?",
        "memory",
        restoredPeers,
      );
      return {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `write` above
        peers: peers as readonly PeerMemory[],
        merges: [...currentMerges().values()],
        queue: queue.waiting().flatMap(({ queued, isTaken }) => (isTaken ? [] : [queued])),
        unread: unread(),
        recent: recent(recentSinceMs),
        offers: offersKept(),
      };
    },

    waiting: () => queue.waiting(),

    value(name) {
      const found = db.prepare("SELECT value FROM contents WHERE name = ?").get(name);
      return found === undefined ? null : textOf(Reflect.get(found, "value"));
    },

    merges: currentMerges,

    markAtLeast(conversation, at) {
      db.prepare(
        "INSERT INTO marks VALUES (?1, ?2) ON CONFLICT (conversation) DO UPDATE SET at = max(at, ?2)",
      ).run(conversation, at);
    },
  };
}

function mergeOf(row: object): PeerMerge {
  // oxlint-disable typescript/no-unsafe-type-assertion -- names of conversations are peer ids
  return {
    from: textOf(Reflect.get(row, "source")) as PeerId,
    into: textOf(Reflect.get(row, "target")) as PeerId,
    at: numberOf(Reflect.get(row, "at")),
    automatic: Reflect.get(row, "automatic") === 1,
  };
}
