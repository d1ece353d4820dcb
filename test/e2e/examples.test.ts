// Every example runs as a user would run it after `npm run build`.
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startDaemon, stopDaemons, type Daemon } from "./daemon.js";
import { feiyan, freePort, newHome, programFile, removeHomes, start } from "./program.js";
import { startNode, stopNodes } from "./stage.js";

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

afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await stopDaemons();
  await stopNodes();
  removeHomes();
});

const message = (text: string) =>
  `${JSON.stringify({ v: 1, type: "message", direction: "in", id: "1", at: "", text, peer: { nick: "小明", address: "a" } })}\n`;

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

  it("roll-call.mjs asks everybody through the running instance and says who is missing", async () => {
    const partner = await startNode("小明");
    const silent = await startNode("小红");
    partner.subscribe((event) => {
      if (event.kind === "message" && event.message.direction === "in")
        void partner.say({ peer: event.message.peerId! }, "到");
    });
    const daemon = await startDaemon([partner, silent]);
    await bothSeen(daemon, 2);
    const out = await run("roll-call.mjs", ["1"], { FEIYAN_HOME: daemon.home }).ended;
    expect(out.split("\n").toSorted()).toEqual(["", "1 / 2", "到  小明", "缺  小红"]);
  });

  it("bridge.mjs carries lines both ways", async () => {
    const partner = await startNode("小明");
    const heard: string[] = [];
    partner.subscribe((event) => {
      if (event.kind !== "message" || event.message.direction !== "in") return;
      heard.push(event.message.text);
      void partner.say({ peer: event.message.peerId! }, `收到 ${event.message.text}`);
    });
    const daemon = await startDaemon([partner]);
    await bothSeen(daemon, 1);
    const bridge = run("bridge.mjs", ["小明"], { FEIYAN_HOME: daemon.home });
    bridge.child.stdin.write("第一行\n");
    await bridge.printed("收到 第一行");
    bridge.child.stdin.end("第二行\n");
    await bridge.ended;
    expect(heard).toEqual(["第一行", "第二行"]);
  });

  it("ci-result.mjs tells a group and keeps the code of the build", async () => {
    const partner = await startNode("小明");
    await partner.rename({ group: "研发" });
    const heard = new Promise<string>((resolve) => {
      partner.subscribe((event) => {
        if (event.kind === "message" && event.message.direction === "in") resolve(event.message.text);
      });
    });
    const daemon = await startDaemon([partner]);
    await bothSeen(daemon, 1);
    const bin = newHome();
    const command = join(bin, "feiyan");
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${programFile}" "$@"\n`, { mode: 0o755 });
    const environment = { FEIYAN_HOME: daemon.home, FEIYAN: command };
    await run("ci-result.mjs", ["0", "@研发", "主分支"], environment).ended;
    expect(await heard).toBe("主分支 通过 ✓ passed");
    await expect(run("ci-result.mjs", ["3", "@研发"], environment).ended).rejects.toThrow("ended with 3");
  });

  it("notify.mjs runs a command for messages with a word, as text and not as a program", async () => {
    const notify = run("notify.mjs", ["小李", process.execPath, "-p", "process.argv[1]", "--"]);
    notify.child.stdin.end(message("没有") + message("小李 $(id) 在吗\u001b[2J"));
    expect(await notify.ended).toBe("小明: 小李 $(id) 在吗 [2J\n");
  });

  it("webhook.mjs posts each message", async () => {
    const bodies: string[] = [];
    const server = createServer((request, answer) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        bodies.push(body);
        answer.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as AddressInfo;
    const webhook = run("webhook.mjs", [`http://127.0.0.1:${port}/hook`]);
    webhook.child.stdin.end(message("一") + message("二"));
    await webhook.ended;
    server.close();
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
      { from: "小明", text: "一" },
      { from: "小明", text: "二" },
    ]);
  });
});

/** Waits until the daemon knows so many partners; bounded by the test's own time. */
async function bothSeen(daemon: Daemon, count: number): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const { objects } = await daemon.call(["peers", "--json"]);
    if (objects.filter((peer) => peer["state"] === "online" && peer["nick"] !== "").length >= count) return;
  }
  throw new Error("the partners never came");
}
