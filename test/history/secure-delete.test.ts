// What is deleted with `secureDelete` is gone from the disk: the bytes of the database and of its log are looked at, for the text in
// every charset it was there in and for the pieces the index made of it.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createTextCodec } from "../../src/charset/codecs.js";
import type { PeerId } from "../../src/core/model.js";
import { driverNames, loadDriver } from "../../src/history/sqlite/driver.js";
import { openHistoryFile } from "../../src/history/sqlite/open.js";
import { messageLike } from "../contract/history-samples.js";

const folder = mkdtempSync(join(tmpdir(), "feiyan-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secret = "绝密暗语xyzzyq";
const codec = createTextCodec();
const traces = [
  Buffer.from(secret),
  Buffer.from(codec.encode(secret, "gbk")),
  Buffer.from("secret-file-plugh"),
  // What the index knows of it.
  ...["绝密暗", "密暗语", "zyq"].map((piece) => Buffer.from(piece)),
];

const found = (file: string): string[] =>
  [file, `${file}-wal`]
    .filter((name) => existsSync(name))
    .flatMap((name) => {
      const bytes = readFileSync(name);
      return traces
        .filter((trace) => bytes.includes(trace))
        .map((trace) => `${name.slice(folder.length)}: ${trace.toString("hex")}`);
    });

const drivers: string[] = [];
for (const name of driverNames) if ((await loadDriver(name)) !== null) drivers.push(name);

it.each(drivers)("nothing of a deleted text is left in the file or its log (%s)", async (name) => {
  const driver = name as (typeof driverNames)[number];
  const file = join(folder, `${name.replaceAll(/\W/gu, "")}.db`);
  const { engine } = await openHistoryFile({ file, driver, secureDelete: true });
  const spy = "spy@pc" as PeerId;
  for (let batch = 0; batch < 6; batch += 1) {
    engine.write(
      Array.from({ length: 50 }, (_, index) => ({
        kind: "message" as const,
        group: "",
        message:
          index % 10 === 3
            ? messageLike({
                peerId: spy,
                conversation: spy,
                text: secret,
                displayText: `${secret}${index}`,
                raw: Buffer.from(codec.encode(`1:1:spy:pc:288:${secret}`, "gbk")),
                files: [
                  { number: 0, name: "secret-file-plugh", sizeBytes: 5n, modifiedAtMs: 0, kind: "file" },
                ] as unknown as ReturnType<typeof messageLike>["files"],
              })
            : messageLike({ displayText: `平常的第${batch * 50 + index}句话` }),
      })),
    );
    engine.indexSome(25);
  }
  while (engine.indexSome(1_000));
  expect(found(file).length).toBeGreaterThan(3);
  expect(engine.removeSome({ conversation: spy })).toBe(30);
  expect(engine.removeSome({ conversation: spy })).toBe(0);
  expect(found(file)).toEqual([]);
  expect(engine.sizes().messages).toBe(270);
  engine.close();
  expect(found(file)).toEqual([]);
});
