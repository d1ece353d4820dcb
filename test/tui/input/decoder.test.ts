// Bytes in, events out: sequences of the terminals we know, text, paste, mouse, and the property that cuts do not matter.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/tui/input/decoder.js";
import { formatChord, type InputEvent } from "../../../src/tui/input/event.js";
import type { Timer } from "../../../src/tui/input/timer.js";
import { createManualTimer } from "../terminal.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function decode(reads: readonly (string | Uint8Array)[], options: { guessPaste?: boolean } = {}) {
  const events: InputEvent[] = [];
  const timer = createManualTimer();
  const decoder = createDecoder({ timer, emit: (event) => events.push(event), ...options });
  for (const read of reads) decoder.push(typeof read === "string" ? bytesOf(read) : read);
  return { events, timer, decoder };
}

/** Events in one line each: chords, text in quotes. */
function show(events: readonly InputEvent[]): string[] {
  return events.map((event) => {
    switch (event.kind) {
      case "key":
        return formatChord(event);
      case "text":
        return `"${event.text}"`;
      case "paste":
        return `paste ${JSON.stringify(event.text)}`;
      case "mouse": {
        const { ctrl, alt, shift, action, button, column, row } = event;
        return `${ctrl ? "ctrl-" : ""}${alt ? "alt-" : ""}${shift ? "shift-" : ""}${action} ${button} ${column},${row}`;
      }
      case "focus":
        return `focus ${event.focused}`;
      case "cursor-report":
        return `cursor ${event.column},${event.row}`;
      case "device-report":
        return `device ${event.parameters.join(",")}`;
      default: {
        const unreachable: never = event;
        return unreachable;
      }
    }
  });
}

/** What a stream means whatever its cuts: neighbouring text is one. */
function merged(events: readonly InputEvent[]): InputEvent[] {
  const result: InputEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.kind === "text" && last?.kind === "text")
      result[result.length - 1] = { kind: "text", text: last.text + event.text };
    else result.push(event);
  }
  return result;
}

/** A control character where none may be. */
function isHarmful(event: InputEvent): boolean {
  if (event.kind === "text") return /\p{Cc}/u.test(event.text);
  if (event.kind === "paste") return /[^\P{Cc}\n\t]/u.test(event.text);
  return event.kind === "key" && /\p{Cc}|^$/u.test(event.key);
}

describe("decoder", () => {
  it.each([
    ["你好", ['"你好"']],
    ["a😀🇨🇳👨‍👩‍👧é", ['"a😀🇨🇳👨‍👩‍👧é"']],
    ["\r", ["enter"]],
    ["\n", ["ctrl-j"]],
    ["\t", ["tab"]],
    ["\u007f\u0008", ["backspace", "backspace"]],
    ["\u0001\u0005\u0017\u001f\u0000", ["ctrl-a", "ctrl-e", "ctrl-w", "ctrl-_", "ctrl-space"]],
    ["\u001b[A\u001bOA\u001b[1;5D\u001b[1;3B", ["up", "up", "ctrl-left", "alt-down"]],
    [
      "\u001b[H\u001b[F\u001bOH\u001b[1~\u001b[4~\u001b[7~\u001b[8~",
      ["home", "end", "home", "home", "end", "home", "end"],
    ],
    [
      "\u001b[1;5H\u001b[1;5F\u001b[5~\u001b[6~\u001b[3~\u001b[2~",
      ["ctrl-home", "ctrl-end", "page-up", "page-down", "delete", "insert"],
    ],
    [
      "\u001bOP\u001bOS\u001b[15~\u001b[24~\u001b[[A\u001b[[E\u001b[11~",
      ["f1", "f4", "f5", "f12", "f1", "f5", "f1"],
    ],
    ["\u001b[1;2P\u001b[1;2R\u001b[R\u001bOR", ["shift-f1", "shift-f3", "f3", "f3"]],
    ["\u001b[Z\u001b[1;5Z", ["shift-tab", "ctrl-shift-tab"]],
    [
      "\u001b\r\u001b[13;2u\u001b[27;2;13~\u001b[27;5;13~",
      ["alt-enter", "shift-enter", "shift-enter", "ctrl-enter"],
    ],
    ["\u001bOM\u001bOj\u001bOy", ["enter", '"*9"']],
    [
      "\u001ba\u001bA\u001b你\u001b1\u001b\u007f\u001b ",
      ["alt-a", "alt-shift-a", "alt-你", "alt-1", "alt-backspace", "alt-space"],
    ],
    [
      "\u001b[97;5u\u001b[97;6u\u001b[20320;3u\u001b[97u\u001b[57414u",
      ["ctrl-a", "ctrl-shift-a", "alt-你", '"a"', "enter"],
    ],
    ["\u001b[97;5:3u\u001b[97;5:1u", ["ctrl-a"]],
    ["\u001b\u001b[A\u001b\u001bOB", ["alt-up", "alt-down"]],
    ["\u001b[a\u001bOd\u001b[3^\u001b[3@", ["shift-up", "ctrl-left", "ctrl-delete", "ctrl-shift-delete"]],
    ["\u001bO5P", ["ctrl-f1"]],
    ["\u001b[I\u001b[O", ["focus true", "focus false"]],
    ["\u001b[12;34R\u001b[?62;22c\u001b[>0;276;0c", ["cursor 34,12", "device 62,22", "device 0,276,0"]],
    ["x\u001b]11;rgb:0000/0000/0000\u0007y\u001bP1$r0m\u001b\\z\u001b_G;OK\u001b\\", ['"xyz"']],
    ["\u001b[?2026;2$y\u001b[999;1z\u001b[99;2~\u001b[>4;1mok", ['"ok"']],
    [`\u001b[${"1;".repeat(5000)}Aok`, ['"ok"']],
    [
      "\u001b[<0;5;3M\u001b[<0;5;3m\u001b[<64;1;1M\u001b[<65;1;1M",
      ["press left 4,2", "release left 4,2", "wheel-up none 0,0", "wheel-down none 0,0"],
    ],
    [
      "a\u001b[<32;7;8Mb\u001b[<35;7;8M\u001b[<18;1;1M",
      ['"a"', "drag left 6,7", '"b"', "move none 6,7", "ctrl-press right 0,0"],
    ],
    ["\u001b[M !!\u001b[M#!!", ["press left 0,0", "release none 0,0"]],
    ["\u001b[<0;0;0M\u001b[<;;M\u001b[<1M", []],
    ["\u001b[200~一\r\n二\r三\u001b[201~x", ['paste "一\\n二\\n三"', '"x"']],
    ["\u001b[200~a\u001b[31mb\u0000\u001b[20\tc\u001b\u001b[201~", ['paste "a[31mb[20\\tc"']],
    ["\u009b31m\u0085x", ['"31mx"']],
    ["\u001b[1\u0001", ["ctrl-a"]],
    ["\u001b[1\u001b[A", ["up"]],
  ])("%j gives %j", (input, expected) => {
    expect(show(decode([input]).events)).toEqual(expected);
  });

  it("holds a character until its last byte came", () => {
    const bytes = bytesOf("好😀");
    const { events, decoder } = decode([bytes.slice(0, 2)]);
    expect(events).toEqual([]);
    decoder.push(bytes.slice(2, 5));
    expect(show(events)).toEqual(['"好"']);
    decoder.push(bytes.slice(5));
    expect(show(events)).toEqual(['"好"', '"😀"']);
  });

  it("shows bad bytes as U+FFFD", () => {
    expect(show(decode([Uint8Array.of(0x61, 0xff, 0xc3, 0x28)]).events)).toEqual(['"a\ufffd\ufffd("']);
  });

  it("makes an Escape of a lone one after a wait, and nothing before", () => {
    const { events, timer } = decode(["\u001b"]);
    timer.advance(24);
    expect(events).toEqual([]);
    timer.advance(26);
    expect(show(events)).toEqual(["escape"]);
    expect(timer.waiting).toBe(0);
  });

  it("joins an Escape with what was there before a busy program looked", () => {
    const events: InputEvent[] = [];
    const due: (() => void)[] = [];
    // As the loop does it: what is due fires first, what lies there is read then.
    const timer: Timer = {
      now: () => 0,
      after: (_delayMs, fire) => {
        due.push(fire);
        return () => undefined;
      },
    };
    const decoder = createDecoder({ timer, emit: (event) => events.push(event) });
    decoder.push(bytesOf("\u001b"));
    for (const fire of due.splice(0)) fire();
    decoder.push(bytesOf("[D"));
    expect(show(events)).toEqual(["left"]);
  });

  it("joins an Escape with what comes in time", () => {
    const { events, timer, decoder } = decode(["\u001b"]);
    timer.advance(20);
    decoder.push(bytesOf("[A"));
    timer.advance(1000);
    expect(show(events)).toEqual(["up"]);
  });

  it.each([
    ["\u001b\u001b", ["escape", "escape"]],
    ["\u001b[", ["alt-["]],
    ["\u001bO", ["alt-shift-o"]],
    ["\u001b]", ["alt-]"]],
    ["\u001b[1;", []],
    ["\u001b]11;rgb", []],
    ["\u001b\u001b\u001b", ["escape", "escape", "escape"]],
  ])("%j gives %j after the wait and is ready for text", (input, expected) => {
    const { events, timer, decoder } = decode([input]);
    timer.advance(60);
    decoder.push(bytesOf("x"));
    expect(show(events)).toEqual([...expected, '"x"']);
  });

  it("gives a paste up that never ends, with what it has", () => {
    const { events, timer, decoder } = decode(["\u001b[200~一\r二"]);
    timer.advance(1900);
    expect(events).toEqual([]);
    timer.advance(200);
    decoder.push(bytesOf("\r"));
    expect(show(events)).toEqual(['paste "一\\n二"', "enter"]);
  });

  it("bounds a paste", () => {
    const { events } = decode(["\u001b[200~", "长".repeat(600_000), "长".repeat(600_000), "\u001b[201~ok"]);
    expect(events).toHaveLength(2);
    expect(events[0]?.kind === "paste" && events[0].text.length).toBe(1_048_576);
  });

  it("guesses a paste only where told to", () => {
    expect(show(decode(["一\r\n二"], { guessPaste: true }).events)).toEqual(['paste "一\\n二"']);
    expect(show(decode(["一\r"], { guessPaste: true }).events)).toEqual(['"一"', "enter"]);
    expect(show(decode(["一\r二"]).events)).toEqual(['"一"', "enter", '"二"']);
  });

  it("forgets everything on close", () => {
    const { events, timer, decoder } = decode(["\u001b[1", ";"]);
    decoder.close();
    expect(timer.waiting).toBe(0);
    decoder.push(bytesOf("A"));
    expect(show(events)).toEqual(['"A"']);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      "\u001b[A",
      "\u001b[1;5C",
      "\u001bOP",
      "\u001b[<0;12;3M",
      "\u001b[200~你\r\nok\u001b[201~",
      "\u001b]2;t\u001b\\",
      "\u001bP1$r\u0007",
      "\u001b\u001b[B",
      "\u001b[13;2u",
      "\u001b你",
      "\u001b[I",
      "\r",
      "\u0003",
      "\u001b",
      "[",
      "]",
      "O",
      "~",
      "200~",
      "👨‍👩‍👧",
    ),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  );
  const stream = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces) => bytesOf(pieces.join(""))),
    fc.uint8Array({ maxLength: 60 }),
  );

  it("gives the same events for any cuts", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(60), { maxLength: 8 }), (bytes, cuts) => {
        const whole = decode([bytes]);
        const places = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].toSorted((a, b) => a - b);
        const reads = [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
        const cut = decode(reads);
        const single = decode([...bytes].map((byte) => Uint8Array.of(byte)));
        for (const { decoder } of [whole, cut, single]) decoder.flush();
        expect(merged(cut.events)).toEqual(merged(whole.events));
        expect(merged(single.events)).toEqual(merged(whole.events));
      }),
      { numRuns: 1000 },
    );
  });

  it("never lets a control character into text, paste or key", () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const { events, decoder } = decode([bytes]);
        decoder.flush();
        expect(events.filter(isHarmful)).toEqual([]);
      }),
    );
  });
});
