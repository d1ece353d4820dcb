// The chosen message: choosing, copying, quoting, sending again, its packet, its charset.
import { describe, expect, it } from "vitest";
import type { Delivery, Message } from "../../../src/index.js";
import { editorText } from "../../../src/tui/edit/editor.js";
import { messageAtHand } from "../../../src/tui/pick.js";
import { actionsOf } from "../../../src/tui/press.js";
import { draftOf, positionOf } from "../../../src/tui/ui-state.js";
import { message, minutes, own, peer, uiState, world } from "../support/world.js";
import { act, run, type } from "../support/steps.js";

const ming = peer("小明");

function toMany(states: readonly Delivery["state"][]): Message {
  const made = own(ming.id, "群发", "sent");
  return {
    ...made,
    to: states.map((_, index) => peer(`p${index}`).id),
    deliveries: states.map((state, index) => ({
      ...made.deliveries[0]!,
      peerId: peer(`p${index}`).id,
      state,
      final: true,
    })),
  };
}

const letters = (text: string) => ({ kind: "text", text }) as const;

describe("choosing a message", () => {
  const w = world({
    peers: [ming],
    messages: Array.from({ length: 50 }, (_, index) => message(ming.id, `第${index}条`, { at: minutes(1) })),
  });
  const start = uiState(80, 24, { conversation: ming.id });

  it("begins at the newest in sight, moves, and brings what is out of sight into it", () => {
    const first = run(start, w, act("select")).state;
    expect(first).toMatchObject({ focus: "log", picked: 49 });
    expect(positionOf(first).kind).toBe("follow");
    const up = run(first, w, ...Array.from({ length: 30 }, () => act("up"))).state;
    expect(up.picked).toBe(19);
    expect(positionOf(up)).toMatchObject({ kind: "anchor" });
    expect(messageAtHand(up, w)?.text).toBe("第19条");
    const down = run(up, w, ...Array.from({ length: 40 }, () => act("down"))).state;
    expect(down.picked).toBe(49);
    expect(positionOf(down).kind).toBe("follow");
  });

  it("goes with the page, and ends with Escape", () => {
    const paged = run(start, w, act("select"), act("page-up"), act("page-up")).state;
    expect(paged.picked).toBeLessThan(30);
    expect(run(paged, w, act("cancel")).state).toMatchObject({ focus: "input", picked: null });
  });

  it("passes over lines of our own", () => {
    const small = world({ peers: [ming], messages: [message(ming.id, "a"), message(ming.id, "b")] });
    small.timelines.add(ming.id, { at: minutes(1), text: "走了", tone: "plain" });
    expect(run(start, small, act("select")).state.picked).toBe(1);
  });

  it("has nothing to choose in an empty log, and says so", () => {
    const { state } = run(uiState(80, 24), world({ peers: [ming] }), act("select"));
    expect(state).toMatchObject({ focus: "input", notice: { text: "这里还没有消息" } });
  });

  it("takes letters as keys in the log, several at once, and everything else as text", () => {
    const state = run(start, w, act("select")).state;
    expect(actionsOf(letters("c"), state, w)).toEqual([act("copy")]);
    expect(actionsOf(letters("cc"), state, w)).toEqual([act("copy"), act("copy")]);
    expect(actionsOf(letters("好"), state, w)).toEqual([type("好")]);
    // Nothing is searched and nothing unconfirmed: these letters mean nothing now.
    expect(actionsOf(letters("n"), state, w)).toEqual([type("n")]);
    expect(actionsOf(letters("r"), state, w)).toEqual([type("r")]);
    expect(actionsOf(letters("c"), start, w)).toEqual([type("c")]);
    const typed = run(state, w, type("好")).state;
    expect(typed).toMatchObject({ focus: "input", picked: null });
    expect(editorText(draftOf(typed).editor)).toBe("好");
  });
});

describe("what can be done with it", () => {
  it("copies the text as it came, also from a command without a choice", () => {
    const w = world({ peers: [ming], messages: [message(ming.id, "a\u200bb 你好")] });
    const state = uiState(80, 24, { conversation: ming.id });
    expect(run(state, w, act("copy")).requests).toEqual([{ kind: "copy", text: "a\u200bb 你好" }]);
    const told = run(state, w, { kind: "copied", characters: 6, isCopied: true }).state;
    expect(told.notice?.text).toBe("已复制 6 个字");
  });

  it("quotes every line, harmless, before what is being written", () => {
    const w = world({ peers: [ming], messages: [message(ming.id, "一\u001b[31m\n二")] });
    const { state } = run(uiState(80, 24, { conversation: ming.id }), w, act("select"), act("quote"));
    expect(editorText(draftOf(state).editor)).toBe("> 一\n> 二\n");
    expect(state.focus).toBe("input");
  });

  it("sends again to the missing only, the chosen one before the latest", () => {
    const chosen = toMany(["delivered", "unconfirmed", "unconfirmed"]);
    const latest = own(ming.id, "新的", "unconfirmed");
    const w = world({ peers: [ming], messages: [chosen, latest] });
    const state = uiState(80, 24, { conversation: ming.id });
    expect(run(state, w, act("resend")).requests).toEqual([{ kind: "resend", message: latest.id }]);
    const picked = run(state, w, act("select"), act("up"), act("resend"));
    expect(picked.requests).toEqual([{ kind: "resend", message: chosen.id }]);
    expect(picked.state.notice?.text).toBe("重发给没有确认的 2 人（共 3 人）");
  });

  it("does not send again what is confirmed, and says why", () => {
    const w = world({ peers: [ming], messages: [own(ming.id, "好", "delivered")] });
    const { state, requests } = run(
      uiState(80, 24, { conversation: ming.id }),
      w,
      act("select"),
      act("resend"),
    );
    expect(requests).toEqual([]);
    expect(state.notice?.text).toBe("这条消息没有未确认的");
  });

  it("opens its packet and comes back to it", () => {
    const raw = new TextEncoder().encode("1:2:u:h:32:hi");
    const w = world({
      peers: [ming],
      messages: [message(ming.id, "hi", { raw }), message(ming.id, "无字节")],
    });
    const state = uiState(80, 24, { conversation: ming.id });
    const none = run(state, w, act("packet")).state;
    expect(none).toMatchObject({ dialog: null, notice: { text: "这条消息没有留下字节" } });
    const open = run(state, w, act("select"), act("up"), act("packet")).state;
    expect(open.dialog).toMatchObject({ kind: "packet", of: { kind: "message" } });
    expect(run(open, w, act("cancel")).state).toMatchObject({ dialog: null, focus: "log", picked: 0 });
  });

  it("shows the conversation in the next charset with each press, then as it was; fixes it on wish", () => {
    const w = world({ peers: [ming], messages: [message(ming.id, "x")] });
    const state = uiState(80, 24, { conversation: ming.id });
    const reading = (presses: number) =>
      run(state, w, ...Array.from({ length: presses }, () => act("reading"))).state.readings.get(ming.id);
    expect([1, 2, 3, 4, 5, 6, 7].map(reading)).toEqual([
      "utf-8",
      "gbk",
      "gb18030",
      "big5",
      "cp932",
      "euc-kr",
      undefined,
    ]);
    expect(run(state, w, act("reading"), act("decode")).requests).toEqual([
      { kind: "set-charset", peer: ming.id, charset: "utf-8" },
      { kind: "redecode", conversation: ming.id, charset: "utf-8" },
    ]);
    const big5 = run(state, w, act("decode", "big5"));
    expect(big5.state.readings.get(ming.id)).toBe("big5");
    expect(big5.requests).toMatchObject([
      { kind: "set-charset", charset: "big5" },
      { kind: "redecode", charset: "big5" },
    ]);
    const auto = run(big5.state, w, act("decode", "auto"));
    expect(auto.state.readings.size).toBe(0);
    expect(auto.requests).toMatchObject([{ kind: "set-charset", charset: null }]);
    expect(run(state, w, act("decode", "klingon")).requests).toEqual([]);
  });

  it("lists all of it in a menu that says why something cannot be done", () => {
    const w = world({ peers: [ming], messages: [message(ming.id, "长".repeat(9_000))] });
    const { state } = run(uiState(80, 24, { conversation: ming.id }), w, act("select"), act("message-menu"));
    expect(state.dialog).toMatchObject({ kind: "palette", about: "message" });
    const shown = run(state, w, type("全文"), act("accept")).state;
    expect(shown.expanded.size).toBe(1);
    expect(run(shown, w, act("expand")).state.expanded.size).toBe(0);
  });
});
