// Our side of giving: offers made by message, connections let in within their limits, requests matched to what was offered to that
// peer, offers withdrawn or refused. What is sent on a connection is the shell's work (`serve` effects).
import { checkOffer, checkText, isRefusal, refuse, targetsOf } from "../compose.js";
import type { Target } from "../compose.js";
import type { Outbox } from "../delivery.js";
import type { Encryption } from "../encryption.js";
import type { Answer, Receiver, SayOptions } from "../input.js";
import { fileLimits, fileTimers } from "../limits.js";
import type { Message, PeerId } from "../model.js";
import { namesOf } from "../presence.js";
import { drop } from "../world.js";
import type { World } from "../world.js";
import type { LocalEntry } from "../../ports/file-store.js";
import type { Endpoint } from "../../ports/transport.js";
import { fileType, type OutgoingFile } from "../../protocol/attachments.js";
import { hasOption } from "../../protocol/options.js";
import type { FileRequest, Packet } from "../../protocol/message.js";
import type { OfferedFile, TransferId } from "./model.js";
import { buildOfferList } from "./offer-list.js";
import { expiryOf, firstFileId, memberBaseOf } from "./offers.js";
import type { OfferRecord, Offers, Wanted } from "./offers.js";
import type { SealedRequests } from "./sealed-requests.js";
import type { BodyKey, ServeOrder, TransferOutcome } from "./signals.js";
import type { Transfers } from "./transfers.js";

export interface Sharing {
  offer(
    to: readonly Receiver[],
    entries: readonly LocalEntry[],
    text: string,
    options: SayOptions,
    asPicture?: boolean,
  ): Answer;
  connected(connectionId: string, from: Endpoint): void;
  disconnected(connectionId: string): void;
  /** `request` is null for one inside an envelope. */
  requested(connectionId: string, packet: Packet, request: FileRequest | null): void;
  /** RELEASEFILES: the peer does not want them. False when nothing was offered to there. */
  released(packetNo: string, from: Endpoint): boolean;
  withdraw(record: OfferRecord): void;
  /** A folder given to somebody who will compare it: true when the end must wait for that. */
  waitsForCheck(id: TransferId, outcome: TransferOutcome): boolean;
  /** The receiver has compared it. */
  checked(packetNo: string, fileId: string, peerId: PeerId): void;
  /** It said nothing for so long that it never will. */
  unchecked(id: TransferId): void;
  /** A transfer of ours ended: the party has everything, or not. */
  ended(id: TransferId): void;
  /** Peers at an address to whom something was offered. */
  peersAt(address: string): readonly PeerId[];
}

interface Connection {
  readonly from: Endpoint;
  transferId: TransferId | null;
}

export function createSharing(
  world: World,
  outbox: Outbox,
  encryption: Encryption,
  sealedRequests: SealedRequests,
  offers: Offers,
  transfers: Transfers,
  /** True when the list of hashes of a folder is to be made now: it will be wanted as soon as everything is sent. */
  beginList: (key: string) => boolean,
): Sharing {
  const connections = new Map<string, Connection>();
  /** Folders whose receiver said that it will compare them. */
  const checking = new Set<TransferId>();
  const unchecked = new Map<TransferId, Extract<TransferOutcome, { kind: "done" }>>();

  function close(connectionId: string, reason: string): void {
    drop(world, reason);
    world.effects.push({ kind: "files", effect: { kind: "close-connection", connectionId } });
  }

  /** All that is heard at this address: a machine may have several peers, a request comes from any port. */
  function peersAt(address: string): readonly PeerId[] {
    const found: PeerId[] = [];
    for (const peer of world.peers.all()) {
      if (peer.addresses.some(({ endpoint }) => endpoint.address === address)) found.push(peer.id);
    }
    return found;
  }

  /** The one that says its own name comes first; whoever is blocked gets nothing. */
  function askers(packet: Packet, address: string): readonly PeerId[] {
    const { user, host } = namesOf(packet);
    return peersAt(address)
      .filter((id) => world.peers.get(id)?.policy.blocked !== true)
      .toSorted((a, b) => isNamed(b, user, host) - isNamed(a, user, host));
  }

  function isNamed(id: PeerId, user: string, host: string): number {
    const peer = world.peers.get(id);
    return peer?.user === user && peer.host === host ? 1 : 0;
  }

  /** All receivers must be able to take it, before the first is told. */
  function refusal(
    targets: readonly Target[],
    files: readonly OutgoingFile[],
    text: string,
    say: SayOptions,
  ) {
    for (const { peer, raw } of targets) {
      if (peer === null || raw) {
        return refuse("peer-without-files", "no files to this receiver", { peer: peer?.id ?? "everyone" });
      }
    }
    const names = files.map(({ name }) => name).join("\n");
    const unsendable = checkText(world, `${text}\n${names}`, targets, say);
    if (unsendable !== null) return unsendable;
    for (const target of targets) {
      const tooLong = checkOffer(world, text, files, target);
      if (tooLong !== null) return tooLong;
    }
    return null;
  }

  function remember(
    message: Message,
    entries: readonly LocalEntry[],
    sent: readonly OutgoingFile[],
  ): OfferRecord {
    const files = entries.map((entry, index): OfferedFile => ({
      fileId: String(firstFileId + index),
      name: entry.name,
      kind: sent[index]?.attr === fileType.clipboard ? "image" : entry.kind,
      sizeBytes: entry.sizeBytes,
      mtime: entry.mtime,
      readOnly: entry.readOnly,
      path: entry.path,
    }));
    const record: OfferRecord = {
      packetNo: message.packetNo,
      expiresAt: expiryOf(world.now),
      offer: {
        offerId: message.id,
        direction: "out",
        at: world.now,
        parties: message.to.map((peerId) => ({ peerId, state: "open" })),
        files,
        isUnfinished: false,
      },
    };
    offers.add(record);
    return record;
  }

  function serve(
    connectionId: string,
    packet: Packet,
    request: FileRequest,
    wanted: Wanted,
    peerId: PeerId,
    body: BodyKey | null,
    willCompare: boolean,
  ): void {
    const { record, file, member } = wanted;
    const connection = connections.get(connectionId);
    if (connection === undefined || file.path === null) return;
    const running = transfers
      .of(record.offer.offerId, file.fileId)
      .find((one) => one.peerId === peerId && one.endedAt === null);
    // Files of a folder come one by one: one transfer for them all.
    const transfer =
      member !== null && running !== undefined
        ? running
        : transfers.begin(record.offer, file, peerId, "started", body === null ? null : "aes-256-ctr");
    connection.transferId = transfer.transferId;
    if (member !== null || willCompare) checking.add(transfer.transferId);
    else checking.delete(transfer.transferId);
    // A second request for the same thing: the peer has given up the first one, whether we noticed or not.
    for (const [other, { transferId }] of connections) {
      if (member !== null) break;
      if (other !== connectionId && transferId === transfer.transferId) close(other, "asked-again");
    }
    const peer = world.peers.get(peerId);
    const isUtf8 = hasOption(packet.command, "UTF8OPT");
    const charset = isUtf8 || peer === undefined ? "utf-8" : world.peers.outgoingCharset(peer).charset;
    const index = record.offer.files.indexOf(file);
    const baseId = memberBaseOf(index);
    const key = keyOf(record, baseId);
    const order: ServeOrder = {
      transferId: transfer.transferId,
      connectionId,
      path: file.path,
      name: file.name,
      announced: file.sizeBytes === null ? null : { sizeBytes: file.sizeBytes, mtime: file.mtime },
      member: member === null ? null : { key, index: member },
      list:
        willCompare && member === null && file.kind === "folder" && beginList(key) ? { key, baseId } : null,
      // A single file may be asked for as a stream too; a folder comes as nothing else.
      asTree: member === null && (request.type === "dir" || file.kind === "folder"),
      offset: request.offset ?? 0,
      charset,
      body,
    };
    world.effects.push({ kind: "files", effect: { kind: "serve", order } });
  }

  function ended(id: TransferId): void {
    const transfer = transfers.get(id);
    if (transfer?.direction !== "out") return;
    unchecked.delete(id);
    checking.delete(id);
    const record = offers.get(transfer.offerId);
    if (record === undefined) return;
    const { files } = record.offer;
    const ofPeer = transfers.of(transfer.offerId).filter((one) => one.peerId === transfer.peerId);
    const isDone = files.every(({ fileId }) =>
      ofPeer.some((one) => one.fileId === fileId && one.state === "done"),
    );
    if (isDone) offers.setParty(record, transfer.peerId, "done");
  }

  const nothing = { path: null, sha256: null, doneBytes: 0, doneFiles: 0, skipped: 0 } as const;

  function finishChecked(id: TransferId, isVerified: boolean): void {
    const outcome = unchecked.get(id);
    if (outcome === undefined && !isVerified) return;
    transfers.ended(id, { kind: "done", ...nothing, ...outcome, isVerified });
    ended(id);
  }

  return {
    offer(to, entries, text, say, asPicture = false) {
      if (world.stopping) return refuse("node-closed", "the node is closing");
      if (entries.length === 0) return refuse("offer-empty", "nothing to offer");
      if (entries.length > fileLimits.offerFiles) {
        return refuse("offer-too-long", "too many files", {
          bytes: entries.length,
          limit: fileLimits.offerFiles,
        });
      }
      const targets = targetsOf(world, to, say, encryption);
      if (isRefusal(targets)) return targets;
      const files = buildOfferList(
        entries,
        targets,
        { asPicture, isLossy: say.lossy === true },
        world.options.codec,
      );
      const refused = refusal(targets, files, text, say);
      if (refused !== null) return refused;
      let record: OfferRecord | null = null;
      const lost: PeerId[] = [];
      const message = outbox.offer(targets, text, files, say, ({ id }) => {
        // Nobody hears of it: nobody can fetch it either.
        if (record === null) lost.push(id);
        else offers.setParty(record, id, "cancelled");
      });
      record = remember(message, entries, files);
      for (const id of lost) offers.setParty(record, id, "cancelled");
      return { ok: true, messages: [message], offers: [record.offer] };
    },

    connected(connectionId, from) {
      let ofAddress = 0;
      for (const one of connections.values()) if (one.from.address === from.address) ofAddress += 1;
      if (connections.size >= fileLimits.connections || ofAddress >= fileLimits.connectionsPerAddress) {
        close(connectionId, "too-many-connections");
        return;
      }
      connections.set(connectionId, { from, transferId: null });
    },

    disconnected: (connectionId) => void connections.delete(connectionId),

    requested(connectionId, packet, request) {
      const connection = connections.get(connectionId);
      if (connection === undefined) return;
      const { address } = connection.from;
      const inside =
        request === null ? sealedRequests.open(packet, connection.from, askers(packet, address)) : null;
      const wish = request ?? inside?.request;
      if (wish === undefined) {
        close(connectionId, "request-refused");
        return;
      }
      // Who signed it asks for himself, and for nobody else at that address.
      const found = offers.match(wish, inside === null ? askers(packet, address) : [inside.peerId]);
      if (found === null) {
        close(connectionId, "request-without-offer");
        return;
      }
      const { wanted, peerId } = found;
      const state = wanted.record.offer.parties.find((party) => party.peerId === peerId)?.state;
      if (state === "refused" || state === "cancelled" || state === "expired")
        close(connectionId, "offer-closed");
      else {
        const key = inside?.bodyKeyHex ?? null;
        const body = key === null ? null : { keyHex: key, requestNo: packet.packetNo };
        const willCompare = inside?.willCompare ?? packet.text.split(":", 3)[2] === "manifest";
        serve(connectionId, packet, wish, wanted, peerId, body, willCompare);
      }
    },

    released(packetNo, from) {
      for (const peerId of peersAt(from.address)) {
        const record = offers.findOut(packetNo, peerId);
        if (record === undefined) continue;
        const party = record.offer.parties.find((one) => one.peerId === peerId);
        // Official releases too when it has fetched everything.
        if (party?.state === "open") offers.setParty(record, peerId, "refused");
        return true;
      }
      return false;
    },

    withdraw(record) {
      for (const { peerId, state } of record.offer.parties)
        if (state === "open" || state === "partly") offers.setParty(record, peerId, "cancelled");
    },

    waitsForCheck(id, outcome) {
      const transfer = transfers.get(id);
      if (transfer?.direction !== "out" || transfer.kind !== "folder" || outcome.kind !== "done")
        return false;
      if (!checking.has(id)) return false;
      const before = unchecked.get(id);
      unchecked.set(id, {
        ...outcome,
        doneBytes: outcome.doneBytes + (before?.doneBytes ?? 0),
        doneFiles: outcome.doneFiles + (before?.doneFiles ?? 0),
      });
      const alarm = { kind: "unchecked", transferId: id } as const;
      world.alarms.set(world.now + fileTimers.manifestWaitMs, { kind: "files", alarm });
      return true;
    },

    checked(packetNo, fileId, peerId) {
      const record = offers.findOut(packetNo, peerId);
      const file = record?.offer.files.find((one) => one.fileId === fileId);
      if (record === undefined || file === undefined) return;
      const transfer =
        transfers.of(record.offer.offerId, fileId).find((one) => one.peerId === peerId) ??
        transfers.begin(record.offer, file, peerId, "started");
      finishChecked(transfer.transferId, true);
    },

    unchecked: (id) => finishChecked(id, false),

    ended,

    peersAt,
  };
}

/** Names the list of one offered folder. */
export function keyOf(record: OfferRecord, base: number): string {
  return `${record.offer.offerId} ${base}`;
}
