// The control socket under hostile, broken, slow and many clients: real sockets, a node on a network inside this process.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attach } from "../../src/control/client.js";
import { controlLimits } from "../../src/control/limits.js";
import { locateControl, type ControlPlace } from "../../src/control/place.js";
import type { ControlHost } from "../../src/control/host.js";
import { openControl, type ControlServer } from "../../src/control/server.js";
import { createNode, FeiyanError, type ChatNode, type Event, type Node } from "../../src/index.js";
import { createMemoryNetwork } from "../../src/testing.js";

const isRoot = process.getuid?.() === 0;

let home = "";
let node: ChatNode;
let partner: ChatNode;
let server: ControlServer;
let place: ControlPlace;
const sockets: Socket[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "fy-"));
  const network = createMemoryNetwork();
  const nodeAt = (address: string, nick: string): ChatNode =>
    createNode({ nick, user: nick, host: "test", transport: network.transport({ address }) });
  node = nodeAt("10.0.0.1", "owner");
  partner = nodeAt("10.0.0.2", "partner");
  await Promise.all([node.start(), partner.start()]);
  place = locateControl({ home, stateDir: join(home, "state"), runtimeDir: undefined, port: 2425 });
  server = await openControl({ node, kind: "daemon" } satisfies ControlHost, place);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
  await Promise.all([node.close(), partner.close()]);
  rmSync(home, { recursive: true, force: true });
});

interface Raw {
  readonly socket: Socket;
  readonly lines: Record<string, unknown>[];
  send(text: string): void;
  /** Resolves with the first line that fits. */
  line(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  readonly closed: Promise<void>;
}

/** A client in no library of ours: lines in, lines out. */
function raw(): Raw {
  const socket = connect(place.path);
  sockets.push(socket);
  const lines: Record<string, unknown>[] = [];
  const checks = new Set<() => void>();
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("error", () => undefined);
  socket.on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) lines.push(JSON.parse(part));
    for (const check of checks) check();
  });
  return {
    socket,
    lines,
    send: (text) => void socket.write(text),
    line: (fits) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = lines.find(fits);
          if (found === undefined) return;
          checks.delete(check);
          resolve(found);
        };
        checks.add(check);
        check();
      }),
    closed: new Promise((resolve) => {
      socket.once("close", () => resolve());
    }),
  };
}

const keyOf = (): string => readFileSync(place.keyFile, "utf8").trim();
const hello = (key = keyOf(), versions = [1]): string => `${JSON.stringify({ hello: { versions, key } })}\n`;

describe("a stranger", () => {
  it("with a wrong key is refused and counted", async () => {
    const client = raw();
    client.send(hello("0".repeat(32)));
    expect(await client.line(() => true)).toMatchObject({ error: { code: "control-refused" } });
    await client.closed;
    expect(server.counts().refused).toEqual({ key: 1 });
  });

  it("of another version is told which there are", async () => {
    const client = raw();
    client.send(hello(keyOf(), [7, 8]));
    expect(await client.line(() => true)).toMatchObject({
      error: { code: "control-version", fields: { versions: ["1"] } },
    });
    await client.closed;
    expect(server.counts().refused).toEqual({ version: 1 });
  });

  it.skipIf(!isRoot)("of another user cannot connect; let in by mistake, it has no key", async () => {
    const script = `
      const socket = require("net").connect(${JSON.stringify(place.path)});
      socket.on("error", (error) => console.log(error.code));
      socket.on("connect", () => {
        let key = "none";
        try { key = require("fs").readFileSync(${JSON.stringify(place.keyFile)}, "utf8").trim(); } catch {}
        socket.write(JSON.stringify({ hello: { versions: [1], key } }) + "\\n");
      });
      socket.on("data", (data) => console.log(String(data)));
      socket.on("close", () => process.exit());`;
    chmodSync(home, 0o755);
    expect(await spawnAsync(script)).toContain("EACCES");
    expect(server.counts().refused).toEqual({});
    chmodSync(dirname(place.path), 0o777);
    chmodSync(place.path, 0o777);
    const pending = spawnAsync(script);
    expect(await pending).toContain("control-refused");
    expect(server.counts().refused).toEqual({ key: 1 });
    // And our own client no longer trusts a folder that is open to others.
    await expect(attach(place)).rejects.toMatchObject({ code: "control-refused" });
  });
});

const nobody = 65_534;

async function spawnAsync(script: string): Promise<string> {
  const child = spawn(process.execPath, ["-e", script], { uid: nobody, gid: nobody, cwd: "/" });
  let out = "";
  child.stdout.on("data", (data: Buffer) => (out += String(data)));
  await new Promise((resolve) => child.once("close", resolve));
  return out;
}

describe("what comes over the socket", () => {
  it.each([
    ["no JSON", "hello\n"],
    ["no hello", '{"id":1,"request":"status"}\n'],
    ["a list", "[1,2]\n"],
    ["null", "null\n"],
    ["a hello without versions", '{"hello":{"key":"x"}}\n'],
  ])("%s instead of a greeting: refused", async (_name, text) => {
    const client = raw();
    client.send(text);
    expect(await client.line(() => true)).toMatchObject({ error: { code: "request-invalid" } });
    await client.closed;
    expect(server.counts().refused).toEqual({ malformed: 1 });
  });

  it.each([
    ["an unknown request", { id: 1, request: "explode" }],
    ["a name of Object's", { id: 1, request: "toString" }],
    ["parameters that do not fit", { id: 1, request: "say", params: { to: 7, text: "x" } }],
    ["a key too many", { id: 1, request: "away", params: { text: null, loud: true } }],
    ["a missing one", { id: 1, request: "resend", params: {} }],
    ["no parameters at all", { id: 1, request: "away", params: 5 }],
  ])("%s: an error for that request, and the next one works", async (_name, request) => {
    const client = raw();
    client.send(hello());
    client.send(`${JSON.stringify(request)}\n${JSON.stringify({ id: 2, request: "diagnostics" })}\n`);
    expect(await client.line((line) => line["id"] === 1)).toMatchObject({
      error: { code: "request-invalid" },
    });
    expect(await client.line((line) => line["id"] === 2)).toHaveProperty("answer.datagramsIn");
    expect(server.counts().refused).toEqual({ malformed: 1 });
  });

  it("a line of 100 MB before and after the greeting: ended early, memory as before", async () => {
    for (const greets of [false, true]) {
      const client = raw();
      if (greets) {
        client.send(hello());
        await client.line((line) => "hello" in line);
      }
      const piece = Buffer.alloc(1024 * 1024, "a");
      let sent = 0;
      while (sent < 100 && !client.socket.destroyed && client.socket.writable) {
        sent += 1;
        if (!client.socket.write(piece)) {
          await new Promise<void>((resolve) => {
            client.socket.once("drain", resolve);
            client.socket.once("close", () => resolve());
          });
        }
      }
      client.socket.end();
      await client.closed;
      expect(sent).toBeLessThan(100);
    }
    expect(server.counts().refused).toEqual({ "too-long": 2 });
    // The instance goes on.
    const attached = await attach(place);
    await attached!.node.close();
  });

  it("half a request, then nothing, then gone: harmless", async () => {
    const client = raw();
    client.send(`${hello()}{"id":1,"request":"say","params":{"to":"partner","text":"never`);
    await client.line((line) => "hello" in line);
    client.socket.destroy();
    await client.closed;
    const attached = await attach(place);
    expect(attached!.node.self.nick).toBe("owner");
    expect(node.conversations()).toEqual([]);
    await attached!.node.close();
  });

  it("any language can take part: names, answers after their events, bytes and big numbers", async () => {
    const client = raw();
    client.send(hello());
    client.send('{"id":"a","request":"attach","params":{"events":["message","delivery"]}}\n');
    client.send('{"id":"b","request":"say","params":{"to":"10.0.0.2","text":"三点"}}\n');
    const said = await client.line((line) => line["id"] === "b");
    const [first] = said["answer"] as { readonly id: string; readonly raw: { readonly $bytes: string } }[];
    expect(Buffer.from(first!.raw.$bytes, "base64").toString("latin1")).toMatch(/^1:\d+:owner:test:/);
    const kinds = client.lines.map(
      (line) => (line["event"] as Event | undefined)?.kind ?? line["id"] ?? "hello",
    );
    // On this network the acknowledgement may be back already.
    expect(kinds.slice(0, 4)).toEqual(["hello", "a", "message", "delivery"]);
    expect(kinds.at(-1)).toBe("b");
    client.send(`{"id":"c","request":"settled","params":{"id":"${first!.id}"}}\n`);
    expect(await client.line((line) => line["id"] === "c")).toMatchObject({
      answer: [{ state: "delivered" }],
    });
  });
});

const snapshot = (id: number): string =>
  `{"id":${id},"request":"attach","params":{"events":[],"messages":500}}\n`;

describe("somebody who asks for much at once and does not read", () => {
  it("waits: nothing is served that has nowhere to go, and everything is once it reads", async () => {
    for (let index = 0; index < 500; index += 1) {
      void partner.say("10.0.0.1", `message ${index} ${"字".repeat(400)}`, { check: false });
    }
    await eventually(() => heldBy(node) === 500, 10_000);
    const client = raw();
    client.send(hello());
    await client.line((line) => "hello" in line);
    client.socket.pause();
    const asked = 600;
    client.send(Array.from({ length: asked }, (_, id) => snapshot(id)).join(""));
    const other = (await attach(place))!;
    await other.call("status", {});
    // A megabyte each: what waits for the reader is bounded, so most were not made yet.
    expect(server.counts().requests).toBeLessThan(60);
    const closed = client.closed;
    client.socket.destroy();
    await closed;
    await other.call("status", {});
    expect(server.counts().requests).toBeLessThan(60);

    const small = raw();
    small.send(hello());
    const ids = Array.from({ length: asked }, (_, id) => id);
    small.send(ids.map((id) => `{"id":${id},"request":"status"}\n`).join(""));
    await small.line((line) => line["id"] === asked - 1);
    expect(small.lines.slice(1).map((line) => line["id"])).toEqual(ids);
    await other.node.close();
  });
});

describe("bad lines on purpose", () => {
  it("are made, seen and ended from outside as from inside", async () => {
    const [first, second] = [(await attach(place))!, (await attach(place))!];
    const to = { address: "10.0.0.2", port: 2425 };
    const inForce = first.node.impair(to, "loss=30%");
    expect(inForce).toMatchObject({ loss: expect.anything(), seed: expect.any(String) });
    expect(first.node.impairments()).toEqual([{ to, spec: inForce }]);
    await eventually(() => node.impairments().length === 1);
    expect(node.impairments()).toEqual([{ to, spec: inForce }]);
    expect(() => first.node.impair(null, "loss=nonsense")).toThrow("percentage");
    first.node.impair(to, null);
    await eventually(() => node.impairments().length === 0);
    await Promise.all([first.node.close(), second.node.close()]);
  });
});

describe("the place", () => {
  it("names a path that is too long, before the system cuts it", async () => {
    const long = { ...place, path: `/${"x".repeat(107)}` };
    await expect(attach(long)).rejects.toMatchObject({
      code: "control-path-too-long",
      fields: { limit: 107 },
    });
    await expect(openControl({ node, kind: "daemon" }, long)).rejects.toMatchObject({
      code: "control-path-too-long",
    });
  });

  it("of a living instance is not taken over", async () => {
    await expect(openControl({ node, kind: "daemon" }, place)).rejects.toMatchObject({
      code: "instance-running",
    });
    const attached = await attach(place);
    expect(attached).not.toBeNull();
    await attached!.node.close();
  });

  it("left behind by a dead one is cleared away", async () => {
    const other = {
      ...place,
      path: join(dirname(place.path), "old.sock"),
      keyFile: join(dirname(place.path), "old.key"),
    };
    const script = `require("net").createServer().listen(${JSON.stringify(other.path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script]);
    expect(statSync(other.path).isSocket()).toBe(true);
    expect(await attach(other)).toBeNull();
    const opened = await openControl({ node, kind: "daemon" }, other);
    expect((await attach(other))!.instance.kind).toBe("daemon");
    await opened.close();
    expect([existsSync(other.path), existsSync(other.keyFile)]).toEqual([false, false]);
  });

  it("in a folder of somebody else, or behind a link, is refused", async () => {
    const trap = join(home, "trap");
    symlinkSync(dirname(place.path), trap);
    const linked = { ...place, path: join(trap, "x.sock"), keyFile: join(trap, "x.key") };
    await expect(openControl({ node, kind: "daemon" }, linked)).rejects.toMatchObject({
      code: "control-unavailable",
    });
    await expect(attach(linked)).rejects.toMatchObject({ code: "control-refused" });
  });

  it("with a listener that never answers does not hang a command", async () => {
    const other = { ...place, path: join(dirname(place.path), "mute.sock") };
    const mute = createServer(() => undefined).listen(other.path);
    await new Promise((resolve) => mute.once("listening", resolve));
    await expect(attach(other, { patienceMs: 100 })).rejects.toMatchObject({ code: "control-refused" });
    mute.close();
  });
});

/** Somebody who only counts: what a program in any language does at least. */
async function counter(): Promise<{ readonly socket: Socket; seen: number; missed: number }> {
  const socket = connect(place.path);
  sockets.push(socket);
  const client = { socket, seen: 0, missed: 0 };
  let rest = "";
  socket.on("error", () => undefined);
  socket.write(hello());
  socket.write('{"id":1,"request":"attach","params":{"events":["message"]}}\n');
  await new Promise<void>((resolve) => {
    socket.setEncoding("latin1").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith('{"event":{"kind":"message"')) client.seen += 1;
        else if (line.startsWith('{"gap"')) client.missed += Number(/\d+/.exec(line)?.[0]);
        else if (line.startsWith('{"id":1')) resolve();
      }
    });
  });
  return client;
}

describe("many clients", () => {
  // One per test run is enough here; FEIYAN_LONG=1 makes it ten seconds.
  const seconds = process.env["FEIYAN_LONG"] === "1" ? 10 : 1.5;
  const perSecond = 1_000;

  it("fifty at once during a thousand messages a second: all see all, or are told what they missed", async () => {
    const counters = await Promise.all(Array.from({ length: 47 }, counter));
    const mirrors = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { node: mirror } = (await attach(place, { messages: 0 }))!;
        const client = { mirror, seen: 0, missed: 0 };
        mirror.subscribe((event) => {
          if (event.kind === "message") client.seen += 1;
          if (event.kind === "notice" && event.code === "events-missed")
            client.missed += Number(event.fields["missed"]);
        });
        return client;
      }),
    );
    const asleep = await counter();
    asleep.socket.pause();
    const killed = counters.slice(0, 5);

    const total = Math.round(seconds * perSecond);
    const memoryBefore = process.memoryUsage.rss();
    const begun = performance.now();
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.ceil(((performance.now() - begun) / 1000) * perSecond));
      for (; sent < due; sent += 1) {
        void partner.say("10.0.0.1", `message ${sent} ${"字".repeat(40)}`, { check: false });
      }
      // Five go in the middle of it, without a word.
      if (sent > total / 2) for (const { socket } of killed) socket.destroy();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const living = [...counters.slice(5), ...mirrors];
    await eventually(() => living.every(({ seen, missed }) => seen + missed >= total), 30_000);
    if (process.env["FEIYAN_LONG"] === "1") {
      const took = ((performance.now() - begun) / 1000).toFixed(1);
      const whole = living.filter(({ seen }) => seen >= total).length;
      const grown = Math.round((process.memoryUsage.rss() - memoryBefore) / 1e6);
      process.stderr.write(
        `${total} messages in ${took} s: ${whole} of ${living.length} clients saw every one, the others were told what they missed; owner and clients +${grown} MB, sleeper missed ${server.counts().missed}\n`,
      );
    }
    // A mirror is complete in any case: after a gap it takes the state anew.
    for (const { mirror } of mirrors) expect(heldBy(mirror)).toBe(total);
    expect(server.counts().clients).toBe(living.length + 1);

    // The sleeper wakes: it is told what is left in its queue, then how much it missed.
    asleep.socket.resume();
    await eventually(() => asleep.seen + asleep.missed >= total, 10_000);
    await Promise.all(mirrors.map(({ mirror }) => mirror.close()));
  }, 120_000);

  it("past the limit are refused, and room is made when one goes", async () => {
    const full = await Promise.all(
      Array.from({ length: controlLimits.clients }, () => attach(place, { events: false })),
    );
    await expect(attach(place)).rejects.toMatchObject({ code: "control-refused" });
    await full[0]!.node.close();
    let again: Awaited<ReturnType<typeof attach>> = null;
    for (let tries = 0; tries < 50 && again === null; tries += 1) {
      again = await attach(place).catch((error: unknown) => {
        if (error instanceof FeiyanError) return null;
        throw error;
      });
    }
    expect(again).not.toBeNull();
    await Promise.all([...full.slice(1), again].map((one) => one!.node.close()));
  });
});

const heldBy = (mirror: Node): number =>
  mirror.conversations().reduce((sum, id) => sum + mirror.conversation(id).messages.length, 0);

describe("somebody who comes back", () => {
  it("is told as events what happened meanwhile", async () => {
    const attached = (await attach(place, { messages: 1_000, reconnect: true }))!;
    const events: Event[] = [];
    attached.node.subscribe((event) => events.push(event));
    await server.close();
    await partner.say("10.0.0.1", "meanwhile");
    await eventually(() => node.conversations().length > 0);
    server = await openControl({ node, kind: "daemon" }, place);
    await eventually(() => events.some((event) => event.kind === "message"), 5_000);
    expect(events.map((event) => (event.kind === "notice" ? event.code : event.kind))).toEqual(
      expect.arrayContaining(["control-lost", "control-back", "peer", "message"]),
    );
    expect(heldBy(attached.node)).toBe(1);
    await attached.node.close();
  }, 20_000);
});

async function eventually(holds: () => boolean, withinMs = 2_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  expect(holds()).toBe(true);
}
