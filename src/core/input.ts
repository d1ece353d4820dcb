// What can happen to the machine. One at a time, with the time of day beside it; a recorded list of inputs replays exactly.
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint, LocalNetwork } from "../ports/transport.js";
import type { TcpReach } from "../protocol/probe.js";
import type { Charset } from "../protocol/text-codec.js";
import type { Offer } from "./files/model.js";
import type { FilesInput, FilesRequest } from "./files/signals.js";
import type { EncryptPolicy, Message, MessageId, PeerId } from "./model.js";
import type { PeerPolicy, SavedState, SharedQueue } from "./saved.js";
import type { TrustAnswer } from "./trust.js";

export type Input =
  /** Once, before `start`: what an earlier run left. `waiting` are the messages of its queue. */
  | { readonly kind: "restore"; readonly state: SavedState; readonly waiting: readonly Message[] }
  /** What other programs left in the queue of our history, and what became of messages they took from it. */
  | { readonly kind: "take-up"; readonly found: SharedQueue }
  | { readonly kind: "start"; readonly network: LocalNetwork }
  | { readonly kind: "datagram"; readonly bytes: Uint8Array; readonly from: Endpoint }
  | { readonly kind: "network"; readonly network: LocalNetwork }
  | { readonly kind: "tick" }
  /** Our keys are there now: what we can do changed. */
  | { readonly kind: "keys-ready" }
  /** One write to the disk keeps many. */
  | { readonly kind: "stored"; readonly messageIds: readonly MessageId[] }
  | {
      readonly kind: "store-failed";
      readonly messageId: MessageId;
      readonly code: ErrorCode;
      /** For what is told of it: which file. */
      readonly fields?: ErrorFields | undefined;
    }
  | {
      readonly kind: "problem";
      readonly code: ErrorCode;
      readonly fields: ErrorFields;
      readonly to?: Endpoint | undefined;
    }
  | {
      readonly kind: "probed";
      readonly to: Endpoint;
      readonly token: string;
      readonly tcp: TcpReach;
    }
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "files"; readonly input: FilesInput }
  /** Leave: BR_EXIT now and once more 100 ms later (by tick). */
  | { readonly kind: "stop" };

/** Where a message goes: a known peer, or any address (which becomes a peer known by its address). */
export type Receiver = { readonly peer: PeerId } | { readonly endpoint: Endpoint };

export interface SayOptions {
  /** Bare text without a header, for network debug assistants. Default: as the peer speaks. */
  readonly raw?: boolean;
  /** Overrides the peer's charset for this message. */
  readonly charset?: Charset;
  /** False: do not ask for an acknowledgement. Default: ask where the peer is known to give one. */
  readonly check?: boolean;
  /** Send what the charset cannot carry as `?`. Default: refuse with `text-not-encodable`. */
  readonly lossy?: boolean;
  /** Cut a text over the datagram limit into several messages. Default: refuse with `text-too-long`. */
  readonly split?: boolean;
  /** Overrides the peer's and the program's policy for this message. */
  readonly encrypt?: EncryptPolicy;
  /** An envelope that its reader opens; the opening is reported. Refused in clear unless `plain`. */
  readonly seal?: boolean;
  /** Sealed, and the reader's program asks for the reader's own password. */
  readonly lock?: boolean;
  /** A sealed message may go unencrypted. */
  readonly plain?: boolean;
  /** Repeats after the first send, 0 to 20. Default 3. */
  readonly retries?: number;
  /** Keep it for a receiver that is absent, or does not confirm it, until it is there. Default: send and give up. */
  readonly queue?: QueueOptions;
}

export interface QueueOptions {
  /** Put before the text when it had to wait: when it was written, in words. */
  readonly prefix?: string;
  /** Nobody wants it after this. */
  readonly expiresAt?: number;
}

export type Request =
  | {
      readonly kind: "say";
      readonly to: readonly Receiver[] | "everyone";
      readonly text: string;
      readonly options: SayOptions;
    }
  /** Send again to those receivers only that are unconfirmed. */
  | { readonly kind: "resend"; readonly messageId: MessageId }
  /**
   * Opens a sealed message; `unlocked`: our own password was right, or none is set; `kept`: from the store, where memory has it no more.
   */
  | {
      readonly kind: "open";
      readonly messageId: MessageId;
      readonly unlocked: boolean;
      readonly kept: Message | null;
    }
  /** Takes a message back, where both sides can. */
  | { readonly kind: "recall"; readonly messageId: MessageId }
  | { readonly kind: "trust"; readonly peer: PeerId; readonly answer: TrustAnswer }
  | { readonly kind: "set-encrypt"; readonly peer: PeerId; readonly policy: EncryptPolicy | null }
  | { readonly kind: "knock"; readonly peer: PeerId }
  | { readonly kind: "typing"; readonly peer: PeerId; readonly active: boolean }
  /** Somebody is at the keyboard: the idle minutes begin anew. */
  | { readonly kind: "activity" }
  | { readonly kind: "away"; readonly text: string | null }
  | { readonly kind: "rename"; readonly nick?: string; readonly group?: string }
  /** Announce again; `hostList` also asks for a host list (large or routed networks). */
  | { readonly kind: "refresh"; readonly hostList: boolean }
  /** Announce to single addresses. */
  | { readonly kind: "greet"; readonly to: readonly Endpoint[] }
  /** Ask a feiyan peer to try whether it reaches us. */
  | { readonly kind: "probe"; readonly peer: PeerId; readonly token: string; readonly tcpPort: number }
  | { readonly kind: "ask"; readonly peer: PeerId; readonly what: "version" | "absence" }
  | { readonly kind: "read"; readonly conversation: PeerId }
  | { readonly kind: "set-charset"; readonly peer: PeerId; readonly charset: Charset | null }
  /** Reads what came in a conversation again, in this charset, for good; answers with what changed. */
  | { readonly kind: "reread"; readonly conversation: PeerId; readonly charset: Charset }
  | { readonly kind: "set-policy"; readonly peer: PeerId; readonly policy: Partial<PeerPolicy> }
  /** Count one entry to another, whatever they call themselves; and undo it. */
  | { readonly kind: "merge-peers"; readonly from: PeerId; readonly into: PeerId }
  | { readonly kind: "split-peer"; readonly from: PeerId }
  /** Belong to a FeiQ group by its number, or no longer. */
  | { readonly kind: "join-room"; readonly number: string }
  | { readonly kind: "leave-room"; readonly number: string }
  /** Takes back what still waits for absent receivers. */
  | { readonly kind: "cancel"; readonly messageId: MessageId }
  | { readonly kind: "forget-peer"; readonly peer: PeerId }
  | { readonly kind: "files"; readonly request: FilesRequest };

/** What a request came to: the messages it made (one, or several after a split), or why it could not be done. */
export type Answer =
  | { readonly ok: true; readonly messages: readonly Message[]; readonly offers?: readonly Offer[] }
  | { readonly ok: false; readonly code: ErrorCode; readonly text: string; readonly fields: ErrorFields };
