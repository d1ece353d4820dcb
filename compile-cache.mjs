// The code cache of the built program: runs it in a process of its own on a terminal that only looks like one, until the first frame
// and a key have been painted, and keeps what V8 has compiled by then. Called by build.mjs. Without a cache the program starts
// 30 ms later and is otherwise the same, so whatever goes wrong here is no error.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";

const patienceMs = 10_000;

/** Writes `program.cache` beside `program.cjs`. */
export const writeCodeCache = async (directory) => {
  const home = mkdtempSync(join(tmpdir(), "feiyan-build-"));
  rmSync(join(directory, "program.cache"), { force: true });
  const child = spawn(process.execPath, [import.meta.filename, directory, home], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, TERM: "xterm-256color", LANG: "zh_CN.UTF-8", NODE_OPTIONS: "" },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  rmSync(home, { recursive: true, force: true });
  return existsSync(join(directory, "program.cache"));
};

/** In the process of its own. */
const compile = async (directory, home) => {
  const file = join(directory, "program.cjs");
  const script = new Script(readFileSync(file, "latin1"), { filename: file });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, directory);
  Object.assign(process.stdin, { isTTY: true, setRawMode: () => process.stdin });
  Object.assign(process.stdout, { isTTY: true, columns: 80, rows: 24 });
  const finish = () => {
    writeFileSync(join(directory, "program.cache"), script.createCachedData());
    process.exit(0);
  };
  const write = process.stdout.write.bind(process.stdout);
  let frames = 0;
  process.stdout.write = (chunk, ...rest) => {
    if (String(chunk).includes("\u001b[?2026h")) {
      frames += 1;
      // What comes behind the first frames is compiled when it is wanted: a cache of all of it takes longer to read than it saves.
      if (frames === 1) queueMicrotask(() => process.stdin.emit("data", Buffer.from("a")));
      if (frames === 2) finish();
      else setTimeout(finish, 200);
    }
    return write(chunk, ...rest);
  };
  await module.exports.runCommandLine({
    words: ["--port", "0", "--bind", "127.0.0.1", "--home", home],
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    packageDir: join(directory, "..", ".."),
    stop: new AbortController().signal,
  });
  finish();
};

if (process.argv[1] === import.meta.filename) await compile(process.argv[2], process.argv[3]);
