// Updates as data: a state and an action in, the next state and requests out.
import { describe, expect, it } from "vitest";
import { everyone } from "../../../src/index.js";
import type { Event, Peer, PeerId } from "../../../src/index.js";
import type { Action, Request } from "../../../src/tui/action.js";
import { createEditor, editorText } from "../../../src/tui/edit/editor.js";
import type { ActionName } from "../../../src/tui/action-name.js";
import { draftOf, emptyDraft } from "../../../src/tui/ui-state.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { contextOf } from "../../../src/tui/update/context.js";
import { update } from "../../../src/tui/update/update.js";
import { message, minutes, own, peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";

const ming = peer("小明");
const li = peer("李芳", { unread: 2 });

function act(name: ActionName, argument = ""): Action {
  return { kind: "do", name, argument };
}

/** Carries out actions one after another and gathers what is asked for. */
function run(
  state: UiState,
  w: TestWorld,
  ...actions: readonly Action[]
): { state: UiState; requests: Request[] } {
  const requests: Request[] = [];
  let current = state;
  for (const action of actions) {
    const step = update(current, action, w);
    current = step.state;
    requests.push(...step.requests);
  }
  return { state: current, requests };
}

const event = (one: Event): Action => ({ kind: "node", event: one });

function withText(state: UiState, text: string, conversation: PeerId = state.conversation): UiState {
  return {
    ...state,
    drafts: new Map(state.drafts).set(conversation, { ...emptyDraft, editor: createEditor(text) }),
  };
}

const draftText = (state: UiState, conversation?: PeerId): string =>
  editorText(draftOf(state, conversation).editor);
const kinds = (requests: readonly Request[]): string[] => requests.map((request) => request.kind);

describe("saying", () => {
  it("empties the draft at once and asks the node", () => {
    const w = world({ peers: [ming] });
    const { state, requests } = run(
      withText(uiState(80, 24, { conversation: ming.id }), "你好"),
      w,
      act("say"),
    );
    expect(requests).toEqual([
      {
        kind: "say",
        to: [{ peer: ming.id }],
        text: "你好",
        options: {},
        origin: { kind: "input", conversation: ming.id },
      },
    ]);
    expect(draftText(state)).toBe("");
    expect(state.sent).toEqual(["你好"]);
  });

  it("goes to everyone from their conversation, and without a header where that is switched on", () => {
    const w = world({ peers: [ming] });
    const all = run(withText(uiState(80, 24), "大家好"), w, act("say"));
    expect(all.requests).toMatchObject([{ kind: "say", to: "everyone" }]);
    const raw = run(
      uiState(80, 24, { conversation: ming.id }),
      w,
      act("raw"),
      { kind: "text", text: "x" },
      act("say"),
    );
    expect(raw.requests).toMatchObject([{ kind: "say", options: { raw: true } }]);
    expect(draftOf(raw.state).raw).toBe(true);
  });

  it("sends nothing but blanks, and with nobody there an empty Enter starts the virtual peers", () => {
    const w = world({ peers: [ming] });
    expect(run(withText(uiState(80, 24), " \n "), w, act("say")).requests).toEqual([]);
    expect(run(uiState(80, 24), w, act("say")).requests).toEqual([]);
    const lonely = run(uiState(80, 24), world(), act("say"));
    expect(lonely.requests).toEqual([{ kind: "start-simulation" }]);
    expect(lonely.state.simulation).toEqual({ kind: "starting" });
    expect(run(lonely.state, world(), act("say")).requests).toEqual([]);
  });

  it("gives a refused text back, unless something else is being written", () => {
    const w = world({ peers: [ming] });
    const said = run(withText(uiState(80, 24, { conversation: ming.id }), "😀"), w, act("say"));
    const failed: Action = {
      kind: "failed",
      request: said.requests[0]!,
      problem: { text: "发不出", remedy: "换掉它" },
    };
    const back = run(said.state, w, failed);
    expect(draftText(back.state)).toBe("😀");
    expect(back.requests).toMatchObject([
      { kind: "log-line", conversation: ming.id, line: { text: "发不出 — 换掉它", tone: "error" } },
    ]);
    const other = run(said.state, w, { kind: "text", text: "别的" }, failed);
    expect(draftText(other.state)).toBe("别的");
  });

  it("walks through what was sent, and the unsent draft survives the walk", () => {
    const w = world({ peers: [ming] });
    const start = uiState(80, 24, { sent: ["一", "二"] });
    const up = run(withText(start, "草稿"), w, act("edit-up"), act("edit-up"), act("edit-up"));
    expect(draftText(up.state)).toBe("一");
    expect(draftText(run(up.state, w, act("edit-down"), act("edit-down")).state)).toBe("草稿");
  });
});

describe("conversations", () => {
  it("mark what is seen as read, with the line above the first unread message", () => {
    const messages = [
      message(li.id, "旧"),
      own(li.id, "我", "delivered"),
      message(li.id, "一"),
      message(li.id, "二"),
    ];
    const w = world({ peers: [ming, li], messages });
    const { state, requests } = run(uiState(80, 24, { conversation: ming.id }), w, act("go", "李芳"));
    expect(state.conversation).toBe(li.id);
    expect(requests).toEqual([{ kind: "mark-read", conversation: li.id }]);
    expect(state.unreadLine).toEqual({ serial: 2, count: 2 });
    const read = world({ peers: [ming, { ...li, unread: 0 }], messages });
    expect(run(withText(state, "好"), read, act("say")).state.unreadLine).toBeNull();
  });

  it("are not read while the reader looks elsewhere", () => {
    const w = world({ peers: [li], messages: [message(li.id, "一"), message(li.id, "二")] });
    const arrival: Event = { kind: "message", message: w.messages[1]! };
    const covered = uiState(80, 24, { conversation: li.id, dialog: { kind: "help", top: 0 } });
    expect(run(covered, w, event(arrival)).requests).toEqual([]);
    expect(kinds(run(covered, w, act("cancel")).requests)).toEqual(["mark-read"]);
    const away = uiState(80, 24, {
      conversation: li.id,
      positions: new Map([[li.id, { kind: "anchor", serial: 0, row: 0, seenEnd: 1 }]]),
    });
    expect(run(away, w, event(arrival)).requests).toEqual([]);
  });

  it("that were unread keep their place while they are open, so that next goes on", () => {
    const peers = [peer("甲", { unread: 1 }), peer("乙", { unread: 1 }), peer("丙")];
    const w = world({ peers });
    const read = (id: PeerId): void => {
      w.peers.splice(
        0,
        w.peers.length,
        ...w.peers.map((one) => (one.id === id ? { ...one, unread: 0 } : one)),
      );
      w.touch();
    };
    const visited: PeerId[] = [];
    let state = uiState(80, 24);
    for (let turn = 0; turn < 3; turn += 1) {
      ({ state } = run(state, w, act("next-conversation")));
      visited.push(state.conversation);
      read(state.conversation);
    }
    expect(new Set(visited)).toEqual(new Set(peers.map((one) => one.id)));
  });

  it("next unread goes to a knock first", () => {
    const w = world({ peers: [ming, li] });
    const state = uiState(80, 24, { marked: new Set([ming.id]) });
    expect(run(state, w, act("next-unread")).state.conversation).toBe(ming.id);
    expect(run(uiState(80, 24), w, act("next-unread")).state.conversation).toBe(li.id);
    const none = run(uiState(80, 24), world({ peers: [ming] }), act("next-unread"));
    expect(none.state.notice?.text).toBe("没有未读消息");
  });
});

describe("the send form", () => {
  it("takes an address as it stands, even when a listed peer has it", () => {
    const w = world({ peers: [ming] });
    const { requests } = run(
      uiState(80, 24),
      w,
      act("send-form"),
      { kind: "text", text: "192.168.1.23" },
      act("next-field"),
      act("edit-kill-to-line-start"),
      { kind: "text", text: "9000" },
      act("next-field"),
      act("next-field"),
      { kind: "text", text: "你好" },
      act("accept"),
    );
    expect(requests).toMatchObject([
      { kind: "say", to: [{ endpoint: { address: "192.168.1.23", port: 9000 } }], origin: { kind: "form" } },
    ]);
  });

  it("takes the first name that fits, and says when several have it", () => {
    const w = world({
      peers: [ming, peer("小红"), peer("同名", { id: peer("a").id }), peer("同名", { id: peer("b").id })],
    });
    const named = run(uiState(80, 24), w, act("send-form"), { kind: "text", text: "红" }, act("next-field"));
    expect(named.state.dialog).toMatchObject({ kind: "form", field: "mode" });
    const both = run(uiState(80, 24), w, act("send-form", "同名 喂"));
    expect(both.requests).toEqual([]);
    expect(both.state.dialog).toMatchObject({
      error: { field: "to", text: expect.stringContaining("同名") },
    });
    const chosen = run(uiState(80, 24), w, act("send-form"), { kind: "text", text: "同" }, act("next-field"));
    expect(chosen.state.dialog?.kind === "form" && editorText(chosen.state.dialog.to)).toBe("id:peer-a");
  });

  it("sends at once when the command says everything", () => {
    const w = world({ peers: [ming] });
    expect(run(uiState(80, 24), w, act("send-form", "小明 三点 开会")).requests).toMatchObject([
      { kind: "say", to: [{ peer: ming.id }], text: "三点 开会" },
    ]);
  });
});

describe("completion", () => {
  const w = world({ peers: [ming, peer("小红"), peer("Alice")] });
  const tab = (text: string): UiState => run(withText(uiState(80, 24), text), w, act("complete")).state;

  it("completes a name at the start and inside a text", () => {
    expect(draftText(tab("al"))).toBe("Alice，");
    expect(draftText(tab("问 @al"))).toBe("问 @Alice ");
    expect(draftText(tab("没有"))).toBe("没有");
  });

  it("offers several names to choose from", () => {
    const open = tab("小");
    expect(contextOf(open, w)).toBe("completion");
    expect(draftText(run(open, w, act("down"), act("accept")).state)).toMatch(/^小[明红]，$/);
    expect(draftText(run(open, w, { kind: "text", text: "x" }).state)).toBe("小x");
  });

  it("offers charsets and runs a whole candidate with Enter", () => {
    const open = withText(uiState(80, 24, { conversation: ming.id }), "/charset u");
    expect(run(open, w, act("accept")).requests).toEqual([
      { kind: "set-charset", peer: ming.id, charset: "utf-8" },
    ]);
  });

  it("fills in a command that needs an argument, and runs one that does not", () => {
    expect(draftText(run(withText(uiState(80, 24), "/aw"), w, act("accept")).state)).toBe("/away ");
    expect(run(withText(uiState(80, 24), "/qui"), w, act("accept")).requests).toEqual([{ kind: "quit" }]);
    expect(run(withText(uiState(80, 24), "/away"), w, act("accept")).requests).toMatchObject([
      { kind: "away" },
    ]);
  });
});

describe("news from the node", () => {
  it("moves draft, selection and mark along when two peers are one", () => {
    const known: Peer = peer("小明", { id: peer("key-1").id });
    const w = world({ peers: [known] });
    const from = peer("addr:1").id;
    const state = withText(
      uiState(80, 24, {
        conversation: from,
        marked: new Set([from]),
        list: { selected: from, index: 1, top: 0 },
      }),
      "草稿",
    );
    const next = run(state, w, event({ kind: "peer-merged", from, into: known, at: minutes(1) })).state;
    expect(next.conversation).toBe(known.id);
    expect(next.list.selected).toBe(known.id);
    expect(draftText(next, known.id)).toBe("草稿");
    expect(next.drafts.has(from)).toBe(false);
  });

  it("tells of a merge where people talk, because it can be undone", () => {
    const known = peer("小明", { id: peer("key-1").id });
    const from = "raw:192.168.1.9:2425" as PeerId;
    const merge = event({ kind: "peer-merged", from, into: known, at: 1 });
    expect(run(uiState(80, 24), world({ peers: [known] }), merge).requests).toEqual([]);
    const w = world({ peers: [known], messages: [message(known.id, "嗨")] });
    const words = "192.168.1.9:2425 已并入 小明；/split 撤销";
    expect(run(uiState(80, 24), w, merge).requests).toMatchObject([
      { kind: "log-line", line: { text: words } },
    ]);
  });

  it("keeps the draft that is already there in a merge", () => {
    const known = peer("小明", { id: peer("key-1").id });
    const from = peer("addr:1").id;
    const state = withText(withText(uiState(80, 24), "旧", from), "新", known.id);
    const next = run(
      state,
      world({ peers: [known] }),
      event({ kind: "peer-merged", from, into: known, at: 1 }),
    ).state;
    expect(draftText(next, known.id)).toBe("新");
  });

  it("writes a knock into the log, rings and marks", () => {
    const w = world({ peers: [ming] });
    const { state, requests } = run(uiState(80, 24), w, event({ kind: "knock", peer: ming, at: minutes(1) }));
    expect(kinds(requests)).toEqual(["log-line", "bell"]);
    expect(state.marked.has(ming.id)).toBe(true);
    expect(requests[0]).toMatchObject({ conversation: ming.id, line: { text: "小明 抖了你一下！" } });
  });

  it("tells who left only where we talked", () => {
    const left = (one: Peer): Action => event({ kind: "peer", change: "left", peer: one, at: minutes(1) });
    const w = world({ peers: [ming, li], messages: [message(ming.id, "嗨")] });
    expect(kinds(run(uiState(80, 24), w, left(ming)).requests)).toEqual(["log-line"]);
    expect(run(uiState(80, 24), w, left(li)).requests).toEqual([]);
    const first = event({ kind: "peer", change: "appeared", peer: ming, at: ming.firstSeen });
    expect(run(uiState(80, 24), w, first).requests).toEqual([]);
  });

  it("does not repeat the same notice again and again", () => {
    const w = world({ peers: [ming] });
    const notice = event({
      kind: "notice",
      code: "send-unreachable",
      fields: { address: "192.0.2.9" },
      at: minutes(1),
    });
    const first = run(uiState(80, 24), w, notice, notice, notice);
    expect(first.requests).toMatchObject([
      { kind: "log-line", line: { text: expect.stringContaining("192.0.2.9") } },
    ]);
    w.clock += 60_000;
    expect(kinds(run(first.state, w, notice).requests)).toEqual(["log-line"]);
  });
});

describe("leaving", () => {
  it("Ctrl-C closes, clears, asks and then quits", () => {
    const w = world({ peers: [ming] });
    const open = withText(uiState(80, 24, { dialog: { kind: "help", top: 0 } }), "abc");
    const closed = run(open, w, act("interrupt"));
    expect(closed.state.dialog).toBeNull();
    expect(draftText(closed.state)).toBe("abc");
    const cleared = run(closed.state, w, act("interrupt"));
    expect(draftText(cleared.state)).toBe("");
    expect(run(cleared.state, w, act("interrupt")).requests).toEqual([{ kind: "quit" }]);
    const typed = run(cleared.state, w, { kind: "text", text: "x" }, act("edit-backspace"), act("interrupt"));
    expect(typed.requests).toEqual([]);
    expect(typed.state.notice?.text).toBe("再按一次 Ctrl-C 退出");
    // Undo brings the cleared text back.
    expect(draftText(run(cleared.state, w, act("edit-undo")).state)).toBe("abc");
  });

  it("notices fade", () => {
    const w = world({ peers: [ming] });
    const { state } = run(uiState(80, 24), w, act("refresh"));
    expect(state.notice?.text).toContain("正在找人");
    w.clock += 10_000;
    expect(run(state, w, { kind: "tick" }).state.notice).toBeNull();
  });
});

describe("places for keys", () => {
  const w = world({ peers: [ming] });
  it.each([
    ["input", uiState(80, 24)],
    ["completion", withText(uiState(80, 24), "/qu")],
    ["input", withText(uiState(80, 24), "/:)")],
    ["menu", uiState(80, 24, { focus: "menu" })],
    ["peers", uiState(80, 24, { focus: "peers" })],
    ["help", uiState(80, 24, { focus: "input", dialog: { kind: "help", top: 0 } })],
    ["question", uiState(80, 24, { dialog: { kind: "paste", text: "", lines: 1, sizeBytes: 1 } })],
  ] as const)("%s", (context, state) => {
    expect(contextOf(state, w)).toBe(context);
  });

  it("says why something cannot be done", () => {
    const { state, requests } = run(uiState(80, 24), w, act("charset", "gbk"), act("resend"));
    expect(requests).toEqual([]);
    expect(state.notice).toMatchObject({ text: "没有未确认的消息", tone: "warning" });
  });

  it("closes the completion until the text changes", () => {
    const open = withText(uiState(80, 24), "/q");
    const closed = run(open, w, act("cancel")).state;
    expect(contextOf(closed, w)).toBe("input");
    expect(contextOf(run(closed, w, { kind: "text", text: "u" }).state, w)).toBe("completion");
  });

  it("goes through the panes and back", () => {
    const focuses = ["next-pane", "next-pane", "next-pane", "previous-pane"] as const;
    let state = uiState(80, 24);
    const seen = focuses.map((name) => {
      ({ state } = run(state, w, act(name)));
      return state.focus;
    });
    expect(seen).toEqual(["peers", "log", "input", "log"]);
    expect(run(uiState(40, 12), w, act("next-pane"), act("next-pane")).state.focus).toBe("input");
    expect(run({ ...uiState(80, 24), focus: "log" }, w, { kind: "text", text: "a" }).state.focus).toBe(
      "input",
    );
  });

  it("leaves what lies under a dialog alone", () => {
    const covered = uiState(80, 24, { dialog: { kind: "help", top: 0 } });
    expect(run(covered, w, act("next-conversation")).state.conversation).toBe(everyone);
  });
});
