// Offers and streams that somebody made to do harm: names that lead out, sizes that lie, headers without end, folders without bottom,
// connections cut anywhere. Nothing may be written outside the target, every transfer ends with a reason, and memory stays bounded.
// FEIYAN_HOSTILE sets how many, FEIYAN_SEED which.
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createDiskStore, createNode, errorCodes, type Transfer } from "../../src/index.js";
import { createMemoryNetwork, createMemoryStreams, createSeededRandom } from "../../src/testing.js";
import type { StreamConnection } from "../../src/ports/streams.js";
import { newFolder, tearDown, until } from "./files-rig.js";

afterEach(tearDown);

const badNames = [
  "..",
  ".",
  "../../outside",
  "/etc/passwd",
  "a/b",
  "a\\b",
  "..\\..\\outside",
  "\\\\server\\share\\x",
  "C:\\x",
  "x\u0000y",
  "x\ny",
  "x\u001b[2J",
  "n".repeat(256),
  "长".repeat(86),
  "",
  "planted/../../outside",
  "....//",
  "\u0007",
  "a\rb",
];
const goodNames = [
  "a.txt",
  "报告.doc",
  "sub",
  "CON",
  "nul.txt",
  "C:x",
  "a:b",
  "planted",
  "x (Can't open)",
  "same",
  "same",
];
const sizes = [
  "0",
  "5",
  "-5",
  "ffffffffffffffff",
  "7fffffffffffffff",
  "fffffffffffffffffffff",
  "zz",
  "",
  "100000000000",
];

const header = (text: string): Buffer => {
  const body = Buffer.from(`:${text}`);
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, "0")), body]);
};

const bomb = (): Buffer => Buffer.concat(Array.from({ length: 80 }, () => Buffer.from("000b:d:0:2:")));

it("writes nothing outside the target, and tells a reason each time", { timeout: 300_000 }, async () => {
  const rounds = Number(process.env["FEIYAN_HOSTILE"] ?? "250");
  const seed = Number(process.env["FEIYAN_SEED"] ?? "1");
  const random = createSeededRandom(seed);
  const below = (count: number): number => random.uint32() % count;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const name = (): string => (below(3) === 0 ? pick(badNames) : pick(goodNames));
  const size = (): string => pick(sizes);

  const base = newFolder();
  const target = join(base, "target");
  mkdirSync(target);
  const outside = join(base, "outside");
  mkdirSync(outside);
  writeFileSync(join(base, "sentinel"), "untouched");

  /** A record of a folder's stream, as broken as chance has it. */
  function record(): Buffer {
    switch (below(12)) {
      case 0:
        return header(`${name()}:0:2:`);
      case 1:
        return header(".:0:3:");
      case 2:
        return header(`${name()}:${size()}:${pick(["1", "2", "3", "4", "7", "ff", "zz"])}:`);
      case 3:
        return Buffer.from(`${pick(["ffff", "0000", "zzzz", "0001", "fffffffff"])}:x:0:1:`);
      case 4:
        return Buffer.alloc(below(6_000), "0123456789abcdef");
      case 5:
        return Buffer.from(Array.from({ length: below(300) }, () => below(256)));
      case 6:
        return header(`${name()}:0:2:14=${size()}:16=-1:${"9=x:".repeat(below(40))}`);
      default: {
        const content = Buffer.alloc(below(2_000), "x");
        return Buffer.concat([header(`${name()}:${content.length.toString(16)}:1:14=5f5e1000:`), content]);
      }
    }
  }

  function stream(): Buffer {
    const start = Buffer.from("000f:root:0:2:");
    const proper = Buffer.concat([
      Buffer.from("000e:root:0:2:").subarray(0, 0),
      Buffer.from("000e:root:0:2:"),
    ]);
    const pieces: Buffer[] = [below(4) === 0 ? start : proper];
    if (below(10) === 0) pieces.push(bomb());
    for (let count = below(12); count > 0; count -= 1) pieces.push(record());
    for (let count = below(4); count > 0; count -= 1) pieces.push(Buffer.from("000b:.:0:3:"));
    return Buffer.concat(pieces);
  }

  const network = createMemoryNetwork();
  const streams = createMemoryStreams();
  const node = createNode({
    user: "li",
    host: "pc",
    presence: false,
    port: 2425,
    transport: network.transport({ address: "10.0.0.1", port: 2425 }),
    streams: streams.transport("10.0.0.1"),
    fileStore: createDiskStore({ platform: "posix" }),
  });
  await node.start();
  await node.setAcceptPolicy({
    accept: "all",
    maxSizeBytes: 1 << 30,
    dir: target,
    overwrite: "rename",
    resume: true,
  });
  const foe = network.transport({ address: "10.0.0.66", port: 2425 });
  await foe.open({ arrived: () => undefined, problem: () => undefined, networkChanged: () => undefined });
  const serve = async (connection: StreamConnection): Promise<void> => {
    await connection.read();
    const bytes = stream();
    const cut = below(3) === 0 ? below(bytes.length + 1) : bytes.length;
    const step = 1 + below(700);
    try {
      for (let at = 0; at < cut; at += step)
        await connection.write(bytes.subarray(at, Math.min(cut, at + step)));
      if (below(2) === 0) await connection.end();
    } catch {
      // Closed by the receiver, who had seen enough.
    }
    connection.close();
  };
  await streams
    .transport("10.0.0.66")
    .listen(2425, { arrived: (connection) => void serve(connection), problem: () => undefined });

  const counts = new Map<string, number>();
  const before = process.memoryUsage().rss;
  for (let round = 0; round < rounds; round += 1) {
    // A link planted in the target under names that will come.
    if (round % 50 === 0) {
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target);
      for (const planted of ["planted", "sub", "a.txt", "root"])
        symlinkSync(join(outside, planted), join(target, planted));
    }
    const kinds = pick(["1", "2", "2", "2", "20", "5"]);
    const list = `1:${name().replaceAll(":", "::")}:${size()}:5f5e1000:${kinds}:\u0007`;
    const over = until(node, (event) => {
      if (event.kind === "notice" && event.code === "size-over-limit") return "too large";
      return event.kind === "transfer" && event.transfer.endedAt !== null ? event.transfer : undefined;
    });
    const heard = until(node, (event) => (event.kind === "message" ? event.message : undefined));
    foe.send(Buffer.from(`1:${1_800_000_000 + round}:foe:pc:2097184:take\0${list}\0`), {
      address: "10.0.0.1",
      port: 2425,
    });
    const message = await heard;
    if (message.files.length === 0) {
      counts.set("no record", (counts.get("no record") ?? 0) + 1);
      continue;
    }
    const transfer: Transfer | "too large" = await over;
    if (transfer === "too large") {
      counts.set(transfer, (counts.get(transfer) ?? 0) + 1);
      continue;
    }
    if (transfer.state === "failed") expect(errorCodes).toContain(transfer.reason);
    const key = transfer.reason ?? transfer.state;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  await node.close();
  await foe.close();

  expect(readdirSync(base).toSorted()).toEqual(["outside", "sentinel", "target"]);
  expect(readdirSync(outside)).toEqual([]);
  expect(readFileSync(join(base, "sentinel"), "utf8")).toBe("untouched");
  for (const entry of readdirSync(target, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    expect(lstatSync(path).isSymbolicLink()).toBe(
      ["planted", "sub", "a.txt", "root"].includes(path.slice(target.length + 1)) && entry.isSymbolicLink(),
    );
  }
  const grownMb = (process.memoryUsage().rss - before) / 1024 / 1024;
  expect(grownMb).toBeLessThan(150);
  process.stdout.write(
    `${rounds} hostile offers, ${Math.round(grownMb)} MB more: ${JSON.stringify([...counts])}\n`,
  );
});
