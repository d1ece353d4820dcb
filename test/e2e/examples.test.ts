// Every example runs as a user would run it after `npm run build`.
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { feiyan, freePort, removeHomes, start } from "./program.js";

const folder = join(import.meta.dirname, "..", "..", "examples");
const running: ChildProcessWithoutNullStreams[] = [];

interface Example {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when standard output holds the text. */
  printed(text: string): Promise<void>;
  /** All of standard output, at the end. */
  readonly ended: Promise<string>;
}

function run(name: string, words: readonly string[] = [], environment: Record<string, string> = {}): Example {
  const child = spawn(process.execPath, [join(folder, name), ...words], {
    env: { PATH: process.env["PATH"], ...environment },
  });
  running.push(child);
  let stdout = "";
  let stderr = "";
  const checks = new Set<() => void>();
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const check of checks) check();
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${name} ended with ${code}: ${stderr}`));
    });
  });
  ended.catch(() => undefined);
  return {
    child,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (stdout.includes(text)) resolve();
        };
        checks.add(check);
        check();
        ended.then(() => reject(new Error(`${name} ended without printing ${text}: ${stdout}`)), reject);
      }),
  };
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  removeHomes();
});

describe("examples", () => {
  it("decode.mjs tells who says what", async () => {
    expect(await run("decode.mjs").ended).toBe(
      "SENDMSG 324244 小道士@ubuntu: 你好\ncharset gbk, because: default\n",
    );
    expect(await run("decode.mjs", ["68656c6c6f"]).ended).toBe("raw-text: fewer than five colons\n");
  });

  it("loss.mjs loses the same datagrams each time and shows each message once", async () => {
    const [first, second] = await Promise.all([run("loss.mjs").ended, run("loss.mjs").ended]);
    expect(first).toBe(second);
    expect(first).toMatch(
      /^100 sent, \d+ delivered, \d+ unconfirmed, \d+ repeats\n\d+ shown at the receiver, each once\n$/u,
    );
  });

  it("bot.mjs answers", async () => {
    const port = String(await freePort());
    const bot = run("bot.mjs", [], { FEIYAN_PORT: port });
    await bot.printed(`listens on UDP ${port}`);
    const asked = await feiyan([
      "ask",
      "--port",
      String(await freePort()),
      "--to",
      `127.0.0.1:${port}`,
      "你好吗",
    ]);
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("3 characters") as string });
    bot.child.kill("SIGINT");
    await bot.ended;
  });

  it("script.mjs reaches a feiyan without any library", async () => {
    const port = await freePort();
    const watch = start(["watch", "--port", String(port), "--count", "2", "--type", "message"], null);
    await watch.printed(String(port));
    // The same datagram twice is one message.
    await run("script.mjs", ["你好", String(port)]).ended;
    await run("script.mjs", ["你好", String(port)]).ended;
    const line = run("line-chat.mjs", ["小红"], { FEIYAN_PORT: String(await freePort()) });
    await line.printed("ready");
    line.child.stdin.write(`127.0.0.1:${port} 喂，在吗\n`);
    const { code, stdout } = await watch.ended;
    expect(code).toBe(0);
    expect(stdout.match(/: .*$/gmu)).toEqual([": 你好", ": 喂，在吗"]);
    line.child.stdin.write("quit\n");
    expect(await line.ended).toContain("closed");
  });
});
