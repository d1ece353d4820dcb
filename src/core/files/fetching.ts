// Our side of taking: offers of others kept, met by policy or by the user, queued and fetched a few at a time, tried again, refused.
// How bytes come in is the shell's work (`fetch` effects); what they are called here was never checked, the store does that.
import { refuse } from "../compose.js";
import type { Encryption } from "../encryption.js";
import type { Answer } from "../input.js";
import { fileLimits, fileTimers } from "../limits.js";
import type { Message, PeerId } from "../model.js";
import type { PeerRecord } from "../peers.js";
import type { OfferSource } from "../saved.js";
import { bareFor, sendPacket } from "../world.js";
import type { World } from "../world.js";
import type { UnfinishedPart } from "../../ports/file-store.js";
import type { Endpoint } from "../../ports/transport.js";
import { commands } from "../../protocol/commands.js";
import { fallbackPolicy, isAcceptedByPolicy, policyOf } from "./accept-policy.js";
import type {
  AcceptOptions,
  AcceptPolicy,
  Offer,
  OfferedFile,
  OfferId,
  Transfer,
  TransferId,
} from "./model.js";
import { buildFetchOrder } from "./fetch-order.js";
import type { Wish } from "./fetch-order.js";
import { offeredFileOf } from "./offered-file.js";
import { expiryOf } from "./offers.js";
import { takeUpParts } from "./unfinished.js";
import type { OfferRecord, Offers } from "./offers.js";
import type { Transfers } from "./transfers.js";

export interface Fetching {
  /** A message with a file list came. */
  heardOffer(message: Message, peer: PeerRecord, from: Endpoint): void;
  accept(record: OfferRecord, options: AcceptOptions): Answer;
  refuse(record: OfferRecord): Answer;
  cancel(record: OfferRecord, fileId: string | null): void;
  ended(id: TransferId): void;
  takeUp(parts: readonly UnfinishedPart[]): Answer;
  setPolicy(peer: PeerId | null, policy: AcceptPolicy | null): void;
  policyFor(peerId: PeerId): AcceptPolicy | null;
  /** Where an offer came from; null for ours. */
  addressOf(id: OfferId): OfferSource | null;
  /** Of an earlier run. */
  restore(id: OfferId, source: OfferSource): void;
  /** The sender has had the time to announce itself. */
  prepare(id: TransferId): void;
  /** It has lists of folders with hashes. */
  comparesWith(peerId: PeerId | undefined): boolean;
  /** What is needed to ask for more of a running fetch. */
  sourceOf(
    id: TransferId,
  ): { readonly packetNo: string; readonly fileId: string; readonly to: Endpoint } | null;
}

function partyOf(offer: Offer): PeerId | undefined {
  return offer.parties[0]?.peerId;
}

export function createFetching(
  world: World,
  encryption: Encryption,
  offers: Offers,
  transfers: Transfers,
): Fetching {
  const sources = new Map<OfferId, OfferSource>();
  const preparing = new Set<TransferId>();
  const wishes = new Map<TransferId, Wish>();
  const policies = new Map<PeerId, AcceptPolicy>();
  let policy: AcceptPolicy | null = null;

  const policyFor = (peerId: PeerId): AcceptPolicy | null =>
    policyOf(policies.get(peerId) ?? policy, world.peers.get(peerId)?.policy.files ?? null);

  /** Fills the free places from the queue, oldest first. */
  function pump(): void {
    for (const transfer of transfers.all()) {
      if (transfers.active("in") >= fileLimits.fetches) return;
      if (transfer.direction === "in" && transfer.state === "queued") begin(transfer);
    }
  }

  /** Its place is taken while the sender's key is asked for. */
  function begin(transfer: Transfer): void {
    const peer = world.peers.get(transfer.peerId);
    transfers.started(transfer.transferId, 0, null);
    preparing.add(transfer.transferId);
    const message = world.log.get(transfer.offerId);
    if (peer?.announced === false && message !== undefined && message.encryption !== null) {
      // Who encrypts can perhaps encrypt files too, but says so in its announcement, which comes a little later than its offer.
      const alarm = { kind: "announced", transferId: transfer.transferId } as const;
      world.alarms.set(world.now + fileTimers.announcementMs, { kind: "files", alarm });
    } else prepare(transfer.transferId);
  }

  function prepare(id: TransferId): void {
    const transfer = transfers.get(id);
    if (transfer === undefined || !preparing.has(id)) return;
    const peer = world.peers.get(transfer.peerId);
    const then = (): void => {
      if (preparing.delete(id)) fetch(transfer);
    };
    if (peer === undefined) then();
    else encryption.prepareFiles(peer, then);
  }

  function fetch(transfer: Transfer): void {
    const record = offers.get(transfer.offerId);
    const wish = wishes.get(transfer.transferId);
    const source = sources.get(transfer.offerId);
    const order =
      record === undefined || wish === undefined || source === undefined
        ? null
        : buildFetchOrder(world, encryption, transfer, record, source, wish);
    if (order === null) {
      transfers.ended(transfer.transferId, { kind: "failed", code: "no-such-offer", fields: {} });
      return;
    }
    if (order.isSealed) transfers.started(transfer.transferId, 0, null, "aes-256-ctr");
    world.effects.push({ kind: "files", effect: { kind: "fetch", order } });
  }

  function queue(record: OfferRecord, files: readonly OfferedFile[], wish: Wish): readonly Transfer[] {
    const peerId = partyOf(record.offer);
    if (peerId === undefined) return [];
    offers.setParty(record, peerId, "open");
    const queued = files.map((file) => transfers.begin(record.offer, file, peerId, "queued"));
    for (const { transferId } of queued) wishes.set(transferId, wish);
    pump();
    return queued;
  }

  function release(record: OfferRecord): void {
    const source = sources.get(record.offer.offerId);
    if (source === undefined || record.packetNo === "") return;
    const command = commands.RELEASEFILES.number;
    sendPacket(world, { command, sections: [record.packetNo] }, source.to, bareFor(world, source.to));
  }

  /** `isDoubtful`: perhaps not from whom it seems to be; then the user decides. */
  function meetByPolicy(record: OfferRecord, peer: PeerRecord, isDoubtful: boolean): void {
    const rule = policyFor(peer.id);
    if (rule === null) return;
    const verdict = isAcceptedByPolicy(rule, record.offer, peer);
    if (verdict === "yes" && isDoubtful) return;
    if (verdict === "yes") queue(record, record.offer.files, { dir: rule.dir, policy: rule, anySize: false });
    else if (verdict === "never") {
      release(record);
      offers.setParty(record, peer.id, "refused");
    } else if (verdict === "too-large") {
      const fields = { offerId: record.offer.offerId, limit: rule.maxSizeBytes ?? 0 };
      world.events.push({ kind: "notice", code: "size-over-limit", fields, at: world.now });
    }
  }

  /** An unfinished part of the same thing: the new offer takes its place. */
  function replaceUnfinished(peerId: PeerId, files: readonly OfferedFile[]): void {
    for (const offer of offers.all()) {
      if (!offer.isUnfinished || partyOf(offer) !== peerId) continue;
      const [part] = offer.files;
      const isSame = files.some((file) => file.name === part?.name && file.sizeBytes === part.sizeBytes);
      if (isSame && transfers.of(offer.offerId).every(({ endedAt }) => endedAt !== null))
        offers.forget(offer.offerId);
    }
  }

  return {
    heardOffer(message, peer, from) {
      const files = message.files.map(offeredFileOf);
      replaceUnfinished(peer.id, files);
      const record: OfferRecord = {
        packetNo: message.packetNo,
        expiresAt: expiryOf(world.now),
        offer: {
          offerId: message.id,
          direction: "in",
          at: world.now,
          parties: [{ peerId: peer.id, state: "open" }],
          files,
          isUnfinished: false,
        },
      };
      sources.set(message.id, { to: from, charset: message.charset });
      forgetSources();
      offers.add(record);
      const meet = (): void => {
        const signature = world.log.get(message.id)?.encryption?.signature;
        const isDoubtful = signature === "invalid" || world.trust.stateOf(peer.id) === "alarm";
        const isOpen = record.offer.parties.some(({ state }) => state === "open");
        // Meanwhile the user may have decided himself.
        if (isOpen && transfers.of(message.id).length === 0) meetByPolicy(record, peer, isDoubtful);
      };
      if (message.encryption?.signature === "unknown") encryption.prepareFiles(peer, meet);
      else meet();
    },

    accept(record, options) {
      const { offer } = record;
      const peerId = partyOf(offer);
      if (offer.direction !== "in" || peerId === undefined) return notOpen(record);
      const rule = policyFor(peerId) ?? fallbackPolicy;
      const dir = options.dir ?? rule.dir;
      if (dir === "") return refuse("disk-not-writable", "no folder to receive into", { path: "" });
      const wanted = offer.files.filter(
        ({ fileId }) => options.fileIds === undefined || options.fileIds.includes(fileId),
      );
      // What is done or on its way is not fetched again.
      const isFree = ({ fileId }: OfferedFile): boolean =>
        transfers.of(offer.offerId, fileId).every(({ state }) => state === "failed" || state === "cancelled");
      const files = wanted.filter(isFree);
      if (files.length === 0) return notOpen(record);
      const changed = {
        ...rule,
        overwrite: options.overwrite ?? rule.overwrite,
        resume: options.resume ?? rule.resume,
        maxSizeBytes: options.maxSizeBytes === undefined ? rule.maxSizeBytes : options.maxSizeBytes,
      };
      queue(record, files, { dir, policy: changed, anySize: options.anySize ?? false });
      return { ok: true, messages: [], offers: [record.offer] };
    },

    refuse(record) {
      const peerId = partyOf(record.offer);
      if (record.offer.direction !== "in" || peerId === undefined) return notOpen(record);
      release(record);
      offers.setParty(record, peerId, "refused");
      return { ok: true, messages: [], offers: [record.offer] };
    },

    cancel(record, fileId) {
      for (const transfer of transfers.of(record.offer.offerId, fileId ?? undefined)) {
        if (transfer.endedAt !== null) continue;
        const effect = { kind: "stop-transfer", transferId: transfer.transferId } as const;
        // One that waits, for a place or a key, has nothing to stop.
        if (transfer.state === "queued" || preparing.delete(transfer.transferId))
          transfers.ended(transfer.transferId, { kind: "cancelled" });
        else world.effects.push({ kind: "files", effect });
      }
      pump();
    },

    ended(id) {
      const transfer = transfers.get(id);
      if (transfer?.direction !== "in") return;
      wishes.delete(id);
      const record = offers.get(transfer.offerId);
      const all = transfers.of(transfer.offerId);
      if (record !== undefined && all.every(({ endedAt }) => endedAt !== null)) {
        const done = all.filter(({ state }) => state === "done").length;
        const isAll = done === record.offer.files.length;
        if (isAll || done > 0) offers.setParty(record, transfer.peerId, isAll ? "done" : "partly");
      }
      pump();
    },

    takeUp: (parts) =>
      takeUpParts(world, offers, transfers, parts, (id, source) => void sources.set(id, source)),

    setPolicy(peer, given) {
      if (peer === null) policy = given;
      else if (given === null) policies.delete(peer);
      else policies.set(peer, given);
    },

    policyFor,
    addressOf: (id) => sources.get(id) ?? null,
    restore: (id, source) => void sources.set(id, source),
    prepare,
    comparesWith: (peerId) => peerId !== undefined && world.peers.get(peerId)?.feiyan?.manifests === true,

    sourceOf(id) {
      const transfer = transfers.get(id);
      const record = transfer === undefined ? undefined : offers.get(transfer.offerId);
      const source = record === undefined ? undefined : sources.get(record.offer.offerId);
      if (transfer === undefined || record === undefined || source === undefined) return null;
      return { packetNo: record.packetNo, fileId: transfer.fileId, to: source.to };
    },
  };

  function forgetSources(): void {
    if (sources.size <= fileLimits.offers) return;
    for (const id of sources.keys()) if (offers.get(id) === undefined) sources.delete(id);
  }
}

function notOpen({ offer }: OfferRecord): Answer {
  return refuse("offer-not-open", "nothing of it can be fetched", { offerId: offer.offerId });
}
