// The terminal UI under bad conditions, as users run it: terminals that hang or are dragged about, signals, a fault in a view, job
// control, terminals of every kind, hostile peers; and where the caret stands, in this terminal and in tmux.
//
// The minimum behaviours of the screen and the tests that hold each:
//
// | behaviour | test |
// |---|---|
// | start to first frame, resident memory | bench/tui-process.ts, figures in docs/performance.md |
// | 你好😀🇨🇳é typed, edited, deleted: value and caret at each step | test/tui/edit/typing.test.ts, test/tui/paint/caret.test.ts, "the caret" here |
// | pasted lines are one input, nothing sent | test/tui/app/app.test.ts "pastes lines without sending them" |
// | 80x24, 40x12, 200x60, 1x1 and back | test/tui/paint/draw.test.ts "survives every size", test/tui/view/any-size.test.ts, "a storm of sizes" here |
// | a popup over wide characters, opened and closed | test/tui/paint/draw.test.ts "a popup over wide characters", test/tui/paint/redraw*.test.ts |
// | hostile names and messages | test/tui/paint/draw.test.ts "never lets hostile text", test/tui/view/message-lines.test.ts, "hostile peers" here |
// | 1,000 messages a second | test/tui/app/flood.test.ts, bench/tui.ts |
// | a terminal that stops reading | test/tui/paint/lifecycle.test.ts "skips frames", "a terminal that stops reading" here |
// | every way out | test/tui/paint/lifecycle.test.ts, tui-chat.test.ts, "signals", "a fault in a view" and "job control" here |
// | TERM and LANG of every kind | test/tui/paint/style.test.ts, "terminals of every kind" here |
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import iconv from "iconv-lite";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { startReal } from "./tui-pty.js";
import type { RealOptions, RealTerminal } from "./tui-pty.js";

const root = join(import.meta.dirname, "..", "..");
const open: RealTerminal[] = [];
const sockets: Socket[] = [];

async function start(options: RealOptions = {}): Promise<RealTerminal> {
  const terminal = await startReal(options);
  open.push(terminal);
  return terminal;
}

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close();
  for (const socket of sockets.splice(0)) socket.close();
});

/** A machine that sends what it likes. */
async function createOutsider(port: number) {
  const socket = createSocket("udp4");
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  let packetNo = 1_780_000_000;
  const send = (command: number, text: string | Uint8Array): number => {
    packetNo += 1;
    const tail = typeof text === "string" ? iconv.encode(text, "gbk") : text;
    socket.send(Buffer.concat([Buffer.from(`1:${packetNo}:wang:pc-w:${command}:`), tail]), port, "127.0.0.1");
    return packetNo;
  };
  return {
    enter: (nick: string | Uint8Array) => send(1, nick),
    say: (text: string | Uint8Array) => send(288, text),
    /** Milliseconds until a message is acknowledged. */
    async sayAndWait(text: string): Promise<number> {
      const started = performance.now();
      const no = send(288, text);
      await new Promise<void>((resolve) => {
        const hear = (bytes: Buffer): void => {
          if (!bytes.toString("latin1").includes(`:33:${no}`)) return;
          socket.off("message", hear);
          resolve();
        };
        socket.on("message", hear);
      });
      return performance.now() - started;
    },
  };
}

/** The user's own screen is back, and no mode of ours is left. */
function expectRestored(terminal: RealTerminal): void {
  const { xterm } = terminal;
  const bytes = terminal.bytes();
  expect(xterm.buffer.active.type).toBe("normal");
  expect(xterm.modes).toMatchObject({
    applicationCursorKeysMode: false,
    bracketedPasteMode: false,
    mouseTrackingMode: "none",
    sendFocusMode: false,
    wraparoundMode: true,
  });
  expect(bytes.lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
}

/** Process of the program below the shell; null where that cannot be seen. */
function childOf(pid: number): number | null {
  const file = `/proc/${pid}/task/${pid}/children`;
  const found = existsSync(file) ? /^\d+/.exec(readFileSync(file, "utf8")) : null;
  return found === null ? null : Number(found[0]);
}

describe("a terminal that stops reading", () => {
  it("for three seconds holds up neither the network nor anything that is received", async () => {
    const terminal = await start({ columns: 120, rows: 40, words: ["--bind", "127.0.0.1"] });
    await terminal.online();
    const outsider = await createOutsider(terminal.port);
    outsider.enter("王老师");
    await terminal.until("王老师");
    terminal.write("\u001b2");
    await terminal.until("发给 王老师>");
    terminal.pause();
    const delays: number[] = [];
    const started = performance.now();
    // Each frame is a new screen full, so that the pipe to the terminal is soon full too.
    while (performance.now() - started < 3_000) {
      delays.push(await outsider.sayAndWait(`第 ${delays.length} 条 ${"满屏的字".repeat(40)}`));
    }
    // A program that waits for its terminal would answer after the three seconds, or never. It is milliseconds on a quiet machine.
    expect(delays.length).toBeGreaterThan(100);
    expect(Math.max(...delays)).toBeLessThan(2_000);
    terminal.resume();
    await terminal.until(`第 ${delays.length - 1} 条`);
    terminal.write("/clear-not-a-command");
    await terminal.until("/clear-not-a-command");
    // All of it is there, back to the first.
    terminal.write("\u0015\u001b[1;5H");
    await terminal.until("第 0 条");
    terminal.write("\u0011");
    expect(await terminal.ended).toBe(0);
  });
});

describe("a storm of sizes", () => {
  it("leaves the screen as a full repaint would make it, with draft and caret", async () => {
    const terminal = await start({ words: ["--bind", "127.0.0.1"] });
    await terminal.online();
    const outsider = await createOutsider(terminal.port);
    outsider.enter("王老师");
    await terminal.until("王老师");
    terminal.write("\u001b2");
    await terminal.until("发给 王老师>");
    outsider.say("到了");
    await terminal.until("到了");
    terminal.write("草稿😀稿");
    await terminal.until(/> 草稿😀 ?稿/);
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    for (let round = 0; round < 150; round += 1) {
      terminal.resize(1 + random(200), 1 + random(60));
      if (round % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    terminal.resize(80, 24);
    const isLaidOut = (): boolean => {
      const { before: last, row } = terminal.caret();
      return last === "稿" && row === 21 && /F9 {2}帮助 F1 *\n/.test(terminal.screen());
    };
    await terminal.untilHolds(isLaidOut, "the layout of 80x24 with the caret behind the draft");
    const before = { screen: terminal.screen(), caret: terminal.caret() };
    const { length } = terminal.bytes();
    terminal.write("\u000c");
    await terminal.untilHolds(
      () => terminal.bytes().slice(length).includes("\u001b[2J") && terminal.screen() === before.screen,
      before.screen,
    );
    expect(terminal.caret()).toEqual(before.caret);
  });
});

// The program below the shell is found through /proc.
describe.skipIf(!existsSync("/proc/self/task"))("signals (needs /proc)", () => {
  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGQUIT", 131],
    ["SIGTERM", 143],
  ] as const)("%s ends with %i, and the shell goes on as before", async (signal, code) => {
    const terminal = await start({ inShell: true });
    await terminal.online();
    terminal.write("半句话");
    await terminal.until("半句话");
    const child = childOf(terminal.pid);
    if (child === null) throw new Error("the program is not to be seen below the shell");
    process.kill(child, signal);
    await terminal.until(new RegExp(`code=${code}[^]* icanon`));
    expect(terminal.screen()).toMatch(new RegExp(`^before\\ncode=${code}`));
    expect(terminal.screen()).toMatch(/[^-]echo\b/);
    expectRestored(terminal);
  });
});

describe("a fault in a view", () => {
  const folder = join(root, "dist", "e2e");
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  /** The program with a screen that breaks when it is to show certain words. */
  async function buildBroken(): Promise<string> {
    mkdirSync(folder, { recursive: true });
    const outfile = join(folder, "broken.mjs");
    const entry = `
      import { runCommandLine } from "./src/cli/run.ts";
      const { stdin, stdout, stderr, env } = process;
      const code = await runCommandLine({
        words: process.argv.slice(2), environment: env, stdin, stdout, stderr,
        packageDir: ${JSON.stringify(root)}, stop: new AbortController().signal,
      });
      process.exit(code);`;
    await build({
      stdin: { contents: entry, resolveDir: root, loader: "ts" },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "error",
      plugins: [
        {
          name: "break",
          setup(setup) {
            setup.onLoad({ filter: /tui\/view\/screen\.ts$/ }, ({ path }) => ({
              loader: "ts",
              contents: `${readFileSync(path, "utf8").replace("export function viewScreen", "function soundScreen")}
                export function viewScreen(state: UiState, world: World): Scene {
                  const scene = soundScreen(state, world);
                  const shown = scene.panes.flatMap((pane) => pane.lines).flat().map((one) => one.text).join("");
                  if (shown.includes("break now")) throw new Error("the view is broken");
                  return scene;
                }`,
            }));
          },
        },
      ],
    });
    return outfile;
  }

  it("restores the terminal, says what it was and ends with 1", async () => {
    const terminal = await start({ rows: 40, inShell: true, program: await buildBroken() });
    await terminal.online();
    terminal.write("break now");
    await terminal.until(/code=1[^]* icanon/);
    expect(terminal.screen()).toMatch(/^before\n/);
    expect(terminal.screen()).toContain("the view is broken");
    expectRestored(terminal);
  });
});

describe.skipIf(!existsSync("/bin/bash"))("job control", () => {
  it("Ctrl-Z gives the shell back, fg the screen with its draft", async () => {
    const environment = { PS1: "shell> ", BASH_SILENCE_DEPRECATION_WARNING: "1", HISTFILE: "/dev/null" };
    const terminal = await start({
      shell: ["/bin/bash", "--norc", "--noprofile", "-i"],
      environment,
    });
    await terminal.until("shell> ");
    // Some shells use that mode themselves.
    terminal.write("bind 'set enable-bracketed-paste off'\r");
    await terminal.until(/off'\nshell> $/m);
    terminal.write(`${terminal.commandLine}\r`);
    await terminal.online();
    terminal.write("草稿");
    await terminal.until("全体> 草稿");
    terminal.write("\u001a");
    await terminal.until(/Stopped[^]*shell> $/m);
    expectRestored(terminal);
    // The shell reads and echoes lines.
    terminal.write("echo $((20+3))\r");
    await terminal.until(/^23$/m);
    terminal.write("fg\r");
    await terminal.until("全体> 草稿");
    expect(terminal.xterm.buffer.active.type).toBe("alternate");
    terminal.write("还在");
    await terminal.until("全体> 草稿还在");
    terminal.write("\u0011");
    await terminal.until(/23[^]*shell> $/m);
    expectRestored(terminal);
    terminal.write("exit\r");
    await terminal.ended;
  });
});

describe("terminals of every kind", () => {
  it.each([
    ["xterm-256color", /38;5;/],
    ["tmux-256color", /38;5;/],
    ["screen", /\[[\d;]*;3\d[;m]/],
    ["linux", /\[[\d;]*;3\d[;m]/],
    ["vt100", null],
    ["", /\[[\d;]*;3\d[;m]/],
  ])("TERM=%j is readable", async (term, colours) => {
    const terminal = await start({
      inShell: true,
      shellBefore: term === "" ? "unset TERM COLORTERM;" : `TERM=${term}; export TERM; unset COLORTERM;`,
    });
    await terminal.online();
    expect(terminal.screen()).toContain("1 发送");
    if (colours === null) expect(terminal.bytes()).not.toMatch(/\[(?:\d+;)*[349]\d(?:;\d+)*m/);
    else expect(terminal.bytes()).toMatch(colours);
    terminal.write("\u0011");
    await terminal.until(/code=0[^]* icanon/);
    expectRestored(terminal);
  });

  it("TERM=dumb is refused in one line", async () => {
    const terminal = await start({ environment: { TERM: "dumb" } });
    expect(await terminal.ended).toBe(2);
    expect(terminal.bytes().trim().split("\n")).toHaveLength(1);
    expect(terminal.bytes()).not.toContain("\u001b[");
  });

  it.each([
    ["C", "To Everyone>", "1 Send"],
    ["POSIX", "To Everyone>", "1 Send"],
    ["zh_CN.UTF-8", "发给 全体>", "1 发送"],
    ["en_US.UTF-8", "To Everyone>", "1 Send"],
  ])("LANG=%s is readable", async (lang, prompt, menu) => {
    const terminal = await start({ environment: { LANG: lang, LC_ALL: lang, LC_MESSAGES: lang } });
    await terminal.until(prompt);
    expect(terminal.screen()).toContain(menu);
    terminal.write("\u0011");
    expect(await terminal.ended).toBe(0);
  });
});

describe("hostile peers", () => {
  it("change neither looks nor title nor layout", async () => {
    const terminal = await start({ words: ["--bind", "127.0.0.1"] });
    const titles: string[] = [];
    terminal.xterm.onTitleChange((title) => titles.push(title));
    await terminal.online();
    const outsider = await createOutsider(terminal.port);
    const nasty = "\u001b]2;owned\u0007\u001b[5;31m{bold}坏\u202e人\u0000\u001b[2J";
    outsider.enter(Buffer.from(`${nasty}\0\n\nUN:wang\nHN:pc\nNN:${nasty}\n`, "utf8"));
    await terminal.until("坏人");
    terminal.write("\u001b2");
    await terminal.until(/发给 [^>]*坏人/);
    outsider.say(Buffer.from(`a${"\u0301".repeat(4_000)}b`, "utf8"));
    outsider.say("长".repeat(25_000));
    outsider.say(
      Buffer.from("\u001b[31m\u009b5mred\u001b]52;c;b3duZWQ=\u0007\u2066\u200b\ufeff\u00ad尾", "utf8"),
    );
    outsider.say("最后一条");
    await terminal.until("最后一条");
    const { active } = terminal.xterm.buffer;
    for (let row = 0; row < 24; row += 1) {
      for (let column = 0; column < 80; column += 1) {
        const cell = active.getLine(active.viewportY + row)?.getCell(column);
        expect([cell?.isBlink(), cell?.isStrikethrough(), cell?.isInvisible()]).toEqual([0, 0, 0]);
      }
    }
    for (const harm of ["\u001b]2;owned", "\u001b]52", "\u001b[5;31m", "\u202e", "\u2066"]) {
      expect(terminal.bytes()).not.toContain(harm);
    }
    expect(titles.filter((title) => title.includes("\u001b") || title.startsWith("owned"))).toEqual([]);
    const lines = terminal.screen().split("\n");
    expect(lines[0]).toContain("1 发送");
    expect(lines.slice(1, 18).every((line) => line.length === 0 || /^.{10,22}│|^─+/u.test(line))).toBe(true);
    const before = terminal.screen();
    const { length } = terminal.bytes();
    terminal.write("\u000c");
    await terminal.untilHolds(
      () => terminal.bytes().slice(length).includes("\u001b[2J") && terminal.screen() === before,
      before,
    );
  });
});

/** Each once, so that the one under the caret says where it is. */
const twoHundred = Array.from({ length: 200 }, (_, index) => String.fromCodePoint(0x4e00 + index * 7));

describe("the caret", () => {
  it("stands where the next character goes: 你好😀🇨🇳é and a line of 200 characters", async () => {
    const terminal = await start({ words: ["--bind", "127.0.0.1"] });
    await terminal.online();
    const home = "发给 全体> ".length + 4;
    const at = (column: number, what: string): Promise<void> =>
      terminal.untilHolds(() => terminal.caret().column === column, `${what}: caret in column ${column}`);
    terminal.write("你好😀🇨🇳é");
    await at(home + 9, "typed");
    for (const [key, column, what] of [
      ["\u001b[D", 8, "left of é"],
      ["\u001b[D", 6, "left of the flag"],
      ["\u001b[D", 4, "left of the face"],
      ["\u001b[H", 0, "home"],
      ["\u001b[C", 2, "right"],
      ["\u001b[F", 9, "end"],
      ["\u007f", 8, "é deleted"],
      ["\u007f", 6, "the flag deleted"],
      ["\u001b[H\u001b[3~", 0, "你 deleted"],
      ["\u001b[F", 4, "end"],
      ["\u0015", 0, "all deleted"],
    ] as const) {
      terminal.write(key);
      await at(home + column, what);
    }
    terminal.write(twoHundred.join(""));
    const before = (character: string | undefined): Promise<void> =>
      terminal.untilHolds(() => terminal.caret().before === character, `the caret behind ${character}`);
    const under = (character: string | undefined): Promise<void> =>
      terminal.untilHolds(() => terminal.caret().under === character, `the caret on ${character}`);
    await before(twoHundred[199]);
    for (const steps of [1, 30, 30, 30, 40]) terminal.write("\u001b[D".repeat(steps));
    await under(twoHundred[69]);
    terminal.write("\u001b[H");
    await under(twoHundred[0]);
    terminal.write("\u001b[C".repeat(77));
    await under(twoHundred[77]);
    terminal.write("\u001b[F\u007f");
    await before(twoHundred[198]);
    expect(terminal.caret().row).toBeLessThan(23);
  });

  const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
  it.skipIf(!hasTmux)("stands there in tmux too", async () => {
    const socket = `feiyan-${process.pid}`;
    const tmux = (...words: string[]): string =>
      execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...words], {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C.UTF-8" },
      });
    const home = join(root, "dist", "e2e-tmux");
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, "run.sh"),
      `exec '${process.execPath}' '${join(root, "dist", "bin", "feiyan.js")}' --port 0 --bind 127.0.0.1 --lang zh-CN --name 小李 --home '${home}'\n`,
    );
    const until = async (holds: () => boolean, what: string): Promise<void> => {
      const end = performance.now() + 15_000;
      while (!holds()) {
        if (performance.now() > end) throw new Error(`never ${what}:\n${tmux("capture-pane", "-p")}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const column = (): number => Number(tmux("display-message", "-p", "#{cursor_x}"));
    try {
      tmux("new-session", "-d", "-x", "80", "-y", "24", `sh ${join(home, "run.sh")}`);
      await until(() => tmux("capture-pane", "-p").includes("发给 全体>"), "started");
      const origin = column();
      // tmux draws é composed and the flag in two columns, as every wide pair.
      tmux("send-keys", "-l", "你好😀é");
      await until(() => column() === origin + 7, "typed");
      for (const [key, wanted] of [
        ["Left", 6],
        ["Left", 4],
        ["Home", 0],
        ["Right", 2],
        ["End", 7],
        ["BSpace", 6],
        ["BSpace", 4],
      ] as const) {
        tmux("send-keys", key);
        await until(() => column() === origin + wanted, `${key} to ${wanted}`);
      }
      tmux("send-keys", "C-u");
      tmux("send-keys", "-l", "🇨🇳x");
      await until(() => column() === origin + 3, "behind the flag");
      tmux("send-keys", "Left", "Left");
      await until(() => column() === origin, "before the flag");
      tmux("send-keys", "C-u", "C-e", "C-u");
      tmux("send-keys", "-l", twoHundred.join(""));
      const isBehind = (character: string | undefined): boolean => {
        const line =
          tmux("capture-pane", "-p").split("\n")[Number(tmux("display-message", "-p", "#{cursor_y}"))] ?? "";
        let width = 0;
        for (const one of line) {
          width += (one.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
          if (width === column()) return one === character;
        }
        return false;
      };
      await until(() => isBehind(twoHundred[199]), "behind the last of 200");
      tmux("send-keys", ...Array.from({ length: 120 }, () => "Left"));
      await until(() => isBehind(twoHundred[79]), "120 to the left");
      expect(column()).toBeLessThan(80);
    } finally {
      spawnSync("tmux", ["-L", socket, "kill-server"]);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
