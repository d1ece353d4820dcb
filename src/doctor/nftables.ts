// `nft -j list ruleset` to what packet-filter.ts walks, seen by one fresh packet from another machine. Reads JSON; runs nothing.
import { judgeChain, type FilterChain, type FilterRule, type Verdict } from "./packet-filter.js";
import type { FreshPacket } from "./iptables.js";

type Table = Readonly<Record<string, unknown>>;

/** What all chains at the input hook together do; null when this is no ruleset. A drop in any of them is a drop. */
export function judgeNftables(output: string, packet: FreshPacket): Verdict | null {
  const items = itemsOf(output);
  if (items === null) return null;
  const chains = new Map<string, { policy: FilterChain["policy"]; rules: FilterRule[] }>();
  const entries: string[] = [];
  for (const item of items) {
    const chain = tableOf(item["chain"]);
    const rule = tableOf(item["rule"]);
    if (chain !== null) {
      const key = keyOf(chain, chain["name"]);
      const isInput = chain["hook"] === "input" && chain["type"] === "filter" && isForUs(chain["family"]);
      if (isInput) entries.push(key);
      chains.set(key, {
        policy: isInput ? (chain["policy"] === "drop" ? "drop" : "accept") : null,
        rules: [],
      });
    }
    if (rule !== null) {
      const parsed = parseRule(rule, packet);
      chains.get(keyOf(rule, rule["chain"]))?.rules.push(parsed);
    }
  }
  const verdicts = entries.map((entry) => judgeChain(chains, entry));
  if (verdicts.includes("blocked")) return "blocked";
  return verdicts.includes("unknown") ? "unknown" : "open";
}

/** True when there is a chain at the input hook at all. */
export function hasNftInput(output: string): boolean {
  return (itemsOf(output) ?? []).some((item) => tableOf(item["chain"])?.["hook"] === "input");
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
