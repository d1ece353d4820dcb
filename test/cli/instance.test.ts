// Parts around a running instance: template, reload, log file, completion answers; no socket is opened here.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDaemonLog } from "../../src/cli/daemon/daemon-log.js";
import { openLogFile } from "../../src/cli/daemon/log-file.js";
import { createReload } from "../../src/cli/reload.js";
import { loadSettings } from "../../src/config/load.js";
import { parseSettings } from "../../src/config/read-file.js";
import { settingKeys } from "../../src/config/schema.js";
import { createTranslate } from "../../src/i18n/catalogue.js";
import { createNode } from "../../src/index.js";
import { createMemoryNetwork } from "../../src/testing.js";
import { run } from "./surroundings.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "feiyan-instance-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("config template", () => {
  it("holds every setting, is valid as it stands and with every line switched on", async () => {
    const { stdout } = await run(["config", "template"]);
    expect(parseSettings(stdout, "f")).toEqual({ values: new Map(), problems: [] });
    const all = parseSettings(stdout.replaceAll(/^#(?=\S)/gm, ""), "f");
    expect(all.problems).toEqual([]);
    expect([...all.values.keys(), "home"].toSorted()).toEqual([...settingKeys].toSorted());
  });

  it("never takes the place of a file", async () => {
    const file = join(folder, "a", "config.toml");
    expect((await run(["config", "template", file])).code).toBe(0);
    const before = readFileSync(file, "utf8");
    const again = await run(["config", "template", file, "--json"]);
    expect([again.code, again.objects[0]]).toMatchObject([
      1,
      { code: "output-unwritable", fields: { reason: "EEXIST" } },
    ]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("reload", () => {
  it("takes what it can, names the rest, and changes nothing for a wrong file", async () => {
    const node = createNode({
      nick: "a",
      transport: createMemoryNetwork().transport({ address: "10.0.0.1" }),
    });
    await node.start();
    const file = join(folder, "config.toml");
    const read = () => loadSettings({ flags: { home: folder }, environment: {} });
    const taken: string[][] = [];
    const reload = createReload({
      first: read(),
      read,
      node,
      text: createTranslate("en"),
      take: (_next, changed) => {
        taken.push([...changed]);
        return changed.filter((key) => key === "theme");
      },
    });
    expect(await reload()).toEqual({ applied: [], waiting: [], problems: [] });
    writeFileSync(file, 'theme = "dark"\nport = 2426\nname = "b"\n');
    const first = await reload();
    expect([first.applied.toSorted(), first.waiting]).toEqual([["name", "theme"], ["port"]]);
    expect(node.self.nick).toBe("b");
    // What waits is told again; what was taken is in force.
    expect(await reload()).toEqual({ applied: [], waiting: ["port"], problems: [] });
    writeFileSync(file, "port = 99999999\n");
    const wrong = await reload();
    expect([wrong.applied, wrong.problems.length]).toEqual([[], 1]);
    expect(taken).toHaveLength(3);
    await node.close();
  });
});

describe("the log", () => {
  it("moves aside when it is full, and keeps three", () => {
    const file = join(folder, "logs", "daemon.log");
    const log = openLogFile(file, 100);
    for (let line = 0; line < 40; line += 1) log.write(`${String(line).padStart(29, "0")}\n`);
    log.close();
    expect(readdirSync(join(folder, "logs")).toSorted()).toEqual(
      [1, 2, 3].reduce<string[]>((names, number) => [...names, `daemon.log.${number}`], ["daemon.log"]),
    );
    expect(statSync(file).size).toBeLessThanOrEqual(100);
    expect(readFileSync(file, "utf8")).toContain("39\n");
    expect(statSync(file).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
    // Full already when it is opened.
    writeFileSync(file, "x".repeat(200));
    openLogFile(file, 100).close();
    expect(statSync(file).size).toBe(0);
  });

  it("redacts words unless they are asked for, and takes a new level", async () => {
    const { settings } = loadSettings({ flags: {}, environment: {} });
    const file = join(folder, "a.log");
    const target = openLogFile(file, 1e6);
    const network = createMemoryNetwork();
    const node = createNode({ nick: "a", user: "a", transport: network.transport({ address: "10.0.0.1" }) });
    const log = await createDaemonLog(target, settings);
    node.subscribe((event) => log.event(event, node));
    await node.start();
    await node.say({ endpoint: { address: "10.0.0.2", port: 2425 } }, "hush-1");
    log.adjust({ ...settings, logText: true });
    await node.say({ endpoint: { address: "10.0.0.2", port: 2425 } }, "hush-2");
    log.adjust({ ...settings, logLevel: "error" });
    await node.say({ endpoint: { address: "10.0.0.2", port: 2425 } }, "hush-3");
    await node.close();
    target.close();
    const text = readFileSync(file, "utf8");
    expect(text.match(/hush-\d/gu)).toEqual(["hush-2"]);
    expect(text).toContain("[redacted]");
    expect(text).not.toContain(Buffer.from("hush-1").toString("base64").slice(0, 6));
    expect(existsSync(file)).toBe(true);
  });
});

const answers = async (...words: string[]): Promise<string[]> =>
  (await run(["complete", "--", ...words])).stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0]!);

describe("complete", () => {
  it.each([
    [["da"], ["daemon", ":4"]],
    [
      ["daemon", ""],
      ["status", "stop", ":4"],
    ],
    [
      ["history", "ex"],
      ["export", ":4"],
    ],
    [
      ["doctor", "--te"],
      ["--tester", ":4"],
    ],
    [
      ["--lang", "e"],
      ["en", ":4"],
    ],
    [
      ["files", "receive", "--accept", ""],
      ["ask", "all", "known", "never", ":4"],
    ],
    [
      ["completion", "z"],
      ["zsh", ":4"],
    ],
    [["--config", "/tm"], [":0"]],
    [["config", "template", ""], [":0"]],
    [["send", "--to", ""], [":4"]],
    [["nonsense", ""], [":4"]],
    [["complete"], [":4"]],
  ])("%j: %j", async (words, expected) => {
    expect(await answers(...words)).toEqual(expected);
  });

  it.each([
    [["files", "offer", "--to", "x", ""], [":0"]],
    [["history", "import", "a.log", ""], [":0"]],
    [
      ["send", "--file", "a", "--split", "--encrypt=al"],
      ["--encrypt=always", ":4"],
    ],
    [["send", "--file", "a", "b"], [":0"]],
    [["send", "--", "--fi"], [":4"]],
    [
      ["send", "-t", "x", "--que"],
      ["--queue", "--queue-days", ":4"],
    ],
    [["history", "list", "--limit", ""], [":4"]],
    [
      ["--json", "daemon", "--quiet", "st"],
      ["status", "stop", ":4"],
    ],
  ])("%j: %j", async (words, expected) => {
    expect(await answers(...words)).toEqual(expected);
  });

  it("a lone dash shows the flags of the command and those that all have, no settings", async () => {
    const flags = await answers("history", "export", "-");
    expect(flags).toEqual(expect.arrayContaining(["--format", "--query", "--json", "--home"]));
    expect(flags).not.toContain("--theme");
    expect(await answers("-")).toContain("--theme");
    expect(await answers("history", "export", "--th")).toEqual(["--theme", ":4"]);
  });

  it("there is a script for each shell, and none for others", async () => {
    for (const shell of ["bash", "zsh", "fish", "powershell"]) {
      const { code, stdout } = await run(["completion", shell]);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/feiyan complete '?--'? /)]);
      // What the user or the network wrote is never run.
      expect(stdout).not.toMatch(/\beval\b|compgen -W|Invoke-Expression -OutVariable/);
    }
    expect((await run(["completion", "tcsh"])).code).toBe(2);
  });
});
