import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, assert, asyncProperty, constantFrom, oneof, string as anyString } from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findServed, parseTarget } from "../../../src/lab/servers/served-path.js";
import { serverLimits } from "../../../src/lab/servers/server-limits.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage | null = null;
let base = "";
let root = "";

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "feiyan-served-"));
  root = join(base, "public");
  mkdirSync(join(root, "sub"), { recursive: true });
  mkdirSync(join(root, ".git"));
  mkdirSync(join(root, "site"));
  writeFileSync(join(base, "secret.txt"), "secret");
  writeFileSync(join(base, "public-not.txt"), "secret");
  writeFileSync(join(root, ".env"), "secret");
  writeFileSync(join(root, ".git", "config"), "secret");
  writeFileSync(join(root, "hello.txt"), "你好\n");
  writeFileSync(join(root, "空 格.txt"), "named");
  writeFileSync(join(root, "<b>&'.txt"), "odd");
  writeFileSync(join(root, "empty.bin"), "");
  writeFileSync(join(root, "site", "index.html"), "<h1>site</h1>");
  writeFileSync(join(root, "large.bin"), "");
  truncateSync(join(root, "large.bin"), serverLimits.fileBytes + 1);
  symlinkSync(join(base, "secret.txt"), join(root, "link.txt"));
  symlinkSync(base, join(root, "up"));
  symlinkSync(join(root, ".git"), join(root, "visible"));
  symlinkSync(join(root, "hello.txt"), join(root, "sub", "inside.txt"));
  symlinkSync("loop", join(root, "loop"));
  execFileSync("sh", ["-c", `mkfifo "${join(root, "pipe")}"`]);
});

afterAll(() => {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
});

afterEach(async () => {
  await stage?.close();
  stage = null;
});

/** One raw request, so that nobody tidies the target on the way. */
async function get(target: string, head = ""): Promise<{ status: number; head: string; body: string }> {
  stage ??= await openStage("file-server", { root });
  const method = head === "" ? "GET" : head;
  const answer = (
    await stage.tcp(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  ).toString();
  const end = answer.indexOf("\r\n\r\n");
  return { status: Number(answer.slice(9, 12)), head: answer.slice(0, end), body: answer.slice(end + 4) };
}

describe("the file server", () => {
  it("serves files with their type and length", async () => {
    const hello = await get("/hello.txt");
    expect(hello).toMatchObject({ status: 200, body: "你好\n" });
    expect(hello.head).toContain("text/plain; charset=utf-8");
    expect(hello.head).toContain("nosniff");
    expect(await get("/%E7%A9%BA%20%E6%A0%BC.txt?x=1#y")).toMatchObject({ status: 200, body: "named" });
    expect(await get("/empty.bin")).toMatchObject({ status: 200, body: "" });
    expect(await get("/sub/inside.txt")).toMatchObject({ status: 200, body: "你好\n" });
    expect((await get("/hello.txt", "HEAD")).body).toBe("");
  });

  it("lists folders without what is hidden, in escaped names", async () => {
    const page = await get("/");
    expect(page.status).toBe(200);
    expect(page.body).toContain("hello.txt");
    expect(page.body).toContain("&lt;b&gt;&amp;&#39;.txt");
    for (const hidden of [".env", ".git", "link.txt", "pipe", "<b>"]) expect(page.body).not.toContain(hidden);
    expect((await get("/site/")).body).toBe("<h1>site</h1>");
    const redirect = await get("/sub");
    expect(redirect.status).toBe(308);
    expect(redirect.head).toContain("Location: ./sub/");
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/sub/../../secret.txt",
    "/%252e%252e/secret.txt",
    "/..\\secret.txt",
    "/%5c..%5csecret.txt",
    "/....//secret.txt",
    "//secret.txt",
    "/../public-not.txt",
    "/link.txt",
    "/up/secret.txt",
    "/up/public/hello.txt/../../secret.txt",
    "/.env",
    "/.git/config",
    "/visible/config",
    "/loop",
    "/hello.txt%00.png",
    "/C:/secret.txt",
    "http://x/secret.txt",
    "*",
    "/%",
    `/${"a".repeat(3_000)}`,
  ])("gives nothing away at %s", async (target) => {
    const { status, body } = await get(target);
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret");
  });

  it("serves no pipes, nothing too large, and no other methods", async () => {
    expect((await get("/pipe")).status).toBe(403);
    expect((await get("/large.bin")).status).toBe(413);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect((await get("/hello.txt", method)).status).toBe(405);
  });

  it("answers what is no HTTP, and goes on", async () => {
    stage = await openStage("file-server", { root });
    expect((await stage.tcp("hello?\r\n\r\n")).toString()).toContain("400");
    await stage.tcp(new Uint8Array([0x16, 3, 1, 0, 255]));
    expect((await stage.tcp(`GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`)).toString()).toContain(
      "400",
    );
    expect((await get("/hello.txt")).status).toBe(200);
    expect((await stage.event("answered")).status).toBe(200);
  });

  it("never leaves the folder, whatever the target", async () => {
    const part = oneof(
      constantFrom(
        "..",
        ".",
        "%2e%2e",
        "%2f",
        "\\",
        "up",
        "link.txt",
        "sub",
        "secret.txt",
        "visible",
        ".env",
        "//",
      ),
      anyString({ maxLength: 5 }),
    );
    await assert(
      asyncProperty(array(part, { maxLength: 6 }), async (parts) => {
        const served = await findServed(root, `/${parts.join("/")}`);
        if (served.kind === "refused") return;
        expect(served.path.startsWith(root)).toBe(true);
        expect(served.path).not.toMatch(/secret|\.git|\.env/u);
      }),
      { numRuns: 300 },
    );
  });

  it("reads targets once", () => {
    expect(parseTarget("/a/b%20c.txt?x=1")).toEqual(["a", "b c.txt"]);
    expect(parseTarget("/%252e%252e/x")).toEqual(["%2e%2e", "x"]);
    expect(parseTarget("/a//b/")).toEqual(["a", "b"]);
    for (const bad of ["", "a", "/a/../b", "/.x", "/\u0007", "/%ff"]) expect(parseTarget(bad)).toBeNull();
  });
});

describe("the http server", () => {
  it("tells what it understood, harmlessly", async () => {
    stage = await openStage("http");
    const answer = (
      await stage.tcp("GET /a?b=1 HTTP/1.1\r\nHost: x\r\nX-Name: \u009b2Jhi\r\nConnection: close\r\n\r\n")
    ).toString("utf8");
    expect(answer).toContain("GET /a?b=1 HTTP/1.1\nHost: x\n");
    // oxlint-disable-next-line no-control-regex
    expect(answer).not.toMatch(/[\u001b\u009b]/u);
    expect(await stage.event("answered")).toMatchObject({ method: "GET", target: "/a?b=1", status: 200 });
  });

  it("answers several requests on one connection", async () => {
    stage = await openStage("http");
    const one = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n";
    const answer = await stage.tcp(one, one, one.replace("Host", "Connection: close\r\nHost"));
    expect(answer.toString().match(/HTTP\/1.1 200/g)).toHaveLength(3);
    expect(stage.events.filter((event) => event.kind === "opened")).toHaveLength(1);
  });

  it("breaks off a body without an end", async () => {
    stage = await openStage("http");
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${serverLimits.bodyBytes * 4}\r\n\r\n`;
    await stage.tcp(head, Buffer.alloc(serverLimits.bodyBytes * 3));
    expect((await stage.event("closed")).inBytes).toBeLessThanOrEqual(serverLimits.bodyBytes * 4);
    expect((await stage.tcp("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toString()).toContain(
      "200",
    );
  });
});
