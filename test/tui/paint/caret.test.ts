// Keys to caret column in the headless terminal, through the whole program: wide characters, emoji, a flag, an accent, and a line longer
// than the screen. test/e2e/tui-robust.test.ts does the same with a real pseudo terminal and with tmux.
import { afterEach, expect, it } from "vitest";
import { setAmbiguousWidth } from "../../../src/tui/text/width.js";
import { type Robot, startRobot } from "../support/robot.js";

afterEach(() => setAmbiguousWidth(1));

/** The characters under the caret. */
function under(robot: Robot): string {
  const { column, row } = robot.tty.cursor();
  return robot.tty.xterm.buffer.active.getLine(row)?.getCell(column)?.getChars() ?? "";
}

it("follows 你好😀🇨🇳é key by key", async () => {
  const robot = await startRobot();
  await robot.until("发给 全体>");
  const origin = robot.tty.cursor().column;
  await robot.type("你好😀🇨🇳é");
  expect(robot.tty.cursor().column).toBe(origin + 9);
  const steps: readonly [string, number][] = [
    ["left", 8],
    ["left", 6],
    ["left", 4],
    ["ctrl-a", 0],
    ["right", 2],
    ["right", 4],
    ["right", 6],
    ["right", 8],
    ["right", 9],
    ["backspace", 8],
    ["backspace", 6],
    ["left", 4],
    ["\u001b[3~", 4],
    ["\u001b[H", 0],
    ["\u001b[3~", 0],
    ["\u001b[F", 2],
  ];
  for (const [key, column] of steps) {
    await robot.type(keyCodes[key] ?? key);
    expect(robot.tty.cursor().column, `${JSON.stringify(key)} in ${robot.row(21)}`).toBe(origin + column);
  }
  expect(robot.row(21)).toContain("发给 全体> 好");
  expect(await robot.quit()).toBe(0);
});

const keyCodes: Readonly<Record<string, string>> = {
  left: "\u001b[D",
  right: "\u001b[C",
  "ctrl-a": "\u0001",
  backspace: "\u007f",
};

it.each([80, 41, 120])("stands on the right one of 200 hanzi at %i columns", async (columns) => {
  const robot = await startRobot({ columns });
  // Each once, so that the one under the caret says where it is.
  const line = Array.from({ length: 200 }, (_, index) => String.fromCodePoint(0x4e00 + index * 7));
  await robot.type(line.join(""));
  for (let at = 199; at >= 0; at -= 1) {
    await robot.type("\u001b[D");
    expect(under(robot), `left to ${at}`).toBe(line[at]);
  }
  await robot.type("\u001b[C".repeat(137));
  expect(under(robot)).toBe(line[137]);
  await robot.type("\u001b[3~");
  expect(under(robot)).toBe(line[138]);
  await robot.type("\u007f");
  expect(under(robot)).toBe(line[138]);
  expect(await robot.quit()).toBe(0);
});
