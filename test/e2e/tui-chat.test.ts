// The terminal UI as users run it: alone, with the virtual peers, and every way out.
import { afterEach, describe, expect, it } from "vitest";
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

/** The user's own screen is back, and no mode of ours is left. */
function expectRestored(terminal: RealTerminal): void {
  const { xterm } = terminal;
  expect(xterm.buffer.active.type).toBe("normal");
  expect(xterm.modes).toMatchObject({
    bracketedPasteMode: false,
    mouseTrackingMode: "none",
    sendFocusMode: false,
    wraparoundMode: true,
    applicationCursorKeysMode: false,
  });
  const bytes = terminal.bytes();
  expect(bytes.lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
}

describe("alone", () => {
  it("is told so, starts the virtual peers with one key, and chats with one of them", async () => {
    const terminal = await start();
    await terminal.until("启动模拟好");
    await terminal.until("feiyan --peer");
    terminal.write("\u001b[18~");
    await terminal.until(/\d+ 个模拟好友来了/);
    await terminal.until(/张伟 +1│/);
    terminal.write("\u0007张\r");
    await terminal.until("发给 张伟>");
    terminal.write("你好，张伟\r");
    await terminal.until("你好，张伟 [已送达]");
    // The virtual peer answers by itself.
    await terminal.until(/已送达\][^]*张伟 {2}/);
    terminal.write("\u0011");
    expect(await terminal.ended).toBe(0);
    expectRestored(terminal);
  });

  it("works at 40x12 and in other sizes, without colour", async () => {
    const terminal = await start({ columns: 40, rows: 12, environment: { NO_COLOR: "1" } });
    await terminal.until("启动模拟好友");
    terminal.write("草稿");
    await terminal.until("全体> 草稿");
    terminal.resize(120, 40);
    await terminal.until("发给 全体> 草稿");
    terminal.resize(10, 3);
    await terminal.until("窗口太小");
    terminal.resize(80, 24);
    await terminal.until("发给 全体> 草稿");
    expect(terminal.bytes()).not.toMatch(/\[[\d;]*(?:38|48);5;\d+/);
    terminal.write("\u0003\u0003");
    expect(await terminal.ended).toBe(0);
  });
});

describe("every way out restores the terminal", () => {
  it.each([
    ["F10", "\u001b[21~"],
    ["Ctrl-Q", "\u0011"],
    ["/quit", "/quit\r"],
    ["F9 and 3", "\u001b[20~3"],
    ["Ctrl-C twice", "\u0003\u0003"],
  ])("%s", async (_name, keys) => {
    const terminal = await start({ inShell: true });
    await terminal.online();
    terminal.write(keys);
    await terminal.until(/code=0[^]* icanon/);
    // What was on the shell's screen is still there, and it reads lines again.
    expect(terminal.screen()).toMatch(/^before\ncode=0/);
    expect(terminal.screen()).toMatch(/[^-]icanon/);
    expect(terminal.screen()).toMatch(/[^-]echo\b/);
    expectRestored(terminal);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ])("%s", async (signal, code) => {
    const terminal = await start();
    await terminal.online();
    terminal.kill(signal);
    expect(await terminal.ended).toBe(code);
    expectRestored(terminal);
  });
});

it("does not start on a terminal that can do nothing", async () => {
  const terminal = await start({ environment: { TERM: "dumb" } });
  expect(await terminal.ended).toBe(2);
  expect(terminal.bytes()).not.toContain("\u001b[?1049h");
});
