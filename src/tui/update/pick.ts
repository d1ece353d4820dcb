// The chosen message of the log: choosing it, and what can be done with it: copy, quote, send again, look at its bytes, show it whole,
// read its conversation in another charset.
import { charsetNamed, isUnopened, safeText } from "../../index.js";
import type { Charset, Message } from "../../index.js";
import { insertText } from "../edit/editor.js";
import { pageLog, revealMessage, scrollLog, viewLog } from "../log/log.js";
import { messageAtHand, nearestMessage } from "../pick.js";
import { readAs, readingOrder } from "../reading.js";
import { toggled } from "../receivers.js";
import { draftOf, positionOf, withDraft, withPosition } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { layoutKind } from "../view/layout.js";
import { logFrame } from "../view/log-frame.js";
import { conversationName } from "../view/peer-list.js";
import { isUnconfirmed, lastUnconfirmed } from "../world.js";
import { closedWords } from "../view/protection.js";
import type { World } from "../world.js";
import { fixCharset } from "./program.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** Puts the focus into the log, on the newest message in sight. */
export function selectMessage(state: UiState, world: World): UiState {
  const focused: UiState = { ...state, dialog: null, filter: null, focus: "log" };
  return state.picked === null ? pickNearest(focused, world, bottomSerial(state, world), -1) : focused;
}

/** Up and Down in the log. From the newest message further down the choice ends and the log follows again. */
export function movePick(state: UiState, world: World, step: -1 | 1): UiState {
  if (layoutKind(state.size) === "tiny") return state;
  if (state.picked === null) {
    return step < 0 ? pickNearest(state, world, bottomSerial(state, world), -1) : scrolled(state, world, 1);
  }
  const next = nearestMessage(state, world, state.picked + step, step);
  return next === null ? scrolled(state, world, step) : picked(state, world, next);
}

/** Pages move the choice along, so that it stays in sight. */
export function pagePick(state: UiState, world: World, pages: -1 | 1): UiState {
  const moved = withPosition(state, pageLog(logFrame(state, world), positionOf(state), pages));
  if (state.picked === null) return moved;
  const { rows } = viewLog(logFrame(moved, world), positionOf(moved));
  const serial = pages < 0 ? rows[0]?.serial : rows.at(-1)?.serial;
  return serial === undefined ? moved : pickNearest(moved, world, serial, pages < 0 ? 1 : -1);
}

function scrolled(state: UiState, world: World, delta: number): UiState {
  return withPosition(state, scrollLog(logFrame(state, world), positionOf(state), delta));
}

function bottomSerial(state: UiState, world: World): number {
  const { end } = world.timelines.of(state.conversation);
  if (layoutKind(state.size) === "tiny") return end - 1;
  return viewLog(logFrame(state, world), positionOf(state)).rows.at(-1)?.serial ?? end - 1;
}

function pickNearest(state: UiState, world: World, from: number, step: 1 | -1): UiState {
  const serial = nearestMessage(state, world, from, step);
  return serial === null ? state : picked(state, world, serial);
}

function picked(state: UiState, world: World, serial: number): UiState {
  const next: UiState = { ...state, picked: serial };
  if (layoutKind(state.size) === "tiny") return next;
  return withPosition(next, revealMessage(logFrame(next, world), positionOf(next), serial));
}

/** The text as it came, not as it is drawn. */
export function copyMessage(state: UiState, world: World): Step {
  const message = messageAtHand(state, world);
  return message === null
    ? stepTo(state)
    : stepTo(state, { kind: "copy", text: textOf(message, state, world) });
}

/** The message as lines that begin with `>`, in front of what is being written. */
export function quoteMessage(state: UiState, world: World): Step {
  const message = messageAtHand(state, world);
  if (message === null) return stepTo(state);
  const text = safeText(textOf(message, state, world), { newlines: "keep" });
  const lines = text.replace(/\n+$/u, "").split("\n");
  const draft = draftOf(state);
  const quoted = `${lines.map((line) => `> ${line}`).join("\n")}\n`;
  const editor = insertText(draft.editor, quoted);
  return stepTo(withDraft({ ...state, focus: "input", picked: null, dialog: null }, { ...draft, editor }));
}

function textOf(message: Message, state: UiState, world: World): string {
  if (isUnopened(message)) return closedWords(message, world);
  const reading = state.readings.get(message.conversation);
  return reading === undefined ? message.displayText : readAs(message, reading, world.codec);
}

export function resend(state: UiState, world: World): Step {
  const chosen = state.picked === null ? null : messageAtHand(state, world);
  const id =
    chosen !== null && isUnconfirmed(chosen) ? chosen.id : lastUnconfirmed(world, state.conversation);
  const message = id === null ? undefined : world.node.message(id);
  if (message === undefined) return stepTo(state);
  const count = message.deliveries.filter((one) => one.state === "unconfirmed").length;
  const words =
    message.deliveries.length > 1
      ? world.text("notice.resentMissing", { count, total: message.deliveries.length })
      : world.text("notice.resent");
  return stepTo(withNotice(state, world, words), { kind: "resend", message: message.id });
}

export function openPacket(state: UiState, world: World): UiState {
  const message = messageAtHand(state, world);
  if (message === null) return state;
  if (message.raw.length === 0) return withNotice(state, world, world.text("notice.noBytes"), "warning");
  return {
    ...state,
    dialog: { kind: "packet", of: { kind: "message", id: message.id }, top: 0, under: null },
  };
}

export function expandMessage(state: UiState, world: World): UiState {
  const message = messageAtHand(state, world);
  return message === null ? state : { ...state, expanded: toggled(state.expanded, message.id) };
}

/** One key: the conversation in the next charset, and after the last one as it was read. For display only. */
export function rereadConversation(state: UiState, world: World): UiState {
  const now = state.readings.get(state.conversation);
  const next = readingOrder[now === undefined ? 0 : readingOrder.indexOf(now) + 1];
  const name = conversationName(state, world);
  const key = world.keymap.keyOf("decode");
  const words =
    next === undefined
      ? world.text("notice.readingOff", { name })
      : world.text("notice.reading", { name, charset: next.toUpperCase(), key });
  return withNotice(withReading(state, next ?? null), world, words);
}

/** Reads the conversation in a charset from now on: what is there is shown in it, and the peer's charset is fixed. */
export function decodeConversation(state: UiState, world: World, argument: string): Step {
  const wished = argument === "" ? state.readings.get(state.conversation) : charsetNamed(argument);
  if (argument.toLowerCase() === "auto") return fixCharset(withReading(state, null), world, "auto");
  if (wished === undefined || wished === null) {
    return fixCharset(state, world, argument);
  }
  const step = fixCharset(withReading(state, wished), world, wished);
  const { conversation } = state;
  return { ...step, requests: [...step.requests, { kind: "redecode", conversation, charset: wished }] };
}

function withReading(state: UiState, charset: Charset | null): UiState {
  const readings = new Map(state.readings);
  if (charset === null) readings.delete(state.conversation);
  else readings.set(state.conversation, charset);
  return { ...state, readings };
}
