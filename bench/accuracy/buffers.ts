// A6: a receiver that does not read. Its process is stopped for a moment, its kernel buffer overflows, and the judge reads the
// kernel's own table: what was lost must be what the socket dropped, whichever end it was.
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finding, inTurn, notHere } from "./finding.js";
import { feiyan, parseJson, run, start, startServer } from "./program.js";

/** Drops at all UDP sockets of a process, by the kernel's table; sockets of other programs are none of our business. */
function dropsOf(pid: number): number {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      try {
        const [, inode] = /^socket:\[(\d+)\]$/u.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
        if (inode !== undefined) inodes.add(inode);
      } catch {
        // Closed between listing and looking.
      }
    }
  } catch {
    // The process has ended.
  }
  return readFileSync("/proc/net/udp", "latin1")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/u))
    .filter((columns) => inodes.has(columns[9] ?? ""))
    .reduce((sum, columns) => sum + Number(columns[12]), 0);
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

interface Overflow {
  readonly title: string;
  readonly lost: number;
  readonly kernel: number;
  readonly ledger: number;
  readonly unexplained: number;
}

/** One run during which one end is stopped; the drops of all sockets that were there at the end of the run are the kernel's word. */
async function overflow(mode: "up" | "down", stops: number): Promise<Overflow> {
  const { port, server } = await startServer();
  const folder = mkdtempSync(join(tmpdir(), "feiyan-accuracy-"));
  const file = join(folder, "report.json");
  const client = start(
    feiyan(
      "lab",
      "run",
      `127.0.0.1:${port}`,
      "--mode",
      mode,
      "-n",
      40_000,
      "--rate",
      10_000,
      "--size",
      512,
      "--json",
      "--save",
      file,
    ),
  );
  let kernel = 0;
  // The initiator's socket is gone when its process is: it is looked at while it lives.
  const watch = setInterval(() => {
    kernel = Math.max(kernel, dropsOf((mode === "up" ? server : client).pid));
  }, 20);
  await client.until((line) => (line.includes('"lab-tick"') && line.includes('"running"') ? true : null));
  const victim = mode === "up" ? server : client;
  for (let index = 0; index < stops; index += 1) {
    victim.signal("SIGSTOP");
    // oxlint-disable-next-line no-await-in-loop -- one stop after the other
    await pause(800);
    victim.signal("SIGCONT");
    // oxlint-disable-next-line no-await-in-loop -- and time to drain between them
    await pause(100);
  }
  await client.ended;
  clearInterval(watch);
  await server.stop();
  const report = parseJson(readFileSync(file, "utf8"));
  rmSync(folder, { recursive: true });
  const way = report[mode];
  const ledger = report["ledger"]?.[mode];
  return {
    title: `${mode === "up" ? "reflector" : "initiator"} stopped ${stops === 1 ? "once" : `${stops} times`}`,
    lost: Number(way?.["lost"]),
    kernel,
    ledger: Number(ledger?.["receiverBuffer"]),
    unexplained: Number(ledger?.["unexplained"]),
  };
}

export async function measureOverflow(): Promise<Finding> {
  if (process.platform !== "linux") return notHere("the kernel's table of sockets is Linux's");
  const found = await inTurn(
    [
      ["up", 1],
      ["up", 3],
      ["down", 1],
      ["down", 3],
    ] as const,
    ([mode, stops]) => overflow(mode, stops),
  );
  const demo = await inTurn(
    [
      ["--rate", 1_000],
      ["--rate", 200, "--burst", 100, "--buffer", "16k"],
    ],
    async (words) => {
      const { stdout } = await run(feiyan("lab", "overflow", "--service", "2ms", ...words, "--json"));
      const report = parseJson(stdout.trim().split("\n").at(-1) ?? "{}");
      const columns = [...(report["table"]?.["columns"] ?? [])].map(String);
      const row = report["table"]?.["rows"]?.[0];
      const cell = (name: string): number => Number(row?.[columns.indexOf(name)]);
      return { lost: cell("sent") - cell("received"), drops: cell("kernelDrops") };
    },
  );
  return {
    measured: [
      ...found.map(
        ({ title, lost, kernel, ledger }) => `${title}: lost ${lost}, kernel ${kernel}, ledger ${ledger}`,
      ),
      ...demo.map(({ lost, drops }) => `slow receiver: lost ${lost}, kernel ${drops}`),
    ].join("; "),
    holds:
      found.every(
        (one) => one.lost > 0 && one.lost === one.kernel && one.lost === one.ledger && one.unexplained === 0,
      ) && demo.every(({ lost, drops }) => lost > 0 && lost === drops),
  };
}
