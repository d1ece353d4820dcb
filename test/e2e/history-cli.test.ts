// The history as a user meets it: kept by what runs, listed, found, taken out and in, read anew, deleted; and a message that waits for
// somebody over the end of the program.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import iconv from "iconv-lite";
import { afterAll, describe, expect, it } from "vitest";
import type { PeerId } from "../../src/core/model.js";
import { openHistoryFile } from "../../src/history/sqlite/open.js";
import { waitingLike } from "../contract/history-samples.js";
import { feiyan, freePort, newHome, removeHomes, start } from "./program.js";

afterAll(removeHomes);

const at = ["--bind", "127.0.0.1", "--no-ipv6"];

/** Sends packets to an instance as a bare client would; resolves when each was acknowledged. */
async function tell(port: number, packets: readonly (string | Buffer)[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const packet of packets) {
    const answered = once(socket, "message");
    socket.send(packet, port, "127.0.0.1");
    await answered;
  }
  socket.close();
}

async function homeWith(packets: readonly (string | Buffer)[]): Promise<string> {
  const home = newHome();
  const port = await freePort();
  const watching = start(["watch", "--home", home, "--port", String(port), ...at], null);
  await watching.printed("on port");
  await tell(port, packets);
  watching.child.kill("SIGINT");
  await watching.ended;
  return home;
}

const history = (home: string, ...words: string[]) => feiyan(["history", ...words, "--home", home]);

describe("what came in", () => {
  it("is found, exported and imported elsewhere, and deleted with the word given", async () => {
    const home = await homeWith([
      "1:1700000001:ming:pc-m:8388896:三点开会\0",
      "1:1700000002:ming:pc-m:8388896:Report <b>方案</b>\0",
      "1:1700000003:hong:pc-h:8388896:不在\0",
    ]);
    expect((await history(home, "search", "点开", "--json")).objects).toMatchObject([
      { type: "message", text: "三点开会", direction: "in", packetNo: "1700000001" },
    ]);
    expect((await history(home, "search", "from:ming", "REPORT", "--json")).objects).toHaveLength(1);
    expect((await history(home, "search", "from:hong 开")).stdout).toBe("");
    expect((await history(home, "list", "--with", "hong", "--json")).objects).toMatchObject([
      { text: "不在" },
    ]);

    const html = join(home, "log.html");
    expect((await history(home, "export", "--format", "html", html)).code).toBe(0);
    expect(readFileSync(html, "utf8")).toContain("Report &#60;b&#62;方案&#60;/b&#62;");
    expect((await history(home, "export", "--format", "html", html)).code).not.toBe(0);

    const other = newHome();
    const lines = (await history(home, "export", "--format", "ndjson")).stdout;
    const file = join(other, "log.ndjson");
    writeFileSync(file, lines);
    expect((await history(other, "import", file, "--json")).objects).toMatchObject([{ added: 3, known: 0 }]);
    expect((await history(other, "import", file, "--json")).objects).toMatchObject([{ added: 0, known: 3 }]);
    expect((await history(other, "export", "--format", "ndjson")).stdout).toBe(lines);

    expect((await history(home, "delete", "--with", "ming")).code).toBe(2);
    expect((await history(home, "delete", "--with", "ming", "--yes", "--json")).objects).toMatchObject([
      { removed: 2 },
    ]);
    expect((await history(home, "list", "--json")).objects).toMatchObject([{ text: "不在" }]);
    expect((await history(home, "check")).code).toBe(0);
  });

  it("garbled is read anew from its bytes, and search follows", async () => {
    const head = Buffer.from("1:1700000001:lin:pc-l:288:");
    const home = await homeWith([Buffer.concat([head, iconv.encode("明天見面", "big5"), Buffer.from([0])])]);
    expect((await history(home, "search", "見面")).stdout).toBe("");
    const words = ["redecode", "--with", "lin", "--charset", "big5"];
    expect((await history(home, ...words, "--dry-run", "--json")).objects).toMatchObject([{ changed: 1 }]);
    expect((await history(home, "search", "見面")).stdout).toBe("");
    expect((await history(home, ...words, "--fix", "--json")).objects).toMatchObject([{ changed: 1 }]);
    expect((await history(home, "search", "見面", "--json")).objects).toMatchObject([{ charset: "big5" }]);
  });
});

/** A line of an export, of a long message. */
const exportLine = (index: number): string =>
  JSON.stringify({
    v: 1,
    type: "message",
    at: new Date(1_700_000_000_000 + index * 1_000).toISOString(),
    id: `01J${String(index).padStart(23, "0")}`,
    direction: "in",
    peer: { id: "ming@pc-m", nick: "小明" },
    text: `第${index}句，${"说了很多话".repeat(30)}`,
  });

it("a limit of size lets the oldest go for good, and spares what still waits", async () => {
  const home = newHome();
  const file = join(home, "data", "history.db");
  const log = join(home, "log.ndjson");
  writeFileSync(log, Array.from({ length: 3_000 }, (_, index) => exportLine(index)).join("\n"));
  expect((await history(home, "import", log, "--json")).objects).toMatchObject([{ added: 3_000 }]);
  const { engine } = await openHistoryFile({ file });
  const oldest = engine.page({ conversation: null, sinceMs: 0, limit: 1 }).messages[0]!.message;
  const queued = { ...waitingLike(oldest.id), peerId: "ming@pc-m" as PeerId };
  engine.write([{ kind: "queue", queued, claims: false }]);
  while (engine.indexSome(1_000));
  engine.close();
  const before = statSync(file).size;
  expect(before).toBeGreaterThan(2_000_000);

  const words = ["watch", "--timeout", "0.1", "--home", home, "--port", "0", ...at];
  const limits = ["--history-size", "1", "--secure-delete"];
  expect((await feiyan([...words, ...limits])).code).toBe(0);
  expect(statSync(file).size).toBeLessThan(1_050_000);
  const left = (await history(home, "list", "--limit", "9999", "--json")).objects.map(({ text }) =>
    String(text),
  );
  expect(left.length).toBeGreaterThan(300);
  const numbers = left.map((text) => Number(/\d+/u.exec(text)?.[0]));
  expect(numbers).toEqual([
    0,
    ...Array.from({ length: left.length - 1 }, (_, index) => 3_001 - left.length + index),
  ]);
  // Gone from the bytes too.
  expect(readFileSync(file).includes("第1句")).toBe(false);
  expect((await history(home, "check")).code).toBe(0);
});

it("a message to somebody absent waits over the end of the program, and arrives once", async () => {
  const home = newHome();
  const [port, theirs] = [await freePort(), await freePort()];
  const us = ["--home", home, "--port", String(port), ...at, "--name", "li"];
  const bob = createSocket("udp4");
  bob.bind(theirs, "127.0.0.1");
  await once(bob, "listening");
  const heard: string[] = [];
  bob.on("message", (bytes) => {
    const text = iconv.decode(bytes, "gbk");
    const [, no, , , command] = text.split(":");
    if ((Number(command) & 0xff) !== 0x20) return;
    heard.push(text);
    bob.send(`1:1700000090:bob:pc-b:33:${no}\0`, port, "127.0.0.1");
  });
  const first = start(["watch", ...us], null);
  await first.printed("on port");
  bob.send("1:1700000001:bob:pc-b:1:Bob\0\0", port, "127.0.0.1");
  await first.printed("Bob");
  bob.send("1:1700000002:bob:pc-b:2:Bob\0\0", port, "127.0.0.1");
  await first.printed("offline");
  first.child.kill("SIGINT");
  await first.ended;

  const queued = await feiyan(["send", "--to", "Bob", "--queue", "--json", ...us, "等你回来"]);
  expect(queued.code).toBe(0);
  expect(heard).toEqual([]);
  expect((await history(home, "queue", "--json")).objects).toMatchObject([
    { type: "queued", text: "等你回来" },
  ]);

  const unwanted = ["send", "--to", "Bob", "--queue", ...us, "不用了"];
  expect((await feiyan(unwanted)).code).toBe(0);
  const [, last] = (await history(home, "queue", "--json")).objects;
  const cancel = await history(home, "queue", "--cancel", String(last!["messageId"]), "--json");
  expect(cancel.objects).toMatchObject([{ type: "delivery", state: "cancelled" }]);
  expect((await history(home, "queue", "--json")).objects).toHaveLength(1);

  const second = start(["watch", ...us], null);
  await second.printed("on port");
  bob.send("1:1700000003:bob:pc-b:1:Bob\0\0", port, "127.0.0.1");
  await second.printed("delivered");
  second.child.kill("SIGINT");
  await second.ended;
  bob.close();
  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain("等你回来");
  expect((await history(home, "queue", "--json")).objects).toEqual([]);
  expect((await history(home, "list", "--json")).objects).toMatchObject([
    { direction: "out", text: "等你回来" },
    { direction: "out", text: "不用了" },
  ]);
});

it("what a command left to wait is taken up by a running chat, and goes out once where two run with one history", async () => {
  const home = newHome();
  const [port, otherPort, theirs] = [await freePort(), await freePort(), await freePort()];
  const us = (own: number): string[] => ["--home", home, "--port", String(own), ...at, "--name", "li"];
  const bob = createSocket("udp4");
  bob.bind(theirs, "127.0.0.1");
  await once(bob, "listening");
  const heard: string[] = [];
  bob.on("message", (bytes, from) => {
    const text = iconv.decode(bytes, "gbk");
    const [, no, , , command] = text.split(":");
    if ((Number(command) & 0xff) !== 0x20) return;
    heard.push(text);
    bob.send(`1:17000000${90 + heard.length}:bob:pc-b:33:${no}\0`, from.port, "127.0.0.1");
  });
  const entry = (number: number, command: number, to: number): void =>
    bob.send(`1:${1_700_000_000 + number}:bob:pc-b:${command}:Bob\0\0`, to, "127.0.0.1");
  const running = start(["watch", ...us(port)], null);
  await running.printed("on port");
  entry(1, 1, port);
  await running.printed("Bob");
  entry(2, 2, port);
  await running.printed("offline");

  // Beside the running one, on a port of its own, and not through its control socket.
  const queued = await feiyan(["send", "--to", "Bob", "--queue", "--alone", ...us(otherPort), "等你回来"]);
  expect(queued.code).toBe(0);
  const second = start(["watch", ...us(otherPort)], null);
  await second.printed("on port");
  await running.printed("等你回来");
  expect(heard).toEqual([]);
  entry(3, 1, port);
  entry(4, 1, otherPort);
  // The one that did not send it learns what became of it.
  await Promise.all([running.printed("delivered"), second.printed("delivered")]);
  const left = await history(home, "queue", "--json");
  expect(left.objects).toEqual([]);
  for (const one of [running, second]) {
    one.child.kill("SIGINT");
    await one.ended;
  }
  bob.close();
  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain("等你回来");
});

it("--no-history keeps nothing", async () => {
  const home = newHome();
  const port = await freePort();
  const watching = start(["watch", "--no-history", "--home", home, "--port", String(port), ...at], null);
  await watching.printed("on port");
  await tell(port, ["1:1700000001:ming:pc-m:288:secret\0"]);
  watching.child.kill("SIGINT");
  await watching.ended;
  expect((await history(home, "list", "--json")).objects).toEqual([]);
});
