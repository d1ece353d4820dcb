// Firewalls as data: how each is asked, how its answer is read, and the exact command that lets us in. Parsers read recorded outputs in
// the tests; only firewall-check.ts runs anything.
import {
  isInPortList,
  off,
  unreadable,
  type Answered,
  type FirewallState,
  type Question,
} from "./answers.js";
import { allowFirewalld, readFirewalld } from "./firewalld.js";
import { parseIptables } from "./iptables.js";
import { isNftChainOpen, judgeNftables, nftInputChains } from "./nftables.js";
import { judgeChain, type Verdict } from "./packet-filter.js";
import { allowUfw, readUfw } from "./ufw.js";

export interface Firewall {
  readonly name: string;
  readonly platforms: readonly NodeJS.Platform[];
  readonly questions: readonly Question[];
  read(answers: readonly Answered[], port: number): FirewallState;
  /** For the user to type. */
  allow(port: number, answers: readonly Answered[]): string;
  /** It is a front end of these: what they say is said already. */
  readonly covers?: readonly string[];
}

/** Tools of one machine in the order they should be named in: a front end before what it is a front end of. */
export const firewalls: readonly Firewall[] = [
  {
    name: "ufw",
    platforms: ["linux"],
    questions: [{ file: "ufw", args: ["status", "verbose"] }],
    read: ([answer], port) => readUfw(answer, port),
    covers: ["nftables", "iptables"],
    allow: (port, [answer]) => allowUfw(port, answer),
  },
  {
    name: "firewalld",
    platforms: ["linux"],
    questions: [
      { file: "firewall-cmd", args: ["--state"] },
      { file: "firewall-cmd", args: ["--get-default-zone"] },
      { file: "firewall-cmd", args: ["--list-all-zones"] },
    ],
    read: readFirewalld,
    covers: ["nftables", "iptables"],
    allow: allowFirewalld,
  },
  {
    name: "nftables",
    platforms: ["linux"],
    questions: [
      { file: "nft", args: ["-j", "list", "ruleset"] },
      { file: "iptables", args: ["-S"] },
    ],
    read: readNft,
    allow: (port, answers) => allowNft(port, answers),
  },
  {
    name: "iptables",
    platforms: ["linux"],
    questions: [{ file: "iptables", args: ["-S"] }],
    read: ([answer], port) => readIptables(answer, port),
    allow: (port) =>
      `sudo iptables -I INPUT -p udp --dport ${port} -j ACCEPT && sudo iptables -I INPUT -p tcp --dport ${port} -j ACCEPT`,
  },
  {
    name: "Windows Defender",
    platforms: ["win32"],
    questions: [
      {
        file: "powershell",
        args: powershell(
          "Get-NetFirewallProfile | Select-Object Name,Enabled,DefaultInboundAction | ConvertTo-Json",
        ),
      },
      {
        file: "powershell",
        args: powershell(
          "Get-NetFirewallRule -Direction Inbound -Enabled True | ForEach-Object { $f = $_ | Get-NetFirewallPortFilter; [pscustomobject]@{ action = [string]$_.Action; protocol = [string]$f.Protocol; ports = @($f.LocalPort) } } | ConvertTo-Json",
        ),
      },
    ],
    read: ([profiles, rules], port) => readWindows(profiles, rules, port),
    allow: (port) =>
      `New-NetFirewallRule -DisplayName "feiyan UDP" -Direction Inbound -Protocol UDP -LocalPort ${port} -Action Allow; New-NetFirewallRule -DisplayName "feiyan TCP" -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow`,
  },
  {
    name: "macOS application firewall",
    platforms: ["darwin"],
    questions: [
      { file: "/usr/libexec/ApplicationFirewall/socketfilterfw", args: ["--getglobalstate"] },
      { file: "/usr/libexec/ApplicationFirewall/socketfilterfw", args: ["--getblockall"] },
      { file: "/usr/libexec/ApplicationFirewall/socketfilterfw", args: ["--listapps"] },
    ],
    read: (answers) => readMac(answers),
    allow: () =>
      'sudo /usr/libexec/ApplicationFirewall/socketfilterfw --add "$(which node)" --unblockapp "$(which node)"',
  },
];

function powershell(script: string): readonly string[] {
  return ["-NoProfile", "-NonInteractive", "-Command", script];
}

/** Today's iptables keeps its rules in tables of nftables; those are told of under its own name. */
function nftIgnores([, iptables]: readonly Answered[]): (family: string, table: string) => boolean {
  const isThere = iptables?.code === 0;
  return (family, table) => isThere && family === "ip" && table === "filter";
}

function allowNft(port: number, answers: readonly Answered[]): string {
  const ignores = nftIgnores(answers);
  const output = answers[0]?.stdout ?? "";
  // A packet must pass all of them.
  const closed = nftInputChains(output, ignores).filter((name) => !isNftChainOpen(output, name, port));
  return (closed.length === 0 ? ["inet filter input"] : closed)
    .flatMap((chain) =>
      ["udp", "tcp"].map((protocol) => `sudo nft insert rule ${chain} ${protocol} dport ${port} accept`),
    )
    .join(" && ");
}

function readNft(answers: readonly Answered[], port: number): FirewallState {
  const [answer] = answers;
  if (answer === undefined || answer.code === null) return off;
  if (answer.code !== 0) return unreadable(answer);
  const ignores = nftIgnores(answers);
  if (nftInputChains(answer.stdout, ignores).length === 0) return off;
  return {
    kind: "on",
    udp: judgeNftables(answer.stdout, { protocol: "udp", port }, ignores) ?? "unknown",
    tcp: judgeNftables(answer.stdout, { protocol: "tcp", port }, ignores) ?? "unknown",
  };
}

function readIptables(answer: Answered | undefined, port: number): FirewallState {
  if (answer === undefined || answer.code === null) return off;
  if (answer.code !== 0) return unreadable(answer);
  const verdictOf = (protocol: "udp" | "tcp"): Verdict => {
    const chains = parseIptables(answer.stdout, { protocol, port });
    return chains === null ? "unknown" : judgeChain(chains, "INPUT");
  };
  const isEmpty = /^-P INPUT ACCEPT$/m.test(answer.stdout) && !/^-A INPUT /m.test(answer.stdout);
  return isEmpty ? off : { kind: "on", udp: verdictOf("udp"), tcp: verdictOf("tcp") };
}

function readWindows(
  profiles: Answered | undefined,
  rules: Answered | undefined,
  port: number,
): FirewallState {
  if (profiles === undefined || profiles.code === null) return off;
  const states = listIn(profiles.stdout);
  if (states === null) return unreadable(profiles);
  const active = states.filter((profile) => profile["Enabled"] === true || profile["Enabled"] === 1);
  if (active.length === 0) return off;
  const list = rules === undefined ? null : listIn(rules.stdout);
  if (list === null) return unreadable(rules ?? profiles);
  const verdictOf = (protocol: string): Verdict => {
    const ours = list.filter((rule) => {
      const ports = Array.isArray(rule["ports"]) ? rule["ports"] : [rule["ports"]];
      const isProtocol = rule["protocol"] === protocol || rule["protocol"] === "Any";
      return isProtocol && ports.some((one) => isInPortList(String(one), port));
    });
    // Block counts before allow there.
    if (ours.some((rule) => rule["action"] === "Block")) return "blocked";
    if (ours.some((rule) => rule["action"] === "Allow")) return "open";
    // A rule for the program itself would let us in as well, and is not looked at.
    return "unknown";
  };
  return { kind: "on", udp: verdictOf("UDP"), tcp: verdictOf("TCP") };
}

function listIn(json: string): readonly Readonly<Record<string, unknown>>[] | null {
  try {
    const value: unknown = JSON.parse(json);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((item) =>
      typeof item === "object" && item !== null ? Object.fromEntries(Object.entries(item)) : {},
    );
  } catch {
    return null;
  }
}

function readMac([state, blockAll, apps]: readonly Answered[]): FirewallState {
  if (state === undefined || state.code === null) return off;
  if (/State = 0|disabled/i.test(state.stdout)) return off;
  if (!/State = [12]|enabled/i.test(state.stdout)) return unreadable(state);
  if (/block all.*enabled|State = 2/i.test(`${blockAll?.stdout ?? ""}${state.stdout}`)) {
    return { kind: "on", udp: "blocked", tcp: "blocked" };
  }
  const lines = (apps?.stdout ?? "").split("\n");
  const at = lines.findIndex((line) => /\/node\b/.test(line));
  const rule = at < 0 ? "" : `${lines[at]} ${lines[at + 1] ?? ""}`;
  const verdict: Verdict = /allow incoming/i.test(rule)
    ? "open"
    : /block incoming/i.test(rule)
      ? "blocked"
      : "unknown";
  return { kind: "on", udp: verdict, tcp: verdict };
}
