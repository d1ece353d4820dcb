// Every command line that README and the pages for users print, run as it stands there, in a shell, beside a daemon and a partner called
// 小明: it must do what it says. A line that is not in the table below ends with 0.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Node } from "../../src/index.js";
import { startDaemon, stopDaemons, type Daemon } from "./daemon.js";
import { fileNode, newFolder, tearDown } from "./files-rig.js";
import { newHome, programFile, removeHomes } from "./program.js";
import { silentAddress } from "./stage.js";

const root = join(import.meta.dirname, "..", "..");
const pages = ["README.md", "docs/daemon.md", "docs/several-instances.md", "docs/cli.md"];

interface Treatment {
  readonly code?: number;
  /** It runs until it is stopped: what it prints before it is. */
  readonly until?: string;
  /** Words of this kind must be printed. */
  readonly prints?: string;
}

/** A screen needs a terminal; that its flags are right is known when it asks for one. */
const screen: Treatment = { code: 2, prints: "Usage: feiyan [COMMAND]" };

/** By the whole line. `npm start` and what changes the machine is not here. */
const treatments: Readonly<Record<string, Treatment>> = {
  "feiyan peers": { prints: "小明" },
  "feiyan send --to 小明 三点开会": { prints: "小明" },
  'echo "三点开会" | feiyan send --to 小明 --json': { prints: '"state":"delivered"' },
  'feiyan ask --to 小明 "在吗？"': { prints: "在的" },
  "feiyan files offer --to 小明 报告.doc 照片": { prints: "报告.doc" },
  "feiyan files receive --accept all --dir 收到": { code: 130, until: "Ctrl-C" },
  "feiyan watch --json": { code: 130, until: '"type":"message"' },
  "feiyan history search 'from:小明 会议'": { prints: "在的，会议" },
  "feiyan inspect 313a313a613a623a33323a6869": { prints: "SENDMSG" },
  "feiyan inspect 313a3130303a736869726f757a753a6a7570697465723a33323a48656c6c6f": { prints: "Hello" },
  "feiyan sim": { code: 130, until: "Ctrl-C" },
  // What they find is seen elsewhere, and takes seconds.
  "feiyan doctor": { code: 130, until: "interface" },
  "feiyan lab solo --loss 5% --seed 42": { code: 130, until: "predicted" },
  "feiyan daemon": { code: 5, prints: "is running already" },
  "feiyan config show": { prints: "2425" },
  "feiyan --impair 'loss=30%,seed=42'": screen,
  "feiyan lab": { code: 2, prints: "Usage: feiyan lab" },
  // Named in a sentence.
  "feiyan send": { code: 2, prints: "--to" },
  feiyan: screen,
  "feiyan --peer 192.168.2.7": screen,
  "feiyan --port 2426 --home ~/second --peer 127.0.0.1:2425": screen,
  "feiyan --home ~/a --port 2425 --name 小李": screen,
  "feiyan --home ~/b --port 2426 --name 小明 --user ming --peer 127.0.0.1:2425": screen,
  "feiyan history import ipmsg.log": { prints: "1" },
  "feiyan daemon status": { prints: "pid" },
};

/** Ends the daemon of the others, so it comes last; needs one at ~/a. */
const notHere = ["feiyan daemon stop", "feiyan send --home ~/a --to 小明 你好"];

/** Lines of blocks, and commands in sentences that are whole: without `T`, `…` and the like. */
function commandsIn(page: string): readonly string[] {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.split("\n"));
  const lines = blocks
    .map((line) => line.replace(/^\$ /, ""))
    .filter((line) => /^(?:echo .*\| )?feiyan\b/.test(line))
    // What it does stands two blanks on.
    .map((line) => line.replace(/ {2,}\S.*$/u, "").trim());
  const inline = [...text.matchAll(/`(feiyan(?: [^`]+)?)`/g)]
    .map(([, command = ""]) => command)
    .filter((command) => !/[|…]|\b[A-Z]{2,}\b|\bT\b/.test(command) && command.includes(" "));
  return page === "docs/cli.md" ? lines : [...lines, ...inline];
}

let folder = "";
let partner: Node;
let daemon: Daemon;
let raw = "";

beforeAll(async () => {
  partner = await fileNode("小明");
  partner.subscribe((event) => {
    if (event.kind !== "message" || event.message.direction !== "in" || event.message.peerId === null) return;
    if (event.message.text === "在吗？") void partner.say({ peer: event.message.peerId }, "在的，会议见");
  });
  folder = newHome();
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "照片"));
  writeFileSync(join(folder, "照片", "一.txt"), "x");
  writeFileSync(join(folder, "报告.doc"), "x");
  const log = [
    "=====================================",
    " From: 小王 (wang/pc-w/10.0.0.2)",
    "  at Fri Nov 20 14:02:00 2026",
    "-------------------------------------",
    "你好",
    "",
  ];
  writeFileSync(join(folder, "ipmsg.log"), log.join("\r\n"));
  const dir = newFolder();
  await partner.setAcceptPolicy({
    accept: "all",
    maxSizeBytes: null,
    overwrite: "rename",
    resume: true,
    dir,
  });
  const shim = join(folder, "bin", "feiyan");
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${programFile}' "$@"\n`);
  chmodSync(shim, 0o755);
  daemon = await startDaemon([partner]);
  raw = await silentAddress();
});

afterAll(async () => {
  await tearDown();
  await stopDaemons();
  removeHomes();
});

const patienceMs = 25_000;

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

function run(line: string, { until }: Treatment): Promise<Ran> {
  const shell = until === undefined ? line : `exec ${line}`;
  const child = spawn("bash", ["-c", shell.replaceAll("192.168.1.23:50000", raw)], {
    cwd: folder,
    env: {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      LC_ALL: "C.UTF-8",
      FEIYAN_LANG: "en",
      FEIYAN_HOME: daemon.home,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (until !== undefined && output.includes(until)) child.kill("SIGINT");
    });
  }
  // Something to watch.
  const stimulus = setInterval(() => {
    if (line.includes("watch"))
      void partner.say({ endpoint: { address: "127.0.0.1", port: daemon.port } }, "看");
  }, 100);
  // One that hangs is a fault, and told as such.
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearTimeout(timer);
      clearInterval(stimulus);
      resolve({ code, output });
    });
  });
}

const all = [...new Set(pages.flatMap(commandsIn))].filter((line) => !notHere.includes(line));

it("every printed command does what it says", async () => {
  await run("feiyan ask --to 小明 在吗？", {});
  const faults: unknown[] = [];
  for (const line of all) {
    const treatment = treatments[line] ?? {};
    // oxlint-disable-next-line no-await-in-loop -- one after another, as a reader would
    const { code, output } = await run(line, treatment);
    if (code !== (treatment.code ?? 0) || !output.includes(treatment.prints ?? ""))
      faults.push({ line, code, output: output.slice(0, 300) });
  }
  expect(faults).toEqual([]);
  expect(all.length).toBeGreaterThan(25);
  // A line that no page prints any more.
  expect(Object.keys(treatments).filter((line) => !all.includes(line))).toEqual([]);
});
