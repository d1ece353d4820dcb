// Every size and every name in one run, between two nodes with real sockets and disks: bytes by their SHA-256, names, times. By default
// small; `FEIYAN_LARGE=1 npx vitest run --project e2e test/e2e/files-sizes.test.ts` takes 5 GiB with holes and 10,000 files.
import {
  closeSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createDiskStore } from "../../src/index.js";
import { couple, makeFolder, newFolder, tearDown, until } from "./files-rig.js";

const isLarge = process.env["FEIYAN_LARGE"] === "1";
const sparseBytes = isLarge ? 5 * 1024 ** 3 : 5 * 1024 ** 2;
const smallFiles = isLarge ? 10_000 : 200;

afterEach(tearDown);

/** Every path below a folder: size, time in seconds, SHA-256. */
async function listed(folder: string): Promise<ReadonlyMap<string, string>> {
  const store = createDiskStore();
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const stats = files.map((path) => lstatSync(path));
  const looks = await Promise.all(files.map((path) => store.look(path)));
  const hashes = await store.hashes(looks);
  await store.close();
  const rows = files.map((path, at): [string, string] => {
    const { size, mtimeMs } = stats[at]!;
    return [path.slice(folder.length + 1), `${size} ${Math.floor(mtimeMs / 1000)} ${hashes[at]}`];
  });
  const folders = entries.filter((entry) => entry.isDirectory());
  for (const { parentPath, name } of folders)
    rows.push([join(parentPath, name).slice(folder.length + 1), "folder"]);
  return new Map(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

it("brings every size and name over, byte for byte, with its time", { timeout: 600_000 }, async () => {
  const [source, target] = [newFolder(), newFolder()];
  const longName = `${"长".repeat(83)}.bin.x`;
  expect(Buffer.byteLength(longName)).toBe(255);
  const made: readonly (readonly [string, number])[] = [
    ["空的", 0],
    ["one byte", 1],
    ["冒号:名字:.txt", 70_000],
    ["😀🇨🇳👨‍👩‍👧.png", 131_073],
    [longName, 3_000],
    ["largest in one go", 131_072],
  ];
  for (const [at, [name, size]] of made.entries()) {
    const path = join(source, name);
    writeFileSync(path, Buffer.alloc(size, `${name} `));
    utimesSync(path, 1_000_000_000 + at, 1_000_000_000 + at);
  }
  const sparse = openSync(join(source, "holes.img"), "w");
  ftruncateSync(sparse, sparseBytes);
  writeSync(sparse, "middle", Math.floor(sparseBytes * 0.6));
  closeSync(sparse);
  const many = makeFolder(join(source, "many"));
  for (let at = 0; at < smallFiles; at += 1) {
    const folder =
      at % 100 === 0 ? makeFolder(join(many, `层:${at / 100}`)) : join(many, `层:${Math.floor(at / 100)}`);
    writeFileSync(join(folder, `文件 ${at}.txt`), `${at} `.repeat(at % 700));
    utimesSync(join(folder, `文件 ${at}.txt`), 1_100_000_000 + at, 1_100_000_000 + at);
  }
  const { giver, taker } = await couple(target);
  const things = readdirSync(source).map((name) => join(source, name));
  const offer = await giver.offer("taker", things);
  await until(taker, () => {
    const over = taker.transfers().filter(({ endedAt }) => endedAt !== null);
    return over.length === things.length ? true : undefined;
  });
  expect(taker.transfers().filter(({ state }) => state !== "done")).toEqual([]);
  expect(taker.transfers().find(({ kind }) => kind === "folder")).toMatchObject({
    isVerified: true,
    doneFiles: smallFiles,
  });
  expect((await giver.offerSettled(offer.offerId)).parties[0]!.state).toBe("done");
  const [given, taken] = [await listed(source), await listed(target)];
  expect([...taken].filter(([name, about]) => given.get(name) !== about)).toEqual([]);
  expect(taken.size).toBe(given.size);
  process.stdout.write(`${given.size} things, ${sparseBytes} bytes the largest\n`);
});
