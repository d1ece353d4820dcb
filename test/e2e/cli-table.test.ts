// Every command that needs no partner, as text and as JSON, succeeding and failing: codes, streams, and lines as documented.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { feiyan, newHome, removeHomes } from "./program.js";

afterAll(removeHomes);

describe.each([
  { words: ["config", "show"], code: 0, text: /^port +2425 +default/m, type: "setting" },
  { words: ["config", "path"], code: 0, text: /^configFile /m, type: "setting" },
  { words: ["config", "check"], code: 0, text: /config\.toml/, type: null },
  { words: ["config", "reload"], code: 5, text: /needs a running instance/, type: "error" },
  { words: ["away"], code: 5, text: /needs a running instance/, type: "error" },
  { words: ["back"], code: 5, text: /needs a running instance/, type: "error" },
  { words: ["resend", "x"], code: 5, text: /needs a running instance/, type: "error" },
  {
    words: ["peers", "set", "x", "--charset", "gbk"],
    code: 5,
    text: /needs a running instance/,
    type: "error",
  },
  { words: ["peers", "set", "x", "--mute"], code: 2, text: /not in this version/, type: "error" },
  { words: ["daemon", "status"], code: 5, text: /needs a running instance/, type: "error" },
  { words: ["daemon", "--port", "0"], code: 2, text: /--port/, type: "error" },
  { words: ["completion", "tcsh"], code: 2, text: /bash, zsh, fish, powershell/, type: "error" },
  { words: ["inspect", "68656c6c6f"], code: 0, text: /hello/, type: "datagram" },
  { words: ["inspect", "zz"], code: 2, text: /hexadecimal/, type: "error" },
])("$words", ({ words, code, text, type }) => {
  it(`${code}, for people and for programs`, async () => {
    const [people, programs] = await Promise.all([feiyan(words), feiyan([...words, "--json"])]);
    expect([people.code, programs.code]).toEqual([code, code]);
    // Results on stdout, everything else on stderr.
    expect(code === 0 ? people.stdout : people.stderr).toMatch(text);
    expect(code === 0 ? people.stderr : people.stdout).toBe("");
    expect(programs.stderr).toBe("");
    if (type !== null) expect(programs.objects[0]).toMatchObject({ v: 1, type });
  });
});

it("scripts and pages go to stdout as they are", async () => {
  const [man, template, zsh, answer] = await Promise.all([
    feiyan(["man"]),
    feiyan(["config", "template"]),
    feiyan(["completion", "zsh"]),
    feiyan(["complete", "--", "conf"]),
  ]);
  expect([man.code, template.code, zsh.code, answer.code]).toEqual([0, 0, 0, 0]);
  expect(man.stdout).toMatch(/^\.TH FEIYAN 1/);
  expect(template.stdout).toContain("#port = 2425");
  expect(zsh.stdout).toMatch(/^#compdef feiyan/);
  expect(answer.stdout).toMatch(/^config\t/);
});

it("a wrong settings file is told with line, column and the nearest name, and stays as it is", async () => {
  const home = newHome();
  const file = join(home, "config.toml");
  writeFileSync(file, "# mine\nprot = 1\n");
  const { code, objects } = await feiyan(["config", "check", "--home", home, "--json"]);
  expect([code, objects[0]]).toMatchObject([
    2,
    { type: "error", code: "config-unknown-key", file, line: 2, column: 1, fields: { nearest: "port" } },
  ]);
});
