// File requests inside an envelope (docs/protocol.md section 9.4): ours sealed and signed for their receiver, those of others opened,
// their signer found and each believed once. What is asked for is matched with the offers in sharing.ts.
import type { Encryption } from "../encryption.js";
import type { PeerId } from "../model.js";
import { drop } from "../world.js";
import type { World } from "../world.js";
import type { Endpoint } from "../../ports/transport.js";
import { asciiText } from "../../protocol/bytes.js";
import { commands } from "../../protocol/commands.js";
import { buildEncryptedRequest, parseEncryptedRequest } from "../../protocol/encryption/file-request.js";
import type { EncryptedFileRequest } from "../../protocol/encryption/file-request.js";
import type { Packet } from "../../protocol/message.js";
import { createReplayGuard } from "./replay-guard.js";
import type { RequestAsk, SealedAsk } from "./signals.js";

export interface SealedRequests {
  /** A request for a thing of an offer; null when it cannot be sealed any more. */
  seal(peerId: PeerId, offerNo: string, ask: RequestAsk, willCompare: boolean): SealedAsk | null;
  /** Opens one of one of these peers; null, and counted, when it is none or was there before. */
  open(
    packet: Packet,
    from: Endpoint,
    peers: readonly PeerId[],
  ): (EncryptedFileRequest & { readonly peerId: PeerId }) | null;
}

export function createSealedRequests(world: World, encryption: Encryption): SealedRequests {
  const guard = createReplayGuard();

  return {
    seal(peerId, offerNo, { type, fileId, offset }, willCompare) {
      const { cipher, codec } = world.options;
      const peer = world.peers.get(peerId);
      const plan = peer === undefined ? null : encryption.sealForFiles(peer);
      if (cipher === undefined || plan === null) return null;
      const packetNo = world.numbers.next(world.now);
      const bodyKeyHex = cipher.newBodyKey();
      const text = buildEncryptedRequest({
        type,
        packetNo: BigInt(offerNo),
        fileId,
        offset: BigInt(offset),
        bodyKeyHex,
        replayNo: BigInt(packetNo),
        willCompare,
      });
      const section = cipher.seal(codec.encode(text, "ascii"), plan.suite, plan.key, packetNo);
      return section === null ? null : { packetNo, section, bodyKeyHex };
    },

    open(packet, from, peers) {
      if (encryption.isBusy(from.address)) {
        drop(world, "cipher-flood");
        return null;
      }
      const unsealed = encryption.unseal(packet, from);
      if (unsealed === null) return null;
      const peerId = encryption.signedBy(unsealed, peers);
      if (peerId === undefined) {
        drop(world, "request-unsigned");
        return null;
      }
      const type = packet.mode === commands.GETDIRFILES.number ? "dir" : "file";
      const { plain } = unsealed;
      const parsed = parseEncryptedRequest(asciiText(plain, 0, plain.length), type);
      if (parsed === null) {
        drop(world, "request-unreadable");
        return null;
      }
      if (!guard.accept(peerId, parsed.replayNo)) {
        drop(world, "request-replayed");
        return null;
      }
      return { ...parsed, peerId };
    },
  };
}
