// What doctor says of the history: none, off, sound, damaged, of a newer program; real files in a folder of their own.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkStore } from "../../src/doctor/store-check.js";
import { openHistory } from "../../src/index.js";
import { messageLike } from "../contract/history-samples.js";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fy-doctor-"));
  file = join(folder, "history.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it("none yet, and none is made by looking; off by the settings", async () => {
  expect(await checkStore(file, true)).toMatchObject([{ code: "doctor-store-none", severity: "ok" }]);
  expect(await checkStore(file, false)).toMatchObject([{ code: "doctor-store-off", severity: "ok" }]);
  expect(existsSync(file)).toBe(false);
});

it("sound, with its count and size", async () => {
  const { store } = await openHistory({ file, thread: false });
  await store.write({ kind: "message", message: messageLike({}), group: "" });
  await store.close();
  expect(await checkStore(file, true)).toMatchObject([
    { code: "doctor-store", severity: "ok", fields: { messages: 1, sizeBytes: expect.any(Number) } },
  ]);
});

it("damaged: set aside and recovered, as at any start, and told; what is no history is left alone", async () => {
  writeFileSync(file, "this is a letter, not a history ".repeat(500));
  const [first] = await checkStore(file, true);
  expect(first).toMatchObject({
    code: expect.stringMatching(/^(?:store-|doctor-store-recovered)/),
    part: "system",
  });
  expect(first?.severity).not.toBe("ok");
});
