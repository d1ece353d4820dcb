import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inspectBytes, inspectStream, parseContext, parseHexLines } from "../../src/cli/inspect-bytes.js";
import type { Charset } from "../../src/index.js";
import { writeKeys } from "../../src/crypto/key-file.js";
import { keyPair } from "../crypto/keys.js";
import { run } from "./surroundings.js";

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly hex: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly charset?: Charset;
  readonly expect: Readonly<Record<string, unknown>> & {
    readonly complete?: boolean;
    readonly tree?: readonly { readonly path: string }[];
  };
}

const folder = `${import.meta.dirname}/../vectors`;

const vectorsOf = (...kinds: readonly string[]): readonly Vector[] =>
  readdirSync(folder)
    .flatMap((name): readonly Vector[] => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")).vectors ?? [])
    .filter((vector) => kinds.includes(vector.kind));

/** Keys of `expect` that say what can be checked rather than what is printed. */
const checksOnly = new Set([
  "textContains",
  "fileCount",
  "textLength",
  "displayMustNotContain",
  "displayMustNotContainBytes",
]);

function expectedOf(vector: Vector): Record<string, unknown> {
  return Object.fromEntries(Object.entries(vector.expect).filter(([key]) => !checksOnly.has(key)));
}

function expectCover(fields: readonly { start: number; end: number; hex: string }[], hex: string): void {
  let cursor = 0;
  for (const field of fields) {
    expect(field.start).toBe(cursor);
    expect(field.end).toBeGreaterThan(field.start);
    expect(field.hex).toBe(hex.slice(field.start * 2, field.end * 2).toLowerCase());
    cursor = field.end;
  }
  expect(cursor).toBe(hex.length / 2);
}

describe("inspect --json", () => {
  it.each(vectorsOf("datagram", "tcp-request").map((vector) => [vector.id, vector] as const))(
    "%s",
    async (_id, vector) => {
      const context = vector.context === undefined ? [] : ["--context", JSON.stringify(vector.context)];
      const { code, objects, stderr } = await run([
        "inspect",
        "--json",
        "--kind",
        vector.kind,
        ...context,
        "--",
        vector.hex,
      ]);
      expect({ code, stderr, count: objects.length }).toEqual({ code: 0, stderr: "", count: 1 });
      const { v, type, at, fields, ...rest } = objects[0]!;
      expect({ v, type }).toEqual({ v: 1, type: "datagram" });
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(rest).toMatchObject(expectedOf(vector));
      expectCover(JSON.parse(JSON.stringify(fields)), vector.hex);
    },
  );

  it("prints people's form for every vector, without control characters", async () => {
    for (const vector of vectorsOf("datagram", "tcp-request")) {
      const { code, stdout } = await run(["inspect", "--kind", vector.kind, "--", vector.hex]);
      expect(code).toBe(0);
      expect([vector.id, stdout.replaceAll("\n", "").match(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)]).toEqual([
        vector.id,
        null,
      ]);
    }
  });

  it("takes directory streams apart", () => {
    for (const vector of vectorsOf("dir-stream")) {
      const stream = inspectStream(Buffer.from(vector.hex, "hex"), {
        legacyCharset: vector.charset ?? "gbk",
      });
      expect([vector.id, stream.complete]).toEqual([vector.id, vector.expect.complete]);
      const paths = stream.tree.map((item) => item.path);
      const expected = vector.expect.tree?.map((item) => item.path) ?? paths;
      expect(paths).toEqual(expected);
      expectCover(stream.fields, vector.hex);
    }
  });
});

describe("inspect", () => {
  const hello = "313a3130303a736869726f757a753a6a7570697465723a33323a48656c6c6f";

  it("begins with the header", async () => {
    const { stdout } = await run(["inspect", hello]);
    expect(stdout.split("\n")[0]).toBe("SENDMSG  packet 100  shirouzu@jupiter  version 1  (IP Messenger)");
    expect(stdout).toContain("text (ascii): Hello");
    expect(stdout).toMatch(/0-1 +31 +version/);
  });

  it("reads hex lines from standard input, with remarks and blanks", async () => {
    const { objects } = await run(["inspect", "--json"], { input: `# two\n${hello}\n\n68:65 6C 6c 6f\n` });
    expect(objects.map((object) => [object["modeName"], object["rawText"]])).toEqual([
      ["SENDMSG", undefined],
      [undefined, "hello"],
    ]);
  });

  it("is bounded by what was asked", () => {
    expect(parseHexLines("\n#\n")).toEqual([]);
    expect(parseContext('{"peerCharset":"Shift_JIS","peerCharsetChosen":true}', "gbk")).toEqual({
      legacyCharset: "gbk",
      peerCharset: "cp932",
      peerCharsetChosen: true,
    });
    expect(inspectBytes(new Uint8Array(0), "datagram", { legacyCharset: "gbk" })).toMatchObject({
      ok: false,
      treatAs: "drop",
    });
  });

  it.each([
    [["inspect", "31", "3"], "hex-invalid"],
    [["inspect", "zz"], "hex-invalid"],
    [["inspect", "31", "--context", "{"], "context-invalid"],
    [["inspect", "31", "--context", "[]"], "context-invalid"],
    [["inspect", "31", "--context", '{"peerCharset":"klingon"}'], "context-invalid"],
    [["inspect", "31", "--context", '{"peer":"gbk"}'], "context-invalid"],
    [["inspect", "--file", "/nonexistent/x"], "input-unreadable"],
    [["inspect", "--pcap", "/nonexistent/x"], "input-unreadable"],
    [["inspect", "--pcap", import.meta.filename], "no-capture"],
    [["inspect", "--pcap", "x", "31"], "excess-argument"],
    [["inspect", "31", "--keys", "/nonexistent/x"], "input-unreadable"],
    [["inspect", "31", "--keys", import.meta.filename], "keys-not-usable"],
  ])("%j is refused: %s", async (words, reason) => {
    const { code, objects } = await run([...words, "--json"]);
    expect([code, objects[0]!["type"], objects[0]!["code"]]).toEqual([2, "error", reason]);
  });
});

/** Of the crypto object of a vector: what is told, and in its words. */
const expected = (seal: Readonly<Record<string, unknown>>) => {
  const isOpened = seal["status"] === "ok";
  const isMalformed = seal["status"] === "bad-encoding" || seal["status"] === "bad-length";
  return {
    status: seal["status"] === "rsa-padding-error" ? "unreadable" : seal["status"],
    ...(isMalformed ? {} : { caps: seal["caps"], rsaBits: seal["rsaBits"], cipher: seal["cipher"] }),
    ...(isOpened
      ? {
          plainHex: seal["plainHex"],
          text: seal["text"],
          signature: seal["signature"] === "none" ? "none" : "not-checked",
        }
      : {}),
    ...(seal["toList"] === undefined ? {} : { recipients: seal["toList"] }),
  };
};

describe("inspect --keys", () => {
  const folderOfKeys = mkdtempSync(join(tmpdir(), "feiyan-keys-"));
  afterAll(() => rmSync(folderOfKeys, { recursive: true }));
  const keyFile = (name: string): string => {
    const file = join(folderOfKeys, `${name}.pem`);
    writeFileSync(file, keyPair(name).privateKey.export({ format: "pem", type: "pkcs1" }));
    return file;
  };
  const sealed = vectorsOf("crypto-message") as readonly (Vector & { readonly privateKey: string })[];

  it.each(sealed.map((vector) => [vector.id, vector] as const))("%s", async (_id, vector) => {
    const words = ["inspect", "--json", "--keys", keyFile(vector.privateKey), vector.hex];
    const { code, objects } = await run(words);
    expect(code).toBe(0);
    const { recipients, ...seal } = objects[0]!["crypto"] as Record<string, unknown>;
    const names = (recipients as { user: string; host: string }[] | undefined)?.map(({ user, host }) => [
      user,
      host,
    ]);
    expect({ ...seal, ...(names === undefined ? {} : { recipients: names }) }).toMatchObject(
      expected(vector.expect["crypto"] as Record<string, unknown>),
    );
  });

  it("says what would open it, and shows what was inside to people", async () => {
    const [first] = sealed;
    expect((await run(["inspect", first!.hex])).stdout).toContain("--keys");
    const { stdout } = await run(["inspect", "--keys", keyFile(first!.privateKey), first!.hex]);
    expect(stdout).toContain("你好，加密消息");
  });

  it("takes the file that the program keeps its own keys in", async () => {
    const [first] = sealed;
    const pairs = { rsa1024: keyPair("a1024"), rsa2048: keyPair("a2048") };
    writeKeys(folderOfKeys, pairs);
    const words = ["inspect", "--json", "--keys", join(folderOfKeys, "keys.json"), first!.hex];
    const { objects } = await run(words);
    expect(objects[0]!["crypto"]).toMatchObject({ status: "ok", displayText: "你好，加密消息" });
  });
});
