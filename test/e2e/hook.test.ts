// The program of the setting `hook`, run by the real daemon: what it is told and how, and how it is held in bounds.
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startDaemon, stopDaemons } from "./daemon.js";
import { eventOf, seesInstance, useStage } from "./stage.js";
import { startReal } from "./tui-pty.js";

const stage = useStage();
afterEach(stopDaemons);

/** A program that writes what it was given, its arguments in front, to a file beside it. */
function hookProgram(rest = ""): {
  readonly words: readonly string[];
  readonly lines: () => readonly string[];
} {
  const folder = mkdtempSync(join(tmpdir(), "feiyan-hook-"));
  const [script, out] = [join(folder, "hook.mjs"), join(folder, "out")];
  const code = [
    "import { appendFileSync, readFileSync } from 'node:fs';",
    `const said = readFileSync(0, 'utf8');`,
    `appendFileSync(${JSON.stringify(out)}, JSON.stringify([process.argv.slice(2), said]) + '\\n');`,
    rest,
  ].join("\n");
  writeFileSync(script, code);
  appendFileSync(out, "");
  chmodSync(script, 0o755);
  return {
    words: ["--hook", process.execPath, "--hook", script, "--hook", "fixed $(touch x)"],
    lines: () => readFileSync(out, "utf8").split("\n").filter(Boolean),
  };
}

/** Looks until it is so; the test's own limit ends it. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    // oxlint-disable-next-line no-await-in-loop -- a file of another process is asked again
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(process.platform === "win32")("the hook", () => {
  it("hears a message as JSON, and nothing of it stands in its arguments", async () => {
    const hook = hookProgram();
    const met = eventOf(stage(), seesInstance);
    const daemon = await startDaemon([stage().node], hook.words);
    await met;
    const text = `"; touch ${join(daemon.home, "pwned")}; echo "三点 $(id)`;
    await stage().node.say({ endpoint: { address: "127.0.0.1", port: daemon.port } }, text);
    const line = await until(() => hook.lines()[0]);
    const [args, said] = JSON.parse(line) as [string[], string];
    expect(args).toEqual(["fixed $(touch x)"]);
    expect(said.endsWith("\n")).toBe(true);
    expect(JSON.parse(said)).toMatchObject({ v: 1, type: "message", direction: "in", text });
    expect(existsSync(join(daemon.home, "pwned"))).toBe(false);
    // What we say ourselves is no event for it.
    await daemon.call(["send", "--to", `127.0.0.1:${stage().node.network!.port}`, "--no-check", "von uns"]);
    await stage().node.say({ endpoint: { address: "127.0.0.1", port: daemon.port } }, "zweite");
    const second = await until(() => hook.lines()[1]);
    expect(second).toContain("zweite");
  });

  it("that hangs is ended, and the log says so; a flood starts no more of them at a time", async () => {
    const hook = hookProgram("setInterval(() => {}, 1000);");
    const met = eventOf(stage(), seesInstance);
    const daemon = await startDaemon([stage().node], [...hook.words, "--hook-seconds", "2"]);
    await met;
    const to = { endpoint: { address: "127.0.0.1", port: daemon.port } };
    for (let count = 0; count < 90; count++) void stage().node.say(to, `flood ${count}`, { check: false });
    const log = join(daemon.home, "state", "daemon.log");
    await until(() =>
      readFileSync(log, "utf8").includes(`"fault":{"kind":"timeout","seconds":2}`) ? true : undefined,
    );
    // Two at a time, and those ended made room for others.
    await until(() => (hook.lines().length >= 3 ? true : undefined));
    expect(hook.lines().length).toBeLessThan(20);
    expect((await daemon.stop()).code).toBe(0);
  });

  it("that fails or is not there is told of in the daemon's log, in words and once", async () => {
    const failing = [process.execPath, "-e", "process.exit(3)"].flatMap((word) => [`--hook=${word}`]);
    for (const [words, fault] of [
      [failing, `"fault":{"kind":"exit","code":3}`],
      [["--hook", "no-such-program"], `"fault":{"kind":"not-started","code":"ENOENT"}`],
    ] as const) {
      const met = eventOf(stage(), seesInstance);
      const daemon = await startDaemon([stage().node], words);
      await met;
      const to = { endpoint: { address: "127.0.0.1", port: daemon.port } };
      for (const text of ["eins", "zwei"]) await stage().node.say(to, text, { check: false });
      const log = join(daemon.home, "state", "daemon.log");
      const lines = () => readFileSync(log, "utf8").split("\n");
      const told = await until(() => lines().find((line) => line.includes(fault)));
      expect(String(JSON.parse(told).msg)).toContain(
        words.at(-1) === "no-such-program" ? "no-such-program" : "3",
      );
      expect((await daemon.stop()).code).toBe(0);
      expect(lines().filter((line) => line.includes(fault))).toHaveLength(1);
    }
  });

  it("that fails is told of on the screen, whatever is open there", async () => {
    const hook = ["--hook", process.execPath, "--hook", "-e", "--hook", "process.exit(7)"];
    const screen = await startReal({ columns: 100, words: hook });
    try {
      await screen.online();
      await stage().node.say({ endpoint: { address: "127.0.0.1", port: screen.port } }, "klopf", {
        check: false,
      });
      await screen.until("以退出码 7 结束");
      expect(screen.screen()).toContain(process.execPath.slice(0, 8));
    } finally {
      screen.close();
    }
  });
});
