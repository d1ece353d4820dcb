// What the machine tells the world, in order. Front ends, bots and the log subscribe to these; a closed union.
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint, LocalNetwork } from "../ports/transport.js";
import type { TcpReach } from "../protocol/probe.js";
import type { TrustAlarm } from "./trust.js";
import type { Offer, Picture, Transfer } from "./files/model.js";
import type { Charset } from "../protocol/text-codec.js";
import type { Delivery, Message, MessageId, Peer, PeerId, Room, Self } from "./model.js";

export type Event =
  /** First sight, any change of what is shown of a peer (name, state, address, charset, unread, typing). */
  | {
      readonly kind: "peer";
      readonly change: "appeared" | "changed" | "left";
      readonly peer: Peer;
      readonly at: number;
    }
  /** A peer known by address turned out to be (or became) another entry: conversations move along. */
  | { readonly kind: "peer-merged"; readonly from: PeerId; readonly into: Peer; readonly at: number }
  /** A merge was undone: `peer` is an entry of its own again, and these messages are its. */
  | {
      readonly kind: "peer-split";
      readonly peer: Peer;
      readonly from: PeerId;
      readonly moved: readonly MessageId[];
      readonly at: number;
    }
  /** A message was received, or accepted for sending. */
  | { readonly kind: "message"; readonly message: Message }
  /** It was opened or taken back, or its signature was checked. */
  | { readonly kind: "message-changed"; readonly message: Message; readonly at: number }
  /** A key does not fit a known name: nothing encrypted goes to this peer until somebody answers. */
  | { readonly kind: "alarm"; readonly alarm: TrustAlarm; readonly peer: Peer; readonly at: number }
  | { readonly kind: "delivery"; readonly delivery: Delivery; readonly message: Message }
  /** A repeat was dropped; shown on demand only. */
  | { readonly kind: "duplicate"; readonly peerId: PeerId; readonly packetNo: string; readonly at: number }
  | { readonly kind: "knock"; readonly peer: Peer; readonly at: number }
  /** What came of a knock of ours. */
  | {
      readonly kind: "knock-answered";
      readonly peer: Peer;
      readonly answered: boolean;
      readonly at: number;
    }
  | { readonly kind: "typing"; readonly peer: Peer; readonly active: boolean; readonly at: number }
  | {
      readonly kind: "info";
      readonly peer: Peer;
      readonly what: "version" | "absence";
      readonly text: string;
      readonly at: number;
    }
  /** Something was offered, by us or to us, or a party of it is done, refused or late. */
  | {
      readonly kind: "offer";
      readonly change: "appeared" | "changed";
      readonly offer: Offer;
      readonly at: number;
    }
  /** Every change of a transfer, progress a few times a second. */
  | { readonly kind: "transfer"; readonly transfer: Transfer; readonly at: number }
  /** A picture of a message: received and saved, or on its way to FeiQ. */
  | { readonly kind: "picture"; readonly picture: Picture; readonly at: number }
  /** What came of a question for our reachability: the other side begins, its datagram arrived, its TCP connection. */
  | {
      readonly kind: "probe";
      readonly token: string;
      readonly step: "begun" | "udp" | "tcp";
      readonly tcp: TcpReach | null;
      readonly from: Endpoint;
      readonly at: number;
    }
  /** A FeiQ group was heard for the first time, joined or left, or another member was heard there. */
  | { readonly kind: "room"; readonly room: Room; readonly at: number }
  | { readonly kind: "self"; readonly self: Self; readonly at: number }
  | { readonly kind: "network"; readonly network: LocalNetwork; readonly at: number }
  | { readonly kind: "read"; readonly conversation: PeerId; readonly at: number }
  /** What came in a conversation was read again in another charset: its messages are others now. */
  | {
      readonly kind: "reread";
      readonly conversation: PeerId;
      readonly charset: Charset;
      readonly at: number;
    }
  | {
      readonly kind: "notice";
      readonly code: ErrorCode | NoticeCode;
      readonly fields: ErrorFields;
      readonly messageId?: MessageId;
      readonly at: number;
    };

/** Notices that are no errors; they stand in docs/errors.md too. */
export const noticeCodes = [
  "image-not-supported",
  "remote-help-refused",
  "message-unreadable",
  "unsigned-refused",
  "host-list-received",
  "group-heard",
  "peer-table-full",
  "subscriber-failed",
  "store-recovered",
  "queue-expired",
  "events-missed",
  "control-back",
  "daemon-started",
] as const;

export type NoticeCode = (typeof noticeCodes)[number];
