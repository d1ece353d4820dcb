// A7, A13, A14: feiyan beside irtt and iperf3 as the distribution has them, on the same path and in the same run. The path is a proxy
// of the judges' own that drops, doubles and reorders only data, so that its counts are the truth for each of the three.
import { loadavg } from "node:os";
import { isControl, typeOf } from "./datagram.js";
import { type Finding, inTurn, notHere } from "./finding.js";
import { freePort, openProxy, type Judge, type Way } from "./proxy.js";
import {
  describeTool,
  findTool,
  type Json,
  measureLab,
  parseJson,
  rank,
  run,
  start,
  startServer,
} from "./program.js";

const seconds = 4;
const ratePps = 250;
const sizeBytes = 128;

interface Trouble {
  readonly title: string;
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  /** Good to bad, bad to good. */
  readonly bursts?: readonly [number, number];
}

const troubles: readonly Trouble[] = [
  { title: "loss", loss: 0.05 },
  { title: "loss + copies", loss: 0.05, duplicate: 0.05 },
  { title: "reordering", reorder: 0.05 },
  { title: "all three", loss: 0.05, duplicate: 0.05, reorder: 0.05 },
  { title: "bursts", bursts: [0.02, 0.2] },
];

/** A small generator of numbers below 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Count {
  in: number;
  dropped: number;
}

/** A path that does its worst to data and lets everything else pass. */
function createPath(trouble: Trouble, isData: (bytes: Buffer) => boolean, seed: number) {
  const random = createRandom(seed);
  const counts: Record<Way, Count> = { up: { in: 0, dropped: 0 }, down: { in: 0, dropped: 0 } };
  const bad: Record<Way, boolean> = { up: false, down: false };
  const judge: Judge = (bytes, way, pass) => {
    if (!isData(bytes)) {
      pass(bytes);
      return;
    }
    counts[way].in += 1;
    const wasBad = bad[way];
    if (trouble.bursts !== undefined) {
      const [worse, better] = trouble.bursts;
      bad[way] = wasBad ? random() >= better : random() < worse;
    }
    if (wasBad || random() < (trouble.loss ?? 0)) {
      counts[way].dropped += 1;
      return;
    }
    const copies = random() < (trouble.duplicate ?? 0) ? 2 : 1;
    const go = (): void => {
      for (let copy = 0; copy < copies; copy += 1) pass(bytes);
    };
    if (random() < (trouble.reorder ?? 0)) setTimeout(go, 15);
    else go();
  };
  return { judge, counts };
}

interface Told {
  readonly text: string;
  readonly isExact: boolean;
}

const n = seconds * ratePps;

async function measureOurs(trouble: Trouble, seed: number): Promise<Told> {
  const { judge, counts } = createPath(trouble, (bytes) => typeOf(bytes) !== null && !isControl(bytes), seed);
  const { port, server } = await startServer();
  const proxy = await openProxy(port, judge);
  const { report } = await measureLab([
    "run",
    `127.0.0.1:${proxy.port}`,
    "-n",
    n,
    "--rate",
    ratePps,
    "--size",
    sizeBytes,
  ]);
  proxy.close();
  await server.stop();
  const up = Number(report["up"]?.["lost"]);
  const down = Number(report["down"]?.["byDatagram"]?.["lost"]);
  return {
    text: `${up}/${down} of truth ${counts.up.dropped}/${counts.down.dropped}`,
    isExact: up === counts.up.dropped && down === counts.down.dropped,
  };
}

const irttIsData = (bytes: Buffer): boolean =>
  bytes.length >= sizeBytes && bytes[0] === 0x14 && bytes[1] === 0xa7 && ((bytes[3] ?? 1) & 0x5) === 0;

/** One run of irtt through a judge; undefined when it gave up. */
async function runIrtt(irtt: string, judge: Judge, words: readonly string[]): Promise<Json | undefined> {
  const port = await freePort();
  const server = start([irtt, "server", "-b", `127.0.0.1:${port}`, "-i", "0", "-d", "0", "-l", "0"]);
  await server.until((line) => (line.includes("[ListenerStart]") ? true : null));
  const proxy = await openProxy(port, judge);
  const ended = await run([
    irtt,
    "client",
    ...words,
    "--wait=1s",
    "-Q",
    "-o",
    "-",
    `127.0.0.1:${proxy.port}`,
  ]);
  proxy.close();
  await server.stop();
  return ended.stdout.trim() === "" ? undefined : parseJson(ended.stdout);
}

const share = ({ in: sent, dropped }: Count): string => ((100 * dropped) / sent).toPrecision(4);

async function measureIrtt(irtt: string, trouble: Trouble, seed: number): Promise<Told> {
  const { judge, counts } = createPath(trouble, irttIsData, seed);
  const words = ["-i", `${1_000 / ratePps}ms`, "-d", `${seconds}s`, "-l", String(sizeBytes)];
  const told = await runIrtt(irtt, judge, words);
  if (told === undefined) return { text: "gave up", isExact: false };
  const { stats } = { stats: told["stats"] };
  const shown = (key: string): string => Number(stats?.[key]).toPrecision(4);
  const wrong = (key: string, { in: sent, dropped }: Count): boolean =>
    Math.round((Number(stats?.[key]) / 100) * sent) !== dropped;
  return {
    text: `${shown("upstream_loss_percent")}/${shown("downstream_loss_percent")} % of truth ${share(counts.up)}/${share(counts.down)} %`,
    isExact: !wrong("upstream_loss_percent", counts.up) && !wrong("downstream_loss_percent", counts.down),
  };
}

async function runIperf(
  iperf: string,
  words: readonly string[],
  through: (port: number) => Promise<{ readonly port: number; close(): void }>,
): Promise<Json | undefined> {
  const port = await freePort();
  const server = start([iperf, "-s", "-B", "127.0.0.1", "-p", String(port), "-1", "--forceflush"]);
  await server.until((line) => (line.includes("listening") ? true : null));
  const way = await through(port);
  const ended = await run([iperf, "-c", "127.0.0.1", "-p", String(way.port), "-u", ...words, "-J"], 30_000);
  way.close();
  server.signal("SIGKILL");
  const told = ended.stdout.trim() === "" ? undefined : parseJson(ended.stdout);
  return told?.["end"]?.["sum"] === undefined ? undefined : told;
}

async function measureIperf(iperf: string, trouble: Trouble, seed: number): Promise<Told> {
  const { judge, counts } = createPath(trouble, (bytes) => bytes.length === sizeBytes, seed);
  const bits = String(8 * sizeBytes * ratePps);
  const words = ["-b", bits, "-l", String(sizeBytes), "-t", String(seconds)];
  const told = await runIperf(iperf, words, (port) => openProxy(port, judge, true));
  if (told === undefined) return { text: "gave up", isExact: false };
  const lost = Number(told["end"]?.["sum"]?.["lost_packets"]);
  return { text: `${lost} of truth ${counts.up.dropped}`, isExact: lost === counts.up.dropped };
}

export async function measureBeside(): Promise<Finding> {
  const irtt = findTool("irtt");
  const iperf = findTool("iperf3");
  if (irtt === null || iperf === null) return notHere("irtt and iperf3 are not installed");
  const found = await inTurn(troubles, async (trouble, index) => {
    const seed = 100 + index;
    const [ours, theirs, others] = await Promise.all([
      measureOurs(trouble, seed),
      measureIrtt(irtt, trouble, seed),
      measureIperf(iperf, trouble, seed),
    ]);
    const text = `${trouble.title}: feiyan ${ours.text}; irtt ${theirs.text}; iperf3 ${others.text}`;
    return { ours, theirs, others, text };
  });
  const exact = (pick: (one: (typeof found)[number]) => Told): number =>
    found.filter((one) => pick(one).isExact).length;
  const sums = `exact: feiyan ${exact((one) => one.ours)} of ${found.length}, irtt ${exact((one) => one.theirs)}, iperf3 ${exact((one) => one.others)}`;
  return {
    measured: [
      `beside ${describeTool("irtt", irtt)} and ${describeTool("iperf3", iperf)}`,
      sums,
      ...found.map(({ text }) => text),
    ].join(". "),
    holds: exact((one) => one.ours) === found.length,
  };
}

async function floodOurs(size: number): Promise<number> {
  const { port, server } = await startServer();
  const words = [
    "run",
    `127.0.0.1:${port}`,
    "--mode",
    "up",
    "--rate",
    "flood",
    "-n",
    200_000,
    "--size",
    size,
  ];
  const { report } = await measureLab(words);
  await server.stop();
  const sentUs = [...(report["datagrams"] ?? [])].map((row) => Number(row[0]));
  return ((sentUs.length - 1) * 1e6) / ((sentUs.at(-1) ?? 0) - (sentUs[0] ?? 0));
}

/** What else the machine had to do: speeds side by side mean little on a busy one. */
const loadText = (): string => `load of the machine before ${(loadavg()[0] ?? 0).toFixed(1)}`;

export async function measureFlood(): Promise<Finding> {
  const iperf = findTool("iperf3");
  if (iperf === null) return notHere("iperf3 is not installed");
  const load = loadText();
  const sizes = await inTurn([64, 1_024], async (size) => {
    const rounds = await inTurn([1, 2, 3, 4, 5], async () => {
      const ours = await floodOurs(size);
      const told = await runIperf(iperf, ["-b", "0", "-l", String(size), "-t", "2"], async (port) => ({
        port,
        close: () => undefined,
      }));
      const sum = told?.["end"]?.["sum_sent"];
      return { ours, ratio: ours / (Number(sum?.["packets"]) / Number(sum?.["seconds"])) };
    });
    return {
      size,
      ours: rank(
        rounds.map((one) => one.ours),
        0.5,
      ),
      ratios: rounds.map((one) => one.ratio),
    };
  });
  return {
    measured: sizes
      .map(
        ({ size, ours, ratios }) =>
          `${size} B: ${Math.round(ours / 1_000)},000/s, ratio ${rank(ratios, 0.5).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      )
      .concat(describeTool("iperf3", iperf), load)
      .join("; "),
    holds: sizes.every(({ ratios }) => rank(ratios, 0.5) >= 0.5),
  };
}

export async function measureRoundTrip(): Promise<Finding> {
  const irtt = findTool("irtt");
  if (irtt === null) return notHere("irtt is not installed");
  const load = loadText();
  const rounds = await inTurn([1, 2, 3], async () => {
    const { port, server } = await startServer();
    const far = await freePort();
    const other = start([irtt, "server", "-b", `127.0.0.1:${far}`, "-i", "0", "-d", "0"]);
    await other.until((line) => (line.includes("[ListenerStart]") ? true : null));
    const words = ["-i", "5ms", "-d", "10s", "-l", "128", "--wait=1s", "-Q", "-o", "-"];
    // At the same time: what else the machine does meets both.
    const [{ report }, ended] = await Promise.all([
      measureLab(["run", `127.0.0.1:${port}`, "-n", 2_000, "--rate", 200]),
      run([irtt, "client", ...words, `127.0.0.1:${far}`]),
    ]);
    await server.stop();
    await other.stop();
    const theirs = [...(parseJson(ended.stdout)["round_trips"] ?? [])]
      .map((one) => Number(one["delay"]?.["rtt"]) / 1_000)
      .filter((one) => one > 0);
    const rtt = report["roundTrip"]?.["rttUs"];
    return {
      p50: [Number(rtt?.["p50"]), rank(theirs, 0.5)] as const,
      p99: [Number(rtt?.["p99"]), rank(theirs, 0.99)] as const,
    };
  });
  const ratio = (key: "p50" | "p99"): number =>
    rank(
      rounds.map((one) => one[key][0] / one[key][1]),
      0.5,
    );
  const middle = (key: "p50" | "p99", at: 0 | 1): string =>
    rank(
      rounds.map((one) => one[key][at]),
      0.5,
    ).toFixed(0);
  return {
    measured: `median ${middle("p50", 0)} us beside ${middle("p50", 1)} us, ratio ${ratio("p50").toFixed(2)}; p99 ${middle("p99", 0)} us beside ${middle("p99", 1)} us, ratio ${ratio("p99").toFixed(2)} (3 rounds of 10 s side by side); ${describeTool("irtt", irtt)}; ${load}`,
    holds: ratio("p50") <= 3 && ratio("p99") <= 2,
  };
}
