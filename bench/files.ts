// Files between two processes on loopback, against what can be had without any protocol: one large file against a bare pipe from a
// socket to a file and against iperf3 where it is installed, thousands of small files against tar at both ends of a socket. Every
// comparison in one run, in turn. FEIYAN_BENCH_DIR says where (memory by default), FEIYAN_BENCH_MIB how large.
import { fork, spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode, everyone, generateKeyPairs, type Node } from "../src/index.js";
import type { Figure } from "./figure.js";
import { compare } from "./ratio.js";
import type { Ratio } from "./ratio.js";

const mib = Number(process.env["FEIYAN_BENCH_MIB"] ?? "1024");
const smallFiles = 10_000;
const rounds = Number(process.env["FEIYAN_BENCH_ROUNDS"] ?? "3");

/** What a child tells when it is ready or done. */
interface Word {
  readonly port?: number;
  readonly seconds?: number;
  readonly peakMb?: number;
  readonly cpuSeconds?: number;
  readonly heard?: number;
}

interface Taken {
  readonly seconds: number;
  readonly peakMb: number;
  readonly cpuSeconds: number;
  readonly heard: number;
}

function say(word: Word): void {
  process.send?.(word);
}

function sayDone(start: bigint, heard = 0): void {
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  say({ seconds, peakMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, heard });
}

function serveBare(write: (socket: import("node:net").Socket) => void): void {
  const server = createServer(write);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    say({ port: typeof address === "object" && address !== null ? address.port : 0 });
  });
}

async function startNode(nick: string, peers: readonly number[], isSealed: boolean): Promise<Node> {
  const node = createNode({
    ...(isSealed ? { keys: await generateKeyPairs() } : {}),
    nick,
    user: nick,
    host: "bench",
    port: 0,
    bind: ["127.0.0.1"],
    ipv6: false,
    peers: peers.map((port) => ({ address: "127.0.0.1", port })),
  });
  await node.start();
  return node;
}

/** The part of a child process, by its words. */
export async function filesChild(role: string, path: string, port: number): Promise<void> {
  switch (role) {
    case "bare-send":
      serveBare((socket) => createReadStream(path).pipe(socket));
      return;
    case "bare-take": {
      const start = process.hrtime.bigint();
      connect(port, "127.0.0.1")
        .pipe(createWriteStream(path))
        .on("close", () => sayDone(start));
      return;
    }
    case "tar-send":
      serveBare((socket) =>
        spawn("tar", ["c", "-C", path, "."], { stdio: ["ignore", "pipe", "ignore"] }).stdout.pipe(socket),
      );
      return;
    case "tar-take": {
      mkdirSync(path);
      const start = process.hrtime.bigint();
      const tar = spawn("tar", ["x", "-C", path], { stdio: ["pipe", "ignore", "ignore"] });
      tar.on("close", () => sayDone(start));
      connect(port, "127.0.0.1").pipe(tar.stdin);
      return;
    }
    case "send":
    case "sealed-send": {
      const node = await startNode("giver", [], role === "sealed-send");
      say({ port: node.network?.port ?? 0 });
      let hasOffered = false;
      node.subscribe((event) => {
        // Once it is known what the other can do: folders are compared with a list of hashes then.
        if (
          event.kind === "peer" &&
          event.peer.nick === "taker" &&
          event.peer.feiyan !== null &&
          !hasOffered
        ) {
          hasOffered = true;
          void node.offer({ peer: event.peer.id }, [path]);
        }
        if (event.kind === "transfer" && event.transfer.state === "done") sayDone(process.hrtime.bigint());
      });
      return;
    }
    case "take":
    case "sealed-take": {
      const node = await startNode("taker", [port], role === "sealed-take");
      say({ port: node.network?.port ?? 0 });
      let start = 0n;
      let heard = 0;
      let hasAccepted = false;
      node.subscribe((event) => {
        if (event.kind === "message" && event.message.text.startsWith("tick")) heard += 1;
        const [offer] = node.offers();
        const giver = node.peer(offer?.parties[0]?.peerId ?? everyone);
        if (offer !== undefined && giver !== undefined && giver.feiyan !== null && !hasAccepted) {
          hasAccepted = true;
          void node.accept(offer.offerId);
        }
        if (event.kind !== "transfer") return;
        if (event.transfer.state === "done" && !event.transfer.isVerified && event.transfer.kind === "folder")
          throw new Error("a folder was not compared");
        // Told more than once before anything comes: the wait for an announcement or a key is none of the transfer's time.
        if (event.transfer.state === "started" && event.transfer.doneBytes === 0)
          start = process.hrtime.bigint();
        if (event.transfer.state === "done" && (event.transfer.cipher !== null) !== (role === "sealed-take"))
          throw new Error("not as it was meant to go");
        if (event.transfer.state === "failed") throw new Error(`${event.transfer.reason}`);
        // What is on its way by datagrams may still come.
        if (event.transfer.state === "done") {
          const end = process.hrtime.bigint();
          setTimeout(() => sayDone(start + (process.hrtime.bigint() - end), heard), 300);
        }
      });
      await node.setAcceptPolicy({
        accept: "ask",
        maxSizeBytes: null,
        dir: path,
        overwrite: "replace",
        resume: false,
      });
      return;
    }
    default:
      throw new Error(`no role ${role}`);
  }
}

function child(role: string, path: string, port = 0): ChildProcess {
  return fork(process.argv[1] ?? "", ["files-child", role, path, String(port)]);
}

function wordOf(process_: ChildProcess, isIt: (word: Word) => boolean): Promise<Word> {
  return new Promise((resolve, reject) => {
    process_.on("message", (word: Word) => {
      if (isIt(word)) resolve(word);
    });
    process_.once("exit", (code) => reject(new Error(`a child ended with ${code}`)));
  });
}

/** One transfer from one process to another; `meanwhile` runs while it lasts. */
async function transfer(
  send: string,
  take: string,
  source: string,
  target: string,
  meanwhile?: (port: number) => () => void,
): Promise<{ taken: Taken; given: Taken | null }> {
  const giver = child(send, source);
  const { port = 0 } = await wordOf(giver, (word) => word.port !== undefined);
  const given =
    take === "take" || take === "sealed-take" ? wordOf(giver, (word) => word.seconds !== undefined) : null;
  const taker = child(take, target, port);
  const done = wordOf(taker, (word) => word.seconds !== undefined);
  let stop: (() => void) | undefined;
  if (meanwhile !== undefined) {
    const own = await wordOf(taker, (word) => word.port !== undefined && word.seconds === undefined);
    stop = meanwhile(own.port ?? 0);
  }
  const taken = asTaken(await done);
  stop?.();
  const report = given === null ? null : asTaken(await given);
  taker.kill();
  giver.kill();
  return { taken, given: report };
}

function asTaken({ seconds = 0, peakMb = 0, cpuSeconds = 0, heard = 0 }: Word): Taken {
  return { seconds, peakMb, cpuSeconds, heard };
}

/** Messages to a port at an even rate, from this process, until stopped; counts what was sent. */
function ticker(port: number, perSecond: number): { stop: () => void; readonly sent: () => number } {
  const flood = fork(process.argv[1] ?? "", ["files-ticker", String(port), String(perSecond)]);
  let sent = 0;
  flood.on("message", (count: number) => {
    sent = count;
  });
  return { stop: () => flood.kill("SIGTERM"), sent: () => sent };
}

/** In a process of its own: so many datagrams a second, and how many so far. */
export async function filesTicker(port: number, perSecond: number): Promise<void> {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  const start = performance.now();
  let sent = 0;
  setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
    for (; sent < due; sent += 1)
      socket.send(`1:${1_700_000_000 + sent}:tick:bench:32:tick ${sent}\0`, port, "127.0.0.1");
    process.send?.(sent);
  }, 5);
  process.on("SIGTERM", () => process.exit());
}

function benchFolder(): string {
  const given = process.env["FEIYAN_BENCH_DIR"];
  const base = given ?? (existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
  return mkdtempSync(join(base, "feiyan-bench-"));
}

function makeLarge(path: string): void {
  const file = Buffer.allocUnsafe(1 << 20);
  for (let at = 0; at < file.length; at += 4) file.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  writeFileSync(path, "");
  for (let block = 0; block < mib; block += 1) {
    file.writeUInt32LE(block, 0);
    writeFileSync(path, file, { flag: "a" });
  }
}

function makeSmall(path: string): void {
  for (let folder = 0; folder < 100; folder += 1) {
    const dir = join(path, `folder-${String(folder).padStart(3, "0")}`);
    mkdirSync(dir, { recursive: true });
    for (let file = 0; file < smallFiles / 100; file += 1) {
      writeFileSync(join(dir, `file-${file}.txt`), `${folder} ${file} `.repeat(200));
    }
  }
}

/** Bytes a second over loopback without any disk; null when iperf3 is not installed. */
async function iperf(): Promise<number | null> {
  if (spawnSync("iperf3", ["--version"]).error !== undefined) return null;
  const port = 20_000 + (process.pid % 20_000);
  const server = spawn("iperf3", ["-s", "-1", "-B", "127.0.0.1", "-p", String(port), "--forceflush"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await new Promise((resolve) => server.stdout.once("data", resolve));
  const { stdout } = spawnSync("iperf3", ["-c", "127.0.0.1", "-p", String(port), "-n", `${mib}M`, "-J"], {
    maxBuffer: 1 << 26,
  });
  server.kill();
  const report: { end?: { sum_received?: { bits_per_second?: number } } } = JSON.parse(stdout.toString());
  const bits = report.end?.sum_received?.bits_per_second;
  return bits === undefined ? null : bits / 8;
}

const clean = (path: string): void => rmSync(path, { recursive: true, force: true });

export async function benchFiles(): Promise<{ ratios: readonly Ratio[]; figures: readonly Figure[] }> {
  const folder = benchFolder();
  const large = join(folder, "large");
  const small = join(folder, "small");
  const peaks = { taker: 0, giver: 0 };
  const cpu = { ours: 0, bare: 0 };
  let count = 0;
  const target = (): string => join(folder, `out-${(count += 1)}`);
  try {
    makeLarge(large);
    makeSmall(small);
    const bytes = mib * 1024 * 1024;
    const ours = async (): Promise<number> => {
      const out = target();
      const { taken, given } = await transfer("send", "take", large, out);
      peaks.taker = Math.max(peaks.taker, taken.peakMb);
      peaks.giver = Math.max(peaks.giver, given?.peakMb ?? 0);
      cpu.ours = taken.cpuSeconds;
      clean(out);
      return bytes / taken.seconds;
    };
    const bare = async (): Promise<number> => {
      const out = target();
      const { taken } = await transfer("bare-send", "bare-take", large, out);
      cpu.bare = taken.cpuSeconds;
      clean(out);
      return bytes / taken.seconds;
    };
    const ratios = [
      await compare(`one file of ${mib} MiB, hashed, against a bare pipe (bytes)`, rounds, ours, bare),
    ];
    ratios.push(
      await compare(
        "the same under AES-256, against in clear (bytes)",
        rounds,
        async () => {
          const out = target();
          const { taken } = await transfer("sealed-send", "sealed-take", large, out);
          clean(out);
          return bytes / taken.seconds;
        },
        ours,
      ),
    );
    const wire = await iperf();
    if (wire !== null) {
      const name = "the same against iperf3, which has no disk (bytes)";
      ratios.push(await compare(name, rounds, ours, async () => (await iperf()) ?? wire));
    }
    ratios.push(
      await compare(
        `a folder of ${smallFiles} files, against tar at both ends of a socket (files)`,
        rounds,
        async () => {
          const out = target();
          const { taken } = await transfer("send", "take", small, out);
          clean(out);
          return smallFiles / taken.seconds;
        },
        async () => {
          const out = target();
          const { taken } = await transfer("tar-send", "tar-take", small, out);
          clean(out);
          return smallFiles / taken.seconds;
        },
      ),
    );
    let tick: ReturnType<typeof ticker> | undefined;
    const out = target();
    const { taken } = await transfer("send", "take", large, out, (port) => {
      tick = ticker(port, 1_000);
      return () => tick?.stop();
    });
    clean(out);
    // The last report may be one beat behind what was heard.
    const lost = Math.max(0, (tick?.sent() ?? 0) - taken.heard);
    const figures: Figure[] = [
      { name: "memory of the receiver, at most", value: peaks.taker, unit: "MB", target: 120 },
      { name: "memory of the sender, at most", value: peaks.giver, unit: "MB", target: 120 },
      {
        name: "processor time of the receiver against the bare pipe's",
        value: cpu.ours / cpu.bare,
        unit: "times",
        target: null,
      },
      {
        name: `messages heard meanwhile at 1,000 a second: ${taken.heard}; lost`,
        value: lost,
        unit: "",
        target: 0,
      },
    ];
    return { ratios, figures };
  } finally {
    clean(folder);
  }
}
