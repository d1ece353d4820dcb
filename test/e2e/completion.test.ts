// Completion as it is used: each shell in a pseudo terminal reads its script, Tab is pressed, and what the command would get is looked
// at, with names of peers that a shell would trip over or act on. PowerShell is not to be had everywhere: its script is checked as data.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { spawn } from "@lydell/node-pty";
import { createNode, type ChatNode } from "../../src/index.js";
import { startDaemon, stopDaemons, type Daemon } from "./daemon.js";
import { feiyan, newHome, programFile, removeHomes } from "./program.js";

const bait = join(newHome(), "bait");
const names = [
  "小明",
  "小 红",
  "小'刚",
  '小"丽',
  `小$(touch ${bait})`,
  "`x`",
  "back\\slash",
  "c:d",
  "e=f@g",
  "x,y",
  "老王",
  "老王",
];

let folder = "";
let daemon: Daemon;
const nodes: ChatNode[] = [];

beforeAll(async () => {
  for (const [index, nick] of names.entries()) {
    const node = createNode({
      nick,
      user: `u${index}`,
      host: "pc",
      port: 0,
      bind: ["127.0.0.1"],
      ipv6: false,
    });
    await node.start();
    nodes.push(node);
  }
  daemon = await startDaemon(nodes);
  folder = newHome();
  mkdirSync(join(folder, "bin"));
  const shim = join(folder, "bin", "feiyan");
  // Answers the shell as ever; a command prints the words it got.
  writeFileSync(
    shim,
    `#!/bin/sh\nif [ "$1" = complete ]; then exec '${process.execPath}' '${programFile}' "$@"; fi\nprintf 'got'; printf ' <%s>' "$@"; printf ' end\\n'\n`,
  );
  chmodSync(shim, 0o755);
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout } = await feiyan(["completion", shell]);
    writeFileSync(join(folder, `script.${shell}`), stdout);
  }
  writeFileSync(join(folder, "a file.txt"), "x");
  await untilKnown();
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await stopDaemons();
  removeHomes();
});

/** Everybody has been heard by the daemon. */
async function untilKnown(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- asked until it is so
    const { stdout } = await feiyan(["complete", "--", "send", "--home", daemon.home, "--to", ""]);
    if (stdout.trimEnd().split("\n").length > names.length) return;
  }
  throw new Error("not everybody was heard");
}

interface Shell {
  readonly args: readonly string[];
  readonly begin: (script: string) => string;
}

const shells: Readonly<Record<string, Shell>> = {
  bash: {
    args: ["--norc", "--noprofile", "-i"],
    begin: (script) => `PS1='$ '; source ${script}; echo rea''dy\r`,
  },
  zsh: {
    args: ["-f", "-i"],
    begin: (script) => `PS1='$ '; autoload -Uz compinit; compinit -u -D; source ${script}; echo rea''dy\r`,
  },
  fish: { args: ["--no-config", "-i"], begin: (script) => `source ${script}; echo rea''dy\r` },
};

const isThere = (shell: string): boolean => spawnSync(shell, ["--version"]).error === undefined;

/** Types each line with its Tabs into one shell; resolves with the words that the command got. */
async function typed(name: string, lines: readonly string[]): Promise<readonly string[]> {
  const shell = shells[name]!;
  const terminal = spawn(name, [...shell.args], {
    cols: 200,
    rows: 40,
    cwd: folder,
    env: {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      TERM: "xterm",
      LC_ALL: "C.UTF-8",
      FEIYAN_HOME: daemon.home,
      FEIYAN_LANG: "en",
    },
  });
  let said = "";
  let look: (() => void) | null = null;
  terminal.onData((data) => {
    said += data;
    // fish asks the terminal what it is, and waits for the answer.
    if (data.includes("\u001b[0c") || data.includes("\u001b[c")) terminal.write("\u001b[?62;c");
    look?.();
  });
  const until = (pattern: RegExp, what: string): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${what} never came in ${JSON.stringify(said)}`)),
        20_000,
      );
      const check = (): void => {
        const match = pattern.exec(said);
        if (match === null) return;
        clearTimeout(timer);
        resolve(match);
      };
      look = check;
      check();
    });
  try {
    terminal.write(shell.begin(join(folder, `script.${name}`)));
    await until(/ready/, "the prompt");
    const got: string[] = [];
    for (const line of lines) {
      said = "";
      terminal.write(`${line}\r`);
      // oxlint-disable-next-line no-await-in-loop -- one line after another is how people type
      const [, words = ""] = await until(/got (.*?) end/s, line);
      got.push(words);
    }
    return got;
  } finally {
    terminal.kill("SIGKILL");
  }
}

describe.concurrent.each(Object.keys(shells).filter(isThere))("%s", (name) => {
  it("completes commands, flags, files and names, whatever is in them", async ({ expect }) => {
    const lines: readonly (readonly [string, string])[] = [
      ["feiyan daem\tstat\t", "<daemon> <status>"],
      ["feiyan send --queu\t", "<send> <--queue>"],
      ["feiyan send --to 小明\t你好", "<send> <--to> <小明> <你好>"],
      ["feiyan send --to 小\\ \t你好", "<send> <--to> <小 红> <你好>"],
      ["feiyan send --to=小\\ \t你好", "<send> <--to=小 红> <你好>"],
      // An opened quote is closed by the shell.
      ['feiyan send --to "小 \t你好', "<send> <--to> <小 红> <你好>"],
      ["feiyan send --to '小 \t你好", "<send> <--to> <小 红> <你好>"],
      ["feiyan send --to 小\\'\t你好", "<send> <--to> <小'刚> <你好>"],
      ['feiyan send --to 小\\"\t你好', '<send> <--to> <小"丽> <你好>'],
      ["feiyan send --to 小\\$\t你好", `<send> <--to> <小$(touch ${bait})> <你好>`],
      ["feiyan send --to c:\t", "<send> <--to> <c:d>"],
      ["feiyan send --to e=f@\t", "<send> <--to> <e=f@g>"],
      ["feiyan send --to id:u9@p\t", "<send> <--to> <id:u9@pc>"],
      ["feiyan send --to back\t", "<send> <--to> <back\\slash>"],
      // A name with a comma, and one that two have.
      ["feiyan send --to id:u9\t", "<send> <--to> <id:u9@pc>"],
      ["feiyan send --to id:u10\t", "<send> <--to> <id:u10@pc>"],
      ["feiyan files offer --to 小明 a\t", "<files> <offer> <--to> <小明> <a file.txt>"],
      // Nothing of the line is run by Tab; Ctrl-U takes it away.
      [`feiyan send --to $(touch ${bait}) \t\u0015feiyan away`, "<away>"],
    ];
    const got = await typed(
      name,
      lines.map(([line]) => line),
    );
    expect(got).toEqual(lines.map(([, words]) => words));
    expect(existsSync(bait)).toBe(false);
  });
});
