// What a node can do, for front ends, bots and tests: its public face, and nothing of how it is done. `node.ts` makes it.
import type { TrustAnswer } from "../core/trust.js";
import type { Event } from "../core/event.js";
import type { Receiver, SayOptions } from "../core/input.js";
import type { Delivery, EncryptPolicy, Message, MessageId, PeerId } from "../core/model.js";
import type { PeerPolicy } from "../core/saved.js";
import type { View } from "../core/view.js";
import type { HistoryView } from "../ports/history-store.js";
import type { Endpoint, LocalNetwork } from "../ports/transport.js";
import type { Charset } from "../protocol/text-codec.js";
import type { FileApi } from "./files/file-api.js";
import type { RedecodeResult } from "./redecode.js";

export interface Node extends View, FileApi {
  /** Binds the port, announces us. Rejects with a FeiyanError such as `port-in-use`. */
  start(): Promise<LocalNetwork>;
  /** Says goodbye (BR_EXIT, once more 100 ms later) and closes. Safe to call twice. */
  close(): Promise<void>;

  /** SHA-256 of our own key, 64 hexadecimal digits; null while there is none. */
  readonly fingerprint: string | null;
  /**
   * Queues a message and sends it; resolves with what was queued (several after `split`). Rejects with `no-such-peer`,
   * `peer-ambiguous`, `text-empty`, `text-not-encodable`, `text-too-long`. A string is `everyone`, or names as `resolveTarget` takes them.
   *
   * @example const [message] = await node.say("小明", "三点开会"); const [delivery] = await node.settled(message.id);
   */
  say(
    to: Receiver | readonly Receiver[] | string,
    text: string,
    options?: SayOptions,
  ): Promise<readonly Message[]>;
  /** Sends again to the receivers that are unconfirmed. */
  resend(id: MessageId): Promise<readonly Message[]>;
  /** Resolves when every delivery of the message is final; rejects with `no-such-message`, or `node-closed` at the end. */
  settled(id: MessageId): Promise<readonly Delivery[]>;
  /**
   * Opens a sealed message and reports that to its sender; resolves with it, text and all. A locked one wants our own password:
   * rejects with `password-wrong`.
   */
  open(id: MessageId, password?: string): Promise<Message>;
  /** Takes a sent message back, where both sides can; what came of it is told by `message-changed`. */
  recall(id: MessageId): Promise<void>;
  /** Answers an alarm about a peer's key, says that its fingerprint was compared, or forgets the key. */
  answerTrust(peer: PeerId, answer: TrustAnswer): Promise<void>;
  /** Whether messages to this peer are encrypted; null as the program's setting says. */
  setEncrypt(peer: PeerId, policy: EncryptPolicy | null): Promise<void>;
  /** Shakes the window of a peer; rejects with `knock-not-possible` or `knock-too-soon`. The answer comes as `knock-answered`. */
  knock(peer: PeerId): Promise<void>;
  /** Tells a peer whose program shows it that we type; as often as one likes, it is told every three seconds at most. */
  typing(peer: PeerId, active: boolean): Promise<void>;
  /** Somebody is at the keyboard: puts off being away by itself, and ends it. */
  noteActivity(): void;
  /**
   * Belongs to a FeiQ group by its number from now on: what is said there becomes a conversation (`group:<number>`, also as a name in
   * `say`), and the group is told. Anybody on the network can read it. Rejects with `group-invalid`, `too-many-groups`.
   *
   * @example await node.joinGroup("3b199b07"); await node.say("group:3b199b07", "大家好");
   */
  joinGroup(number: string): Promise<void>;
  /** Belongs to it no longer; nothing is sent. Rejects with `not-in-group`. */
  leaveGroup(number: string): Promise<void>;
  setAway(text: string | null): Promise<void>;
  rename(names: { readonly nick?: string; readonly group?: string }): Promise<void>;
  refresh(options?: { readonly hostList?: boolean }): Promise<void>;
  /** Announces us to single addresses that broadcast may not reach; they hear our goodbye too. */
  greet(to: readonly Endpoint[]): Promise<void>;
  /**
   * Asks a feiyan peer to try whether it reaches us: by a datagram from another port, and by TCP at `tcpPort` (our own UDP port's
   * number). `token` is 16 hex digits by chance; `probe` events with it tell what came of it. Rejects with `peer-cannot-probe`.
   */
  probe(peer: PeerId, token: string, tcpPort: number): Promise<void>;
  /** Asks a peer for its version or absence text; the answer comes as an `info` event. */
  ask(peer: PeerId, what: "version" | "absence"): Promise<void>;
  markRead(conversation: PeerId): Promise<void>;
  /** Fixes a peer's charset, or (null) lets it be found out again. */
  setCharset(peer: PeerId, charset: Charset | null): Promise<void>;
  /** Reads what came in a conversation again, in memory and in the history, and keeps it so; search finds it as it reads now. */
  redecode(conversation: PeerId, charset: Charset): Promise<RedecodeResult>;
  /** Favourite, muted, blocked, not logged, a note, own groups: what is not given stays. */
  setPolicy(peer: PeerId, policy: Partial<PeerPolicy>): Promise<void>;
  /** Counts one entry to another, conversation and all; `splitPeer` undoes it. */
  mergePeers(from: PeerId, into: PeerId): Promise<void>;
  splitPeer(from: PeerId): Promise<void>;
  /** Takes back what still waits for absent receivers. Rejects with `no-such-message` when nothing does. */
  cancel(id: MessageId): Promise<void>;
  /** What was kept: pages and search. Null without a history. */
  readonly history: HistoryView | null;

  /** Calls `listener` for every event, in order; returns how to stop. A listener that throws is reported, the others go on. */
  subscribe(listener: (event: Event) => void): () => void;
  /** The same as an async iterator; ends when the node closes. Slow readers lose the oldest events past `limits.eventBacklog`. */
  events(): AsyncIterable<Event>;
}
