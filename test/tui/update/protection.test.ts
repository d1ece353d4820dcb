// Keys and envelopes on the screen: marks, what is not shown yet, commands, and the question about a key that does not fit.
import { describe, expect, it } from "vitest";
import type { Message, TrustAlarm } from "../../../src/index.js";
import { detailLines } from "../../../src/tui/view/details.js";
import { messageLines } from "../../../src/tui/view/message-lines.js";
import { layoutOf } from "../../../src/tui/view/layout.js";
import { alarmQuestion } from "../../../src/tui/view/protection.js";
import type { Line } from "../../../src/tui/view/scene.js";
import { act, run } from "../support/steps.js";
import { message, minutes, own, peer, uiState, world } from "../support/world.js";

const fingerprint = "000f10ff7e81c3d2000102030405060708090a0b0c0d0e0f1011121314151617";
const ming = peer("小明", { fingerprint, trust: "pinned" });
const sealed = message(ming.id, "秘密的内容", { sealed: true });
const w = world({ peers: [ming], messages: [message(ming.id, "早"), sealed] });
const start = uiState(100, 30, { conversation: ming.id });

const words = (lines: readonly Line[]): string =>
  lines.map((line) => line.map((part) => part.text).join("")).join("\n");
const rows = (made: Message): string =>
  words(messageLines(made, { columns: 80, nameColumns: 6 }, w))
    .replaceAll(/ +/gu, " ")
    .trim();

describe("a message", () => {
  it("says how it was protected", () => {
    const encryption = (signature: "none" | "valid" | "invalid" | "unknown") =>
      rows(message(ming.id, "好", { encryption: { cipher: "aes-256-cbc", signature } }));
    expect(encryption("none")).toBe("14:00 小明 ◇ 好");
    expect(encryption("valid")).toBe("14:00 小明 ◆ 好");
    expect(encryption("invalid")).toBe("14:00 小明 [签名错误！] 好");
    expect(encryption("unknown")).toBe("14:00 小明 ◇? 好");
    expect(rows(message(ming.id, "好"))).toBe("14:00 小明 好");
  });

  it("that is sealed shows its text only after it was opened", () => {
    expect(rows(sealed)).toBe("14:00 小明 [密封] （按 o 或 /open 拆封）");
    expect(rows({ ...sealed, locked: true })).toBe("14:00 小明 [加锁] （/open 密码 打开）");
    expect(rows({ ...sealed, openedAt: minutes(5) })).toBe("14:00 小明 [密封 14:05 拆开] 秘密的内容");
    const copied = run({ ...start, picked: 1 }, w, act("copy")).requests;
    expect(JSON.stringify(copied)).not.toContain("秘密的内容");
  });

  it("that was taken back says so", () => {
    expect(rows(message(ming.id, "", { recalled: "done" }))).toContain("[已撤回]");
    expect(rows(own(ming.id, "哎呀", "delivered", { recalled: "refused" }))).toContain("[对方未撤回] 哎呀");
  });
});

const requests = (name: Parameters<typeof act>[0], argument = "") =>
  run(start, w, act(name, argument)).requests;

const heard = (answered: boolean) =>
  run(start, w, { kind: "node", event: { kind: "knock-answered", peer: ming, answered, at: minutes(1) } })
    .requests;

describe("commands", () => {
  it("open the latest envelope, with the password of a locked one", () => {
    expect(run(start, w, act("open")).requests).toEqual([
      { kind: "open", message: sealed.id, password: null },
    ]);
    expect(run(start, w, act("open", "芝麻")).requests).toEqual([
      { kind: "open", message: sealed.id, password: "芝麻" },
    ]);
    const none = world({ peers: [ming], messages: [message(ming.id, "早")] });
    expect(run(start, none, act("open")).requests).toEqual([]);
  });

  it("take back our latest message", () => {
    const mine = own(ming.id, "哎呀", "delivered");
    const both = world({ peers: [ming], messages: [mine, message(ming.id, "？")] });
    expect(run(start, both, act("recall")).requests).toEqual([{ kind: "recall", message: mine.id }]);
  });

  it("answer for a key, decide about encryption, knock, and send sealed", () => {
    expect(requests("key", "verify")).toEqual([{ kind: "trust", peer: ming.id, answer: "verify" }]);
    expect(requests("key", "perhaps")).toEqual([]);
    expect(requests("encrypt", "always")).toEqual([{ kind: "set-encrypt", peer: ming.id, policy: "always" }]);
    expect(requests("encrypt")).toEqual([{ kind: "set-encrypt", peer: ming.id, policy: null }]);
    expect(requests("encrypt", "sometimes")).toEqual([]);
    expect(requests("knock")).toEqual([{ kind: "knock", peer: ming.id }]);
    expect(requests("seal", "悄悄话")).toMatchObject([
      { kind: "say", text: "悄悄话", options: { seal: true } },
    ]);
    expect(requests("seal")).toEqual([]);
  });
});

describe("an alarm", () => {
  const alarm: TrustAlarm = {
    peerId: ming.id,
    reason: "key-changed",
    knownFingerprint: fingerprint,
    newFingerprint: "f".repeat(64),
    address: "192.168.1.66",
    at: minutes(1),
  };
  const event = { kind: "node", event: { kind: "alarm", alarm, peer: ming, at: minutes(1) } } as const;

  it("is asked about in its conversation; Enter keeps the old key", () => {
    const rung = run(start, w, event);
    expect(rung.state.dialog).toEqual({ kind: "alarm", peer: ming.id });
    expect(JSON.stringify(rung.requests)).toContain("换了密钥");
    expect(run(rung.state, w, act("accept")).requests).toEqual([
      { kind: "trust", peer: ming.id, answer: "reject" },
    ]);
    expect(run(rung.state, w, act("cancel")).state.dialog).toBeNull();
    const pane = alarmQuestion(w, layoutOf(start), ming.id);
    expect(words(pane.lines)).toContain("红马 红星 黄马 冷星");
  });

  it("elsewhere is marked and written down, and takes nobody's keys away", () => {
    const rung = run(uiState(100, 30), w, event);
    expect(rung.state.dialog).toBeNull();
    expect(rung.state.marked.has(ming.id)).toBe(true);
  });
});

it("the details show the fingerprint in words and digits, and what it is worth", () => {
  const shown = words(detailLines(start, w, 60));
  expect(shown).toContain("红马 红星 黄马 冷星");
  expect(shown).toMatch(/\d{5} \d{5}/u);
  expect(shown).toContain("首次见到时记住");
});

it("what came of a knock is written down", () => {
  expect(JSON.stringify(heard(true))).toContain("已抖动");
  expect(JSON.stringify(heard(false))).toContain("没有回应");
});
