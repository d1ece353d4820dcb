// Layer 2: scenes in, bytes out, read back from a headless xterm. Runs on both members of the toolkit's family.
import blessed from "blessed";
import { afterEach, describe, expect, it } from "vitest";
import { defaultToolkit, toToolkit } from "../../../src/tui/paint/toolkit.js";
import { setAmbiguousWidth } from "../../../src/tui/text/width.js";
import type { Line } from "../../../src/tui/view/scene.js";
import { createFakeTty, type FakeTty, line, pane, plainStyles, scene } from "../terminal.js";

const toolkits = [
  ["neo-blessed", defaultToolkit],
  ["blessed", toToolkit(blessed)],
] as const;

let open: FakeTty[] = [];
afterEach(async () => {
  for (const tty of open) await tty.terminal.leave();
  open = [];
  setAmbiguousWidth(1);
});

describe.each(toolkits)("painting with %s", (_, toolkit) => {
  const enter = (options: Parameters<typeof createFakeTty>[0] = {}): FakeTty => {
    const tty = createFakeTty({ toolkit, ...options });
    open.push(tty);
    tty.terminal.enter();
    return tty;
  };

  it("puts lines into their panes and the cursor at the caret", async () => {
    const tty = enter({ columns: 20, rows: 4 });
    tty.terminal.paint(
      scene(
        [
          pane("menu", [0, 0, 20, 1], [line("飞雁 1 发送")]),
          pane("log", [5, 1, 15, 2], [line("你好"), line("ok")]),
        ],
        {
          column: 7,
          row: 3,
        },
      ),
      "now",
    );
    await tty.settle();
    expect(tty.screen()).toEqual(["飞·雁· 1 发·送·", "     你·好·", "     ok", ""]);
    expect(tty.cursor()).toEqual({ column: 7, row: 3 });
  });

  it("gives a typed character at most 40 bytes, in one write with synchronised output", async () => {
    const tty = enter();
    tty.terminal.paint(scene([pane("input", [0, 20, 80, 1], [line("发给 小明> 好", "input")])]), "now");
    tty.takeBytes();
    tty.terminal.paint(
      scene([pane("input", [0, 20, 80, 1], [line("发给 小明> 好的", "input")])], { column: 15, row: 20 }),
      "now",
    );
    const bytes = tty.takeBytes();
    expect(Buffer.byteLength(bytes)).toBeLessThanOrEqual(40);
    expect(bytes.startsWith("\u001b[?2026h")).toBe(true);
    expect(bytes.endsWith("\u001b[?2026l")).toBe(true);
    await tty.settle();
    expect(tty.screen()[20]).toBe("发·给· 小·明·> 好·的·");
  });

  it("writes nothing for an equal scene", () => {
    const tty = enter();
    tty.terminal.paint(scene([pane("log", [0, 0, 80, 3], [line("a😀b")])]), "now");
    tty.takeBytes();
    tty.terminal.paint(scene([pane("log", [0, 0, 80, 3], [line("a😀b")])]), "now");
    expect(tty.takeBytes()).toBe("");
  });

  it.each([0, 1, 2, 3, 4, 5])(
    "a popup over wide characters at column %i leaves no halves, opened and closed",
    async (column) => {
      const tty = enter({ columns: 16, rows: 3 });
      const log = pane(
        "log",
        [0, 0, 16, 3],
        [line("你好世界你好世界"), line("a你b好c世d界"), line("😀😀😀😀😀😀😀😀")],
      );
      const base = scene([log]);
      tty.terminal.paint(base, "now");
      await tty.settle();
      const before = tty.cells();
      tty.terminal.paint(
        scene([log, pane("popup", [column, 0, 5, 3], [line("菜单x", "popup"), line("二二", "popup")])]),
        "now",
      );
      await tty.settle();
      const opened = tty.cells();
      tty.terminal.fullRepaint();
      await tty.settle();
      expect(tty.cells()).toEqual(opened);
      tty.terminal.paint(base, "now");
      await tty.settle();
      expect(tty.cells()).toEqual(before);
    },
  );

  it("draws emoji, flags and families so that what follows stays in its column", async () => {
    const tty = enter({ columns: 40, rows: 3 });
    const lines: Line[] = [line("a😀b🇨🇳c👍🏽d❤️e"), line("👨‍👩‍👧|"), line("é|가|한")];
    tty.terminal.paint(scene([pane("log", [0, 0, 40, 3], lines)]), "now");
    await tty.settle();
    const column = (y: number, text: string) => {
      for (let x = 0; x < 40; x += 1)
        if (tty.xterm.buffer.active.getLine(y)?.getCell(x)?.getChars() === text) return x;
      return -1;
    };
    expect(["a", "b", "c", "d", "e"].map((letter) => column(0, letter))).toEqual([0, 3, 6, 9, 11]);
    expect(column(1, "|")).toBe(6);
    expect(column(2, "|")).toBe(1);
  });

  it("cuts a wide character at the edge of its pane and of the screen to a blank", async () => {
    const tty = enter({ columns: 9, rows: 2 });
    tty.terminal.paint(
      scene([pane("a", [0, 0, 3, 1], [line("你好")]), pane("b", [4, 1, 10, 1], [line("你好世界")])]),
      "now",
    );
    await tty.settle();
    expect(tty.screen()).toEqual(["你·", "    你·好·"]);
  });

  it("removes panes that are gone and follows a new order", async () => {
    const tty = enter({ columns: 10, rows: 2 });
    const low = pane("low", [0, 0, 6, 1], [line("aaaaaa")]);
    const high = pane("high", [3, 0, 6, 1], [line("bbbbbb")]);
    tty.terminal.paint(scene([low, high]), "now");
    await tty.settle();
    expect(tty.screen()[0]).toBe("aaabbbbbb");
    tty.terminal.paint(scene([high, low]), "now");
    await tty.settle();
    expect(tty.screen()[0]).toBe("aaaaaabbb");
    tty.terminal.paint(scene([high]), "now");
    await tty.settle();
    expect(tty.screen()[0]).toBe("   bbbbbb");
  });

  it("survives every size, down to one cell, and keeps the cursor inside", async () => {
    const tty = enter();
    const picture = scene([pane("log", [0, 0, 200, 60], [line("你好".repeat(60))])], { column: 40, row: 20 });
    for (const [columns, rows] of [
      [80, 24],
      [40, 12],
      [200, 60],
      [1, 1],
      [80, 24],
    ] as const) {
      tty.resize(columns, rows);
      tty.terminal.paint(picture, "now");
      await tty.settle();
      expect(tty.cursor()).toEqual({ column: Math.min(40, columns - 1), row: Math.min(20, rows - 1) });
    }
    expect(tty.screen()[0]?.startsWith("你·好·")).toBe(true);
  });

  it("sends rules and arrows as ASCII where ambiguous characters are wide", async () => {
    const tty = enter({ columns: 20, rows: 1, ambiguousWidth: 2 });
    tty.terminal.paint(scene([pane("log", [0, 0, 20, 1], [line("┌──┐→“a”")])]), "now");
    expect(tty.takeBytes()).toContain("+--+>“");
  });

  it("never lets hostile text change looks, title or layout", async () => {
    const tty = enter({ columns: 30, rows: 8, styles: plainStyles });
    const hostile = [
      "\u001b[31mred\u001b]2;owned\u0007{bold}x{/bold}",
      "\u009b31mcsi\u0000\u0008\u007f",
      "\u202eabc\u2066def\u200b\u00ad\ufeff",
      `a${"\u0301".repeat(4000)}b`,
      "长".repeat(25_000),
      "\ud800x\udc00",
      "one\ntwo\r\nthree\tfour",
      "\u0003\u0003你\u0003",
    ];
    let title = "";
    tty.xterm.onTitleChange((text) => (title = text));
    tty.terminal.paint(
      scene([
        pane(
          "log",
          [0, 0, 29, 8],
          hostile.map((text) => line(text)),
        ),
      ]),
      "now",
    );
    await tty.settle();
    expect(title).toBe("");
    const screen = tty.screen();
    expect(screen[0]).toBe("[31mred]2;owned{bold}x{/bold}".slice(0, 29));
    expect(screen[1]).toBe("31mcsi");
    expect(screen[2]).toBe("abcdef");
    expect(screen[3]?.replace(/\u0301/gu, "")).toBe("a");
    expect(screen[4]).toBe("长·".repeat(14));
    expect(screen[5]).toBe("\ufffdx\ufffd");
    expect(screen[6]).toBe("onetwothree four");
    expect(screen[7]).toBe("你·");
    for (const row of tty.cells())
      expect(row.replace(/\/-?\d+,-?\d+,-?\d+,-?\d+,0,0,0\]/g, "]")).not.toContain(",");
  });
});
