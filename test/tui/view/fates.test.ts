// What impairment on purpose did to datagrams, in the wire view and in the packet view of a message.
import { describe, expect, it } from "vitest";
import { createTextCodec } from "../../../src/index.js";
import type { DatagramFate, Message } from "../../../src/index.js";
import { passagesOf } from "../../../src/tui/passages.js";
import { fateMark } from "../../../src/tui/view/fate.js";
import { layoutOf } from "../../../src/tui/view/layout.js";
import { packetLines } from "../../../src/tui/view/packet.js";
import { wirePopup } from "../../../src/tui/view/wire.js";
import type { Line } from "../../../src/tui/view/scene.js";
import { noon, own, peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";

const codec = createTextCodec();
const none: DatagramFate = { dropped: null, copies: 1, isDamaged: false, isHeld: false, delayMs: 0 };
const ming = peer("小明");

const textOf = (line: Line): string => line.map(({ text }) => text).join("");

function note(
  w: TestWorld,
  text: string,
  direction: "in" | "out",
  fate: Partial<DatagramFate> | null,
  address = "192.168.1.23",
): void {
  w.wire.note({
    at: noon,
    direction,
    bytes: codec.encode(`${text}\0`, "gbk"),
    peer: { address, port: 2425 },
    broadcast: false,
    fate: fate === null ? null : { ...none, ...fate },
  });
}

/** A message sent three times: the first was dropped, the acknowledgement of the second too. */
function lossy(): { readonly w: TestWorld; readonly sent: Message } {
  const raw = codec.encode("1:777:li:lab:288:好\0", "gbk");
  const sent = own(ming.id, "好", "delivered", { raw, packetNo: "777" as Message["packetNo"], attempt: 3 });
  const w = world({ peers: [ming], messages: [sent] });
  note(w, "1:777:li:lab:288:好", "out", { dropped: "loss", copies: 0 });
  note(w, "1:777:li:lab:288:好", "out", { copies: 2 });
  note(w, "1:5777:xm:PC:32:777", "in", null);
  note(w, "1:900:xm:PC:33:777", "in", { dropped: "loss", copies: 0 });
  note(w, "1:777:xm:PC:33:777", "in", null, "192.168.1.99");
  note(w, "1:777:li:lab:288:好", "out", { delayMs: 120.4 });
  note(w, "1:901:xm:PC:33:777", "in", null);
  return { w, sent };
}

const markOf = (fate: Partial<DatagramFate>, lang: "zh-CN" | "en" = "en") => {
  const found = fateMark({ ...none, ...fate }, world({ lang }));
  return `${found?.glyph} ${found?.words}`;
};

describe("fates", () => {
  it("have a glyph and words in both languages", () => {
    expect(markOf({ dropped: "loss", copies: 0 })).toBe("✗ dropped on purpose");
    expect(markOf({ dropped: "queue", copies: 0 })).toBe("✗ dropped: queue full");
    expect(markOf({ isDamaged: true, copies: 2 })).toBe("! a bit turned over, sent twice");
    expect(markOf({ copies: 2, delayMs: 0.2 }, "zh-CN")).toBe("+ 多发一份, 延迟 1 毫秒");
    expect(markOf({ isHeld: true })).toBe("~ held back");
    expect(fateMark(null, world())).toBeNull();
  });

  it("stand in the rows of the wire view", () => {
    const { w } = lossy();
    const state = uiState(120, 40);
    const dialog = { kind: "wire", list: { selected: null, top: 0 } } as const;
    const rows = wirePopup(state, w, layoutOf(state), dialog as never).lines.map(textOf);
    expect(rows.filter((row) => row.includes("✗"))).toHaveLength(2);
    expect(rows.find((row) => row.includes("[多发一份]"))).toContain(">+ 192.168.1.23:2425");
    expect(rows.find((row) => row.includes("[延迟 120 毫秒]"))).toContain(">~ ");
  });
});

describe("the ledger of a message", () => {
  it("is every sending and acknowledgement that passed, and nobody else's", () => {
    const { w, sent } = lossy();
    const found = passagesOf(sent, w).map(({ kind, count, entry }) => [
      kind,
      count,
      entry.record.fate?.dropped,
    ]);
    expect(found).toEqual([
      ["message", 1, "loss"],
      ["message", 2, null],
      ["receipt", 1, "loss"],
      ["message", 3, null],
      ["receipt", 2, undefined],
    ]);
  });

  it("stands in the packet view, with what each field means", () => {
    const { w, sent } = lossy();
    const lines = packetLines({ kind: "message", id: sent.id }, w, layoutOf(uiState(100, 40))).map(textOf);
    const at = lines.indexOf("线上经过");
    expect(lines.slice(at + 1, at + 6).map((line) => line.replace(/^\S+ /u, ""))).toEqual([
      ">✗ 192.168.1.23:2425  第 1 次发送  故意丢弃",
      ">+ 192.168.1.23:2425  第 2 次发送  多发一份",
      "<✗ 192.168.1.23:2425  第 1 次确认  故意丢弃",
      ">~ 192.168.1.23:2425  第 3 次发送  延迟 120 毫秒",
      "<  192.168.1.23:2425  第 2 次确认",
    ]);
    expect(lines.join("\n")).toContain("这个包的编号；确认包写回它，重发时编号不变");
    // What comes later on the wire is seen when the view is drawn again.
    note(w, "1:902:xm:PC:33:777", "in", null);
    const again = packetLines({ kind: "message", id: sent.id }, w, layoutOf(uiState(100, 40))).map(textOf);
    expect(again.filter((line) => line.includes("次确认"))).toHaveLength(3);
  });
});
