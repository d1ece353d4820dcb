// Bytes from the terminal to events, incrementally: any cut of the stream gives the same events. A sequence we do not know is
// swallowed whole, so that its tail never becomes text. Time enters in two places only: an Escape that nothing follows, and a
// paste whose end mark never comes. Bounded: no sequence and no paste can make it grow without limit.

import type { InputEvent } from "./event.js";
import { decodeCsi, decodeSs3 } from "./csi.js";
import { keyEvent, keyOfControl, mouseEvent } from "./keys.js";
import { cleanPaste, createPasteCollector, looksPasted } from "./paste.js";
import { createUtf8Decoder } from "./utf8.js";
import type { Timer } from "./timer.js";

export interface DecoderOptions {
  readonly timer: Timer;
  readonly emit: (event: InputEvent) => void;
  /** How long a lone Escape waits for a continuation; 25 to 50 suits local and remote terminals. */
  readonly escapeTimeoutMs?: number;
  /** For terminals without paste marks: a read with text, a line end and more text is taken for a paste. */
  readonly guessPaste?: boolean;
}

export interface Decoder {
  push(bytes: Uint8Array): void;
  /** What the timer does: a pending Escape becomes a key, an unfinished sequence is dropped. */
  flush(): void;
  /** Forgets everything pending and stops the timer. */
  close(): void;
}

const defaultEscapeTimeoutMs = 40;
/** A paste without end mark is given up after this silence. */
const pasteTimeoutMs = 2000;
/** Longest sequence kept; the longest we know is a mouse report of 20 characters. */
const sequenceLimit = 64;
/** Stands for a sequence beyond the limit; matches nothing. */
const overlong = "!".repeat(sequenceLimit);
/** Replies (OSC, DCS) are skipped up to here; what is longer is no reply and ends the skipping. */
const skipLimit = 65_536;

type State = "text" | "escape" | "csi" | "console" | "ss3" | "mouse" | "skip" | "skip-escape" | "paste";

/** Creates a decoder; feed it every read of the terminal. */
export function createDecoder(options: DecoderOptions): Decoder {
  const { timer, emit } = options;
  const escapeTimeoutMs = options.escapeTimeoutMs ?? defaultEscapeTimeoutMs;
  const utf8 = createUtf8Decoder();
  const paste = createPasteCollector();
  let state: State = "text";
  let isAlt = false;
  let sequence = "";
  let skipped = 0;
  let typed = "";
  let cancelTimer: (() => void) | undefined;

  const emitTyped = (): void => {
    if (typed === "") return;
    const text = typed;
    typed = "";
    emit({ kind: "text", text });
  };
  const emitEvent = (event: InputEvent): void => {
    if (event.kind === "text") typed += event.text;
    else {
      emitTyped();
      emit(event);
    }
  };
  const toText = (): void => {
    state = "text";
    isAlt = false;
    sequence = "";
    skipped = 0;
  };

  const onText = (character: string, code: number): void => {
    if (code === 0x1b) {
      state = "escape";
      return;
    }
    if (code < 0x20 || code === 0x7f) emitEvent(keyOfControl(code, isAlt));
    else if (code >= 0x80 && code < 0xa0) isAlt = false;
    else if (isAlt) {
      const lower = character.toLowerCase();
      const name = character === " " ? "space" : lower;
      emitEvent(keyEvent(name, { ctrl: false, alt: true, shift: lower !== character }));
    } else typed += character;
    isAlt = false;
  };

  const onEscape = (character: string, code: number): void => {
    if (code === 0x1b) {
      // A second Escape: either the user pressed it twice or it is Alt before a sequence (rxvt). Three are a person.
      if (isAlt) emitEvent(keyEvent("escape"));
      isAlt = true;
      return;
    }
    switch (character) {
      case "[":
        state = "csi";
        return;
      case "O":
        state = "ss3";
        return;
      case "]":
      case "P":
      case "X":
      case "^":
      case "_":
        state = "skip";
        sequence = character;
        return;
      default:
        state = "text";
        isAlt = true;
        onText(character, code);
    }
  };

  const onCsi = (character: string, code: number): void => {
    if (code === 0x1b) {
      toText();
      state = "escape";
      return;
    }
    if (code < 0x20 || code === 0x7f) {
      // A control character ends a broken sequence and counts for itself.
      toText();
      onText(character, code);
      return;
    }
    if (character === "[" && sequence === "") {
      state = "console";
      return;
    }
    if (character === "M" && sequence === "") {
      state = "mouse";
      return;
    }
    if (code >= 0x40 && code <= 0x7e) {
      const body = sequence;
      const alt = isAlt;
      toText();
      if (character === "~" && body === "200") state = "paste";
      else for (const event of decodeCsi(body, character, alt)) emitEvent(event);
      return;
    }
    if (code > 0x7e) {
      toText();
      onText(character, code);
      return;
    }
    // An overlong sequence is read to its end and forgotten.
    sequence = sequence.length < sequenceLimit ? sequence + character : overlong;
  };

  const onSs3 = (character: string, code: number): void => {
    const alt = isAlt;
    if (code === 0x1b || code < 0x20 || code >= 0x7f) {
      toText();
      // ESC O and then something else: Alt-O was meant.
      emitEvent(keyEvent("o", { ctrl: false, alt: true, shift: true }));
      onText(character, code);
      return;
    }
    // Old xterms put the modifier between SS3 and the letter.
    if (code >= 0x30 && code <= 0x39 && sequence.length < 2) {
      sequence += character;
      return;
    }
    const event = decodeSs3(sequence, character, alt);
    toText();
    if (event !== undefined) emitEvent(event);
  };

  const onSkip = (code: number): void => {
    skipped += 1;
    if (code === 0x07 || code === 0x18 || code === 0x1a || code === 0x9c || skipped > skipLimit) toText();
    else if (code === 0x1b) state = "skip-escape";
  };

  const onSkipEscape = (character: string, code: number): void => {
    // ESC \ ends the reply; any other ESC has aborted it and begins something new.
    toText();
    if (character === "\\") return;
    state = "escape";
    onEscape(character, code);
  };

  const step = (character: string): void => {
    const code = character.codePointAt(0) ?? 0;
    switch (state) {
      case "text":
        onText(character, code);
        return;
      case "escape":
        onEscape(character, code);
        return;
      case "csi":
        onCsi(character, code);
        return;
      case "console":
        toText();
        for (const event of decodeCsi("[", character, false)) emitEvent(event);
        return;
      case "ss3":
        onSs3(character, code);
        return;
      case "mouse": {
        sequence += character;
        if (sequence.length < 3) return;
        const [button = 0, column = 0, row = 0] = Array.from(
          sequence,
          (part) => (part.codePointAt(0) ?? 0) - 32,
        );
        toText();
        const event = mouseEvent(button, column, row, false);
        if (event !== undefined) emitEvent(event);
        return;
      }
      case "skip":
        onSkip(code);
        return;
      case "skip-escape":
        onSkipEscape(character, code);
        return;
      case "paste": {
        const text = paste.push(character);
        if (text === undefined) return;
        toText();
        emitEvent({ kind: "paste", text });
        return;
      }
      default: {
        const unreachable: never = state;
        return unreachable;
      }
    }
  };

  const flush = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    const [wasState, wasAlt, body] = [state, isAlt, sequence];
    switch (wasState) {
      case "text":
        break;
      case "escape":
        toText();
        if (wasAlt) emitEvent(keyEvent("escape"));
        emitEvent(keyEvent("escape"));
        break;
      case "csi":
      case "ss3":
        toText();
        if (body === "") {
          const isBracket = wasState === "csi";
          emitEvent(keyEvent(isBracket ? "[" : "o", { ctrl: false, alt: true, shift: !isBracket }));
        }
        break;
      case "skip":
        if (skipped === 0)
          emitEvent(keyEvent(body.toLowerCase(), { ctrl: false, alt: true, shift: /[PX]/.test(body) }));
        toText();
        break;
      case "console":
      case "mouse":
      case "skip-escape":
        toText();
        break;
      case "paste": {
        toText();
        emitEvent({ kind: "paste", text: paste.finish() });
        break;
      }
      default: {
        const unreachable: never = wasState;
        return unreachable;
      }
    }
    emitTyped();
  };

  const arm = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    if (state === "text") return;
    cancelTimer = timer.after(state === "paste" ? pasteTimeoutMs : escapeTimeoutMs, () => {
      // A program that was busy so long looks at its clock first: what has come meanwhile is read before a sequence is given up.
      cancelTimer = timer.after(0, flush);
    });
  };

  return {
    push(bytes) {
      const text = utf8.push(bytes);
      if (options.guessPaste === true && state === "text" && looksPasted(text)) {
        emitTyped();
        emit({ kind: "paste", text: cleanPaste(text) });
        return;
      }
      for (const character of text) step(character);
      emitTyped();
      arm();
    },
    flush,
    close() {
      cancelTimer?.();
      cancelTimer = undefined;
      toText();
      paste.finish();
      utf8.reset();
      typed = "";
    },
  };
}
