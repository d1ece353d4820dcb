// Two real programs on two hosts of one network segment: they find each other by broadcast, chat, and see each other leave.
import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createLan, lanProblem } from "./lan.js";
import type { Lan } from "./lan.js";
import { startReal } from "./tui-pty.js";
import type { RealOptions, RealTerminal } from "./tui-pty.js";

const problem = lanProblem();
const open: RealTerminal[] = [];
let lan: Lan;

async function startOn(host: number, name: string, words: readonly string[] = []): Promise<RealTerminal> {
  const options: RealOptions = {
    prefix: lan.on(host),
    port: 2425,
    name,
    words: ["--user", `user${host}`, "--host", `pc-${host}`, ...words],
  };
  const terminal = await startReal(options);
  open.push(terminal);
  await terminal.until("UDP 2425");
  return terminal;
}

/** Opens the conversation with a peer by a part of its name. */
async function talkTo(terminal: RealTerminal, name: string): Promise<void> {
  terminal.write(`\u0007${name}\r`);
  await terminal.until(`发给 ${name}>`);
}

describe.skipIf(problem !== null)(
  `two hosts on one segment${problem === null ? "" : ` (${problem})`}`,
  () => {
    beforeAll(() => {
      lan = createLan(2);
    });
    afterEach(() => {
      for (const terminal of open.splice(0)) terminal.close();
    });
    afterAll(() => lan.down());

    it("discover each other within two seconds, chat in UTF-8, and see each other leave", async () => {
      const first = await startOn(0, "小明");
      const second = await startOn(1, "小红");
      const started = performance.now();
      await Promise.all([first.until(/\* 小红/), second.until(/\* 小明/)]);
      expect(performance.now() - started).toBeLessThan(2_000);
      await talkTo(first, "小红");
      first.write("你好，小红 🎉\r");
      await first.until(/你好，小红 🎉 \[已送达/);
      await talkTo(second, "小明");
      await second.until("你好，小红 🎉");
      expect(second.screen()).toContain("UTF-8");
      second.write("收到，一二三\r");
      await first.until("收到，一二三");
      second.write("\u0011");
      expect(await second.ended).toBe(0);
      await first.until(/在线0/);
    });

    it("speak in a FeiQ group by real multicast, on a machine without a default route too", async () => {
      execFileSync("ip", ["-n", lan.hosts[1] ?? "", "route", "del", "default"], { timeout: 10_000 });
      const first = await startOn(0, "小明", ["--feiq-groups", "3b199b07"]);
      const second = await startOn(1, "小红", ["--feiq-groups", "3b199b07"]);
      await Promise.all([first.until(/\* 小红/), second.until(/\* 小明/)]);
      await talkTo(first, "群 3b199b07");
      first.write("下班打球\r");
      await first.until(/下班打球 \[已发/);
      await talkTo(second, "群 3b199b07");
      await second.until(/小明 +下班打球/);
      second.write("算我一个\r");
      await first.until(/小红 +算我一个/);
      expect(first.screen()).not.toContain("未确认");
    });

    it("chat in GBK when one of them does not announce UTF-8", async () => {
      const first = await startOn(0, "小明", ["--no-announce-utf8"]);
      const second = await startOn(1, "小红", ["--no-announce-utf8"]);
      await Promise.all([first.until(/\* 小红/), second.until(/\* 小明/)]);
      await talkTo(second, "小明");
      second.write("联通一二三\r");
      await second.until(/联通一二三 \[已送达/);
      await talkTo(first, "小红");
      await first.until("联通一二三");
      expect(first.screen()).toContain("GBK");
      first.write("笑 😀\r");
      await first.until("GBK 发不出 1 个字符");
    });
  },
);
