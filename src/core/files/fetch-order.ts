// One thing to be fetched, as the shell needs it: what it claims to be, whom to ask, how to ask so that this client answers, and how
// its stream is read. Decides nothing but that; called when a transfer's turn has come.
import type { Encryption } from "../encryption.js";
import type { PeerId } from "../model.js";
import type { PeerRecord } from "../peers.js";
import type { OfferSource } from "../saved.js";
import { legacy, userFor, versionItem } from "../world.js";
import type { World } from "../world.js";
import type { PartClaim } from "../../ports/file-store.js";
import type { Endpoint } from "../../ports/transport.js";
import { parsePacketNo } from "../../protocol/encode.js";
import { optionBits } from "../../protocol/options.js";
import type { AcceptPolicy, OfferedFile, Transfer } from "./model.js";
import type { OfferRecord } from "./offers.js";
import type { FetchOrder } from "./signals.js";

/** What was accepted, and how. */
export interface Wish {
  readonly dir: string;
  readonly policy: AcceptPolicy;
  readonly anySize: boolean;
}

/** Null when the offer no longer has it. */
export function buildFetchOrder(
  world: World,
  encryption: Pick<Encryption, "sealForFiles">,
  transfer: Transfer,
  record: OfferRecord,
  source: OfferSource,
  wish: Wish,
): FetchOrder | null {
  const file = record.offer.files.find(({ fileId }) => fileId === transfer.fileId);
  const peer = world.peers.get(transfer.peerId);
  if (file === undefined) return null;
  const readsUtf8 = peer?.readsUtf8 ?? false;
  const names = peer === undefined ? legacy(world) : world.peers.outgoingCharset(peer);
  const isSealed = peer !== undefined && encryption.sealForFiles(peer) !== null;
  const sealBits = isSealed ? optionBits.ENCRYPTOPT | optionBits.ENCFILEOPT : 0;
  const isIptux = peer?.dialect === "iptux";
  // Where it is now: a peer keeps its offers when its address changes. Its port is the one the offer came from.
  const to = peer === undefined || peer.endpoint.port !== source.to.port ? source.to : peer.endpoint;
  return {
    transferId: transfer.transferId,
    claim: claimOf(file, record.packetNo, transfer.peerId, peer, to),
    dir: wish.dir,
    overwrite: wish.policy.overwrite,
    resume: wish.policy.resume,
    // Everybody else starts from 0 or is not known to do better (section 8.2): a restart is the safe way.
    honoursOffset: peer?.feiyan != null,
    hasManifests: peer?.feiyan?.manifests === true,
    maxSizeBytes: wish.anySize ? null : wish.policy.maxSizeBytes,
    isSealed,
    asRecord: isSealed && file.kind === "file" && peer.feiyan === null,
    to,
    request: {
      version: versionItem(world),
      packetNo: world.numbers.next(world.now),
      user: userFor(world, peer),
      host: world.self.host,
      bits:
        ((readsUtf8 ? optionBits.UTF8OPT : 0) | (isIptux ? optionBits.FILEATTACHOPT : 0) | sealBits) >>> 0,
      charset: readsUtf8 ? "utf-8" : names.charset,
    },
    stream: {
      charset: readsUtf8 ? "utf-8" : source.charset === "ascii" ? names.charset : source.charset,
      legacyCharset: world.options.legacyCharset,
      skipLeading: peer?.dialect === "feiq",
    },
  };
}

function claimOf(
  file: OfferedFile,
  packetNo: string,
  peerId: PeerId,
  peer: PeerRecord | undefined,
  to: Endpoint,
): PartClaim {
  return {
    name: file.name,
    kind: file.kind === "folder" ? "folder" : "file",
    sizeBytes: file.kind === "folder" ? null : file.sizeBytes,
    mtime: file.mtime,
    readOnly: file.readOnly,
    peer: { id: peerId, name: peer?.nick ?? "", address: to.address, port: to.port },
    packetNo: parsePacketNo(packetNo) ?? "0",
    fileId: file.fileId,
  };
}
