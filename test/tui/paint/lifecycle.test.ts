// Every way out restores the terminal: modes, raw mode, the user's own screen; and what happens on stop, continue, stall and crash.
import { afterEach, describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/tui/paint/lifecycle.js";
import type { ProbeResult } from "../../../src/tui/paint/probe.js";
import type { StrayOutput } from "../../../src/tui/paint/stray-output.js";
import { terminalProblem } from "../../../src/tui/paint/terminal-problem.js";
import { ambiguousWidth, setAmbiguousWidth } from "../../../src/tui/text/width.js";
import { createFakeHost, createFakeTty, type FakeTty, line, pane, scene } from "../terminal.js";

const picture = scene([pane("log", [0, 0, 80, 2], [line("你好"), line("x")])], { column: 3, row: 1 });

const nodesOwn = (): void => undefined;

async function enterWithShellText(options: Parameters<typeof createFakeTty>[0] = {}): Promise<FakeTty> {
  const tty = createFakeTty(options);
  tty.xterm.write("$ ls\r\nfile1 file2\r\n$ feiyan\r\n");
  await tty.settle();
  tty.terminal.enter();
  tty.terminal.paint(picture, "now");
  await tty.settle();
  return tty;
}

async function expectRestored(tty: FakeTty): Promise<void> {
  await tty.settle();
  expect(tty.xterm.buffer.active.type).toBe("normal");
  expect(tty.screen().slice(0, 4)).toEqual(["$ ls", "file1 file2", "$ feiyan", ""]);
  expect(tty.cursor()).toEqual({ column: 0, row: 3 });
  expect(tty.xterm.modes).toMatchObject({
    applicationCursorKeysMode: false,
    applicationKeypadMode: false,
    bracketedPasteMode: false,
    mouseTrackingMode: "none",
    sendFocusMode: false,
    wraparoundMode: true,
  });
  expect(tty.input).toMatchObject({ isRaw: false, isPaused: true });
  const bytes = tty.takeBytes();
  expect(bytes.lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
  await Promise.resolve();
  expect(tty.listenerCounts()).toBe(0);
  const watched = [
    "SIGINT",
    "SIGTERM",
    "SIGHUP",
    "SIGQUIT",
    "SIGTSTP",
    "uncaughtException",
    "unhandledRejection",
    "exit",
    "warning",
  ];
  expect(watched.filter((event) => tty.host.count(event) > 0)).toEqual([]);
}

afterEach(() => setAmbiguousWidth(1));

describe("lifecycle", () => {
  it("takes the screen with the modes we need", async () => {
    const tty = await enterWithShellText();
    expect(tty.xterm.buffer.active.type).toBe("alternate");
    // Leaving the alternate screen before entering it would move the cursor in tmux, to where another program once saved it.
    expect(tty.takeBytes()).not.toContain("\u001b[?1049l");
    expect(tty.xterm.modes).toMatchObject({
      bracketedPasteMode: true,
      mouseTrackingMode: "drag",
      sendFocusMode: true,
      wraparoundMode: false,
    });
    expect(tty.input).toMatchObject({ isRaw: true, isPaused: false });
    await tty.terminal.leave();
    await expectRestored(tty);
  });

  it("leaves once, however often it is asked", async () => {
    const tty = await enterWithShellText();
    await tty.terminal.leave();
    tty.takeBytes();
    await tty.terminal.leave();
    tty.terminal.paint(picture, "now");
    tty.terminal.bell();
    expect(tty.takeBytes()).toBe("");
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)(
    "%s restores and ends with 128 + its number",
    async (signal) => {
      const tty = await enterWithShellText();
      tty.host.raise(signal);
      expect(tty.host.exits).toEqual([exitCodeOf(signal)]);
      await expectRestored(tty);
    },
  );

  it.each(["uncaughtException", "unhandledRejection"])(
    "%s restores first, then prints the error, then ends with 1",
    async (event) => {
      const tty = await enterWithShellText();
      tty.host.raise(event, new Error("boom"));
      expect(tty.host.printed.join("")).toContain("boom");
      expect(tty.host.exits).toEqual([1]);
      await expectRestored(tty);
    },
  );

  it("leaves ending the process to the application when it asks for that", async () => {
    const seen: unknown[] = [];
    const tty = await enterWithShellText({
      onSignal: (signal, code) => seen.push(signal, code),
      onCrash: (error) => seen.push(error),
    });
    tty.host.raise("SIGTERM");
    tty.terminal.enter();
    tty.host.raise("uncaughtException", "why");
    expect(seen).toEqual(["SIGTERM", 143, "why"]);
    expect(tty.host.exits).toEqual([]);
    await expectRestored(tty);
  });

  it("restores when the process exits by itself, and when the terminal vanishes", async () => {
    const exiting = await enterWithShellText();
    exiting.host.raise("exit", 0);
    await expectRestored(exiting);
    const vanishing = await enterWithShellText();
    vanishing.input.emit("error", new Error("EIO"));
    expect(vanishing.host.exits).toEqual([129]);
    await expectRestored(vanishing);
  });

  it("stops on suspend and comes back with a full picture", async () => {
    const tty = await enterWithShellText();
    const painted = tty.screen();
    tty.terminal.suspend();
    expect(tty.host.stops).toEqual(["SIGTSTP"]);
    expect(tty.timer.waiting).toBeGreaterThan(0);
    await tty.settle();
    expect(tty.xterm.buffer.active.type).toBe("normal");
    expect(tty.input.isRaw).toBe(false);
    tty.host.raise("SIGCONT");
    tty.timer.advance(1100);
    await tty.settle();
    expect(tty.input.isRaw).toBe(true);
    expect(tty.screen()).toEqual(painted);
    await tty.terminal.leave();
    await expectRestored(tty);
    expect(tty.host.count("SIGCONT")).toBe(0);
  });

  it("paints all again when it was continued without its own stop", async () => {
    const tty = await enterWithShellText();
    const painted = tty.screen();
    tty.xterm.write("\u001b[2J\u001b[?2004lgarbage");
    tty.host.raise("SIGCONT");
    tty.timer.advance(100);
    await tty.settle();
    expect(tty.screen()).toEqual(painted);
    expect(tty.xterm.modes.bracketedPasteMode).toBe(true);
    await tty.terminal.leave();
  });

  it("paints all again when the terminal had another size for a moment and nobody was told", async () => {
    const tty = await enterWithShellText();
    const painted = tty.screen();
    const { cols, rows } = tty.xterm;
    tty.xterm.resize(1, 1);
    tty.xterm.resize(cols, rows);
    tty.host.raise("SIGWINCH");
    tty.timer.advance(100);
    await tty.settle();
    expect(tty.screen()).toEqual(painted);
    await tty.terminal.leave();
  });

  it("takes console output and warnings away while the screen is ours", async () => {
    const strays: StrayOutput[] = [];
    const host = createFakeHost();
    host.on("warning", nodesOwn);
    const tty = createFakeTty({ fakeHost: host, onStray: (stray) => strays.push(stray) });
    tty.terminal.enter();
    host.stdout.write("log line\n");
    host.stderr.write(new TextEncoder().encode("error line\n"));
    host.raise("warning", Object.assign(new Error("old thing"), { name: "DeprecationWarning" }));
    expect(host.printed).toEqual([]);
    expect(strays).toEqual([
      { source: "stdout", text: "log line\n" },
      { source: "stderr", text: "error line\n" },
      { source: "warning", text: "DeprecationWarning: old thing" },
    ]);
    await tty.terminal.leave();
    host.stderr.write("after");
    expect(host.printed).toEqual(["after"]);
    expect(host.listeners("warning")).toEqual([nodesOwn]);
  });

  it("makes writes queue while entered and block again for the reset", async () => {
    const calls: boolean[] = [];
    const tty = createFakeTty();
    Object.assign(tty.output, { _handle: { setBlocking: (isBlocking: boolean) => calls.push(isBlocking) } });
    tty.terminal.enter();
    expect(calls).toEqual([false]);
    await tty.terminal.leave();
    expect(calls).toEqual([false, true]);
  });

  it("skips frames while the terminal does not read and shows the newest afterwards", async () => {
    const tty = await enterWithShellText();
    tty.takeBytes();
    tty.output.writableLength = 100;
    for (const text of ["a", "b", "c"])
      tty.terminal.paint(scene([pane("log", [0, 0, 80, 1], [line(text)])]), "now");
    tty.timer.advance(500);
    expect(tty.takeBytes()).toBe("");
    tty.output.writableLength = 0;
    tty.timer.advance(50);
    await tty.settle();
    expect(tty.screen()[0]).toBe("c");
    await tty.terminal.leave();
  });

  it("waits half a second at most for a stalled terminal when it ends", async () => {
    const tty = await enterWithShellText();
    tty.output.writableLength = 100;
    tty.host.raise("SIGTERM");
    expect(tty.host.exits).toEqual([]);
    tty.timer.advance(600);
    await tty.settle();
    expect(tty.host.exits).toEqual([143]);
  });

  it("paints at once after a key press and at most 30 times a second otherwise", () => {
    const tty = createFakeTty();
    tty.terminal.enter();
    tty.timer.advance(100);
    tty.terminal.paint(picture, "now");
    tty.takeBytes();
    let frames = 0;
    for (let ms = 0; ms < 1000; ms += 1) {
      tty.terminal.paint(scene([pane("log", [0, 0, 80, 1], [line(String(ms))])]), "frame");
      tty.timer.advance(1);
      if (tty.takeBytes() !== "") frames += 1;
    }
    expect(frames).toBeGreaterThan(25);
    expect(frames).toBeLessThanOrEqual(30);
    tty.terminal.paint(picture, "now");
    expect(tty.takeBytes()).not.toBe("");
    void tty.terminal.leave();
  });

  it("sets title and clipboard without anything that could end the sequence", async () => {
    const tty = await enterWithShellText();
    const titles: string[] = [];
    tty.xterm.onTitleChange((title) => titles.push(title));
    tty.terminal.setTitle("飞雁\u0007\u001b]2;x\u001b\\ 3");
    await tty.settle();
    expect(titles).toEqual(["飞雁]2;x\\ 3"]);
    tty.takeBytes();
    expect(tty.terminal.copy("你好\nrm\u001b[31m\u0000")).toBe(true);
    expect(tty.takeBytes()).toContain(`\u001b]52;c;${Buffer.from("你好\nrm[31m").toString("base64")}\u0007`);
    expect(tty.terminal.copy("x".repeat(80_000))).toBe(false);
    tty.terminal.bell();
    expect(tty.takeBytes()).toContain("\u0007");
    tty.terminal.setMouse(false);
    await tty.settle();
    expect(tty.xterm.modes.mouseTrackingMode).toBe("none");
    await tty.terminal.leave();
  });

  it("hides the cursor only while a scene has none", async () => {
    const tty = await enterWithShellText();
    tty.takeBytes();
    tty.terminal.paint({ ...picture, cursor: null }, "now");
    expect(tty.takeBytes()).toContain("\u001b[?25l");
    tty.terminal.paint(picture, "now");
    expect(tty.takeBytes()).toContain("\u001b[?25h");
    await tty.terminal.leave();
  });

  it("names why there can be no screen", () => {
    const tty = createFakeTty();
    expect(terminalProblem(tty.input, tty.output, { TERM: "xterm" })).toBeUndefined();
    expect(terminalProblem(tty.input, tty.output, { TERM: "dumb" })).toBe("dumb-terminal");
    expect(terminalProblem({ ...tty.input, isTTY: false }, tty.output, {})).toBe("not-a-terminal");
  });
});

describe("probe", () => {
  it("learns from the terminal, swallows the reports and leaves no sample on the screen", async () => {
    const results: ProbeResult[] = [];
    const tty = createFakeTty({ answers: true, onProbe: (result) => results.push(result) });
    tty.terminal.enter();
    tty.terminal.paint(scene([]), "now");
    await tty.settle();
    expect(results).toEqual([{ ambiguous: 1, emoji: 2, isUtf8: true, isAnswered: true }]);
    expect(tty.events).toEqual([]);
    expect(tty.screen().join("")).toBe("");
    await tty.terminal.leave();
  });

  it("lets the application lay out again where ambiguous characters are wide", async () => {
    const tty = createFakeTty({ ambiguousWidth: "auto" });
    let resized = 0;
    tty.terminal.onResize(() => (resized += 1));
    tty.terminal.enter();
    tty.type("\u001b[2;3R\u001b[2;3R\u001b[2;3R\u001b[?62;4c");
    expect(ambiguousWidth()).toBe(2);
    expect(resized).toBe(1);
    await tty.terminal.leave();
  });

  it("uses the defaults after 200 ms, and ignores what comes later", async () => {
    const results: ProbeResult[] = [];
    const tty = createFakeTty({ ambiguousWidth: "auto", onProbe: (result) => results.push(result) });
    tty.terminal.enter();
    tty.timer.advance(201);
    expect(results).toEqual([{ ambiguous: 1, emoji: 2, isUtf8: true, isAnswered: false }]);
    tty.type("\u001b[2;3R\u001b[2;3R\u001b[2;3R\u001b[?62;4c");
    expect(results).toHaveLength(1);
    expect(tty.events).toEqual([]);
    await tty.terminal.leave();
  });
});

describe("the toolkit's own listeners", () => {
  it("stay off the process: its signal handlers would end it with status 0", async () => {
    const events = ["uncaughtException", "SIGTERM", "SIGINT", "SIGQUIT", "exit"];
    const before = events.map((event) => process.listenerCount(event));
    const tty = await enterWithShellText();
    expect(events.map((event) => process.listenerCount(event))).toEqual(before);
    await tty.terminal.leave();
  });
});
