// A8, A9, A10, A18: dice and statistics against the vectors, the interval against 500 seeds thrown by the judges' own dice, and the
// lanes against their formulas.
import { existsSync, readFileSync } from "node:fs";
import { lossStats } from "../../src/lab/stats/losses.js";
import { follow, type Line, philox } from "./dice.js";
import { type Finding, inTurn } from "./finding.js";
import { feiyan, type Json, measureLab, parseJson, rank, run, textOf } from "./program.js";

const vectors = (): Json => parseJson(readFileSync("test/vectors/lab-vectors.json", "utf8"));

/** Tests of a file by vitest's own count. */
async function runTests(files: readonly string[]): Promise<{ passed: number; failed: number }> {
  const vitest = "node_modules/vitest/vitest.mjs";
  if (!existsSync(vitest)) return { passed: 0, failed: 0 };
  const { stdout } = await run([
    process.execPath,
    vitest,
    "run",
    "--project",
    "unit",
    "--reporter=json",
    ...files,
  ]);
  const told = parseJson(stdout.slice(stdout.indexOf("{")));
  return { passed: Number(told["numPassedTests"]), failed: Number(told["numFailedTests"]) };
}

export async function measureDice(): Promise<Finding> {
  const { passed, failed } = await runTests(["test/net/philox.test.ts", "test/net/fates.test.ts"]);
  // The judges' own dice must know the same answers, or what they foretell elsewhere means nothing.
  const known = [...(vectors()["philox4x32_10"] ?? [])].map((one) => ({
    counter: [...(one["ctr"] ?? [])].map((word) => Number.parseInt(textOf(word), 16)),
    key: [...(one["key"] ?? [])].map((word) => BigInt(`0x${textOf(word)}`)),
    out: [...(one["out"] ?? [])].map((word) => Number.parseInt(textOf(word), 16)),
  }));
  const own = known.filter(({ counter: [n = 0, flow = 0, direction = 0, purpose = 0], key, out }) => {
    const seed = (key[0] ?? 0n) | ((key[1] ?? 0n) << 32n);
    return philox(seed, n, flow, direction, purpose).join(" ") === out.join(" ");
  });
  return {
    measured: `${passed} tests over the vectors pass, ${failed} fail; the judges' own dice give ${own.length} of ${known.length} known answers`,
    holds: passed > 0 && failed === 0 && own.length === known.length && known.length > 0,
  };
}

export async function measureStatistics(): Promise<Finding> {
  const { passed, failed } = await runTests(["test/lab/stats/vectors.test.ts"]);
  return {
    measured: `${passed} tests pass, ${failed} fail, at a relative error below 1e-9`,
    holds: passed > 0 && failed === 0,
  };
}

const seeds = 500;

/** How often the interval that the product shows holds the true loss, over lines of the judges' dice. */
function coverage(line: Line, truth: number, n: number): number {
  let told = 0;
  let covered = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const numbers = Array.from({ length: n }, (_unused, seq) => seq);
    const lost = new Uint8Array(n).fill(1);
    for (const { seq } of follow(textOf(seed), 0, 0, line, numbers).out) lost[seq] = 0;
    const shown = lossStats(lost).shownCi95;
    if (shown === null) continue;
    told += 1;
    if (shown[0] <= truth && truth <= shown[1]) covered += 1;
  }
  return covered / told;
}

const percent = (share: number): string => (100 * share).toFixed(1);

export async function measureCoverage(): Promise<Finding> {
  const independent = [500, 2_000].map((n) => coverage({ loss: 0.05 }, 0.05, n));
  const bursts = coverage({ gilbert: [(0.2 * 0.05) / 0.95, 0.2] }, 0.05, 2_000);
  return {
    measured: `of ${seeds} seeds: independent n=500 ${percent(independent[0] ?? 0)} %, n=2,000 ${percent(independent[1] ?? 0)} %; mean burst 5, n=2,000 ${percent(bursts)} %`,
    holds: independent.every((one) => one >= 0.92 && one <= 0.98) && bursts >= 0.9,
  };
}

interface Lane {
  readonly name: string;
  cell(column: string): number;
}

async function race(words: readonly string[]): Promise<Lane[]> {
  const { stdout } = await run(feiyan("lab", "race", ...words, "--json"));
  const { table } = { table: parseJson(stdout.trim().split("\n").at(-1) ?? "{}")["table"] };
  const columns = [...(table?.["columns"] ?? [])].map(textOf);
  return [...(table?.["rows"] ?? [])].map((row) => ({
    name: textOf(row[columns.indexOf("lane")]),
    cell: (column) => Number(row[columns.indexOf(column)]),
  }));
}

/** Central band of the binomial that leaves out one in a thousand, by adding up its terms. */
function band(n: number, p: number): readonly [number, number] {
  let term = (1 - p) ** n;
  let below = 0;
  let low = -1;
  for (let k = 0; k <= n; k += 1) {
    below += term;
    if (low < 0 && below > 0.0005) low = k;
    if (below >= 0.9995) return [low, k];
    term *= (((n - k) / (k + 1)) * p) / (1 - p);
  }
  return [low, n];
}

const seedsOfLanes = ["1", "2", "7"];

/** Stop-and-wait beside selective repeat for a few seeds: how far from the formula, and how many sends. */
async function repairs(words: readonly string[], rttMs: number) {
  const q = 1 - 0.9 * 0.9;
  // 10 ms each way; three round trips of 20 ms until a repeat.
  const theoryMs = 300 * (rttMs + (60 * q) / (1 - q));
  const lanes = ["--lanes", "saw,sr", "--loss", "10%", "--delay", "10ms"];
  const found = await inTurn(seedsOfLanes, async (seed) => {
    const [saw, sr] = await race([...lanes, "--seed", seed, ...words]);
    return {
      off: (saw?.cell("timeMs") ?? Number.NaN) / theoryMs - 1,
      sends: [saw?.cell("sent") ?? Number.NaN, sr?.cell("sent") ?? Number.NaN] as const,
    };
  });
  const text = `stop-and-wait off theory by ${found.map(({ off }) => `${(100 * off).toFixed(1)} %`).join(", ")}, sends ${found.map(({ sends }) => sends.join(" and ")).join(", ")}`;
  return { found, text };
}

export async function measureLanes(): Promise<Finding> {
  // In memory the timers are exact and so must be the sends; on sockets a busy machine repeats what was only late.
  const memory = await repairs(["--simulate"], 20);
  const line = ["--up", "delay=10ms", "--down", "delay=10ms"];
  const { report } = await measureLab(["solo", ...line, "-n", 200]);
  const rttMs = Number(report["roundTrip"]?.["rttUs"]?.["p50"]) / 1_000;
  const sockets = await repairs([], rttMs);
  const p = 0.3;
  const [low, high] = band(300, (1 - (1 - p) ** 2) ** 4);
  const ipmsg = await inTurn(seedsOfLanes, async (seed) => {
    const [lane] = await race(["--lanes", "ipmsg", "--loss", "30%", "--seed", seed]);
    return lane?.cell("unconfirmed") ?? Number.NaN;
  });
  return {
    measured: `seeds ${seedsOfLanes.join(", ")}; in memory: ${memory.text}; on sockets (round trip ${rttMs.toFixed(1)} ms): ${sockets.text}; ipmsg unconfirmed ${ipmsg.join(", ")} of 300, 99.9 % band ${low} to ${high}`,
    holds:
      memory.found.every(({ off, sends: [saw, sr] }) => Math.abs(off) <= 0.1 && saw === sr) &&
      rank(
        sockets.found.map(({ off }) => Math.abs(off)),
        0.5,
      ) <= 0.1 &&
      ipmsg.every((one) => one >= low && one <= high),
  };
}
