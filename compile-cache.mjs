// The code caches of the built program: runs it in a process of its own on a terminal that only looks like one, until the first frame
// and a key have been painted, and keeps what V8 has compiled by then, of each part. Called by build.mjs. Without caches the program
// starts 50 ms later and is otherwise the same, so whatever goes wrong here is no error.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patienceMs = 10_000;

/** Writes `<part>.cache` beside each `<part>.cjs`. */
export const writeCodeCaches = async (directory, parts) => {
  const home = mkdtempSync(join(tmpdir(), "feiyan-build-"));
  const child = spawn(process.execPath, [import.meta.filename, directory, home, ...parts], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, TERM: "xterm-256color", LANG: "zh_CN.UTF-8", NODE_OPTIONS: "" },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  rmSync(home, { recursive: true, force: true });
};

/** In the process of its own. */
const compile = (directory, home, parts) => {
  const require = createRequire(import.meta.url);
  const vm = require("node:vm");
  const { Script } = vm;
  const scripts = new Map();
  vm.Script = class extends Script {
    constructor(text, options) {
      super(text, options);
      scripts.set(options.filename, this);
    }
  };
  const finish = () => {
    for (const part of parts) {
      const file = join(directory, `${part}.cjs`);
      // A part that the first frames did not want: where its functions are is worth knowing.
      const script = scripts.get(file) ?? new Script(readFileSync(file, "latin1"), { filename: file });
      writeFileSync(join(directory, `${part}.cache`), script.createCachedData());
    }
    process.reallyExit(0);
  };
  Object.assign(process.stdin, { isTTY: true, setRawMode: () => process.stdin });
  Object.assign(process.stdout, { isTTY: true, columns: 80, rows: 24 });
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
  const words = ["--port", "0", "--bind", "127.0.0.1", "--home", home];
  process.argv = [process.execPath, join(directory, "feiyan.js"), ...words];
  require(join(directory, "feiyan.js"));
};

if (process.argv[1] === import.meta.filename) {
  const [, , directory, home, ...parts] = process.argv;
  compile(directory, home, parts);
}
