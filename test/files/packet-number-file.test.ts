// The packet number that survives a restart.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPacketNumberFile } from "../../src/files/packet-number-file.js";

let folder = "";
const open = (name = "number", inFolder = folder) => openPacketNumberFile(inFolder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "feiyan-number-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the packet number file", () => {
  it("gives back what was written last", () => {
    const file = open();
    expect(file.first).toBe(1);
    file.write(1_800_000_256);
    file.write(1_800_000_512);
    expect(open().first).toBe(1_800_000_512);
    expect(open("other").first).toBe(1);
    expect(readFileSync(join(folder, "number"), "utf8")).toBe("1800000512\n");
    expect(existsSync(join(folder, "number.new"))).toBe(false);
  });

  it("makes its folder, for the owner only", () => {
    const inner = join(folder, "a", "b");
    open("number", inner).write(7);
    expect(open("number", inner).first).toBe(7);
    expect(statSync(inner).mode & 0o077).toBe(0);
    expect(statSync(join(inner, "number")).mode & 0o077).toBe(0);
  });

  it.each([
    ["", 1],
    ["rubbish", 1],
    ["-5", 1],
    ["1e9", 1],
    ["12345678901", 1],
    ["9999999999", 0x7fffffff],
    [" 77 \n", 77],
  ])("reads %j as %i", (content, first) => {
    writeFileSync(join(folder, "number"), content);
    expect(open().first).toBe(first);
  });

  it("throws when it cannot keep the number", () => {
    mkdirSync(join(folder, "number"));
    const file = open();
    expect(file.first).toBe(1);
    expect(() => file.write(5)).toThrow(/EISDIR|directory/u);
  });
});
