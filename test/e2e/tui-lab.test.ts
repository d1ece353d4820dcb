// The lab's screen as users run it: `feiyan lab` alone, a class between two terminals, a bad line by flag and by key.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { freePort } from "./program.js";
import { startReal } from "./tui-pty.js";
import type { RealOptions, RealTerminal } from "./tui-pty.js";

const open: RealTerminal[] = [];

async function start(options: RealOptions = {}): Promise<RealTerminal> {
  const terminal = await startReal(options);
  open.push(terminal);
  return terminal;
}

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close();
});

const down = "\u001b[B";

it("measures from keys alone, loses what the seed says, and ends with Escape", async () => {
  const terminal = await start({ words: ["lab"] });
  await terminal.until("先看上面的预测");
  // Third row: how many, then how fast.
  terminal.write(`${down}${down}100\t500`);
  await terminal.until("个数 100");
  await terminal.until("速度 500/s");
  terminal.write("\r");
  await terminal.until("完成 100/100");
  await terminal.until("核对：一个不差");
  // The copies of seed 42, whatever the clock of this machine does: lost on the way there and back.
  expect(terminal.screen()).toMatch(/ 0 [d].{13}d.{26}ud.{7}/u);
  expect(terminal.screen()).toMatch(/50 .{3}u.{28}d.u.{13}d/u);
  terminal.write("m");
  await terminal.until("粘包");
  terminal.write("\u001b");
  await terminal.until("完成 100/100");
  terminal.write("\u001b");
  expect(await terminal.ended).toBe(0);
  expect(terminal.xterm.buffer.active.type).toBe("normal");
});

it("holds a class in one terminal and takes part in another, without colour", async () => {
  const port = String(await freePort());
  const colourless = { environment: { NO_COLOR: "1" } };
  const teacher = await start({ words: ["lab"], name: "王老师", ...colourless });
  await teacher.until("就绪");
  teacher.write(`${down}${down}50\t200t`);
  await teacher.until("（空着就用你的名字）");
  teacher.write(`\t4711\t${port}\r`);
  await teacher.until("等学生加入");
  const student = await start({ words: ["lab"], name: "小明", ...colourless });
  await student.until("就绪");
  student.write("j");
  await student.until("加入老师的课");
  student.write(`127.0.0.1\t4711\t${port}\r`);
  await student.until("王老师的课 · 1 号");
  await teacher.until(/小明 +127\.0\.0\.1/u);
  teacher.write("\r");
  await student.until("y 参加，n 不参加");
  student.write("y");
  await student.until(/去程 {2}0\/50/u);
  await teacher.until("测完了");
  await teacher.until(/全班 +1 人 +50/u);
  expect(teacher.bytes()).not.toMatch(/\[[\d;]*(?:38|48);5;\d+/);
  student.write("q\u001b\u001b");
  expect(await student.ended).toBe(0);
  teacher.write("q\u0011");
  expect(await teacher.ended).toBe(0);
});

it("shows a bad line that was set by flag, and changes it", async () => {
  const terminal = await start({ words: ["--impair", "loss=30%,seed=42"] });
  await terminal.until("坏线 ~30%");
  terminal.write("/impair loss=10%,seed=7\r");
  await terminal.until("坏线 ~10%");
  terminal.write("/impair off\r");
  await terminal.until("修好了");
  expect(terminal.screen()).not.toContain("坏线 ~");
  terminal.write("\u0011");
  expect(await terminal.ended).toBe(0);
});

it("is built without a byte that a reader of bytes would take for another", () => {
  const folder = join(import.meta.dirname, "..", "..", "dist", "bin");
  const parts = ["program", "node", "screen", "rest"].map((part) =>
    readFileSync(join(folder, `${part}.cjs`)),
  );
  expect(parts.map((part) => part.findIndex((byte) => byte > 0x7f))).toEqual([-1, -1, -1, -1]);
});
