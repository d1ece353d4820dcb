// What can happen to the UI: something a person asked for by key, menu or command; a raw piece of input; news from the node; the
// end of a request. And what the UI wants done in return. Both unions are closed. Types only.
import type {
  Charset,
  EncryptPolicy,
  Event,
  FilePolicy,
  Message,
  MessageId,
  OfferId,
  PeerId,
  PeerPolicy,
  PicturePreview,
  Receiver,
  SayOptions,
  TrustAnswer,
} from "../index.js";
import type { DeskAnswer, DeskWish } from "../lab/desk/desk-types.js";
import type { AppLanguage, CursorShape } from "./app-options.js";
import type { EditorState } from "./edit/editor.js";
import type { KeyEvent, MouseEvent } from "./input/event.js";
import type { ActionName } from "./action-name.js";
import type { SystemLine } from "./timeline.js";
import type { ChosenFile } from "./ui-state.js";
import type { Size } from "./view/scene.js";

export type Action =
  /** A row of the key table, called by key, menu or command. */
  | { readonly kind: "do"; readonly name: ActionName; readonly argument: string }
  /** Typed characters that no binding of the context takes. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string }
  /** A key that nothing binds. */
  | { readonly kind: "key"; readonly key: KeyEvent }
  | { readonly kind: "mouse"; readonly mouse: MouseEvent }
  | { readonly kind: "resized"; readonly size: Size }
  /** The terminal's window got or lost the focus. */
  | { readonly kind: "window"; readonly hasFocus: boolean }
  /** About once a second: the clock and what fades with time. */
  | { readonly kind: "tick" }
  | { readonly kind: "node"; readonly event: Event }
  /** A message of ours was queued. */
  | { readonly kind: "said"; readonly origin: SayOrigin; readonly messages: readonly Message[] }
  | { readonly kind: "failed"; readonly request: Request; readonly problem: Problem }
  | { readonly kind: "simulation"; readonly state: "on"; readonly count: number }
  /** The colour files there are, for the list of them. */
  | { readonly kind: "themes"; readonly names: readonly string[] }
  | { readonly kind: "theme-set"; readonly name: string; readonly problems: readonly string[] }
  /** Text was handed to the terminal for its clipboard, or was too long for that. */
  | { readonly kind: "copied"; readonly characters: number; readonly isCopied: boolean }
  | { readonly kind: "language-set"; readonly lang: AppLanguage }
  /** A path to send was looked at, or completed as far as it goes. */
  | { readonly kind: "path-looked"; readonly file: ChosenFile }
  | { readonly kind: "path-completed"; readonly text: string }
  | { readonly kind: "picture-read"; readonly path: string; readonly preview: PicturePreview }
  | { readonly kind: "welcome" }
  /** More of the history is there, or less. */
  | { readonly kind: "archive" }
  /** Serials of a conversation's window have changed by so much. */
  | { readonly kind: "archive-moved"; readonly conversation: PeerId; readonly delta: number }
  /** The window in the past is closed: back to the newest messages. */
  | { readonly kind: "archive-left"; readonly conversation: PeerId }
  /** A place in the history is open; null: there is none such. `query`: with these words marked. */
  | {
      readonly kind: "archive-shown";
      readonly conversation: PeerId;
      readonly serial: number | null;
      readonly query: EditorState | null;
    }
  /** The lab is there to be looked at. */
  | { readonly kind: "lab-open" }
  /** What came of something asked of the lab. */
  | { readonly kind: "lab-answer"; readonly answer: DeskAnswer }
  | { readonly kind: "notice"; readonly text: string; readonly tone: "plain" | "warning" };

/** Where a text to send came from: the input of a conversation, or the send form. */
export type SayOrigin = { readonly kind: "input"; readonly conversation: PeerId } | { readonly kind: "form" };

/** Why something could not be done, in the user's language. */
export interface Problem {
  readonly text: string;
  /** What can be done about it; empty when nothing is known. */
  readonly remedy: string;
}

/** What the UI wants done; `app.ts` does it, and failures come back as an action. */
export type Request =
  | {
      readonly kind: "say";
      readonly to: readonly Receiver[] | "everyone";
      readonly text: string;
      readonly options: SayOptions;
      readonly origin: SayOrigin;
    }
  | { readonly kind: "resend"; readonly message: MessageId }
  | { readonly kind: "open"; readonly message: MessageId; readonly password: string | null }
  | { readonly kind: "recall"; readonly message: MessageId }
  | { readonly kind: "trust"; readonly peer: PeerId; readonly answer: TrustAnswer }
  | { readonly kind: "set-encrypt"; readonly peer: PeerId; readonly policy: EncryptPolicy | null }
  | { readonly kind: "knock"; readonly peer: PeerId }
  | { readonly kind: "join-group"; readonly number: string }
  | { readonly kind: "leave-group"; readonly number: string }
  /** Asks its program for its version and why it is away. */
  | { readonly kind: "ask"; readonly peer: PeerId }
  | { readonly kind: "typing"; readonly peer: PeerId; readonly active: boolean }
  | { readonly kind: "mark-read"; readonly conversation: PeerId }
  | { readonly kind: "refresh" }
  /** Reads the settings again. */
  | { readonly kind: "reload" }
  | { readonly kind: "away"; readonly text: string | null }
  | { readonly kind: "rename"; readonly nick: string }
  | { readonly kind: "set-charset"; readonly peer: PeerId; readonly charset: Charset | null }
  | { readonly kind: "start-simulation" }
  /** Opens the history at a moment, or at a message of that moment. */
  | {
      readonly kind: "jump-to";
      readonly conversation: PeerId;
      readonly at: number;
      readonly id: MessageId | null;
      readonly query: EditorState | null;
    }
  /** From somewhere in the past back to the newest messages. */
  | { readonly kind: "leave-archive"; readonly conversation: PeerId }
  /** Takes back what waits for absent people. */
  | { readonly kind: "take-back"; readonly message: MessageId }
  /** Keeps a conversation's texts as they read in a charset. */
  | { readonly kind: "redecode"; readonly conversation: PeerId; readonly charset: Charset }
  | { readonly kind: "set-policy"; readonly peer: PeerId; readonly policy: Partial<PeerPolicy> }
  | { readonly kind: "merge-peers"; readonly from: PeerId; readonly into: PeerId }
  | { readonly kind: "split-peer"; readonly from: PeerId }
  | { readonly kind: "set-file-rule"; readonly peer: PeerId; readonly files: FilePolicy | null }
  | { readonly kind: "set-mouse"; readonly on: boolean }
  | { readonly kind: "set-cursor"; readonly shape: CursorShape }
  | { readonly kind: "set-language"; readonly lang: AppLanguage }
  | { readonly kind: "list-themes" }
  | { readonly kind: "set-theme"; readonly name: string; readonly isPreview: boolean }
  /** Writes the choices of the screen into the state file. */
  | { readonly kind: "remember" }
  | { readonly kind: "load-readings" }
  | { readonly kind: "open-lab" }
  | { readonly kind: "lab"; readonly wish: DeskWish }
  /** What happens on purpose to the datagrams of a peer, or of everyone; empty: nothing any more. */
  | { readonly kind: "impair"; readonly to: PeerId; readonly spec: string }
  | { readonly kind: "copy"; readonly text: string }
  /** Names and text as they came; the terminal makes them harmless. */
  | { readonly kind: "notify"; readonly title: string; readonly body: string }
  /** A line of the UI's own in the log of a conversation. */
  | { readonly kind: "log-line"; readonly conversation: PeerId; readonly line: SystemLine }
  | { readonly kind: "look-at-path"; readonly path: string }
  | { readonly kind: "complete-path"; readonly text: string }
  | { readonly kind: "offer-files"; readonly to: PeerId; readonly paths: readonly string[] }
  | { readonly kind: "preview-picture"; readonly path: string }
  | { readonly kind: "send-picture"; readonly to: PeerId; readonly path: string }
  | { readonly kind: "accept-offer"; readonly offerId: OfferId }
  | { readonly kind: "refuse-offer"; readonly offerId: OfferId }
  | { readonly kind: "cancel-offer"; readonly offerId: OfferId; readonly fileId: string | null }
  /** Shows the folder of a received thing in the system's own window. */
  | { readonly kind: "open-folder"; readonly path: string }
  | { readonly kind: "bell" }
  | { readonly kind: "redraw" }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit" };
