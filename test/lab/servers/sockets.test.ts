import { array, assert, constantFrom, nat, property, string as anyString, uint8Array } from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createTextCodec, FeiyanError } from "../../../src/index.js";
import { eventFields, eventValues } from "../../../src/lab/servers/format-server-event.js";
import { labServerNames, labServerPorts, openLabServer } from "../../../src/lab/servers/lab-server.js";
import { parseListenPlace } from "../../../src/lab/servers/listen-place.js";
import { serverLimits } from "../../../src/lab/servers/server-limits.js";
import { createUpperBytes } from "../../../src/lab/servers/upper-bytes.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage | null = null;
const codec = createTextCodec();

afterEach(async () => {
  await stage?.close();
  stage = null;
});

describe("UDP servers", () => {
  it("echo sends every byte back", async () => {
    stage = await openStage("echo");
    const bytes = Uint8Array.from({ length: 1_472 }, (_, at) => at & 0xff);
    expect(await stage.udp(bytes)).toEqual(Buffer.from(bytes));
    expect(await stage.udp("")).toHaveLength(0);
    expect(stage.kinds().filter((kind) => kind === "bytes")).toHaveLength(4);
  });

  it("upper answers in capitals and leaves Chinese alone", async () => {
    stage = await openStage("upper", { charset: "gbk" });
    const question = codec.encode("hello 碼 abc 碼z", "gbk");
    expect(codec.decode(await stage.udp(question), "gbk")).toBe("HELLO 碼 ABC 碼Z");
  });
});

describe("upper", () => {
  it("never changes a length, a Chinese character or the cutting of a stream", () => {
    const character = constantFrom(...Array.from("abcXYZ 019你好碼碼丂乣亖"));
    assert(
      property(
        array(character, { maxLength: 30 }),
        constantFrom("gbk", "utf-8", "gb18030" as const),
        nat(60),
        (characters, charset, cut) => {
          const text = characters.join("");
          const bytes = codec.encode(text, charset);
          const convert = createUpperBytes(charset);
          const out = Buffer.concat([convert(bytes.subarray(0, cut)), convert(bytes.subarray(cut))]);
          expect(codec.decode(out, charset)).toBe(text.toUpperCase());
        },
      ),
    );
  });
});

describe("TCP servers", () => {
  it("echo sends a stream back and says goodbye in order", async () => {
    stage = await openStage("tcp-echo");
    expect((await stage.tcp("one", "two", new Uint8Array([0, 255]))).toString("latin1")).toBe("onetwo\0\xff");
    const closed = await stage.event("closed");
    expect(closed).toMatchObject({ connection: 1, reason: "done", inBytes: 8, outBytes: 8 });
    expect(stage.kinds()[0]).toBe("opened");
    expect(stage.kinds()).toContain("half-closed");
  });

  it("upper keeps a character that was cut between two writes", async () => {
    stage = await openStage("tcp-upper", { charset: "gbk" });
    const bytes = codec.encode("ab碼c", "gbk");
    const client = await stage.client();
    client.socket.write(bytes.subarray(0, 3));
    await stage.event("bytes");
    client.socket.end(bytes.subarray(3));
    await stage.event("closed");
    const out = stage.events.flatMap((one) =>
      one.kind === "bytes" && one.direction === "out" ? [one.bytes] : [],
    );
    expect(codec.decode(Buffer.concat(out), "gbk")).toBe("AB碼C");
  });

  it("serves many at a time, and refuses more than its share of one machine", async () => {
    stage = await openStage("tcp-echo");
    const clients = [];
    for (let index = 0; index < serverLimits.connectionsPerSource; index += 1)
      clients.push(await stage.client());
    clients[3]!.socket.write("third");
    expect(await clients[3]!.until("third")).toBe("third");
    expect((await stage.tcp("one more")).length).toBe(0);
    expect((await stage.event("refused")).reason).toBe("source-full");
  });

  it("survives a client that resets", async () => {
    stage = await openStage("tcp-echo");
    const client = await stage.client();
    client.socket.write("x");
    await client.until("x");
    client.socket.resetAndDestroy();
    expect((await stage.event("closed")).reason).toBe("reset");
    expect((await stage.tcp("still there")).toString()).toBe("still there");
  });

  it("cuts off who sends and never reads", async () => {
    stage = await openStage("tcp-echo");
    const client = await stage.client();
    client.socket.pause();
    client.socket.write(Buffer.alloc(16 * 1024 * 1024));
    expect((await stage.event("closed")).reason).toBe("too-much");
  });
});

describe("the chat room", () => {
  it("tells lines to the others, with the writer's number", async () => {
    stage = await openStage("tcp-chat");
    const [ming, hong] = [await stage.client(), await stage.client()];
    await ming.until("* 2 +");
    hong.socket.write("你好\nzwei");
    expect(await ming.until("2: 你好")).toContain("2: 你好\n");
    hong.socket.end(" Zeilen");
    expect(await ming.until("* 2 -")).toContain("2: zwei Zeilen\n* 2 -\n");
  });

  it("lets no escape sequence through to another terminal, and cuts endless lines", async () => {
    stage = await openStage("tcp-chat");
    const [ming, troll] = [await stage.client(), await stage.client()];
    troll.socket.write("\u001b]0;owned\u0007\u001b[2Jhi\u202e\r\n");
    expect(await ming.until("2: hi")).not.toContain("\u001b");
    troll.socket.write("x".repeat(10 * serverLimits.lineBytes));
    const text = await ming.until(`2: ${"x".repeat(serverLimits.lineBytes)}\n2: x`);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(
      serverLimits.lineBytes + 10,
    );
  });
});

describe("listening", () => {
  it.each([
    [undefined, "127.0.0.1", 7_007],
    ["", "127.0.0.1", 7_007],
    ["9000", "127.0.0.1", 9_000],
    [":9000", "127.0.0.1", 9_000],
    ["192.168.1.5", "192.168.1.5", 7_007],
    ["192.168.1.5:80", "192.168.1.5", 80],
    ["127.0.0.1:0", "127.0.0.1", 0],
    ["[::1]:9000", "::1", 9_000],
    ["[::1]:0", "::1", 0],
  ])("%s means %s port %d", (text, address, port) => {
    expect(parseListenPlace(text, 7_007)).toEqual({ address, port });
  });

  it.each([
    "0.0.0.0:80",
    "8.8.8.8:80",
    "255.255.255.255:80",
    "224.0.0.1",
    "[::]:80",
    "host:80",
    "127.0.0.1:70000",
    "99999",
    "-1",
  ])("refuses %s", (text) => {
    expect(parseListenPlace(text, 7_007)).toBeNull();
  });

  it("tells that a port is taken", async () => {
    stage = await openStage("tcp-echo");
    for (const name of ["tcp-chat", "http"] as const) {
      const second = openLabServer(name, {
        listen: { address: "127.0.0.1", port: stage.port },
        charset: "utf-8",
        root: ".",
        listener: () => undefined,
      });
      await expect(second).rejects.toThrow(FeiyanError);
      await expect(second).rejects.toMatchObject({ code: "port-in-use" });
    }
  });

  it("gives each server a port of its own", () => {
    expect(new Set(labServerNames.map((name) => labServerPorts[name])).size).toBe(labServerNames.length);
  });
});

describe("events", () => {
  it("are harmless in every value", () => {
    const remote = { address: "127.0.0.1", port: 5 };
    assert(
      property(uint8Array({ maxLength: 200 }), anyString(), (bytes, target) => {
        for (const event of [
          { kind: "bytes", direction: "in", connection: 1, remote, bytes },
          { kind: "answered", connection: 1, remote, method: target, target, status: 200, sizeBytes: 3 },
        ] as const) {
          const shown = Object.values(eventValues(event, "gbk")).join(" ");
          // oxlint-disable-next-line no-control-regex
          expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/u);
          expect(() => JSON.stringify(eventFields(event))).not.toThrow();
        }
      }),
    );
  });
});
