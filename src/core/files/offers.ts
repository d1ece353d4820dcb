// The offers of both directions: made, found again by what a request says, closed party by party, and forgotten in time. Publishes
// every change; moves nothing.
import { trimOldest } from "../trim-oldest.js";
import { fileLimits, fileTimers } from "../limits.js";
import type { MessageId, PeerId } from "../model.js";
import type { World } from "../world.js";
import type { FileRequest } from "../../protocol/message.js";
import type { Offer, OfferedFile, OfferId, OfferParty, OfferState } from "./model.js";

/** What the machine keeps beside what it shows. */
export interface OfferRecord {
  offer: Offer;
  /** Decimal digits as in the message. */
  readonly packetNo: string;
  readonly expiresAt: number;
}

/** What a request asks for. */
export interface Wanted {
  readonly record: OfferRecord;
  readonly file: OfferedFile;
  /** A file inside that folder, by its place in the manifest; null for the thing itself. */
  readonly member: number | null;
}

export interface Offers {
  get(id: OfferId): OfferRecord | undefined;
  all(): readonly Offer[];
  add(record: OfferRecord): void;
  /** Of an earlier run: nobody is told. */
  restore(record: OfferRecord): void;
  setParty(record: OfferRecord, peerId: PeerId, state: OfferState): void;
  /** Our offers with this number to this peer. */
  findOut(packetNo: string, peerId: PeerId): OfferRecord | undefined;
  /** What a request of one of these peers asks for: numbers as hex first, then as decimal (protocol.md section 8.2). */
  match(request: FileRequest, peers: readonly PeerId[]): { wanted: Wanted; peerId: PeerId } | null;
  /** An unfinished offer of this peer with these numbers; it gives way to a new offer of the same thing. */
  forget(id: OfferId): void;
  /** Closes what is too old. */
  expire(): void;
  move(from: PeerId, into: PeerId): void;
}

/**
 * File ids of ours. Read as hexadecimal, none of 1000 … 2023 is another of them, and none of them read as decimal is: whatever base
 * a client takes them for (section 8, trap 1), it cannot get another file than it means.
 */
export const firstFileId = 1000;

/** Files of an offered folder have ids of their own: 2^30, then ten bits for the folder, then twenty for the file. */
const memberBase = 2 ** 30;
const memberStep = 2 ** 20;

export function memberBaseOf(index: number): number {
  return memberBase + index * memberStep;
}

const isOpen = ({ state }: OfferParty): boolean => state === "open" || state === "partly";

export function createOffers(world: World): Offers {
  const table = new Map<OfferId, OfferRecord>();

  function publish(record: OfferRecord, change: "appeared" | "changed"): void {
    world.events.push({ kind: "offer", change, offer: record.offer, at: world.now });
  }

  function setParty(record: OfferRecord, peerId: PeerId, state: OfferState): void {
    const parties = record.offer.parties.map((party) =>
      party.peerId === peerId && party.state !== state ? { peerId, state } : party,
    );
    if (parties.every((party, at) => party === record.offer.parties[at])) return;
    record.offer = { ...record.offer, parties };
    publish(record, "changed");
  }

  function makeRoom(): void {
    for (const [id, { offer }] of table) {
      if (table.size < fileLimits.offers) return;
      if (!offer.parties.some(isOpen)) table.delete(id);
    }
    // Nothing was closed: the oldest goes.
    trimOldest(table, fileLimits.offers - 1);
  }

  function candidates(numbers: readonly (number | null)[], peerId: PeerId): readonly OfferRecord[] {
    const found: OfferRecord[] = [];
    for (const number of numbers) {
      if (number === null) continue;
      for (const record of table.values()) {
        const { offer, packetNo } = record;
        if (offer.direction !== "out" || Number(packetNo) !== number) continue;
        if (offer.parties.some((party) => party.peerId === peerId && party.state !== "expired"))
          found.push(record);
      }
    }
    return found;
  }

  function fileOf(record: OfferRecord, id: number | null): Wanted | null {
    if (id === null) return null;
    const { files } = record.offer;
    if (id < memberBase) {
      const file = files.find(({ fileId }) => Number(fileId) === id);
      return file === undefined ? null : { record, file, member: null };
    }
    const place = id - memberBase;
    const folder = files[Math.floor(place / memberStep)];
    return folder?.kind === "folder" ? { record, file: folder, member: place % memberStep } : null;
  }

  return {
    get: (id) => table.get(id),
    all: () => Array.from(table.values(), ({ offer }) => offer),

    add(record) {
      makeRoom();
      table.set(record.offer.offerId, record);
      publish(record, "appeared");
      world.alarms.set(record.expiresAt, { kind: "files", alarm: { kind: "expire" } });
    },

    restore(record) {
      makeRoom();
      table.set(record.offer.offerId, record);
      if (record.offer.parties.some(isOpen))
        world.alarms.set(record.expiresAt, { kind: "files", alarm: { kind: "expire" } });
    },

    setParty,

    findOut(packetNo, peerId) {
      for (const record of table.values()) {
        const { offer } = record;
        if (offer.direction !== "out" || record.packetNo !== packetNo) continue;
        if (offer.parties.some((party) => party.peerId === peerId)) return record;
      }
      return undefined;
    },

    match(request, peers) {
      const decimal = /^\d{1,15}$/.test(request.packetNoHex) ? Number(request.packetNoHex) : null;
      for (const peerId of peers) {
        const records = candidates([request.packetNo, decimal], peerId);
        for (const id of [request.fileIdIfHex, request.fileIdIfDecimal]) {
          for (const record of records) {
            const wanted = fileOf(record, id);
            if (wanted !== null) return { wanted, peerId };
          }
        }
      }
      return null;
    },

    forget: (id) => void table.delete(id),

    expire() {
      for (const record of table.values()) {
        if (record.expiresAt > world.now) continue;
        for (const party of record.offer.parties)
          if (isOpen(party)) setParty(record, party.peerId, "expired");
      }
    },

    move(from, into) {
      for (const record of table.values()) {
        if (!record.offer.parties.some((party) => party.peerId === from)) continue;
        const parties = record.offer.parties.map((party) =>
          party.peerId === from ? { ...party, peerId: into } : party,
        );
        record.offer = { ...record.offer, parties };
        publish(record, "changed");
      }
    },
  };
}

/** Until when an offer holds that is made now. */
export function expiryOf(now: number): number {
  return now + fileTimers.offerMs;
}

/** The id of an offer that only an earlier run knew. */
export function unfinishedId(world: World): MessageId {
  return world.newMessageId(world.now);
}
