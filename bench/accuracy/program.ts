// Runs feiyan and the tools it is measured beside as ordinary programs: the built one, words in, text and exit code out. Shares no
// code with the product, so that a mistake of the product cannot hide itself.
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = join(process.cwd(), "dist/bin/feiyan.js");

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface Running {
  readonly pid: number;
  /** Resolves with the first line of output that `test` finds something in. */
  until<T>(test: (line: string) => T | null): Promise<T>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
  /** Interrupts it and waits. */
  stop(): Promise<Ended>;
}

/** A value of somebody's JSON: any key may be asked for, and whatever is not there becomes NaN or `undefined` and fails. */
export interface Json extends Iterable<Json> {
  readonly [key: string]: Json | undefined;
  readonly [index: number]: Json | undefined;
}

/** A text or a number of it; nothing for everything else. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? `${value}` : "";
}

/** Words of a command that runs the built feiyan. */
export function feiyan(...words: readonly (string | number)[]): string[] {
  return [process.execPath, program, "--lang", "en", ...words.map(String)];
}

/** A tool with firewall tools in reach; null when it is not installed. */
export function findTool(name: string): string | null {
  for (const folder of [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"]) {
    try {
      execFileSync("test", ["-x", join(folder, name)], { stdio: "ignore" });
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** A tool with the version of its package, where the distribution installed it. */
export function describeTool(name: string, path: string): string {
  try {
    const owner =
      execFileSync("dpkg-query", ["-S", path], { encoding: "utf8", stdio: "pipe" }).split(":", 1)[0] ?? name;
    const words = ["-W", "-f", "${Version}", owner];
    return `${name} ${execFileSync("dpkg-query", words, { encoding: "utf8", stdio: "pipe" })} of the distribution`;
  } catch {
    // Another system's packages, or a tool of somebody's own.
    return `${name} at ${path}`;
  }
}

const open = new Set<ChildProcessWithoutNullStreams>();
process.once("exit", () => {
  for (const child of open) child.kill("SIGKILL");
});

export function start(words: readonly string[], timeoutMs = 120_000): Running {
  const [first = "", ...rest] = words;
  const startedMs = performance.now();
  const child = spawn(first, rest, { env: { ...process.env, NO_COLOR: "1" } });
  open.add(child);
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const take = (): void => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    take();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    take();
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const ended = new Promise<Ended>((resolve) => {
    child.on("error", (error) => {
      stderr += error.message;
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      open.delete(child);
      resolve({ exitCode: code ?? -1, stdout, stderr, elapsedMs: performance.now() - startedMs });
    });
  });
  return {
    pid: child.pid ?? -1,
    until: (test) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          for (const line of `${stdout}\n${stderr}`.split("\n")) {
            const found = test(line);
            if (found === null) continue;
            watchers.delete(look);
            resolve(found);
            return;
          }
        };
        watchers.add(look);
        look();
        child.once("close", () => {
          reject(new Error(`${words.join(" ")} ended: ${stderr}${stdout}`));
        });
      }),
    signal: (name) => {
      child.kill(name);
    },
    ended,
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}

export function run(words: readonly string[], timeoutMs = 120_000): Promise<Ended> {
  return start(words, timeoutMs).ended;
}

export function parseJson(text: string): Json {
  // The tools' own formats; whoever reads a key that is not there gets undefined and a finding that does not hold.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(text) as Json;
}

export interface Measured extends Ended {
  /** The saved report. */
  readonly report: Json;
}

/** Runs a lab command with `--save` and gives its report. */
export async function measureLab(
  words: readonly (string | number)[],
  prefix: readonly string[] = [],
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "feiyan-accuracy-"));
  const file = join(folder, "report.json");
  try {
    const ended = await run([...prefix, ...feiyan("lab", ...words, "--save", file)]);
    let text = "{}";
    try {
      text = readFileSync(file, "utf8");
    } catch {
      // It ended without a report; exit code and stderr tell why.
      process.stderr.write(`no report (exit ${ended.exitCode}): ${ended.stderr}\n`);
    }
    return { ...ended, report: parseJson(text) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A reflector in a process of its own on a free port of loopback, or where `words` say. */
export async function startServer(
  words: readonly (string | number)[] = ["--bind", "127.0.0.1"],
  prefix: readonly string[] = [],
): Promise<{ readonly port: number; readonly server: Running }> {
  const server = start([...prefix, ...feiyan("lab", "serve", "--open", "--json", "--lab-port", 0, ...words)]);
  const port = await server.until((line) => {
    const found = /"type":"lab-tick".*"port":(\d+)/u.exec(line);
    return found === null ? null : Number(found[1]);
  });
  return { port, server };
}

/** Nearest rank, as the product's documents say; here again because nothing is shared. */
export function rank(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
