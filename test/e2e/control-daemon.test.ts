// The real daemon and the commands that attach to it: one code path, every exit code that comes of it, signals, reload, kill -9.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startDaemon, stopDaemons } from "./daemon.js";
import { feiyan, start } from "./program.js";
import { addressOf, eventOf, seesInstance, silentAddress, textsHeard, useStage } from "./stage.js";

const stage = useStage();
afterEach(stopDaemons);

describe("daemon", () => {
  it("0 at SIGTERM: socket and folder are private, and gone afterwards; the log holds no words", async () => {
    const met = eventOf(stage(), seesInstance);
    const daemon = await startDaemon([stage().node]);
    await met;
    const socket = join(daemon.home, "run", "control.sock");
    if (process.platform !== "win32") {
      expect(statSync(join(daemon.home, "run")).mode & 0o777).toBe(0o700);
      expect(statSync(socket).mode & 0o777).toBe(0o600);
      expect(statSync(join(daemon.home, "run", "control.key")).mode & 0o777).toBe(0o600);
    }
    const heard = await daemon.call(["send", "--to", "小明", "秘密三点"]);
    expect([heard.code, heard.stderr]).toEqual([0, ""]);
    await stage().node.say({ endpoint: { address: "127.0.0.1", port: daemon.port } }, "回答秘密");
    expect((await daemon.stop()).code).toBe(0);
    expect([existsSync(socket), existsSync(join(daemon.home, "run", "control.key"))]).toEqual([false, false]);
    const log = readFileSync(join(daemon.home, "state", "daemon.log"), "utf8");
    expect(log).toContain('"message"');
    expect(log).not.toMatch(/秘密|56eY5a|raw":"[^[]/);
    expect(stage().node.peers()[0]!.state).toBe("offline");
  });

  it("writes words into the log when asked, and nothing more when silent", async () => {
    const [words, silent] = await Promise.all([
      startDaemon([], ["--log-text"]),
      startDaemon([], ["--log-level", "silent"]),
    ]);
    const to = await silentAddress();
    await Promise.all([words, silent].map((one) => one.call(["send", "--to", to, "--no-check", "公开"])));
    await Promise.all([words.stop(), silent.stop()]);
    expect(readFileSync(join(words.home, "state", "daemon.log"), "utf8")).toContain("公开");
    expect(readFileSync(join(silent.home, "state", "daemon.log"), "utf8")).toBe("");
  });

  it("5: a second one for the same home names the first; status and stop reach it", async () => {
    const daemon = await startDaemon();
    const pid = daemon.running.child.pid;
    const [second, status] = await Promise.all([
      daemon.call(["daemon", "--json"]),
      daemon.call(["daemon", "status", "--json"]),
    ]);
    expect([second.code, second.objects[0]]).toMatchObject([
      5,
      { code: "instance-running", fields: { pid } },
    ]);
    expect(status.objects[0]).toMatchObject({ type: "status", kind: "daemon", pid, port: daemon.port });
    expect((await daemon.call(["daemon", "stop"])).code).toBe(0);
    expect((await daemon.running.ended).code).toBe(0);
    expect((await daemon.call(["daemon", "stop"])).code).toBe(5);
  });

  it("1: an own fault, such as a file that cannot be written", async () => {
    const daemon = await startDaemon();
    const file = join(daemon.home, "config.toml");
    writeFileSync(file, "");
    const { code, objects } = await daemon.call(["config", "template", file, "--json"]);
    expect([code, objects[0]]).toMatchObject([1, { code: "output-unwritable" }]);
  });

  it("is found stale after kill -9, and started again in its place", async () => {
    const daemon = await startDaemon([stage().node]);
    daemon.running.child.kill("SIGKILL");
    await daemon.running.ended;
    expect(existsSync(join(daemon.home, "run", "control.sock"))).toBe(process.platform !== "win32");
    const alone = await daemon.call(["away", "x", "--json"]);
    expect([alone.code, alone.objects[0]!["code"]]).toEqual([5, "needs-instance"]);
    const again = start(
      ["daemon", "--home", daemon.home, "--port", String(daemon.port), "--bind", "127.0.0.1"],
      null,
    );
    await again.printed("daemon started");
    expect((await daemon.call(["daemon", "status"])).code).toBe(0);
    again.child.kill("SIGTERM");
    expect((await again.ended).code).toBe(0);
  });

  it("reads its settings again at SIGHUP and on request, and names what must wait", async () => {
    const daemon = await startDaemon([stage().node], []);
    const file = join(daemon.home, "config.toml");
    writeFileSync(file, 'logLevel = "debug"\nimpair = "loss=1%"\n');
    const reloaded = await daemon.call(["config", "reload", "--json"]);
    expect(reloaded.objects).toMatchObject([
      { type: "status", applied: ["logLevel"], waiting: ["impair"], problems: [] },
    ]);
    writeFileSync(file, "logLevl = 1\n");
    const wrong = await daemon.call(["config", "reload"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("logLevl")]);
    const renamed = eventOf(stage(), (event) => event.kind === "peer" && event.peer.group === "新组");
    writeFileSync(file, 'logLevel = "debug"\ngroup = "新组"\n');
    daemon.running.child.kill("SIGHUP");
    await renamed;
    expect((await daemon.stop()).code).toBe(0);
    expect(readFileSync(join(daemon.home, "state", "daemon.log"), "utf8")).toContain("settings read again");
  });
});

describe("attached commands", () => {
  it("0, 3, 4, 7: send as alone, and the partner sees one peer only", async () => {
    const daemon = await startDaemon([stage().node]);
    const silent = await silentAddress();
    const [done, late, nobody, partly] = await Promise.all([
      daemon.call(["send", "--to", "小明", "--json", "一"]),
      daemon.call(["send", "--to", silent, "--timeout", "0.2", "二"]),
      daemon.call(["send", "--to", "没有这个人", "三"]),
      daemon.call(["send", "--to", `小明,${silent}`, "--retries", "0", "四"]),
    ]);
    expect([done.code, late.code, nobody.code, partly.code]).toEqual([0, 3, 4, 7]);
    expect(done.objects.map((object) => object["state"] ?? object["type"])).toEqual([
      "message",
      "sent",
      "delivered",
    ]);
    expect(late.stdout).toContain(silent);
    expect(textsHeard(stage()).toSorted()).toEqual(["一", "四"]);
    expect(
      stage()
        .node.peers()
        .filter((peer) => peer.nick === "命令行"),
    ).toHaveLength(1);
  });

  it("watch hears what others send and receive through the instance", async () => {
    const daemon = await startDaemon([stage().node]);
    const watching = daemon.begin(["watch", "--json", "--type", "message", "--count", "2"]);
    await watching.printed("");
    await eventually(
      async () => (await daemon.call(["daemon", "status", "--json"])).objects[0]!["clients"] === 2,
    );
    await daemon.call(["send", "--to", "小明", "出去"]);
    await stage().node.say({ endpoint: { address: "127.0.0.1", port: daemon.port } }, "进来");
    const { code, objects } = await watching.ended;
    expect(code).toBe(0);
    expect(objects).toMatchObject([
      { direction: "out", text: "出去" },
      { direction: "in", text: "进来" },
    ]);
  });

  it("5: watch ends when the instance goes away", async () => {
    const daemon = await startDaemon();
    const watching = daemon.begin(["watch", "--json"]);
    await eventually(
      async () => (await daemon.call(["daemon", "status", "--json"])).objects[0]!["clients"] === 2,
    );
    await daemon.stop();
    const { code, objects } = await watching.ended;
    expect([code, objects.at(-1)]).toMatchObject([5, { type: "error", code: "control-lost" }]);
  });

  it("130: an attached watch interrupted leaves the daemon alone", async () => {
    const daemon = await startDaemon();
    const watching = daemon.begin(["watch"]);
    await watching.printed("Ctrl-C");
    watching.child.kill("SIGINT");
    expect((await watching.ended).code).toBe(130);
    expect((await daemon.call(["peers"])).code).toBe(0);
  });

  it("ask, away, back, resend, peers set, completion of names", async () => {
    stage().node.subscribe((event) => {
      if (event.kind === "message" && event.message.direction === "in" && event.message.text === "几点？")
        void stage().node.say({ peer: event.message.peerId! }, "五点");
    });
    const daemon = await startDaemon([stage().node]);
    expect(await daemon.call(["ask", "--to", "小明", "几点？"])).toMatchObject({ code: 0, stdout: "五点\n" });
    const away = eventOf(stage(), (event) => event.kind === "peer" && event.peer.state === "away");
    expect((await daemon.call(["away", "吃饭"])).code).toBe(0);
    await away;
    const back = eventOf(stage(), (event) => event.kind === "peer" && event.peer.state === "online");
    expect((await daemon.call(["back"])).code).toBe(0);
    await back;
    const words = ["complete", "--", "send", "--home", daemon.home, "--to", "小"];
    expect((await feiyan(words)).stdout).toContain("小明\n");
    const set = await daemon.call(["peers", "set", "小明", "--charset", "big5", "--json"]);
    expect(set.objects[0]).toMatchObject({ type: "peer", nick: "小明", charset: "big5" });
    const listed = await daemon.call(["peers", "--json"]);
    expect(listed.objects[0]).toMatchObject({ nick: "小明", charset: "big5" });
    expect((await daemon.call(["peers", "set", "nobody", "--charset", "big5"])).code).toBe(4);

    const silent = await silentAddress();
    const lost = await daemon.call(["send", "--to", silent, "--retries", "0", "--json", "丢了"]);
    expect(lost.code).toBe(3);
    const id = String(lost.objects[0]!["id"]);
    const again = await daemon.call(["resend", id, "--json"]);
    expect([again.code, again.objects[0]]).toMatchObject([3, { type: "delivery", state: "retried" }]);
    expect((await daemon.call(["resend", "none"])).code).toBe(2);
  });

  it("0: the first message to somebody who encrypts waits for the key, and is delivered", async () => {
    const receiver = await startDaemon();
    const sender = await startDaemon([], ["--peer", `127.0.0.1:${receiver.port}`]);
    const to = `127.0.0.1:${receiver.port}`;
    // It says that it encrypts once it has its own key.
    await eventually(async () => (await sender.call(["peers", "--json"])).stdout.includes('"encrypt",'));
    const { code, objects } = await sender.call(["send", "--to", to, "--encrypt", "always", "--json", "密"]);
    expect([code, objects.at(-1)]).toMatchObject([0, { state: "delivered", cipher: expect.any(String) }]);
    expect((await receiver.call(["history", "list"])).stdout).toContain("密");
  });

  it("what is decided about a peer outlives the daemon, and can be changed without one", async () => {
    const daemon = await startDaemon([stage().node]);
    const block = ["peers", "set", "小明", "--block", "--note", "三楼", "--json"];
    expect((await daemon.call(block)).objects[0]).toMatchObject({
      nick: "小明",
      blocked: true,
      note: "三楼",
    });
    const to = { endpoint: { address: "127.0.0.1", port: daemon.port } };
    const [silenced] = await stage().node.say(to, "没人看见", { retries: 0 });
    expect(await stage().node.settled(silenced!.id)).toMatchObject([{ state: "unconfirmed" }]);
    await daemon.stop();
    const mended = await daemon.call(["peers", "set", "小明", "--unblock", "--mute", "--json"]);
    expect([mended.code, mended.objects[0]]).toMatchObject([
      0,
      { nick: "小明", state: "offline", blocked: false, muted: true, note: "三楼" },
    ]);
    const flags = ["--home", daemon.home, "--port", String(daemon.port), "--bind", "127.0.0.1"];
    const alone = await feiyan(["peers", "--wait", "1.4", ...flags, "--peer", addressOf(stage().node)]);
    expect(alone.stdout).toMatch(/小明 +online .*muted; 三楼/);
    const again = start(["daemon", ...flags], null);
    await again.printed("daemon started");
    const [heard] = await stage().node.say(to, "又看见了");
    expect(await stage().node.settled(heard!.id)).toMatchObject([{ state: "delivered" }]);
    const listed = await daemon.call(["peers", "--json"]);
    expect(listed.objects[0]).toMatchObject({ nick: "小明", blocked: false, muted: true, note: "三楼" });
    expect((await daemon.call(["history", "list"])).stdout).not.toContain("没人看见");
    again.child.kill("SIGTERM");
    await again.ended;
  });

  it("--alone and another port do not attach", async () => {
    const daemon = await startDaemon();
    const [alone, other] = await Promise.all([
      daemon.call([
        "peers",
        "--wait",
        "0",
        "--alone",
        "--port",
        String(daemon.port),
        "--bind",
        "127.0.0.1",
        "--json",
      ]),
      daemon.call(["send", "--port", "0", "--to", addressOf(stage().node), "--json", "x"]),
    ]);
    expect([alone.code, alone.objects[0]]).toMatchObject([5, { code: "port-in-use" }]);
    expect(other.code).toBe(0);
    expect(stage().node.peers()[0]).toMatchObject({ nick: "" });
  });
});

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) if (await holds()) return;
  throw new Error("it never came true");
}
