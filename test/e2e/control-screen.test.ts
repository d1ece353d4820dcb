// The screen beside other commands: what `send` says shows in an open screen; a screen attaches to a daemon, leaves and comes back
// without losing anything, and outlives a daemon that is killed.
import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { startDaemon, stopDaemons } from "./daemon.js";
import { feiyan, newHome, start } from "./program.js";
import { addressOf, useStage } from "./stage.js";
import { startReal, type RealTerminal } from "./tui-pty.js";

const stage = useStage();
const open: RealTerminal[] = [];
afterEach(async () => {
  for (const terminal of open.splice(0)) terminal.close();
  await stopDaemons();
});

async function screenAt(home: string, port?: number): Promise<RealTerminal> {
  const words = ["--home", home, "--bind", "127.0.0.1", "--peer", addressOf(stage().node)];
  const terminal = await startReal({ words, ...(port === undefined ? {} : { port }) });
  open.push(terminal);
  await terminal.until(/UDP/);
  return terminal;
}

/** Opens the conversation with 小明, once he is there. */
async function talk(terminal: RealTerminal): Promise<void> {
  await terminal.until(/小明/);
  terminal.write("\u0007小明");
  await terminal.until("找: 小明");
  terminal.write("\r");
  await terminal.until("发给 小明>");
}

describe("a screen", () => {
  it("shows what send says through it; stop from outside is refused with 6", async () => {
    const home = newHome();
    const terminal = await screenAt(home);
    await talk(terminal);
    const sent = await feiyan(["send", "--home", home, "--to", "小明", "从命令行来"]);
    expect(sent.code).toBe(0);
    await terminal.until(/从命令行来 \[已送达/);
    const refused = await feiyan(["daemon", "stop", "--home", home, "--json"]);
    expect([refused.code, refused.objects[0]]).toMatchObject([6, { code: "not-a-daemon" }]);
    const watching = start(["watch", "--home", home], null);
    await watching.printed("Ctrl-C");
    terminal.write("\u0011");
    expect(await terminal.ended).toBe(0);
    expect((await watching.ended).code).toBe(5);
  });

  it("attaches to a daemon, leaves it running, finds everything again, and outlives kill -9", async () => {
    const daemon = await startDaemon([stage().node]);
    const to = { endpoint: { address: "127.0.0.1", port: daemon.port } };
    await stage().node.say(to, "早来的话");
    const first = await screenAt(daemon.home, daemon.port);
    await talk(first);
    await first.until("早来的话");
    first.write("从界面发\r");
    await first.until(/从界面发 \[已送达/);
    first.write("写到一半");
    await first.until("写到一半");
    first.write("\u0011");
    expect(await first.ended).toBe(0);

    await stage().node.say(to, "离开期间");
    const second = await screenAt(daemon.home, daemon.port);
    await talk(second);
    await second.until(/早来的话[^]*从界面发 \[已送达[^]*离开期间/);
    // The draft lay with the daemon.
    await second.until("写到一半");
    // What the daemon keeps is found from here: Ctrl-R twice searches all of the history.
    second.write("\u0012\u0012");
    await second.until("全部");
    second.write("早来");
    await second.until(/> 早来[^]*早来的话(?![^]*离开期间)/);
    second.write("\u001b");
    await second.until(/早来的话[^]*离开期间/);

    daemon.running.child.kill("SIGKILL");
    await second.until("正在运行的实例不见了");
    const flags = ["--home", daemon.home, "--port", String(daemon.port), "--bind", "127.0.0.1"];
    const again = start(["daemon", ...flags, "--peer", addressOf(stage().node)], null);
    await again.printed("daemon started");
    await second.until("重新连上了正在运行的实例");
    await stage().node.say(to, "重启之后");
    await second.until(/早来的话[^]*重启之后/);
    second.write("\u0011");
    expect(await second.ended).toBe(0);
    again.child.kill("SIGTERM");
    expect((await again.ended).code).toBe(0);
  });

  it("attached to a daemon that keeps nothing leaves nothing behind either", async () => {
    const daemon = await startDaemon([stage().node], ["--no-history"]);
    const to = { endpoint: { address: "127.0.0.1", port: daemon.port } };
    await stage().node.say(to, "不留痕迹");
    const screen = await screenAt(daemon.home, daemon.port);
    await talk(screen);
    await screen.until("不留痕迹");
    screen.write("没写完");
    await screen.until("没写完");
    screen.write("\u0011");
    expect(await screen.ended).toBe(0);
    const kept = readdirSync(daemon.home, { recursive: true }).map(String);
    expect(kept.filter((name) => name.includes("history.db"))).toEqual([]);
  });
});
