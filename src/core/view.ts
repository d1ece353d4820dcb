// What there is to see of a chat, read-only: one list of questions, answered by the machine itself, by its copy in another process
// (`mirror.ts`), and through both by the node.
import type { Offer, Picture, Transfer } from "./files/model.js";
import type { Conversation, Diagnostics, Message, MessageId, Peer, PeerId, Room, Self } from "./model.js";
import type { LocalNetwork } from "../ports/transport.js";

export interface View {
  readonly self: Self;
  /** Null before the start. */
  readonly network: LocalNetwork | null;
  /** Everyone known, in order of first sight. */
  peers(): readonly Peer[];
  peer(id: PeerId): Peer | undefined;
  conversation(id: PeerId): Conversation;
  /** Conversations that hold messages, latest message first. */
  conversations(): readonly PeerId[];
  /** FeiQ groups that we belong to (`joined`) or that were heard; each is a conversation by its `id`. */
  rooms(): readonly Room[];
  message(id: MessageId): Message | undefined;
  /** Messages that wait for absent receivers, in the order of writing. */
  waiting(): readonly Message[];
  diagnostics(): Diagnostics;
  /** Both directions, oldest first. */
  offers(): readonly Offer[];
  transfers(): readonly Transfer[];
  /** Pictures inside messages, the latest of both directions. */
  pictures(): readonly Picture[];
}
