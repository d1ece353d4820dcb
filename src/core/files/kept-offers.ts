// Offers that outlive the program: written down whenever something of one changes, with how its transfers ended, and put back before
// the start, so that what was offered can still be fetched and what came can be found. Called by the file desk.
import { remember } from "../world.js";
import type { World } from "../world.js";
import type { SavedState } from "../saved.js";
import type { PeerId } from "../model.js";
import type { Fetching } from "./fetching.js";
import type { OfferId } from "./model.js";
import type { Offers } from "./offers.js";
import type { Transfers } from "./transfers.js";

export interface KeptOffers {
  /** Writes down what the events of this step are about. */
  keepChanged(): void;
  restore(state: SavedState): void;
}

/** How many transfers of one offer are written down: a thousand files to a hundred people would be a book. */
const mostTransfers = 500;

export function createKeptOffers(
  world: World,
  offers: Offers,
  transfers: Transfers,
  fetching: Pick<Fetching, "addressOf" | "restore">,
): KeptOffers {
  function keep(id: OfferId): void {
    const record = offers.get(id);
    // Of what only a part on the disk tells there is no message; the part is its memory.
    if (record === undefined || record.offer.isUnfinished) return;
    const { offer, packetNo, expiresAt } = record;
    if (offer.parties.some(({ peerId }) => world.peers.get(peerId)?.policy.unlogged === true)) return;
    const ended = transfers.of(id).filter(({ endedAt }) => endedAt !== null);
    const kept = {
      offer,
      packetNo,
      expiresAt,
      source: fetching.addressOf(id),
      transfers: ended.slice(-mostTransfers),
    };
    remember(world, { kind: "offer", offer: kept });
  }

  return {
    keepChanged() {
      let changed: Set<OfferId> | null = null;
      for (const event of world.events) {
        if (event.kind === "offer") (changed ??= new Set()).add(event.offer.offerId);
        else if (event.kind === "transfer" && event.transfer.endedAt !== null)
          (changed ??= new Set()).add(event.transfer.offerId);
      }
      if (changed !== null) for (const id of changed) keep(id);
    },

    restore({ offers: kept, merges }) {
      const into = new Map<PeerId, PeerId>(merges.map((merge) => [merge.from, merge.into]));
      const now = (id: PeerId): PeerId => into.get(id) ?? id;
      for (const { offer, packetNo, expiresAt, source, transfers: ended } of kept) {
        const parties = offer.parties.map((party) => ({ ...party, peerId: now(party.peerId) }));
        offers.restore({ offer: { ...offer, parties }, packetNo, expiresAt });
        if (source !== null) fetching.restore(offer.offerId, source);
        for (const transfer of ended) transfers.restore({ ...transfer, peerId: now(transfer.peerId) });
      }
    },
  };
}
