// What an earlier run left half done on the disk, as offers again: those of the history as they are, the others made anew from what the
// part says of itself. Called with what the store found.
import type { Answer } from "../input.js";
import { fileLimits } from "../limits.js";
import type { PeerId } from "../model.js";
import type { PeerRecord } from "../peers.js";
import type { OfferSource } from "../saved.js";
import type { World } from "../world.js";
import type { PartClaim, UnfinishedPart } from "../../ports/file-store.js";
import type { Offer, OfferId } from "./model.js";
import { expiryOf, unfinishedId } from "./offers.js";
import type { Offers } from "./offers.js";
import type { Transfers } from "./transfers.js";

export function takeUpParts(
  world: World,
  offers: Offers,
  transfers: Transfers,
  parts: readonly UnfinishedPart[],
  setSource: (id: OfferId, source: OfferSource) => void,
): Answer {
  const taken: Offer[] = [];
  for (const { claim } of parts.slice(0, fileLimits.unfinished)) {
    const endpoint = { address: claim.peer.address, port: claim.peer.port };
    const peer = ownerOf(world, claim) ?? world.peers.byAddress(endpoint, world.now);
    if (peer === null) continue;
    const known = offers
      .all()
      .find(
        (offer) =>
          offer.direction === "in" &&
          offer.parties[0]?.peerId === peer.id &&
          offers.get(offer.offerId)?.packetNo === claim.packetNo &&
          offer.files.some(({ fileId }) => fileId === claim.fileId),
      );
    if (known !== undefined) {
      const { state } = known.parties[0] ?? { state: "expired" };
      const isMoving = transfers.of(known.offerId).some(({ endedAt }) => endedAt === null);
      // Known from the history: gone on with all the same.
      if ((state === "open" || state === "partly") && !isMoving) taken.push(known);
      continue;
    }
    const offer = unfinishedOffer(world, claim, peer.id);
    setSource(offer.offerId, { to: endpoint, charset: "ascii" });
    offers.add({ offer, packetNo: claim.packetNo, expiresAt: expiryOf(world.now) });
    taken.push(offer);
  }
  return { ok: true, messages: [], offers: taken };
}

function ownerOf(world: World, claim: PartClaim): PeerRecord | null {
  for (const peer of world.peers.all()) if (peer.id === claim.peer.id) return peer;
  return null;
}

function unfinishedOffer(world: World, claim: PartClaim, peerId: PeerId): Offer {
  const { fileId, name, kind, sizeBytes, mtime, readOnly } = claim;
  return {
    offerId: unfinishedId(world),
    direction: "in",
    at: world.now,
    parties: [{ peerId, state: "open" }],
    files: [{ fileId, name, kind, sizeBytes, mtime, readOnly, path: null }],
    isUnfinished: true,
  };
}
