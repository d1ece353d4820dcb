// What was encrypted has a mark of one column that every terminal can draw, with words where there is room; and FeiQ's groups are rooms
// of the list, on a wide screen and on one of 40 columns.
import { afterEach, describe, expect, it } from "vitest";
import { roomIdOf, type Room, type Transfer } from "../../../src/index.js";
import { asciiForm } from "../../../src/tui/text/ascii-form.js";
import { cellWidth, setAmbiguousWidth } from "../../../src/tui/text/width.js";
import { detailLines } from "../../../src/tui/view/details.js";
import { layoutOf } from "../../../src/tui/view/layout.js";
import { fileLock, lockOf, plainLock, provenLock } from "../../../src/tui/view/lock.js";
import { packetLines } from "../../../src/tui/view/packet.js";
import type { Line } from "../../../src/tui/view/scene.js";
import { drawScreen } from "../support/draw.js";
import { act, run, type } from "../support/steps.js";
import { message, own, peer, uiState, world } from "../support/world.js";

afterEach(() => setAmbiguousWidth(1));

const words = (lines: readonly Line[]): string =>
  lines.map((line) => line.map((part) => part.text).join("")).join("\n");

const ming = peer("小明", { fingerprint: "0".repeat(64), trust: "pinned" });
const sealed = { cipher: "aes-256-cbc", signature: "valid" } as const;

describe("the lock", () => {
  it("is one column on every terminal, and has an ASCII form where such characters are drawn wide", () => {
    for (const ambiguous of [1, 2] as const) {
      setAmbiguousWidth(ambiguous);
      expect([provenLock, plainLock].map(cellWidth)).toEqual([1, 1]);
    }
    expect([provenLock, plainLock].map(asciiForm)).toEqual(["*", "o"]);
    expect(lockOf({ cipher: "blowfish-128-cbc", signature: "unknown" })).toBe("◇?");
  });

  it("stands before messages at 40 columns as at 100, and says in words what it means", () => {
    const texts = [
      message(ming.id, "工资单在桌上", { encryption: sealed }),
      own(ming.id, "收到", "delivered", { encryption: { cipher: "blowfish-128-cbc", signature: "none" } }),
      message(ming.id, "普通的话"),
    ];
    const w = world({ peers: [ming], messages: texts });
    for (const columns of [40, 100]) {
      const state = uiState(columns, 16, { conversation: ming.id });
      const screen = drawScreen(state, w);
      expect(screen).toContain("◆ 工资单在桌上");
      expect(screen).toContain("◇ 收到");
      expect(screen).not.toMatch(/[◆◇] 普通/u);
    }
    const state = uiState(100, 30, { conversation: ming.id });
    const layout = layoutOf(state);
    const [first] = texts;
    expect(words(packetLines({ kind: "message", id: first!.id }, w, layout))).toContain(
      "◆ AES-256-CBC 加密，签名有效",
    );
    const secret = world({ peers: [ming], messages: [first!] });
    expect(words(detailLines(state, secret, 60))).toMatch(/上条\s+◆ AES-256-CBC 加密，签名有效/u);
  });

  it("stands beside a file that came encrypted", () => {
    const moved: readonly Transfer["cipher"][] = ["aes-256-ctr", null];
    expect(moved.map((cipher) => fileLock({ cipher }))).toEqual(["◆ ", ""]);
    expect(fileLock(null)).toBe("");
  });
});

const room: Room = {
  id: roomIdOf("3b199b07"),
  number: "3b199b07",
  joined: true,
  unread: 0,
  members: [
    { peerId: ming.id, name: "小明", endpoint: ming.endpoint, lastSeen: 0 },
    { peerId: null, name: "wa\u001b[31mng", endpoint: ming.endpoint, lastSeen: 0 },
  ],
};
const strange: Room = { ...room, id: roomIdOf("ffff0001"), number: "ffff0001", joined: false };
const said = message(room.id, "下班打球", { peerId: null, peerName: "老王", dialect: "feiq" });
const mine = own(room.id, "算我一个", "sent", { peerId: null });
const w = world({ peers: [ming], messages: [said, mine], rooms: [room, strange] });

describe("a FeiQ group", () => {
  it("is a conversation of the list with the names of who speaks, at any width", () => {
    for (const columns of [40, 100]) {
      const state = uiState(columns, 16, { conversation: room.id });
      const screen = drawScreen(state, w);
      expect(screen).toContain("群 3b199b07");
      expect(screen).toMatch(/老王\s+下班打球/u);
      expect(screen).toMatch(/算我一个\s+已发送|算我一个/u);
      expect(screen).not.toContain("未确认");
      expect(screen).not.toContain("ffff0001");
      if (columns === 100) {
        expect(screen).toContain("# 群 3b199b07");
        expect(screen).toContain("网内人人可读");
      }
    }
    const details = words(detailLines(uiState(100, 30, { conversation: room.id }), w, 60));
    expect(details).toMatch(/成员\s+小明/u);
    expect(details).not.toContain("\u001b");
  });

  it("is joined, spoken in and left by command", () => {
    const start = uiState(100, 30);
    const joined = run(start, w, act("join-group", "3b199b07"));
    expect(joined.requests).toEqual([{ kind: "join-group", number: "3b199b07" }]);
    expect(joined.state.conversation).toBe(room.id);
    expect(run(start, w, act("join-group", "no such!")).requests).toEqual([]);
    const spoken = run(joined.state, w, type("来了"), act("say"));
    expect(spoken.requests).toMatchObject([{ kind: "say", to: [{ peer: room.id }], text: "来了" }]);
    const left = run(joined.state, w, act("leave-group"));
    expect(left.requests).toEqual([{ kind: "leave-group", number: "3b199b07" }]);
    expect(left.state.conversation).toBe("everyone");
    expect(run(start, w, act("leave-group")).requests).toEqual([]);
  });

  it("takes no files and says so", () => {
    const state = uiState(100, 30, { conversation: room.id });
    const { state: told, requests } = run(state, w, act("send-picture", "/tmp/a.png"));
    expect(requests).toEqual([]);
    expect(told.notice?.text).toContain("文字");
  });
});
