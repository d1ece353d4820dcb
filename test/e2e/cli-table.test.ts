// What commands give besides lines: scripts, pages, places in files. Every command with its codes and words is in transcripts.test.ts.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { feiyan, newHome, removeHomes } from "./program.js";

afterAll(removeHomes);

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

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).error === undefined;

describe("completion scripts", () => {
  it.each([
    ["bash", "-n"],
    ["zsh", "-n"],
    ["fish", "--no-execute"],
    // Read by the shell itself, where there is one.
    ["pwsh", "-NoProfile"],
  ])("%s reads its own without a complaint", async (shell, flag) => {
    const { stdout } = await feiyan(["completion", shell === "pwsh" ? "powershell" : shell]);
    if (!has(shell)) {
      expect(stdout).not.toBe("");
      return;
    }
    const file = join(newHome(), `completion.${shell === "pwsh" ? "ps1" : shell}`);
    writeFileSync(file, stdout);
    const read = spawnSync(shell, [flag, file], { encoding: "utf8" });
    expect([read.status, read.stderr]).toEqual([0, ""]);
  });

  it("PowerShell's is whole: strings end, brackets close, and it calls and registers this program", async () => {
    const { stdout } = await feiyan(["completion", "powershell"]);
    expect(openBrackets(stdout)).toEqual([]);
    expect(openBrackets(`${stdout}"$(`)).toEqual(['"', "("]);
    // As the documentation of Register-ArgumentCompleter has it: the word, the line as a tree, the place of the cursor.
    expect(stdout).toMatch(
      /^Register-ArgumentCompleter -Native -CommandName 'feiyan' -ScriptBlock \{\n    param\(\$wordToComplete, \$commandAst, \$cursorPosition\)$/m,
    );
    expect(stdout).toContain("& feiyan complete '--' @words");
    // Every variable that is read was given a value, or is PowerShell's.
    const given = [...stdout.matchAll(/\$(\w+)(?:, \$(\w+))?(?: \+?=| in |[,)])/g)].flatMap(
      ([, ...all]) => all,
    );
    const read = [...stdout.matchAll(/\$(\w+)/g)].map(([, name]) => name!);
    const own = new Set([...given, "PSVersionTable", "PSNativeCommandArgumentPassing", "null", "_"]);
    expect(read.filter((name) => !own.has(name))).toEqual([]);
  });

  it("PowerShell's words and answers, as data", async () => {
    // `feiyan daemon st|`, and `feiyan daemon |` with its empty word.
    const [begun, empty, path] = await Promise.all([
      feiyan(["complete", "--", "daemon", "st"]),
      feiyan(["complete", "--", "daemon", ""]),
      feiyan(["complete", "--", "files", "offer", ""]),
    ]);
    for (const { stdout } of [begun, empty]) {
      expect(stdout.split("\n").map((line) => line.split("\t")[0])).toEqual(["status", "stop", ":4", ""]);
    }
    // Nothing but the directive: the shell looks for files.
    expect(path.stdout).toBe(":0\n");
  });
});

/** Brackets and quotes that nothing closes, by PowerShell's rules for comments, single and double quotes and the backtick. */
function openBrackets(script: string): readonly string[] {
  const closing: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };
  const open: string[] = [];
  for (let at = 0; at < script.length; at += 1) {
    const character = script[at]!;
    const quote = open.at(-1);
    if (quote === "'") {
      if (character === "'") {
        if (script[at + 1] === "'") at += 1;
        else open.pop();
      }
      continue;
    }
    if (character === "`") at += 1;
    else if (quote === '"') {
      if (character === '"') open.pop();
      // A part of the text that is code.
      else if (character === "$" && script[at + 1] === "(") {
        open.push("(");
        at += 1;
      }
    } else if (character === "#") at = script.indexOf("\n", at);
    else if (character === "'" || character === '"') open.push(character);
    else if (character in closing) open.push(character);
    else if (Object.values(closing).includes(character)) {
      if (closing[open.pop() ?? ""] !== character) return [`${character} at ${at}`];
    }
  }
  return open;
}

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
