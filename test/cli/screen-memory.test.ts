// The state file of the chat screen: written whole, private, and never in the way of a start.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openScreenMemory } from "../../src/cli/screen-memory.js";
import { loadSettings } from "../../src/config/load.js";

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function load(flags: Parameters<typeof loadSettings>[0]["flags"] = {}, home = newHome()) {
  return { home, loaded: loadSettings({ flags: { home, ...flags }, environment: {} }) };
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "feiyan-screen-"));
  homes.push(home);
  return home;
}

describe("screen memory", () => {
  it("keeps below the state folder, for the owner alone, and gives it back", async () => {
    const { home, loaded } = load();
    const first = openScreenMemory(loaded);
    expect(first).toMatchObject({ nick: null, forApp: { value: null, asksName: true, fixed: [] } });
    await first.forApp.keep({ nick: "小李", theme: "mono" });
    const file = join(home, "state", "screen.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ nick: "小李", theme: "mono" });
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, "state"))).toEqual(["screen.json"]);
    expect(openScreenMemory(loaded)).toMatchObject({ nick: "小李", forApp: { value: { theme: "mono" } } });
  });

  it("steps back behind a name, a theme or a language given for this run", async () => {
    const home = newHome();
    await openScreenMemory(load({}, home).loaded).forApp.keep({ nick: "小李" });
    const named = openScreenMemory(load({ name: "王", lang: "en", theme: "mono" }, home).loaded);
    expect(named).toMatchObject({ nick: null, forApp: { asksName: false, fixed: ["theme", "lang"] } });
  });

  it.each(["", "{", "[1]", '{"nick":7}', '"x"'])("takes %j for nothing", async (text) => {
    const { home, loaded } = load();
    await openScreenMemory(loaded).forApp.keep({});
    writeFileSync(join(home, "state", "screen.json"), text);
    expect(openScreenMemory(loaded).nick).toBeNull();
  });
});
