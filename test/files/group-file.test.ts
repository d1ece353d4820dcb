import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { groupFileName, parseGroups, readGroups, writeGroups } from "../../src/files/group-file.js";

const folder = mkdtempSync(join(tmpdir(), "feiyan-groups-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("keeps groups and reads them again, for their owner only", () => {
  expect(readGroups(folder)).toEqual({});
  writeGroups(folder, { 一班: ["小明", "192.0.2.7"] });
  expect(readGroups(folder)).toEqual({ 一班: ["小明", "192.0.2.7"] });
  expect(statSync(join(folder, groupFileName)).mode & 0o777).toBe(0o600);
});

it("takes nothing that is not groups", () => {
  for (const text of ["", "[]", "7", "null", '{"a":"b"}', '{"a":[1]}', '{" ":["b"]}', '{"a":[""]}'])
    expect(parseGroups(text)).toBeNull();
  writeFileSync(join(folder, groupFileName), "[]");
  expect(() => readGroups(folder)).toThrow("no groups");
});
