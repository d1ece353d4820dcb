// What updates and views may look at besides UiState: the node (read only), the time, the texts, the keys. One value made by
// app.ts, handed down everywhere; nothing here changes anything.
import type { Translate } from "../i18n/catalogue.js";
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import type {
  Charset,
  ChatNode,
  ErrorFields,
  Message,
  MessageId,
  NotifyRule,
  PeerId,
  TextCodec,
} from "../index.js";
import type { LabDesk } from "../lab/desk/desk.js";
import type { Problem } from "./action.js";
import type { AppLanguage } from "./app-options.js";
import type { Keymap } from "./keymap.js";
import type { Archive } from "./log/archive.js";
import type { Timelines } from "./timeline.js";
import type { WireLog } from "./wire-log.js";

export type NodeView = Pick<
  ChatNode,
  | "self"
  | "fingerprint"
  | "network"
  | "peers"
  | "peer"
  | "conversation"
  | "conversations"
  | "rooms"
  | "message"
  | "diagnostics"
  | "waiting"
  | "impairments"
  | "offers"
  | "transfers"
  | "pictures"
>;

export interface World {
  readonly node: NodeView;
  /** Milliseconds since 1970. */
  now(): number;
  /** Grows with everything the node tells: what was computed from peers and messages may be kept until then. */
  readonly revision: number;
  readonly timelines: Timelines;
  /** Kept messages beyond those of the node; null without a history. */
  readonly archive: Pick<Archive, "of" | "search"> | null;
  readonly text: Translate<TuiTextKey>;
  /** What a stable code means, in the user's language. */
  readonly problem: (code: string, fields: ErrorFields) => Problem;
  readonly keymap: Keymap;
  readonly codec: TextCodec;
  readonly lang: AppLanguage;
  /** The terminal draws pictures itself: room is left for them. */
  readonly drawsPictures: boolean;
  readonly wire: WireLog;
  /** Null until it is first opened. */
  readonly lab: Pick<LabDesk, "snapshot"> | null;
  readonly hasLab: boolean;
  /** The settings can be read again. */
  readonly canReload: boolean;
  /** How a Chinese name is read: initials and syllables; empty while that is not known. */
  readonly readingsOf: (name: string) => readonly string[];
  /** Charset of messages to everyone. */
  readonly broadcastCharset: Charset;
  /** Words to look out for, and who may ring; absent: neither. */
  readonly attention?: { readonly words: readonly string[]; readonly rules: readonly NotifyRule[] };
}

/** How far back a message to send again is looked for. */
const unconfirmedReach = 200;

/** The latest own message of a conversation that somebody has not confirmed. */
export function lastUnconfirmed(world: World, conversation: PeerId): MessageId | null {
  const { messages } = world.node.conversation(conversation);
  const oldest = Math.max(0, messages.length - unconfirmedReach);
  for (let index = messages.length - 1; index >= oldest; index -= 1) {
    const message = messages.at(index);
    if (message !== undefined && isUnconfirmed(message)) return message.id;
  }
  return null;
}

/** One of ours that somebody has not confirmed. */
export function isUnconfirmed(message: Message): boolean {
  return (
    message.direction === "out" && message.deliveries.some((delivery) => delivery.state === "unconfirmed")
  );
}
