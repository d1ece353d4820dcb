// The file part of the machine: routes inputs, requests and alarms to giving, taking, lists and pictures. Absent pieces (no store,
// no streams) make every request fail with a reason; what is heard is acknowledged all the same.
import { isRefusal, refuse } from "../compose.js";
import type { Outbox } from "../delivery.js";
import type { Encryption } from "../encryption.js";
import type { Answer } from "../input.js";
import type { Message, PeerId } from "../model.js";
import type { PeerRecord } from "../peers.js";
import type { SavedState } from "../saved.js";
import { drop } from "../world.js";
import type { World } from "../world.js";
import type { Endpoint } from "../../ports/transport.js";
import { parseFeiyan } from "../../protocol/feiyan.js";
import type { Packet } from "../../protocol/message.js";
import { createFetching } from "./fetching.js";
import { createKeptOffers } from "./kept-offers.js";
import { createManifests } from "./manifests.js";
import type { Manifests } from "./manifests.js";
import type { Offer, OfferId, Picture, Transfer, TransferId } from "./model.js";
import { createOffers } from "./offers.js";
import type { OfferRecord } from "./offers.js";
import { createPictures } from "./pictures.js";
import { createSealedRequests } from "./sealed-requests.js";
import { createSharing } from "./sharing.js";
import type { FilesAlarm, FilesInput, FilesRequest, RequestAsk, TransferOutcome } from "./signals.js";
import { createTransfers } from "./transfers.js";

export interface FileDesk {
  request(request: FilesRequest): Answer;
  input(input: FilesInput): void;
  ring(alarm: FilesAlarm): void;
  heardOffer(message: Message, peer: PeerRecord, from: Endpoint): void;
  /** False when nothing was offered to there. */
  heardRelease(packetNo: string, from: Endpoint): boolean;
  /** A slice of a picture or its acknowledgement. */
  heardPicture(packet: Packet, from: Endpoint): void;
  /** A packet of our own extension; false when it is none. */
  heardPrivate(packet: Packet, from: Endpoint): boolean;
  peerMerged(from: PeerId, into: PeerId): void;
  keepChanged(): void;
  restore(state: SavedState): void;
  offers(): readonly Offer[];
  transfers(): readonly Transfer[];
  pictures(): readonly Picture[];
}

export function createFileDesk(world: World, outbox: Outbox, encryption: Encryption): FileDesk {
  const offers = createOffers(world);
  const transfers = createTransfers(world);
  const sealedRequests = createSealedRequests(world, encryption);
  const sharing = createSharing(world, outbox, encryption, sealedRequests, offers, transfers, (key) =>
    manifests.begin(key),
  );
  const fetching = createFetching(world, encryption, offers, transfers);
  const manifests: Manifests = createManifests(world, offers, transfers, (packetNo, fileId, peerId) =>
    sharing.checked(packetNo, fileId, peerId),
  );
  const pictures = createPictures(world, outbox);
  const kept = createKeptOffers(world, offers, transfers, fetching);

  function find(id: OfferId): OfferRecord | Extract<Answer, { ok: false }> {
    return offers.get(id) ?? refuse("no-such-offer", "no such offer", { offerId: id });
  }

  function withOffer(id: OfferId, act: (record: OfferRecord) => Answer): Answer {
    const record = find(id);
    return isRefusal(record) ? record : act(record);
  }

  function cancel(record: OfferRecord, fileId: string | null): Answer {
    fetching.cancel(record, fileId);
    if (record.offer.direction === "out" && fileId === null) sharing.withdraw(record);
    return { ok: true, messages: [], offers: [record.offer] };
  }

  function ended(id: TransferId, outcome: TransferOutcome): void {
    manifests.stop(id);
    // Its receiver will compare everything and say so: until then it is not over.
    if (sharing.waitsForCheck(id, outcome)) return;
    const source = outcome.kind === "done" && outcome.isVerified ? fetching.sourceOf(id) : null;
    transfers.ended(id, outcome);
    sharing.ended(id);
    fetching.ended(id);
    manifests.tellDone(id, source);
  }

  function giveSeal(transferId: TransferId, ask: RequestAsk): void {
    const source = fetching.sourceOf(transferId);
    const peerId = transfers.get(transferId)?.peerId;
    const willCompare = ask.type === "dir" && fetching.comparesWith(peerId);
    const sealed =
      source === null || peerId === undefined
        ? null
        : sealedRequests.seal(peerId, source.packetNo, ask, willCompare);
    world.effects.push({ kind: "files", effect: { kind: "give-seal", transferId, sealed } });
  }

  const isKnown = (from: Endpoint): PeerId | undefined =>
    world.peers.at(from)?.id ?? sharing.peersAt(from.address)[0];

  return {
    request(request) {
      if (world.options.files !== true) return refuse("peer-without-files", "this node has no files", {});
      switch (request.kind) {
        case "offer":
          return sharing.offer(request.to, request.entries, request.text, request.options, request.asPicture);
        case "accept":
          return withOffer(request.offerId, (record) => fetching.accept(record, request.options));
        case "refuse":
          return withOffer(request.offerId, (record) => fetching.refuse(record));
        case "cancel":
          return withOffer(request.offerId, (record) => cancel(record, request.fileId));
        case "policy":
          fetching.setPolicy(request.peer, request.policy);
          return { ok: true, messages: [] };
        case "unfinished":
          return fetching.takeUp(request.parts);
        case "picture":
          return pictures.send(request.peer, request.bytes, request.text);
        default: {
          const never: never = request;
          return never;
        }
      }
    },

    input(input): void {
      switch (input.kind) {
        case "connection":
          sharing.connected(input.connectionId, input.from);
          return;
        case "connection-closed":
          sharing.disconnected(input.connectionId);
          return;
        case "request":
          sharing.requested(input.connectionId, input.packet, input.request);
          return;
        case "started":
          transfers.started(input.transferId, input.heldBytes, input.totalBytes);
          return;
        case "progress":
          transfers.progress(input.transferId, input.doneBytes, input.totalBytes, input.doneFiles);
          return;
        case "ended":
          ended(input.transferId, input.outcome);
          return;
        case "seal-wanted":
          giveSeal(input.transferId, input.ask);
          return;
        case "manifest-wanted":
          manifests.want(input.transferId, fetching.sourceOf(input.transferId));
          return;
        case "manifest-read":
          manifests.read(input.key, input.entries);
          return;
        case "image-saved": {
          const { imageId, peerId, format, sizeBytes, path, code } = input;
          const state = code === null ? "done" : "failed";
          pictures.saved({ imageId, peerId, direction: "in", state, format, sizeBytes, path, reason: code });
          return;
        }
        default: {
          const never: never = input;
          return never;
        }
      }
    },

    ring(alarm): void {
      switch (alarm.kind) {
        case "expire":
          offers.expire();
          return;
        case "manifest":
          manifests.again(alarm.transferId, alarm.round);
          return;
        case "done":
          manifests.doneAgain(alarm.transferId, alarm.round);
          return;
        case "unchecked":
          sharing.unchecked(alarm.transferId);
          return;
        case "announced":
          fetching.prepare(alarm.transferId);
          return;
        case "picture":
          pictures.again(alarm.key, alarm.round);
          return;
        default: {
          const never: never = alarm;
          return never;
        }
      }
    },

    heardOffer(message, peer, from) {
      if (world.options.files === true) fetching.heardOffer(message, peer, from);
    },

    heardRelease: (packetNo, from) => sharing.released(packetNo, from),

    heardPicture({ body }, from) {
      if (body.kind === "image-ack") pictures.heardAck(body.id, body.index, from);
      else if (body.kind === "image-slice" && body.slice !== null) {
        const peerId = isKnown(from);
        const dir = peerId === undefined ? "" : (fetching.policyFor(peerId)?.dir ?? "");
        pictures.heardSlice(body.slice, peerId, from, dir);
      } else drop(world, "broken image slice");
    },

    heardPrivate(packet, from) {
      const body = parseFeiyan(packet, world.options.codec);
      if (body === null || world.options.files !== true) return false;
      manifests.heard(body, world.peers.at(from)?.id, from);
      return true;
    },

    peerMerged: (from, into) => offers.move(from, into),
    keepChanged: () => kept.keepChanged(),
    restore: (state) => kept.restore(state),
    offers: () => offers.all(),
    transfers: () => transfers.all(),
    pictures: () => pictures.all(),
  };
}
