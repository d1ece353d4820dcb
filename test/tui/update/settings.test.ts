// Choices on the screen: theme with preview, language, cursor, notifications, the welcome; and the live view of the wire.
import { describe, expect, it } from "vitest";
import type { TapRecord } from "../../../src/index.js";
import { editorText } from "../../../src/tui/edit/editor.js";
import { contextOf } from "../../../src/tui/update/context.js";
import { wireItems } from "../../../src/tui/view/wire.js";
import { noon, peer, uiState, world } from "../support/world.js";
import { act, run, type } from "../support/steps.js";

describe("theme", () => {
  const names = ["feiyan-dark", "mono", "solarized"];
  const listed = (w = world()) => {
    const base = uiState(80, 24);
    const start = { ...base, preferences: { ...base.preferences, theme: "feiyan-dark" } };
    expect(run(start, w, act("theme")).requests).toEqual([{ kind: "list-themes" }]);
    return run(start, w, { kind: "themes", names }).state;
  };

  it("is shown while one moves, kept with Enter, and as before with Escape", () => {
    const w = world();
    const moved = run(listed(), w, act("down"));
    expect(moved.requests).toEqual([{ kind: "set-theme", name: "mono", isPreview: true }]);
    expect(run(moved.state, w, act("accept"))).toMatchObject({
      state: { dialog: null },
      requests: [{ kind: "set-theme", name: "mono", isPreview: false }],
    });
    for (const way of ["cancel", "interrupt"] as const) {
      expect(run(moved.state, w, act(way))).toMatchObject({
        state: { dialog: null },
        requests: [{ kind: "set-theme", name: "feiyan-dark", isPreview: true }],
      });
    }
  });

  it("is set by name, remembered when it is sound, and complained about when not", () => {
    const w = world();
    expect(run(uiState(80, 24), w, act("theme", "mono")).requests).toEqual([
      { kind: "set-theme", name: "mono", isPreview: false },
    ]);
    const good = run(uiState(80, 24), w, { kind: "theme-set", name: "mono", problems: [] });
    expect(good).toMatchObject({
      state: { preferences: { theme: "mono" } },
      requests: [{ kind: "remember" }],
    });
    const bad = run(uiState(80, 24), w, { kind: "theme-set", name: "x", problems: ["坏了"] });
    expect(bad).toMatchObject({ state: { notice: { text: "坏了", tone: "warning" } }, requests: [] });
    expect(run(uiState(80, 24), w, { kind: "themes", names: [] }).state.dialog).toBeNull();
  });
});

describe("language, cursor and notifications", () => {
  it.each([
    ["", "en"],
    ["en", "en"],
    ["EN_us", "en"],
    ["zh", "zh-CN"],
    ["中文", "zh-CN"],
  ])("/lang %j", (argument, lang) => {
    expect(run(uiState(80, 24), world(), act("language", argument)).requests).toEqual([
      { kind: "set-language", lang },
    ]);
  });

  it("say what they take when they are given something else", () => {
    const w = world();
    for (const name of ["language", "cursor", "notify"] as const) {
      const { state, requests } = run(uiState(80, 24), w, act(name, "blub"));
      expect(requests).toEqual([]);
      expect(state.notice?.text).toMatch(/^用法: \//);
    }
    expect(run(uiState(80, 24), w, act("cursor", "Block")).requests).toEqual([
      { kind: "set-cursor", shape: "block" },
      { kind: "remember" },
    ]);
  });
});

describe("the welcome", () => {
  it("replaces the suggested name by what is typed", () => {
    const w = world();
    const open = run(uiState(80, 24), w, { kind: "welcome" }).state;
    const named = run(open, w, type("小"), type("李"), act("accept"));
    expect(named.requests).toEqual([{ kind: "remember" }, { kind: "rename", nick: "小李" }]);
  });

  it("asks for a name, announces it, and is not shown again", () => {
    const w = world();
    const open = run(uiState(80, 24), w, { kind: "welcome" }).state;
    expect(contextOf(open, w)).toBe("welcome");
    if (open.dialog?.kind !== "welcome") throw new Error("no welcome");
    expect(editorText(open.dialog.name)).toBe("我");
    const named = run(open, w, act("edit-kill-to-line-start"), type("小李"), act("accept"));
    expect(named.state).toMatchObject({ dialog: null, isWelcomed: true });
    expect(named.requests).toEqual([{ kind: "remember" }, { kind: "rename", nick: "小李" }]);
  });

  it("changes nothing when it is closed or the name stays", () => {
    const w = world();
    const open = run(uiState(80, 24), w, { kind: "welcome" }).state;
    expect(run(open, w, type("x"), act("cancel")).requests).toEqual([{ kind: "remember" }]);
    expect(run(open, w, act("accept")).requests).toEqual([{ kind: "remember" }]);
    expect(run(open, w, act("edit-kill-to-line-start"), act("accept")).requests).toEqual([
      { kind: "remember" },
    ]);
  });
});

const record = (text: string, more: Partial<TapRecord> = {}): TapRecord => ({
  at: noon,
  direction: "in",
  bytes: new TextEncoder().encode(text),
  peer: { address: "192.168.1.23", port: 2425 },
  broadcast: false,
  fate: null,
  ...more,
});

function busy() {
  const w = world({ peers: [peer("小明")] });
  w.wire.note(record("1:1:a:b:32:in"));
  w.wire.note(record("1:2:a:b:33:1", { direction: "out" }));
  w.wire.note(record("hello", { peer: { address: "10.0.0.9", port: 9000 } }));
  return w;
}

const serials = (state: ReturnType<typeof uiState>, w: ReturnType<typeof busy>): number[] =>
  wireItems(state, w).items.map((entry) => entry.serial);

describe("the wire", () => {
  it("is filtered by direction, address and name", () => {
    const w = busy();
    const open = run(uiState(80, 24), w, act("wire")).state;
    expect(serials(open, w)).toEqual([2, 1, 0]);
    const inOnly = run(open, w, act("direction")).state;
    expect(serials(inOnly, w)).toEqual([2, 0]);
    expect(serials(run(inOnly, w, act("direction")).state, w)).toEqual([1]);
    expect(serials(run(open, w, type("10.0")).state, w)).toEqual([2]);
    expect(serials(run(open, w, type("小明")).state, w)).toEqual([1, 0]);
    const key = { kind: "key", key: "backspace", ctrl: false, alt: false, shift: false } as const;
    expect(serials(run(open, w, type("z"), { kind: "key", key }).state, w)).toHaveLength(3);
  });

  it("stands still while paused, and goes on with what came meanwhile", () => {
    const w = busy();
    const paused = run(uiState(80, 24), w, act("wire"), act("pause")).state;
    w.wire.note(record("late"));
    expect(serials(paused, w)).toEqual([2, 1, 0]);
    expect(serials(run(paused, w, act("pause")).state, w)).toEqual([3, 2, 1, 0]);
  });

  it("opens a datagram and comes back to it, although others have come", () => {
    const w = busy();
    const open = run(uiState(80, 24), w, act("wire"), act("down"), act("down"), act("accept")).state;
    expect(open.dialog).toMatchObject({ kind: "packet", of: { kind: "wire" } });
    w.wire.note(record("late"));
    const back = run(open, w, act("cancel")).state;
    expect(back.dialog).toMatchObject({ kind: "wire", list: { selected: "1" } });
    expect(run(back, w, act("cancel")).state.dialog).toBeNull();
  });

  it("takes the third column where there is one, and a view of its own elsewhere", () => {
    const w = busy();
    const wide = run(uiState(120, 40), w, act("column")).state;
    expect(wide).toMatchObject({ column: "wire", dialog: null });
    expect(run(wide, w, act("column")).state.column).toBe("details");
    expect(run(wide, w, act("details")).state).toMatchObject({ column: "details", showDetails: true });
    expect(run(uiState(80, 24), w, act("column")).state.dialog).toMatchObject({ kind: "wire" });
  });
});
