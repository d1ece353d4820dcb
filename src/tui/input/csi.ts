// One complete CSI or SS3 sequence to events: keys with modifiers, mouse, focus, reports. Unknown ones give nothing.
// Called by decoder.ts with what stood between CSI and the final character.

import type { InputEvent } from "./event.js";
import {
  consoleKeys,
  csiKeys,
  keyEvent,
  keyOfPoint,
  modifiersOf,
  mouseEvent,
  rxvtArrows,
  ss3Keys,
  tildeKeys,
} from "./keys.js";

const numeric = /^[\d;:]*$/;

/** Numbers between `;`; of sub-parameters (`1:3`) only the first counts here. */
function numbersOf(body: string): readonly (number | undefined)[] {
  return body.split(";").map((part) => {
    const digits = part.split(":")[0] ?? "";
    return digits === "" ? undefined : Number(digits);
  });
}

/** kitty's protocol marks a key's release as sub-parameter 3 of the modifiers. */
function isRelease(body: string): boolean {
  return body.split(";")[1]?.split(":")[1] === "3";
}

/** Events of a sequence: none, or one. `alt` is an Escape before the sequence. */
export function decodeCsi(body: string, final: string, alt: boolean): readonly InputEvent[] {
  const event = decodeOne(body, final);
  if (event === undefined) return [];
  return [alt && event.kind === "key" ? { ...event, alt: true } : event];
}

function decodeOne(body: string, final: string): InputEvent | undefined {
  if (body === "[") {
    const key = consoleKeys[final];
    return key === undefined ? undefined : keyEvent(key);
  }
  if (body.startsWith("<")) return decodeSgrMouse(body.slice(1), final);
  if (body.startsWith("?") || body.startsWith(">")) {
    if (final !== "c" || !/^[?>][\d;]*$/.test(body)) return undefined;
    return { kind: "device-report", parameters: numbersOf(body.slice(1)).map((number) => number ?? 0) };
  }
  if (!numeric.test(body) || isRelease(body)) return undefined;
  const [first, second, third] = numbersOf(body);
  const modifiers = modifiersOf(second);
  switch (final) {
    case "~":
      if (first === 27 && third !== undefined) return keyOfPoint(third, modifiers);
      return namedOf(tildeKeys[first ?? 0], second);
    case "^":
    case "@": {
      // rxvt: Ctrl and Ctrl-Shift in place of `~`.
      const key = tildeKeys[first ?? 0];
      return key === undefined ? undefined : keyEvent(key, { ctrl: true, alt: false, shift: final === "@" });
    }
    case "u":
      return first === undefined ? undefined : keyOfPoint(first, modifiers);
    case "Z":
      return keyEvent("tab", { ...modifiers, shift: true });
    case "I":
      return body === "" ? { kind: "focus", focused: true } : undefined;
    case "O":
      return body === "" ? { kind: "focus", focused: false } : undefined;
    case "R":
      // A cursor report, or F3 with modifiers, which comes as row 1: we never ask for a report on row 1.
      if (body === "" || first === 1) return keyEvent("f3", modifiers);
      if (first === undefined || second === undefined) return undefined;
      return { kind: "cursor-report", row: first, column: second };
    case "M":
      // urxvt's mouse mode 1015: the button code with 32 added.
      if (first === undefined || second === undefined || third === undefined) return undefined;
      return mouseEvent(first - 32, second, third, false);
    default: {
      const shifted = rxvtArrows[final];
      if (shifted !== undefined && body === "")
        return keyEvent(shifted, { ctrl: false, alt: false, shift: true });
      return namedOf(csiKeys[final], second);
    }
  }
}

function namedOf(key: string | undefined, modifier: number | undefined): InputEvent | undefined {
  return key === undefined ? undefined : keyEvent(key, modifiersOf(modifier));
}

function decodeSgrMouse(body: string, final: string): InputEvent | undefined {
  if ((final !== "M" && final !== "m") || !/^\d{1,4};\d{1,5};\d{1,5}$/.test(body)) return undefined;
  const [button = 0, column = 0, row = 0] = body.split(";").map(Number);
  return mouseEvent(button, column, row, final === "m");
}

/** The event of an SS3 sequence; digits before the letter are the modifiers some old xterms send there. */
export function decodeSs3(digits: string, final: string, alt: boolean): InputEvent | undefined {
  if (digits !== "") return decodeCsi(`1;${digits}`, final, alt)[0];
  const arrow = rxvtArrows[final];
  if (arrow !== undefined) return keyEvent(arrow, { ctrl: true, alt, shift: false });
  const key = ss3Keys[final];
  if (key === undefined) return undefined;
  return key.length === 1 && !alt
    ? { kind: "text", text: key }
    : keyEvent(key, { ctrl: false, alt, shift: false });
}
