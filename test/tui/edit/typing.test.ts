// From bytes to the cursor on the screen: decoder, editor, layout and painter together, with every kind of wide character.
import { describe, expect, it } from "vitest";
import {
  applyEdit,
  type EditOperation,
  editorText,
  emptyEditor,
  insertText,
} from "../../../src/tui/edit/editor.js";
import { layoutEditor, startWindow } from "../../../src/tui/edit/layout.js";
import { formatChord } from "../../../src/tui/input/event.js";
import { createFakeTty, pane, scene } from "../terminal.js";

const bindings: Readonly<Record<string, EditOperation>> = {
  left: "left",
  right: "right",
  home: "line-start",
  end: "line-end",
  backspace: "backspace",
  delete: "delete",
  "ctrl-j": "new-line",
  up: "up",
};

function openInput(columns = 40, rows = 3) {
  const tty = createFakeTty({ columns, rows });
  let editor = emptyEditor;
  let window = startWindow;
  let submitted = 0;
  const paint = (): void => {
    const layout = layoutEditor(editor, columns - 2, rows, window);
    window = layout.window;
    const lines = layout.rows.map((runs) => [
      { text: "> ", role: "input.prompt" as const },
      ...runs.map(({ text, isMarker }) => ({
        text,
        role: isMarker ? ("input.marker" as const) : ("input" as const),
      })),
    ]);
    tty.terminal.paint(
      scene([pane("input", [0, 0, columns, rows], lines)], {
        column: 2 + layout.caret.column,
        row: layout.caret.row,
      }),
      "now",
    );
  };
  tty.terminal.onEvent((event) => {
    if (event.kind === "text" || event.kind === "paste") editor = insertText(editor, event.text);
    if (event.kind === "key") {
      const operation = bindings[formatChord(event)];
      if (operation !== undefined) editor = applyEdit(editor, operation);
      if (event.key === "enter") submitted += 1;
    }
    paint();
  });
  tty.terminal.enter();
  paint();
  return { tty, value: () => editorText(editor), submitted: () => submitted };
}

describe("typing", () => {
  it("has value and cursor right after every step", async () => {
    const { tty, value } = openInput();
    const steps: readonly (readonly [string, string, number])[] = [
      ["你", "你", 4],
      ["好😀", "你好😀", 8],
      ["🇨🇳e\u0301", "你好😀🇨🇳e\u0301", 11],
      ["\u001b[D", "你好😀🇨🇳e\u0301", 10],
      ["\u007f", "你好😀e\u0301", 8],
      ["\u001b[3~", "你好😀", 8],
      ["\u001b[H", "你好😀", 2],
      ["\u001b[C", "你好😀", 4],
      ["\u001b[3~", "你😀", 4],
      ["x", "你x😀", 5],
      ["\u001b[F", "你x😀", 7],
      ["\u007f", "你x", 5],
    ];
    for (const [bytes, text, column] of steps) {
      tty.type(bytes);
      await tty.settle();
      expect([value(), tty.cursor().column]).toEqual([text, column]);
    }
    expect(tty.screen()[0]).toBe("> 你·x");
    await tty.terminal.leave();
  });

  it("takes three pasted lines as one input and sends nothing", async () => {
    const { tty, value, submitted } = openInput();
    tty.type("\u001b[200~一\r\n二\r三\u001b[201~");
    await tty.settle();
    expect(value()).toBe("一\n二\n三");
    expect(submitted()).toBe(0);
    expect(tty.screen()).toEqual(["> 一·", "> 二·", "> 三·"]);
    expect(tty.cursor()).toEqual({ column: 4, row: 2 });
    await tty.terminal.leave();
  });

  it("shows the caret of a line longer than the screen", async () => {
    const { tty } = openInput(14, 1);
    tty.type("一二三四五六七八九十");
    await tty.settle();
    expect(tty.screen()[0]).toBe("> <六·七·八·九·十·");
    expect(tty.cursor().column).toBe(13);
    await tty.terminal.leave();
  });
});
