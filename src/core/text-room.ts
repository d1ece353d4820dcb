// How many bytes of text fit one datagram: the receiver's buffer less our longest header. Asked by compose.ts before sending, and by
// front ends that count while somebody types.
import { limits } from "./limits.js";
import type { Identity, Peer } from "./model.js";

/** Bytes of the header beside user and host name, with room to spare; the names take at most three bytes a character. */
const headerBytes = 120;
const nameBytes = 3;

export type TextPath = "raw" | "official" | "other";

export function textRoom(self: Pick<Identity, "user" | "host">, path: TextPath): number {
  if (path === "raw") return limits.datagramBytesRaw;
  const header = headerBytes + nameBytes * (self.user.length + self.host.length);
  return (path === "official" ? limits.datagramBytesIpmsg : limits.datagramBytes) - header;
}

/**
 * Bytes of text that fit one datagram to this peer; null is everyone.
 *
 * @example textRoomFor(node.self, peer, false) >= codec.encode(text, peer.charset).length
 */
export function textRoomFor(
  self: Pick<Identity, "user" | "host">,
  peer: Pick<Peer, "dialect" | "capabilities"> | null,
  raw: boolean,
): number {
  if (raw || peer?.dialect === "raw") return textRoom(self, "raw");
  const isOfficial = peer?.dialect === "ipmsg" && peer.capabilities.includes("utf8");
  return textRoom(self, isOfficial ? "official" : "other");
}
