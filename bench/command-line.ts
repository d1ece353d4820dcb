// Whole processes of the command line: what help and one-shot commands take above a Node that does nothing, in turn, and how long `send`
// through a running instance goes on after the acknowledgement has come.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode } from "../src/index.js";
import { type Figure, quantile } from "./figure.js";

const program = join(process.cwd(), "dist", "bin", "feiyan.js");

interface Run {
  readonly tookMs: number;
  readonly endedAt: number;
}

function run(args: readonly string[], home: string): Promise<Run> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...args], {
    stdio: "ignore",
    env: { PATH: process.env["PATH"], FEIYAN_HOME: home },
  });
  return new Promise((resolve) => {
    child.once("exit", () => resolve({ tookMs: performance.now() - begun, endedAt: Date.now() }));
  });
}

/** Medians of the differences to a bare Node within one run, and the time after the acknowledgement. */
export async function benchCommandLine(rounds = 15): Promise<readonly Figure[]> {
  const home = mkdtempSync(join(tmpdir(), "feiyan-bench-"));
  const partner = createNode({ nick: "partner", user: "partner", port: 0, bind: ["127.0.0.1"], ipv6: false });
  const { port } = await partner.start();
  const daemonArgs = ["daemon", "--port", String(port + 1), "--bind", "127.0.0.1", "--log-level", "silent"];
  const daemon = spawn(process.execPath, [program, ...daemonArgs], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env["PATH"], FEIYAN_HOME: home },
  });
  await new Promise((resolve) => daemon.stdout.once("data", resolve));
  const to = `127.0.0.1:${port}`;
  // The first one greets, so that the partner is known.
  await run([program, "send", "--to", to, "hello"], home);

  const commands = { "--help": ["--help"], "config path": ["config", "path"], peers: ["peers"] };
  const above: Record<string, number[]> = {};
  const bare: number[] = [];
  const tails: number[] = [];
  let deliveredAt = 0;
  // The partner acknowledges within the step that shows the message.
  partner.subscribe((event) => {
    if (event.kind === "message") deliveredAt = Date.now();
  });
  for (let round = 0; round < rounds; round++) {
    /* oxlint-disable no-await-in-loop -- one after the other is the measurement */
    const { tookMs } = await run(["-e", "0"], home);
    bare.push(tookMs);
    for (const [name, words] of Object.entries(commands)) {
      (above[name] ??= []).push((await run([program, ...words], home)).tookMs - tookMs);
    }
    const { endedAt } = await run([program, "send", "--to", to, `message ${round}`], home);
    tails.push(endedAt - deliveredAt);
    /* oxlint-enable no-await-in-loop */
  }
  daemon.kill("SIGKILL");
  await partner.close();
  rmSync(home, { recursive: true, force: true });
  return [
    { name: "`node -e 0`, whole process, median", value: quantile(bare, 0.5), unit: "ms", target: null },
    ...Object.entries(above).map(([name, values]) => ({
      name: `\`feiyan ${name}\` above bare Node, median of pairs`,
      value: quantile(values, 0.5),
      unit: "ms",
      target: 60,
    })),
    {
      name: "`send` through an instance: end of the process after the acknowledgement, median",
      value: quantile(tails, 0.5),
      unit: "ms",
      target: 30,
    },
  ];
}
