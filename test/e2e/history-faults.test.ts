// A history that cannot be opened: the program says why and what to do, touches nothing, and runs without it when asked to. A damaged
// one is set aside and what can be read recovered. The real program on real files; a full disk needs the right to mount one.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDriver } from "../../src/history/sqlite/driver.js";
import type { Driver } from "../../src/history/sqlite/driver.js";
import { openHistoryFile } from "../../src/history/sqlite/open.js";
import { messageLike } from "../contract/history-samples.js";
import { talker } from "./talker.js";
import { feiyan, freePort, newHome, removeHomes, start } from "./program.js";
import type { Ended } from "./program.js";

afterAll(removeHomes);

/** How long somebody else writes: by hand 10000. */
const lockMs = Number(process.env["FEIYAN_LOCK_MS"] ?? 500);

let driver: Driver;
/** A sound history of some thousand messages. */
let sample = "";

beforeAll(async () => {
  driver = (await loadDriver())!;
  sample = join(newHome(), "sample.db");
  const { engine } = await openHistoryFile({ file: sample });
  engine.import(
    Array.from({ length: 3_000 }, (_, index) => ({
      group: "",
      message: messageLike({ at: 1_700_000_000_000 + index * 1_000, displayText: `第${index}条消息` }),
    })),
  );
  engine.close();
});

function homeWithSample(): { home: string; file: string } {
  const home = newHome();
  mkdirSync(join(home, "data"), { recursive: true, mode: 0o700 });
  const file = join(home, "data", "history.db");
  copyFileSync(sample, file);
  chmodSync(file, 0o600);
  return { home, file };
}

const list = (home: string, ...more: string[]): Promise<Ended> =>
  feiyan(["history", "list", "--limit", "100000", "--json", "--home", home, ...more]);

async function refused(home: string): Promise<unknown> {
  const { code, objects } = await list(home);
  expect(code).toBe(1);
  expect(objects[0]!["remedy"]).toContain("--no-history");
  return objects[0]!["code"];
}

/** A program that must go on all the same when it is told to do without. */
async function runsWithout(home: string): Promise<void> {
  const words = ["watch", "--timeout", "0.1", "--port", "0", "--bind", "127.0.0.1", "--home", home];
  expect((await feiyan([...words, "--no-history"])).code).toBe(0);
}

const isRoot = process.getuid?.() === 0;

/** A disk of so many kilobytes; null without the right to mount one. */
function smallDisk(kilobytes: number): string | null {
  const folder = newHome();
  return mounted(folder, ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder]) ? folder : null;
}

function mounted(folder: string, words: readonly string[]): boolean {
  if (process.platform !== "linux") return false;
  try {
    execFileSync("mount", [...words], { stdio: "ignore" });
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

const disk = smallDisk(600);
/** With room for the database's log, which has 4 MB before it is emptied. */
const largerDisk = disk === null ? null : smallDisk(12_000);
const canProtect = !isRoot || disk !== null;

/** Takes the right to write away: from root only a read-only mount does. */
function protect(folder: string, file: string): () => void {
  if (isRoot) {
    mounted(folder, ["--bind", folder, folder]);
    mounted(folder, ["-o", "remount,bind,ro", folder]);
    return () => void execFileSync("umount", [folder]);
  }
  chmodSync(file, 0o400);
  chmodSync(folder, 0o500);
  return () => chmodSync(folder, 0o700);
}

afterAll(() => {
  for (const one of [disk, largerDisk]) if (one !== null) execFileSync("umount", [one]);
});

describe("a history", () => {
  it("from a newer version is refused and left as it is", async () => {
    const { home, file } = homeWithSample();
    const db = driver.open(file);
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99");
    db.close();
    const before = readFileSync(file);
    expect(await refused(home)).toBe("store-newer");
    expect(readFileSync(file).equals(before)).toBe(true);
    await runsWithout(home);
  });

  it("that is another program's database is refused and left as it is", async () => {
    const home = newHome();
    mkdirSync(join(home, "data"));
    const file = join(home, "data", "history.db");
    const db = driver.open(file);
    db.exec("CREATE TABLE bookmarks (a)");
    db.close();
    const before = readFileSync(file);
    expect(await refused(home)).toBe("store-foreign");
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it.skipIf(!canProtect)("in a read-only folder is refused", async () => {
    const { home, file } = homeWithSample();
    const release = protect(join(home, "data"), file);
    try {
      expect(await refused(home)).toBe("store-read-only");
      await runsWithout(home);
    } finally {
      release();
    }
  });

  it("that another program is writing to is waited for, then refused", async () => {
    const { home, file } = homeWithSample();
    const db = driver.open(file);
    db.exec("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    try {
      expect(await refused(home)).toBe("store-locked");
    } finally {
      db.exec("ROLLBACK");
      db.close();
    }
    expect((await list(home)).objects).toHaveLength(3_000);
  });

  it("that somebody else writes to for a while holds acknowledgements back, and loses nothing", async () => {
    const home = newHome();
    const port = await freePort();
    await list(home);
    const words = ["watch", "--home", home, "--port", String(port), "--bind", "127.0.0.1", "--no-ipv6"];
    const watching = start(words, null);
    await watching.printed("on port");
    const db = driver.open(join(home, "data", "history.db"));
    db.exec("BEGIN IMMEDIATE");
    const socket = createSocket("udp4");
    const answers: string[] = [];
    socket.on("message", (bytes) => answers.push(bytes.toString("latin1")));
    socket.bind(0, "127.0.0.1");
    socket.send("1:1700000001:ann:pc:288:held\0", port, "127.0.0.1");
    await watching.printed("held");
    await new Promise((resolve) => setTimeout(resolve, lockMs));
    expect(answers.filter((answer) => answer.includes("1700000001"))).toEqual([]);
    const acknowledged = once(socket, "message");
    db.exec("ROLLBACK");
    await acknowledged;
    expect(answers.some((answer) => answer.endsWith(":33:1700000001\0"))).toBe(true);
    db.close();
    socket.close();
    watching.child.kill("SIGINT");
    await watching.ended;
    expect((await list(home)).objects).toMatchObject([{ text: "held" }]);
  });

  it("that was cut off is set aside, and what can be read is recovered", async () => {
    const { home, file } = homeWithSample();
    truncateSync(file, Math.floor(statSync(file).size * 0.6));
    const damaged = readFileSync(file);
    const { code, objects } = await list(home);
    expect(code).toBe(0);
    const [notice, ...messages] = objects;
    expect(notice).toMatchObject({ type: "notice", code: "store-recovered" });
    expect(messages.length).toBeGreaterThan(500);
    expect(messages.length).toBeLessThan(3_000);
    const aside = readdirSync(join(home, "data")).find((name) => name.includes(".damaged-"));
    expect(readFileSync(join(home, "data", aside!)).equals(damaged)).toBe(true);
    const again = await list(home);
    expect(again.objects).toHaveLength(messages.length);
    expect((await feiyan(["history", "check", "--home", home])).code).toBe(0);
  });

  it("that is no database any more is set aside whole", async () => {
    const { home, file } = homeWithSample();
    writeFileSync(file, Buffer.alloc(100_000, "rubbish "));
    const { code, objects } = await list(home);
    expect(code).toBe(0);
    expect(objects).toMatchObject([{ code: "store-recovered", fields: { recovered: 0 } }]);
    expect(readdirSync(join(home, "data")).some((name) => name.includes(".damaged-"))).toBe(true);
  });

  it("belongs to its owner alone", async () => {
    const home = newHome();
    await list(home);
    expect(statSync(join(home, "data", "history.db")).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, "data")).mode & 0o777).toBe(0o700);
  });
});

describe("a full disk", () => {
  it.skipIf(disk === null)(
    "keeps what was acknowledged and says what to do; with room again it goes on",
    async () => {
      const home = disk!;
      const words = ["watch", "--json", "--home", home, "--port", "0", "--bind", "127.0.0.1", "--no-ipv6"];
      const filler = join(home, "filler");
      await list(home);
      writeFileSync(filler, "");
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(4_096), { flag: "a" });
      } catch {
        // Full: that was the point.
      }
      const running = start([...words, "--timeout", "3"], null);
      const { code, stdout } = await running.ended;
      expect(code).toBe(1);
      expect(stdout).toContain("store-full");
      writeFileSync(filler, "");
      expect((await list(home)).code).toBe(0);
      expect((await feiyan(["history", "check", "--home", home])).code).toBe(0);
    },
  );

  it.skipIf(disk === null)(
    "that fills while messages come: they stay with their senders until there is room",
    async () => {
      const home = largerDisk!;
      const filler = join(home, "filler");
      writeFileSync(filler, "");
      const port = await freePort();
      const words = [
        "watch",
        "--json",
        "--home",
        home,
        "--port",
        String(port),
        "--bind",
        "127.0.0.1",
        "--no-ipv6",
      ];
      const watching = start(words, null);
      const ann = await talker("ann", port, 50);
      await watching.printed("from ann");
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(4_096), { flag: "a" });
      } catch {
        // Full: that was the point.
      }
      await watching.printed("store-full");
      const whenFull = ann.acknowledged.size;
      await watching.printed(`消息 ${1_700_000_000 + ann.sent + 20} `);
      // What the log of the database still had room for, but not what came since.
      expect(ann.sent - ann.acknowledged.size).toBeGreaterThan(10);
      writeFileSync(filler, "");
      const wanted = ann.sent;
      await ann.acknowledgedUntil(wanted);
      expect(ann.acknowledged.size).toBeGreaterThan(whenFull);
      ann.stop();
      watching.child.kill("SIGINT");
      const { stdout } = await watching.ended;
      // Once in a while, not for each message.
      expect(stdout.split('"store-full"').length - 1).toBeLessThan(4);
      const kept = new Set((await list(home)).objects.map((one) => String(one["text"]).split(" ")[1]));
      expect([...ann.acknowledged].filter((no) => !kept.has(String(no)))).toEqual([]);
      expect((await feiyan(["history", "check", "--home", home])).code).toBe(0);
    },
  );
});
