// What every file store keeps: the disk in a folder of its own, and memory. Names from the wire are refused here too, whatever was
// checked before.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createDiskStore } from "../../src/files/disk-store.js";
import { createMemoryStore } from "../../src/files/memory-store.js";
import type { FileStore, PartClaim } from "../../src/ports/file-store.js";

interface Rig {
  readonly store: FileStore;
  readonly dir: string;
  readonly put: (path: string, text: string, mtime?: number) => void;
  readonly read: (path: string) => { text: string; mtime: number };
}

const base = mkdtempSync(join(tmpdir(), "feiyan-store-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let count = 0;

function diskRig(): Rig {
  const dir = join(base, String((count += 1)));
  mkdirSync(dir);
  return {
    store: createDiskStore({ platform: "posix" }),
    dir,
    put: (path, text) => {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
    },
    read: (path) => ({ text: readFileSync(path, "utf8"), mtime: Math.floor(statSync(path).mtimeMs / 1000) }),
  };
}

function memoryRig(): Rig {
  const store = createMemoryStore();
  return {
    store,
    dir: "/in",
    put: (path, text, mtime) => store.put(path, text, mtime),
    read: (path) => {
      const file = store.files().get(path)!;
      return { text: Buffer.from(file.bytes).toString(), mtime: file.mtime };
    },
  };
}

const stores: FileStore[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

const hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

function claimOf(changes: Partial<PartClaim> = {}): PartClaim {
  return {
    name: "报告.doc",
    kind: "file",
    sizeBytes: 5,
    mtime: 1_600_000_000,
    readOnly: false,
    peer: { id: "wang@pc", name: "老王", address: "10.0.0.2", port: 2425 },
    packetNo: "1800000030",
    fileId: "1000",
    ...changes,
  };
}

describe.each([
  ["disk", diskRig],
  ["memory", memoryRig],
] as const)("%s", (_name, makeRig) => {
  function rigged(): Rig {
    const rig = makeRig();
    stores.push(rig.store);
    return rig;
  }

  it("looks at files and folders, walks depth first in the order of names, and reads from an offset", async () => {
    const { store, dir, put } = rigged();
    put(`${dir}/树/b.txt`, "b");
    put(`${dir}/树/a/z.txt`, "hello");
    put(`${dir}/树/a.txt`, "");
    const root = await store.look(`${dir}/树`);
    const steps: string[] = [];
    for await (const step of store.walk(root))
      steps.push("entry" in step ? `${step.kind} ${step.entry.name}` : step.kind);
    expect(steps).toEqual([
      "enter 树",
      "enter a",
      "file z.txt",
      "leave",
      "file a.txt",
      "file b.txt",
      "leave",
    ]);
    const entry = await store.look(`${dir}/树/a/z.txt`);
    expect(entry).toMatchObject({ kind: "file", name: "z.txt", sizeBytes: 5 });
    const reader = await store.open(entry, 1);
    const bytes = await reader.read();
    expect([Buffer.from(bytes!).toString(), await reader.read(), await reader.hasChanged()]).toEqual([
      "ello",
      null,
      false,
    ]);
    await reader.close();
    const gone = { ...entry, path: `${dir}/nothing` };
    expect(await store.hashes([entry, gone, { ...entry, sizeBytes: entry.sizeBytes + 1 }])).toEqual([
      hello,
      null,
      null,
    ]);
    await expect(store.look(`${dir}/nothing`)).rejects.toMatchObject({ code: "file-not-found" });
  });

  it("keeps a part until it is finished, and gives taken names a number", async () => {
    const { store, dir, put, read } = rigged();
    put(`${dir}/报告.doc`, "old");
    const part = await store.openPart(dir, claimOf(), true);
    expect(part.heldBytes).toBe(0);
    await part.append(Buffer.from("hel"));
    await part.append(Buffer.from("lo"));
    expect(await part.seal()).toBe(hello);
    const path = await part.finish("rename");
    expect(path).toBe(`${dir}/报告 (2).doc`);
    expect(read(path)).toEqual({ text: "hello", mtime: 1_600_000_000 });
    expect(read(`${dir}/报告.doc`).text).toBe("old");
  });

  it("goes on with what was kept, and knows it again", async () => {
    const { store, dir } = rigged();
    const part = await store.openPart(dir, claimOf(), true);
    await part.append(Buffer.from("hel"));
    await part.keep();
    expect(await store.unfinished(dir)).toEqual([{ claim: claimOf(), dir, heldBytes: 3 }]);
    const again = await store.openPart(dir, claimOf(), true);
    expect([again.heldBytes, Buffer.from(await again.tail(2)).toString()]).toEqual([3, "el"]);
    await again.append(Buffer.from("lo"));
    expect(await again.seal()).toBe(hello);
    await again.finish("never");
    expect(await store.unfinished(dir)).toEqual([]);
  });

  it("forgets what is there on restart", async () => {
    const { store, dir, read } = rigged();
    const part = await store.openPart(dir, claimOf(), true);
    await part.append(Buffer.from("wrong beginning"));
    await part.keep();
    const again = await store.openPart(dir, claimOf({ packetNo: "9" }), false);
    expect(again.heldBytes).toBe(0);
    await again.restart();
    await again.append(Buffer.from("hello"));
    expect(await again.seal()).toBe(hello);
    expect(read(await again.finish("rename")).text).toBe("hello");
  });

  it("refuses a taken name when it must, and replaces when it may", async () => {
    const { store, dir, put, read } = rigged();
    put(`${dir}/报告.doc`, "old");
    const part = await store.openPart(dir, claimOf(), false);
    await part.append(Buffer.from("hello"));
    await part.seal();
    await expect(part.finish("never")).rejects.toMatchObject({ code: "name-taken" });
    expect(read(await part.finish("replace")).text).toBe("hello");
  });

  it("takes a folder: files, folders, times; refuses unsafe names and the same name twice", async () => {
    const { store, dir, read } = rigged();
    const tree = await store.openTree(dir, claimOf({ name: "照片", kind: "folder", sizeBytes: null }), true);
    expect(tree.isResumed).toBe(false);
    await tree.enter([]);
    await tree.enter(["内"]);
    const about = { mtime: 1_500_000_000, readOnly: false, sizeBytes: 5 };
    const file = await tree.file(["内", "a.txt"], about);
    await file.append(Buffer.from("hello"));
    expect(await file.close()).toBe(hello);
    expect(await tree.held(["内", "a.txt"])).toEqual({ sizeBytes: 5, sha256: hello });
    expect(await tree.held(["none"])).toBeNull();
    await expect(tree.file(["内", "a.txt"], about)).rejects.toMatchObject({ code: "tree-refused" });
    for (const bad of ["..", "a/b", "a\\b", "", "x\u0000", "n".repeat(256)]) {
      await expect(tree.file([bad], about)).rejects.toMatchObject({ code: "name-not-safe" });
    }
    const path = await tree.finish("rename");
    expect([path, read(`${path}/内/a.txt`)]).toEqual([
      `${dir}/照片`,
      { text: "hello", mtime: 1_500_000_000 },
    ]);
  });

  it("refuses unsafe names of parts and pictures", async () => {
    const { store, dir } = rigged();
    await expect(store.openPart(dir, claimOf({ name: "../x" }), true)).rejects.toMatchObject({
      code: "name-not-safe",
    });
    await expect(store.save(dir, "a/b.png", Buffer.from("x"))).rejects.toMatchObject({
      code: "name-not-safe",
    });
  });

  it("saves a small file under a free name and loads it", async () => {
    const { store, dir } = rigged();
    const first = await store.save(dir, "p.jpg", Buffer.from("one"));
    const second = await store.save(dir, "p.jpg", Buffer.from("two"));
    expect([first, second]).toEqual([`${dir}/p.jpg`, `${dir}/p (2).jpg`]);
    expect(Buffer.from(await store.load(second, 10)).toString()).toBe("two");
    await expect(store.load(second, 2)).rejects.toMatchObject({ code: "size-over-limit" });
  });
});
