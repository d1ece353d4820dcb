import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodeOf, exitCodeOfDeliveries } from "../../src/cli/exit-code.js";
import { settingKeys } from "../../src/config/schema.js";
import { errorCodes } from "../../src/index.js";
import { runCommandLine } from "../../src/cli/run.js";
import { run } from "./surroundings.js";

let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "feiyan-run-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

describe("errors", () => {
  it("stand on stderr in the user's language, with a remedy", async () => {
    const english = await run(["snd"]);
    expect(english).toMatchObject({ code: 2, stdout: "" });
    expect(english.stderr).toBe('feiyan: unknown command snd\n  → did you mean "send"?\n');
    const chinese = await run(["snd", "--lang", "zh-CN"]);
    expect(chinese.stderr).toBe("feiyan: 没有命令 snd\n  → 是不是“send”？\n");
  });

  it("are one object on stdout with --json", async () => {
    const { code, objects, stderr } = await run(["send", "--json", "hi"]);
    expect([code, stderr]).toEqual([2, ""]);
    expect(objects).toEqual([
      {
        v: 1,
        type: "error",
        at: expect.any(String),
        code: "missing-target",
        text: "no receiver given",
        remedy: "name one with --to",
        fields: {},
      },
    ]);
  });

  it("show no escape sequence that somebody pasted", async () => {
    const { stderr } = await run(["send\u001b[2J\u202e"]);
    expect(stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it("of the settings name file, line and column", async () => {
    writeFileSync(join(home, "config.toml"), "prot = 1\nport = true\n");
    const { code, stderr } = await run(["config", "show", "--home", home]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${home}/config.toml:1:1: unknown setting prot`);
    expect(stderr).toContain('did you mean "port"?');
    expect(stderr).toContain(`${home}/config.toml:2:1: port must be a whole number 0-65535, not true`);
    expect(stderr).toContain("for example port = 2425");
  });

  it("of flags say what is expected", async () => {
    const { code, stderr } = await run(["peers", "--port", "99999"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--port must be a whole number 0-65535");
  });
});

describe("send before anything is sent", () => {
  it.each([
    [["send", "hi"], "missing-target"],
    [["send", "--to", "a", "--broadcast", "hi"], "flags-conflict"],
    [["send", "--to", "10.0.0.0/24", "hi"], "confirmation-needed"],
    [["send", "--broadcast", "hi"], "confirmation-needed"],
    [["ask", "--to", "a,b", "hi"], "too-many-receivers"],
    [["watch", "--type", "mesage"], "bad-flag-value"],
    [["sim", "--port", "0"], "bad-flag-value"],
  ])("%j is refused: %s", async (words, reason) => {
    const { code, objects } = await run([...words, "--json"]);
    expect([code, objects[0]!["code"]]).toEqual([2, reason]);
  });

  it("refuses input that is no text", async () => {
    const { code, objects } = await run(["send", "--to", "a", "-", "--json"], {
      input: new Uint8Array([0xc4, 0xe3]),
    });
    expect([code, objects[0]!["code"]]).toEqual([2, "input-not-utf8"]);
  });
});

describe("sending to many", () => {
  const flags = ["--port", "0", "--bind", "127.0.0.1", "--no-ipv6", "--no-check", "--no-history"];

  it("says how many and asks; anything but yes sends nothing", async () => {
    const words = ["send", "--to", "127.0.0.1-3:9", ...flags, "hi"];
    const { code, stdout, stderr } = await run(words, { terminal: true, input: "\n" });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^send to 3 receivers\? \(y\/N\) feiyan: nothing was done/);
  });

  it("sends after yes, each receiver once", async () => {
    const words = ["send", "--to", "127.0.0.1-3:9", ...flags, "--rate", "20", "hi"];
    const { code, stdout } = await run(words, { terminal: true, input: "y\n" });
    expect(code).toBe(0);
    const addresses = stdout.match(/^127\.0\.0\.\d:9/gm);
    expect(addresses).toEqual(["127.0.0.1:9", "127.0.0.2:9", "127.0.0.3:9"]);
  });
});

describe("a fault of the program", () => {
  it("is 1, with where it happened", async () => {
    const surroundings = {
      isTTY: false,
      write: () => {
        throw new Error("boom");
      },
    };
    let stderr = "";
    const code = await runCommandLine({
      words: ["--help"],
      environment: { FEIYAN_LANG: "en" },
      stdin: Object.assign(Readable.from([]), { isTTY: false }),
      stdout: surroundings,
      stderr: { write: (text) => (stderr += text) },
      packageDir: "/nonexistent",
      stop: new AbortController().signal,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^feiyan: an internal fault: boom\n/);
  });
});

describe("the program", () => {
  it("without a terminal prints help to stderr", async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Usage: feiyan/);
    expect((await run(["chat", "--json"])).objects[0]).toMatchObject({ type: "error", code: "no-terminal" });
  });

  it("prints help and version to stdout", async () => {
    expect(await run(["--help"])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^Usage: feiyan/),
    });
    expect(await run(["config", "show", "-h"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("feiyan config show"),
    });
    expect(await run(["--version"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^feiyan \d+\.\d+\.\d+\n$/),
    });
  });

  it("takes the language of the settings file, then of the system", async () => {
    writeFileSync(join(home, "config.toml"), 'lang = "en"\n');
    const environment = { FEIYAN_LANG: "", LANG: "zh_CN.UTF-8" };
    expect((await run(["--help", "--home", home], { environment })).stdout).toMatch(/^Usage:/);
    expect((await run(["--help"], { environment })).stdout).toMatch(/^用法/);
    expect((await run(["--help"], { environment: { FEIYAN_LANG: "", LANG: "en_US.UTF-8" } })).stdout).toMatch(
      /^Usage:/,
    );
  });

  it("prints help of a group of commands", async () => {
    const { code, stderr } = await run(["config"]);
    expect(code).toBe(2);
    expect(stderr).toContain("config show");
  });
});

describe("config", () => {
  it("shows every setting with its origin", async () => {
    writeFileSync(join(home, "config.toml"), 'name = "小李"\n');
    const words = ["config", "show", "--json", "--home", home, "--port", "7"];
    const { code, objects } = await run(words, { environment: { FEIYAN_GROUP: "研发" } });
    expect(code).toBe(0);
    expect(objects.map((object) => object["key"])).toEqual(settingKeys);
    const find = (key: string) => objects.find((object) => object["key"] === key);
    expect(find("name")).toMatchObject({ type: "setting", value: "小李", origin: "user-file" });
    expect(find("group")).toMatchObject({ value: "研发", origin: "environment" });
    expect(find("port")).toMatchObject({ value: 7, origin: "flag" });
    expect(find("bind")).toMatchObject({ value: [], origin: "default" });
    expect((await run(words.filter((word) => word !== "--json"))).stdout).toMatch(
      /name +"小李" +user's file/,
    );
  });

  it("tells where the files are", async () => {
    const { objects } = await run(["config", "path", "--json", "--home", home]);
    expect(objects[0]).toMatchObject({
      key: "configFile",
      value: join(home, "config.toml"),
      origin: "missing",
    });
  });

  it("checks: clean 0, otherwise every problem and 2", async () => {
    expect((await run(["config", "check", "--home", home])).code).toBe(0);
    writeFileSync(join(home, "config.toml"), "prot = 1\nport = true\n");
    const { code, objects } = await run(["config", "check", "--json", "--home", home]);
    expect(code).toBe(2);
    expect(objects).toMatchObject([
      { type: "error", code: "config-unknown-key", line: 1, column: 1 },
      { type: "error", code: "config-bad-value", line: 2, column: 1 },
    ]);
  });
});

describe("exit codes", () => {
  it("exist for every error of the node", () => {
    for (const code of errorCodes) expect([1, 2, 4, 5, 6]).toContain(exitCodeOf(code));
    expect(exitCodeOf("no-such-peer")).toBe(4);
    expect(exitCodeOf("port-in-use")).toBe(5);
  });

  it.each([
    [["done", "done"], 0],
    [[], 0],
    [["unconfirmed"], 3],
    [["unconfirmed", "unconfirmed"], 3],
    [["done", "unconfirmed"], 7],
  ] as const)("of deliveries %j: %i", (outcomes, code) => {
    expect(exitCodeOfDeliveries(outcomes)).toBe(code);
  });
});
