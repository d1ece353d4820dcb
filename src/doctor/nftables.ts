// `nft -j list ruleset` to what packet-filter.ts walks, seen by one fresh packet from another machine. Reads JSON; runs nothing.
import {
  judgeChain,
  type FilterChain,
  type FilterChains,
  type FilterRule,
  type Verdict,
} from "./packet-filter.js";
import type { FreshPacket } from "./iptables.js";

type Table = Readonly<Record<string, unknown>>;

/** What all chains at the input hook together do; null when this is no ruleset. A drop in any of them is a drop. */
export function judgeNftables(
  output: string,
  packet: FreshPacket,
  ignores: (family: string, table: string) => boolean,
): Verdict | null {
  const chains = readChains(output, packet);
  if (chains === null) return null;
  const verdicts = nftInputChains(output, ignores).map((entry) => judgeChain(chains, entry));
  if (verdicts.includes("blocked")) return "blocked";
  return verdicts.includes("unknown") ? "unknown" : "open";
}

/** True when this one chain lets UDP and TCP at the port in. */
export function isNftChainOpen(output: string, name: string, port: number): boolean {
  return (["udp", "tcp"] as const).every((protocol) => {
    const chains = readChains(output, { protocol, port });
    return chains !== null && judgeChain(chains, name) === "open";
  });
}

function readChains(output: string, packet: FreshPacket): FilterChains | null {
  const items = itemsOf(output);
  if (items === null) return null;
  const chains = new Map<string, { policy: FilterChain["policy"]; rules: FilterRule[] }>();
  for (const item of items) {
    const chain = tableOf(item["chain"]);
    const rule = tableOf(item["rule"]);
    if (chain !== null) {
      const isInput = isOurInput(chain, () => false);
      const policy = isInput ? (chain["policy"] === "drop" ? "drop" : "accept") : null;
      chains.set(keyOf(chain, chain["name"]), { policy, rules: [] });
    }
    if (rule !== null) chains.get(keyOf(rule, rule["chain"]))?.rules.push(parseRule(rule, packet));
  }
  return chains;
}

/** Chains at the input hook, as `nft` names them: `inet filter input`. */
export function nftInputChains(
  output: string,
  ignores: (family: string, table: string) => boolean,
): readonly string[] {
  return (itemsOf(output) ?? [])
    .map((item) => tableOf(item["chain"]))
    .filter((chain) => chain !== null)
    .filter((chain) => isOurInput(chain, ignores))
    .map((chain) => keyOf(chain, chain["name"]));
}

function isOurInput(chain: Table, ignores: (family: string, table: string) => boolean): boolean {
  const { hook, type, family, table } = chain;
  return hook === "input" && type === "filter" && isForUs(family) && !ignores(String(family), String(table));
}

function itemsOf(output: string): readonly Table[] | null {
  try {
    const list = tableOf(JSON.parse(output))?.["nftables"];
    return Array.isArray(list) ? list.map((item) => tableOf(item) ?? {}) : null;
  } catch {
    return null;
  }
}

function tableOf(value: unknown): Table | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : null;
}

function isForUs(family: unknown): boolean {
  return family === "ip" || family === "inet";
}

function keyOf(place: Table, name: unknown): string {
  return `${String(place["family"])} ${String(place["table"])} ${String(name)}`;
}

function parseRule(rule: Table, packet: FreshPacket): FilterRule {
  const parts = Array.isArray(rule["expr"]) ? rule["expr"] : [];
  let matches: FilterRule["matches"] = "yes";
  let action: FilterRule["action"] = { kind: "next" };
  for (const part of parts) {
    const expression = tableOf(part) ?? {};
    const [name = ""] = Object.keys(expression);
    const ending = endingOf(name, tableOf(expression[name]), rule);
    if (ending !== null) action = ending;
    else if (name === "match") matches = both(matches, matchOf(tableOf(expression[name]) ?? {}, packet));
    else if (!["counter", "log", "comment"].includes(name)) matches = both(matches, "maybe");
  }
  return { matches, action };
}

function both(a: FilterRule["matches"], b: FilterRule["matches"]): FilterRule["matches"] {
  if (a === "no" || b === "no") return "no";
  return a === "maybe" || b === "maybe" ? "maybe" : "yes";
}

function endingOf(name: string, value: Table | null, rule: Table): FilterRule["action"] | null {
  switch (name) {
    case "accept":
    case "drop":
    case "return":
      return { kind: name };
    case "reject":
      return { kind: "drop" };
    case "jump":
    case "goto":
      return { kind: name, chain: keyOf(rule, value?.["target"]) };
    default:
      return null;
  }
}

function matchOf(match: Table, packet: FreshPacket): FilterRule["matches"] {
  const left = tableOf(match["left"]) ?? {};
  const payload = tableOf(left["payload"]);
  const meta = tableOf(left["meta"]);
  const ct = tableOf(left["ct"]);
  const isNot = match["op"] === "!=";
  const decide = (holds: boolean): FilterRule["matches"] => (holds === isNot ? "no" : "yes");
  const right = match["right"];
  if (payload !== null) {
    const { protocol, field } = payload;
    if (field === "dport" && (protocol === "udp" || protocol === "tcp" || protocol === "th")) {
      if (protocol !== "th" && protocol !== packet.protocol) return "no";
      return decide(holdsPort(right, packet.port));
    }
    if (field === "sport" && protocol !== packet.protocol) return "no";
    if (field === "protocol" || field === "nexthdr") return decide(holdsWord(right, packet.protocol));
    return "maybe";
  }
  if (meta !== null) {
    if (meta["key"] === "l4proto") return decide(holdsWord(right, packet.protocol));
    if (meta["key"] === "nfproto") return decide(holdsWord(right, "ipv4"));
    if (meta["key"] === "iifname" || meta["key"] === "iif") return right === "lo" ? decide(false) : "maybe";
    return "maybe";
  }
  if (ct !== null && ct["key"] === "state") return decide(holdsWord(right, "new"));
  return "maybe";
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const set = tableOf(value)?.["set"];
  return Array.isArray(set) ? set : [value];
}

function holdsWord(value: unknown, word: string): boolean {
  return membersOf(value).includes(word);
}

function holdsPort(value: unknown, port: number): boolean {
  return membersOf(value).some((member) => {
    const range = tableOf(member)?.["range"];
    if (Array.isArray(range)) return Number(range[0]) <= port && port <= Number(range[1]);
    return member === port;
  });
}
