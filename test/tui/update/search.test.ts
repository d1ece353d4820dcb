// Searching in the open conversation and over all of them, as data.
import { describe, expect, it } from "vitest";
import { editorText } from "../../../src/tui/edit/editor.js";
import { positionOf } from "../../../src/tui/ui-state.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { contextOf } from "../../../src/tui/update/context.js";
import { hitsOf } from "../../../src/tui/update/search.js";
import { receivedItems } from "../../../src/tui/view/receive.js";
import { message, minutes, own, peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";
import { act, run, type } from "../support/steps.js";

const ming = peer("小明");
const li = peer("李芳");

function talks(): TestWorld {
  const words = ["你好", "LAB 开会", "かな lab", "😀 emoji", "Lab report"];
  return world({
    peers: [ming, li],
    messages: [
      ...words.map((text, index) => message(ming.id, text, { at: minutes(index) })),
      ...Array.from({ length: 60 }, (_, index) => message(ming.id, `第${index}条`, { at: minutes(5) })),
      own(li.id, "去 lab 吧", "delivered", { at: minutes(6), peerId: li.id }),
    ],
  });
}

const start = (): UiState => uiState(80, 24, { conversation: ming.id });

describe("search", () => {
  it("finds in any case while one types, newest first, and goes round", () => {
    const w = talks();
    const found = run(start(), w, act("find"), type("la"), type("b")).state;
    expect(contextOf(found, w)).toBe("search");
    expect(hitsOf(found, w)).toEqual([1, 2, 4]);
    expect(found.search?.serial).toBe(4);
    expect(positionOf(found).kind).toBe("anchor");
    const older = run(found, w, act("up")).state;
    expect(older.search?.serial).toBe(2);
    expect(run(older, w, act("up"), act("up")).state.search?.serial).toBe(4);
    expect(run(older, w, act("down")).state.picked).toBe(4);
  });

  it("takes back what was typed, and finds more again", () => {
    const w = talks();
    const none = run(start(), w, act("find"), type("labx")).state;
    expect(hitsOf(none, w)).toEqual([]);
    expect(none.search?.serial).toBeNull();
    expect(hitsOf(run(none, w, act("edit-backspace")).state, w)).toEqual([1, 2, 4]);
  });

  it("finds what is said meanwhile", () => {
    const w = talks();
    const { state } = run(start(), w, act("find", "lab"));
    expect(hitsOf(state, w)).toHaveLength(3);
    const fresh = message(ming.id, "新的 lab", { at: minutes(9) });
    w.messages.push(fresh);
    w.timelines.note({ kind: "message", message: fresh });
    w.touch();
    expect(hitsOf(state, w)).toHaveLength(4);
  });

  it("leaves with the hit chosen, where letters go on, and ends with the marks gone", () => {
    const w = talks();
    const { state } = run(start(), w, act("find", "lab"), act("accept"));
    expect(state).toMatchObject({ focus: "log", picked: 4 });
    expect(run(state, w, act("previous-match")).state.picked).toBe(2);
    const ended = run(state, w, act("cancel")).state;
    expect(ended).toMatchObject({ focus: "input", search: null, picked: null });
    expect(run(start(), w, act("find", "lab"), act("interrupt")).state.search).toBeNull();
  });

  it("goes on over all conversations with the same words, and opens where they stand", () => {
    const w = talks();
    const { state } = run(start(), w, act("find", "lab"), act("find"));
    if (state.dialog?.kind !== "receive") throw new Error("no list");
    expect(state.dialog.scope).toBe("all");
    expect(editorText(state.dialog.query)).toBe("lab");
    const texts = receivedItems(w, state.dialog).items.map((one) => one.text);
    expect(texts).toEqual(["去 lab 吧", "Lab report", "かな lab", "LAB 开会"]);
    const opened = run(state, w, act("accept")).state;
    expect(opened).toMatchObject({ conversation: li.id, dialog: null, focus: "log" });
    expect(editorText(opened.search!.query)).toBe("lab");
  });

  it("searches what came in by typing in its list", () => {
    const w = talks();
    const { state } = run(start(), w, act("receive"), type("lab"));
    if (state.dialog?.kind !== "receive") throw new Error("no list");
    expect(receivedItems(w, state.dialog).items.map((one) => one.text)).toEqual([
      "Lab report",
      "かな lab",
      "LAB 开会",
    ]);
    expect(contextOf(state, w)).toBe("receive");
    const all = run(state, w, act("find")).state;
    expect(all.dialog).toMatchObject({ scope: "all" });
  });
});
