// Files and folders between two nodes over TCP on loopback: sizes, names, times, taken names, changes, ends and beginnings.
// FEIYAN_SMALL_FILES sets how many small files a folder has (10000 by hand); all sizes and names in one run: files-sizes.test.ts.
import { chmodSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  couple,
  ended,
  fileNode,
  hashOf,
  inventory,
  makeFolder,
  newFolder,
  tearDown,
  until,
} from "./files-rig.js";

afterEach(tearDown);

describe("one file", () => {
  it.each([
    ["no bytes", 0],
    ["one byte", 1],
    ["a block and one byte", 512 * 1024 + 1],
    ["three megabytes", 3_000_000],
  ])("arrives with its bytes and its time: %s", async (_name, size) => {
    const [source, target] = [newFolder(), newFolder()];
    const path = join(source, "数据.bin");
    writeFileSync(path, Buffer.alloc(size, "飞雁"));
    utimesSync(path, 1_500_000_000, 1_500_000_000);
    const { giver, taker } = await couple(target);
    const done = ended(taker, "in");
    const offer = await giver.offer("taker", [path]);
    const transfer = await done;
    expect(transfer).toMatchObject({
      state: "done",
      doneBytes: size,
      sha256: hashOf(path),
      path: join(target, "数据.bin"),
    });
    expect(inventory(target)).toEqual(inventory(source));
    expect((await giver.offerSettled(offer.offerId)).parties[0]!.state).toBe("done");
  });

  it("does not replace what is there, and gives the new one a number", async () => {
    const [source, target] = [newFolder(), newFolder()];
    writeFileSync(join(source, "a.tar.gz"), "new");
    writeFileSync(join(target, "a.tar.gz"), "old");
    const { giver, taker } = await couple(target);
    const done = ended(taker, "in");
    await giver.offer("taker", [join(source, "a.tar.gz")]);
    expect((await done).path).toBe(join(target, "a.tar (2).gz"));
    expect(readdirSync(target).toSorted()).toEqual(["a.tar (2).gz", "a.tar.gz"]);
  });

  it("is refused with a reason when it changed after it was offered", async () => {
    const [source, target] = [newFolder(), newFolder()];
    const path = join(source, "log");
    writeFileSync(path, "one");
    const { giver, taker } = await couple(target, { accept: "ask" });
    const offered = until(taker, (event) =>
      event.kind === "offer" && event.change === "appeared" ? event.offer : undefined,
    );
    await giver.offer("taker", [path]);
    writeFileSync(path, "one and two");
    const [gone, got] = [ended(giver, "out"), ended(taker, "in")];
    await taker.accept((await offered).offerId);
    expect((await gone).reason).toBe("file-changed");
    expect((await got).reason).toBe("file-not-served");
    expect(readdirSync(target).filter((name) => !name.startsWith(".feiyan-"))).toEqual([]);
  });

  it("goes on where it stopped when the sender comes back with the same file", async () => {
    const [source, target] = [newFolder(), newFolder()];
    const path = join(source, "large.bin");
    writeFileSync(path, Buffer.alloc(6_000_000, "abcdefg"));
    const { giver, taker } = await couple(target);
    const slow = await fileNode("slow", [taker.network!.port], { fileLimit: 4_000_000 });
    await new Promise<void>((resolve) => {
      const stop = taker.subscribe((event) => {
        if (event.kind !== "transfer" || event.transfer.doneBytes < 1_000_000) return;
        stop();
        resolve();
      });
      void slow.offer({ endpoint: { address: "127.0.0.1", port: taker.network!.port } }, [path]);
    });
    const broken = ended(taker, "in");
    await slow.close();
    expect((await broken).state).toBe("failed");
    expect(readdirSync(target).some((name) => name.endsWith(".part"))).toBe(true);
    const again = await fileNode("slow", [taker.network!.port]);
    const done = ended(taker, "in");
    await again.offer({ endpoint: { address: "127.0.0.1", port: taker.network!.port } }, [path]);
    const transfer = await done;
    expect(transfer).toMatchObject({ state: "done", sha256: hashOf(path) });
    expect(readdirSync(target)).toEqual(["large.bin"]);
    await giver.close();
  });
});

describe("a folder", () => {
  it("arrives with names of every kind, empty folders, times; links out of it and what cannot be read are told", async () => {
    const [source, target] = [newFolder(), newFolder()];
    const root = makeFolder(join(source, "照片 📷"));
    const names = [
      "a:b 说明.txt",
      "表情 😀🐧.txt",
      "联通.txt",
      "㍻ﾃｽﾄ.txt",
      "鎔镕.txt",
      `${"长".repeat(84)}.md`,
      " blank ",
      "-rf",
    ];
    for (const name of names) {
      writeFileSync(join(root, name), name);
      utimesSync(join(root, name), 1_400_000_000, 1_400_000_000);
    }
    expect(Buffer.byteLength(names[5]!)).toBe(255);
    makeFolder(join(root, "空", "更空"));
    writeFileSync(join(root, "big.bin"), Buffer.alloc(700_000, "x"));
    writeFileSync(join(root, "empty"), "");
    utimesSync(join(root, "空"), 1_300_000_000, 1_300_000_000);
    const expected = inventory(source);
    symlinkSync("/etc/passwd", join(root, "link"));
    symlinkSync(join(root, "empty"), join(root, "inner"));
    const { giver, taker } = await couple(target);
    const done = ended(taker, "in");
    await giver.offer("taker", [root]);
    const transfer = await done;
    expect(transfer).toMatchObject({ state: "done", isVerified: true, skipped: 1, kind: "folder" });
    const got = inventory(target);
    expect(got["照片 📷/inner"]).toBe(got["照片 📷/empty"]);
    expect(got["照片 📷/link (Can't open)"]).toMatch(/^0 /);
    delete got["照片 📷/inner"];
    delete got["照片 📷/link (Can't open)"];
    expect(got).toEqual(expected);
    expect(Math.floor(statSync(join(target, "照片 📷", "空")).mtimeMs / 1000)).toBe(1_300_000_000);
  });

  it("of many small files", { timeout: 120_000 }, async () => {
    const many = Number(process.env["FEIYAN_SMALL_FILES"] ?? "400");
    const [source, target] = [newFolder(), newFolder()];
    const root = makeFolder(join(source, "many"));
    for (let at = 0; at < many; at += 1) {
      writeFileSync(join(makeFolder(join(root, String(at % 20))), `${at}.txt`), `file ${at}`);
    }
    const { giver, taker } = await couple(target);
    const done = ended(taker, "in");
    await giver.offer("taker", [root]);
    expect(await done).toMatchObject({ state: "done", isVerified: true, doneFiles: many });
    expect(inventory(target)).toEqual(inventory(source));
  });

  it("is gone on with file by file, only what is missing or different", async () => {
    const [source, target] = [newFolder(), newFolder()];
    const root = makeFolder(join(source, "proj"));
    for (let at = 0; at < 30; at += 1) writeFileSync(join(root, `f${at}`), Buffer.alloc(100_000, String(at)));
    const { giver, taker } = await couple(target, { accept: "ask" });
    const slow = await fileNode("slow", [taker.network!.port], { fileLimit: 4_000_000 });
    // Both must know what the other is: an offer may be quicker than the entries.
    await until(taker, () =>
      taker.peers().some((peer) => peer.nick === "slow" && peer.feiyan?.manifests === true)
        ? true
        : undefined,
    );
    const toTaker = { endpoint: { address: "127.0.0.1", port: taker.network!.port } };
    await new Promise<void>((resolve) => {
      const stop = taker.subscribe((event) => {
        if (event.kind === "offer" && event.change === "appeared") void taker.accept(event.offer.offerId);
        if (event.kind !== "transfer" || event.transfer.doneFiles < 8) return;
        stop();
        void ended(taker, "in").then(() => resolve());
        void taker.cancelOffer(event.transfer.offerId);
      });
      void slow.offer(toTaker, [root]);
    });
    const offer = taker.offers()[0]!;
    const done = ended(taker, "in");
    await taker.accept(offer.offerId);
    const transfer = await done;
    expect(transfer).toMatchObject({ state: "done", isVerified: true, doneFiles: 30 });
    expect(inventory(target)).toEqual(inventory(source));
    await giver.close();
  });
});

it("says why the disk refuses", async () => {
  const [source, target] = [newFolder(), newFolder()];
  writeFileSync(join(source, "a"), "a");
  writeFileSync(join(target, "file"), "in the way");
  chmodSync(join(target, "file"), 0o600);
  const { giver, taker } = await couple(join(target, "file", "below"));
  const done = ended(taker, "in");
  await giver.offer("taker", [join(source, "a")]);
  expect(await done).toMatchObject({ state: "failed", reason: "disk-not-writable" });
});
