// Several receivers, favourites and groups: marks in the list, who gets what is written, what is remembered.
import { describe, expect, it } from "vitest";
import { everyone } from "../../../src/index.js";
import { checkDraft } from "../../../src/tui/draft-check.js";
import { rosterItems } from "../../../src/tui/roster-rows.js";
import { noticeLine } from "../../../src/tui/view/input.js";
import { message, own, peer, uiState, world } from "../support/world.js";
import { act, run, type } from "../support/steps.js";

const ming = peer("小明");
const li = peer("李芳");
const tanaka = peer("田中", { state: "offline", charset: "utf-8" });
const people = [ming, li, tanaka];

describe("several receivers", () => {
  it("are marked with the blank, one after the other, and written to together", () => {
    const w = world({ peers: people });
    const listed = run(uiState(80, 24), w, act("next-pane"), act("down"), act("check"), act("check")).state;
    expect(listed.checked).toEqual(new Set([li.id, ming.id]));
    const said = run(listed, w, act("cancel"), type("开会"), act("say"));
    expect(said.requests).toMatchObject([
      { kind: "say", to: [{ peer: li.id }, { peer: ming.id }], text: "开会" },
    ]);
    // For one message: the next goes where the prompt says.
    expect(said.state.checked.size).toBe(0);
  });

  it("put the open conversation first, where the message will stand", () => {
    const w = world({ peers: people });
    const state = uiState(80, 24, { conversation: ming.id, checked: new Set([li.id, ming.id]) });
    expect(run(state, w, type("x"), act("say")).requests).toMatchObject([
      { to: [{ peer: ming.id }, { peer: li.id }] },
    ]);
  });

  it("are marked and cleared by commands too", () => {
    const w = world({ peers: people });
    const marked = run(uiState(80, 24), w, act("check", "李芳"), act("check", "小明")).state;
    expect(marked.checked).toEqual(new Set([li.id, ming.id]));
    expect(run(marked, w, act("check", "李芳")).state.checked).toEqual(new Set([ming.id]));
    expect(run(marked, w, act("uncheck")).state.checked.size).toBe(0);
    expect(run(uiState(80, 24), w, act("uncheck")).state.notice?.text).toBe("没有标记任何人");
    expect(run(uiState(80, 24), w, act("check", "没有的人")).state.notice?.tone).toBe("warning");
  });

  it("open the log with the ledger once it is sent", () => {
    const w = world({ peers: people });
    const made = { ...own(li.id, "x", "sent"), to: [li.id, ming.id], conversation: li.id };
    const { state } = run(uiState(80, 24), w, {
      kind: "said",
      origin: { kind: "input", conversation: everyone },
      messages: [made],
    });
    expect(state.conversation).toBe(li.id);
    expect(state.notice?.text).toContain("2 人");
  });

  it("are checked for what the worst of them cannot read, and for who is not there", () => {
    const w = world({ peers: people });
    const state = uiState(80, 24, { checked: new Set([tanaka.id, ming.id]) });
    const typed = run(state, w, type("好😀")).state;
    expect(checkDraft(typed, w)).toMatchObject({ lost: ["😀"], charset: "gbk" });
    const gone = run(state, w, type("好")).state;
    expect((noticeLine(gone, w) ?? []).map((span) => span.text).join("")).toBe(
      " 有人不在线，可能收不到: 田中",
    );
  });

  it("and everyone: the charset of broadcasts counts", () => {
    const w = world({ peers: people });
    expect(checkDraft(run(uiState(80, 24), w, type("😀")).state, w)).toMatchObject({ lostCount: 1 });
  });
});

describe("groups and favourites", () => {
  const lab = { group: "实验室" };
  const w = world({
    peers: [
      peer("甲", lab),
      peer("乙", { ...lab, state: "offline" }),
      peer("丙"),
      peer("丁", { group: "Dev" }),
    ],
  });
  const rows = (state: ReturnType<typeof uiState>): string[] =>
    rosterItems(state, w).items.map((row) =>
      row.kind === "group" ? `[${row.group} ${row.online}/${row.count}]` : row.entry.name,
    );

  it("stand under headings, after those without a group", () => {
    expect(rows(uiState(80, 24)).slice(1)).toEqual(["丙", "[实验室 1/2]", "甲", "乙", "[Dev 1/1]", "丁"]);
    expect(rows(uiState(80, 24, { filter: "乙" }))).toEqual(["乙"]);
    expect(rows(uiState(80, 24, { isGrouped: false }))).toHaveLength(5);
  });

  it("fold, and remember it", () => {
    const state = uiState(80, 24, { focus: "peers", list: { selected: peer("甲").id, index: 0, top: 0 } });
    const folded = run(state, w, act("fold"));
    expect(rows(folded.state).slice(1)).toEqual(["丙", "[实验室 1/2]", "[Dev 1/1]", "丁"]);
    expect(folded.requests).toEqual([{ kind: "remember" }]);
    expect(folded.state.list.selected).toBe("group 实验室");
    expect(rows(run(folded.state, w, act("accept")).state)).toHaveLength(7);
  });

  it("mark a whole group on its heading", () => {
    const state = uiState(80, 24, { focus: "peers", list: { selected: "group 实验室", index: 0, top: 0 } });
    const marked = run(state, w, act("check")).state;
    expect(marked.checked.size).toBe(2);
    expect(run(marked, w, act("check")).state.checked.size).toBe(0);
  });

  it("let favourites stand in front, and remember them", () => {
    const starred = run(uiState(80, 24), w, act("favourite", "丁"));
    expect(rows(starred.state)[1]).toBe("丁");
    expect(starred.requests).toMatchObject([
      { kind: "remember" },
      { kind: "set-policy", policy: { favourite: true } },
    ]);
    expect(rows(run(starred.state, w, act("favourite", "丁")).state)[1]).toBe("丙");
  });

  it("move along when two peers turn out to be one", () => {
    const state = uiState(80, 24, { favourites: new Set([ming.id]), checked: new Set([ming.id]) });
    const merged = run(state, w, {
      kind: "node",
      event: { kind: "peer-merged", from: ming.id, into: li, at: 0 },
    }).state;
    expect([...merged.favourites, ...merged.checked]).toEqual([li.id, li.id]);
  });

  it("are found by how names are read", () => {
    const read = world({
      peers: [peer("张三"), peer("李四")],
      readingsOf: (name) => (name === "张三" ? ["zs", "zhangsan"] : []),
    });
    const names = (filter: string): string[] =>
      rosterItems(uiState(80, 24, { filter }), read).items.map((row) =>
        row.kind === "entry" ? row.entry.name : "",
      );
    expect(names("zs")).toEqual(["张三"]);
    expect(names("zhang")).toEqual(["张三"]);
    expect(names("ls")).toEqual([]);
    expect(run(uiState(80, 24), read, act("jump")).requests).toContainEqual({ kind: "load-readings" });
  });
});

const heard = (text: string, more = {}) =>
  ({ kind: "node", event: { kind: "message", message: message(ming.id, text, more) } }) as const;

describe("being told", () => {
  it("rings for our name in any case, and tells the desktop only while the window is out of sight", () => {
    const w = world({ peers: [ming] });
    const here = uiState(80, 24);
    expect(run(here, w, heard("随便说说")).requests).toEqual([]);
    expect(run(here, w, heard("@我 来")).requests).toEqual([{ kind: "bell" }]);
    const away = run(here, w, { kind: "window", hasFocus: false }).state;
    expect(run(away, w, heard("在吗\u001b]0;x\u0007")).requests).toEqual([
      { kind: "bell" },
      { kind: "notify", title: "小明", body: "在吗" },
    ]);
    expect(run(away, w, heard("大家好", { broadcast: true })).requests).toEqual([]);
  });

  it("does not ring without end, and not at all when that is wished", () => {
    const w = world({ peers: [ming] });
    const away = uiState(80, 24, { hasFocus: false });
    expect(run(away, w, heard("1"), heard("2"), heard("3")).requests).toHaveLength(2);
    const later = run(away, w, heard("1")).state;
    w.clock += 3_000;
    expect(run(later, w, heard("4")).requests).toHaveLength(2);
    const quiet = run(away, w, act("notify", "off")).state;
    expect(run(quiet, w, heard("@我 5")).requests).toEqual([]);
    const bell = run(away, w, act("notify", "bell")).state;
    expect(run(bell, w, heard("6")).requests).toEqual([{ kind: "bell" }]);
  });

  it("marks and rings for the words of the settings, and by their rules before all else", () => {
    const words = { words: ["发布"], rules: [] };
    const looking = Object.assign(world({ peers: [ming] }), { attention: words });
    const seen = run(uiState(80, 24), looking, heard("今天发布"));
    expect(seen.requests).toEqual([{ kind: "bell" }]);
    expect(seen.state.marked.has(ming.id)).toBe(true);
    // A flood of them rings once; what is in an envelope is not looked at.
    expect(run(uiState(80, 24), looking, heard("发布1"), heard("发布2")).requests).toHaveLength(1);
    expect(run(uiState(80, 24), looking, heard("发布", { sealed: true })).state.marked.size).toBe(0);
    const rules = [
      { who: "highlight", way: "bell" },
      { who: "小明", way: "off" },
    ] as const;
    const ruled = Object.assign(world({ peers: [ming] }), { attention: { words: ["发布"], rules } });
    const away = uiState(80, 24, { hasFocus: false });
    expect(run(away, ruled, heard("在吗")).requests).toEqual([]);
    expect(run(away, ruled, heard("发布")).requests).toEqual([{ kind: "bell" }]);
  });

  it("leaves messages unread while the window is out of sight, and marks where they begin on return", () => {
    const waiting = peer("小明", { unread: 1 });
    const w = world({ peers: [waiting], messages: [message(waiting.id, "在吗")] });
    const away = uiState(80, 24, { conversation: waiting.id, hasFocus: false });
    expect(run(away, w, { kind: "tick" }).requests).toEqual([]);
    const back = run(away, w, { kind: "window", hasFocus: true });
    expect(back.requests).toEqual([{ kind: "mark-read", conversation: waiting.id }]);
    expect(back.state.unreadLine).toEqual({ serial: 0, count: 1 });
  });
});
