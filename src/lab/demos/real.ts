// Real loss under real TCP, for an ordinary user on Linux: a pair of programs inside a user and network namespace of their own,
// with a firewall rule that drops at random. Nothing outside the namespace changes, and it is gone when they end. Where the system
// lacks the tools or forbids it, the reason is told.
import { execFile } from "node:child_process";

export type RealRefusal = "not-linux" | "no-unshare" | "not-allowed" | "no-ip" | "no-firewall" | "failed";

export interface RealOptions {
  /** Probability, 0 to 0.5. */
  readonly loss: number;
  /** Segments and datagrams; at most 2,000. */
  readonly messages: number;
  /** Runs a program; another one is for tests. */
  readonly execute?: Execute;
  readonly platform?: NodeJS.Platform;
}

/** Resolves with what a program printed, or with why it did not run to a good end. */
export type Execute = (
  program: string,
  words: readonly string[],
) => Promise<{ readonly ok: boolean; readonly text: string }>;

export interface RealCounts {
  readonly tcpSentBytes: number;
  readonly tcpReceivedBytes: number;
  readonly tcpDropped: number;
  readonly tcpRetransmitted: number;
  readonly tcpTimeMs: number;
  readonly udpSent: number;
  readonly udpReceived: number;
  readonly udpDropped: number;
}

export type RealResult =
  | { readonly kind: "done"; readonly firewall: Firewall; readonly counts: RealCounts }
  | { readonly kind: "refused"; readonly reason: RealRefusal; readonly detail: string };

export type Firewall = "nft" | "iptables";

// Inside a namespace of its own nobody else has these.
const tcpPort = 40_001;
const udpPort = 40_002;
const limitMs = 60_000;

/** Runs it, or says why not. */
export async function runReal(options: RealOptions): Promise<RealResult> {
  const execute = options.execute ?? executeProgram;
  if ((options.platform ?? process.platform) !== "linux") return refused("not-linux");
  if (!(await execute("unshare", ["--version"])).ok) return refused("no-unshare");
  const allowed = await execute("unshare", ["-Urn", "true"]);
  if (!allowed.ok) return refused("not-allowed", firstLines(allowed.text));
  if (!(await execute("ip", ["-V"])).ok) return refused("no-ip");
  const firewalls = await findFirewalls(execute);
  if (firewalls.length === 0) return refused("no-firewall");
  // A rule for no loss at all would be refused by some firewalls.
  const loss = Math.max(0.001, Math.min(options.loss, 0.5));
  const messages = Math.max(1, Math.min(Math.trunc(options.messages), 2_000));
  const troubles: string[] = [];
  // A tool may be there and the kernel's part of it not: then the other one may still do.
  for (const firewall of firewalls) {
    const script = namespaceScript(firewall, loss);
    const words = ["-Urn", "sh", "-c", script, "sh", process.execPath, pairSource, String(messages)];
    const run = await execute("unshare", words);
    const counts = run.ok ? parseRealOutput(run.text, firewall) : null;
    if (counts !== null) return { kind: "done", firewall, counts };
    troubles.push(`${firewall}: ${firstLines(run.text)}`);
  }
  return refused("failed", troubles.join("; "));
}

/** What a tool complained of, without the command that follows it. */
function firstLines(text: string): string {
  return text.trim().split("\n").slice(0, 2).join(" ").slice(0, 200);
}

function refused(reason: RealRefusal, detail = ""): RealResult {
  return { kind: "refused", reason, detail };
}

async function findFirewalls(execute: Execute): Promise<readonly Firewall[]> {
  const found: Firewall[] = [];
  for (const firewall of ["nft", "iptables"] as const) {
    if ((await execute(firewall, ["--version"])).ok) found.push(firewall);
  }
  return found;
}

/** Only numbers of ours go into the text; the program comes as a word of its own. */
function namespaceScript(firewall: Firewall, loss: number): string {
  const ports = [
    ["tcp", tcpPort],
    ["udp", udpPort],
  ] as const;
  const share = Math.round(loss * 1_000);
  const rules =
    firewall === "nft"
      ? [
          "nft add table ip lab",
          "nft add chain ip lab in '{ type filter hook input priority 0 ; }'",
          ...ports.map(
            ([protocol, port]) =>
              `nft add rule ip lab in ${protocol} dport ${port} numgen random mod 1000 '<' ${share} counter drop`,
          ),
        ]
      : [
          // The usual lock belongs to the machine's own administrator.
          'XTABLES_LOCKFILE="$(mktemp)"; export XTABLES_LOCKFILE; trap \'rm -f "$XTABLES_LOCKFILE"\' EXIT',
          ...ports.map(
            ([protocol, port]) =>
              `iptables -A INPUT -p ${protocol} --dport ${port} -m statistic --mode random --probability ${share / 1_000} -j DROP`,
          ),
        ];
  const list = firewall === "nft" ? "nft list table ip lab" : "iptables -L INPUT -v -x -n";
  return ["set -e", "ip link set lo up", ...rules, `"$1" --eval "$2" "$3" ${tcpPort} ${udpPort}`, list].join(
    "\n",
  );
}

/** The program's line of JSON, then the firewall's counters. */
export function parseRealOutput(text: string, firewall: Firewall): RealCounts | null {
  const line = text.split("\n").find((one) => one.startsWith("{")) ?? "";
  const counter = (protocol: string, port: number): number => {
    const pattern =
      firewall === "nft"
        ? new RegExp(`${protocol} dport ${port} .*counter packets (\\d+)`, "u")
        : new RegExp(`^\\s*(\\d+)\\s.*DROP\\s+.*dpt:${port}\\b`, "mu");
    return Number(pattern.exec(text)?.[1] ?? Number.NaN);
  };
  try {
    const told: unknown = JSON.parse(line);
    if (typeof told !== "object" || told === null) return null;
    const number = (key: string): number => Number(Reflect.get(told, key));
    const counts = {
      tcpSentBytes: number("tcpSentBytes"),
      tcpReceivedBytes: number("tcpReceivedBytes"),
      tcpDropped: counter("tcp", tcpPort),
      tcpRetransmitted: number("tcpRetransmitted"),
      tcpTimeMs: number("tcpTimeMs"),
      udpSent: number("udpSent"),
      udpReceived: number("udpReceived"),
      udpDropped: counter("udp", udpPort),
    };
    return Object.values(counts).every((one) => Number.isFinite(one)) ? counts : null;
  } catch {
    // It printed something else, which the caller shows.
    return null;
  }
}

/** Firewalls live where an ordinary user's shell does not look. */
function withSystemTools(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
}

function executeProgram(program: string, words: readonly string[]): ReturnType<Execute> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...words],
      { timeout: limitMs, killSignal: "SIGKILL", maxBuffer: 1_000_000, env: withSystemTools() },
      (error, stdout, stderr) => {
        resolve({ ok: error === null, text: error === null ? stdout : stderr.trim() || error.message });
      },
    );
  });
}

// Both ends in one process inside the namespace. One segment a millisecond, so that each write is a segment of its own.
const pairSource = `
const net = require("node:net"), dgram = require("node:dgram"), fs = require("node:fs");
const [messages, tcpPort, udpPort] = process.argv.slice(-3).map(Number);
const block = Buffer.alloc(1000, 46);
const retransmitted = () => {
  const [names, values] = fs.readFileSync("/proc/net/snmp", "latin1").split("\\n").filter((line) => line.startsWith("Tcp: "));
  return Number(values.split(" ")[names.split(" ").indexOf("RetransSegs")]);
};
const each = (send, done) => {
  let index = 0;
  const timer = setInterval(() => {
    if (index === messages) { clearInterval(timer); done(); return; }
    index += 1;
    send();
  }, 1);
};
let tcpReceivedBytes = 0, udpReceived = 0;
const before = retransmitted();
const server = net.createServer((socket) => {
  socket.on("data", (bytes) => { tcpReceivedBytes += bytes.length; });
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
});
server.listen(tcpPort, "127.0.0.1", () => {
  const started = performance.now();
  const client = net.connect({ port: server.address().port, host: "127.0.0.1", noDelay: true }, () => {
    each(() => client.write(block), () => client.end());
  });
  client.resume();
  client.on("error", () => client.destroy());
  client.on("close", () => {
    const tcpTimeMs = performance.now() - started;
    const tcpRetransmitted = retransmitted() - before;
    server.close();
    const receiver = dgram.createSocket("udp4").on("message", () => { udpReceived += 1; });
    const sender = dgram.createSocket("udp4");
    for (const socket of [receiver, sender]) socket.on("error", () => undefined);
    receiver.bind(udpPort, "127.0.0.1", () => {
      each(() => sender.send(block, receiver.address().port, "127.0.0.1"), () => setTimeout(() => {
        console.log(JSON.stringify({ tcpSentBytes: messages * 1000, tcpReceivedBytes, tcpRetransmitted, tcpTimeMs, udpSent: messages, udpReceived }));
        receiver.close();
        sender.close();
      }, 200));
    });
  });
});
`;
