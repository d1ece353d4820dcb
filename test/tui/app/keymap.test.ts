// The key table: no key means two things in one place, everything can be done without function keys and Alt, users' keys are taken.
import { describe, expect, it } from "vitest";
import { keyContexts } from "../../../src/tui/key-context.js";
import { keyTable } from "../../../src/tui/key-table.js";
import { createKeymap, fallbacks, findCommand, formatKey, parseChord } from "../../../src/tui/keymap.js";

const isPlain = (key: string): boolean => !/^f\d+$/.test(key) && !key.includes("alt-") && key !== "escape";

describe("key table", () => {
  it("binds no key twice in a place", () => {
    const bindings = keyTable.flatMap((row) =>
      row.contexts.flatMap((context) => row.keys.map((key) => `${context}: ${key}`)),
    );
    expect(bindings.filter((binding, index) => bindings.indexOf(binding) !== index)).toEqual([]);
    expect(new Set(keyTable.flatMap((row) => row.contexts))).toEqual(new Set(keyContexts));
  });

  it("writes every key in the decoder's spelling", () => {
    const keys = keyTable.flatMap((row) => row.keys);
    expect(keys.map((key) => parseChord(key, true))).toEqual(keys);
  });

  it("reaches every action without function keys, Alt or Escape alone", () => {
    const actions = [...new Set(keyTable.map((row) => row.action))];
    const unreachable = actions.filter(
      (action) =>
        !keyTable.some(
          (row) => row.action === action && (row.command !== undefined || row.keys.some(isPlain)),
        ),
    );
    // What Escape does, Ctrl-C does as well: `interrupt` closes whatever is open.
    expect(unreachable).toEqual(["cancel"]);
  });

  it("has no command twice, and the three first items of the menu are send, receive, quit", () => {
    const commands = keyTable.flatMap((row) => row.command ?? []);
    expect(new Set(commands).size).toBe(commands.length);
    const digits = keyTable.filter((row) => row.menu?.digit !== undefined);
    expect(digits.map((row) => [row.menu?.digit, row.action, row.keys[0]])).toEqual([
      ["1", "send-form", "f2"],
      ["2", "receive", "f3"],
      ["3", "quit", "f10"],
    ]);
    expect(findCommand("quit")?.action).toBe("quit");
    expect(findCommand("nothing")).toBeNull();
  });
});

describe("keymap", () => {
  it("looks in the place first, then everywhere", () => {
    const { keymap } = createKeymap({});
    expect(keymap.find("form", "tab")?.action).toBe("next-field");
    expect(keymap.find("input", "tab")?.action).toBe("complete");
    expect(keymap.find("peers", "tab")?.action).toBe("next-pane");
    expect(keymap.find("completion", "ctrl-w")?.action).toBe("edit-delete-word-left");
    expect(keymap.find("help", "f10")?.action).toBe("quit");
    expect(keymap.find("input", "ctrl-t")).toBeNull();
    expect(fallbacks("completion")).toEqual(["completion", "input", "global"]);
  });

  it("puts the user's keys in place of the built-in ones", () => {
    const { keymap, problems } = createKeymap({ refresh: ["Ctrl+T", "f5"], quit: ["ctrl-x"] });
    expect(problems).toEqual([]);
    expect(keymap.find("input", "ctrl-t")?.action).toBe("refresh");
    expect(keymap.find("input", "f5")?.action).toBe("refresh");
    expect(keymap.find("input", "f10")).toBeNull();
    // The palette's built-in key steps back before the user's.
    expect(keymap.find("input", "ctrl-x")?.action).toBe("quit");
    expect(keymap.keyOf("quit")).toBe("Ctrl-X");
    expect(keymap.rows.map((row) => row.action)).toEqual(keyTable.map((row) => row.action));
  });

  it("reports what cannot be bound and leaves it out", () => {
    const { keymap, problems } = createKeymap({
      fly: ["ctrl-t"],
      refresh: ["hyper-t", "x", "ctrl-t"],
      details: ["ctrl-t"],
    });
    expect(problems).toEqual([
      { kind: "unknown-action", action: "fly" },
      { kind: "unknown-key", action: "refresh", key: "hyper-t" },
      { kind: "unknown-key", action: "refresh", key: "x" },
      { kind: "taken", action: "refresh", key: "ctrl-t", by: "details" },
    ]);
    expect(keymap.find("input", "ctrl-t")).not.toBeNull();
  });

  it.each([
    ["Ctrl+Q", "ctrl-q"],
    ["PgUp", "page-up"],
    ["alt-shift-enter", "alt-shift-enter"],
    ["Esc", "escape"],
    ["ctrl--", "ctrl--"],
    ["", null],
    ["q", null],
    ["f99", null],
  ])("reads the key %s as %s", (text, chord) => {
    expect(parseChord(text)).toBe(chord);
  });

  it.each([
    ["f2", "F2"],
    ["ctrl-q", "Ctrl-Q"],
    ["page-up", "PgUp"],
    ["alt-shift-page-down", "Alt-Shift-PgDn"],
  ])("shows the key %s as %s", (chord, shown) => {
    expect(formatKey(chord)).toBe(shown);
  });
});
