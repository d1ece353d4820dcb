// `iptables -S` to chains as packet-filter.ts walks them, seen by one fresh packet: from another machine, to one port. Reads text;
// runs nothing.
import type { FilterChain, FilterChains, FilterRule } from "./packet-filter.js";

export interface FreshPacket {
  readonly protocol: "udp" | "tcp";
  readonly port: number;
}

const endings: Readonly<Record<string, FilterRule["action"]>> = {
  ACCEPT: { kind: "accept" },
  DROP: { kind: "drop" },
  REJECT: { kind: "drop" },
  RETURN: { kind: "return" },
  LOG: { kind: "next" },
  NFLOG: { kind: "next" },
  MARK: { kind: "next" },
};

/** The filter table. Null when this is not the output of `iptables -S`. */
export function parseIptables(output: string, packet: FreshPacket): FilterChains | null {
  const chains = new Map<string, { policy: FilterChain["policy"]; rules: FilterRule[] }>();
  for (const line of output.split("\n")) {
    const words = wordsOf(line);
    const [flag, name = "", third] = words;
    if (flag === "-P") chains.set(name, { policy: third === "ACCEPT" ? "accept" : "drop", rules: [] });
    else if (flag === "-N") chains.set(name, { policy: null, rules: [] });
    else if (flag === "-A") chains.get(name)?.rules.push(parseRule(words.slice(2), packet));
  }
  return chains.has("INPUT") ? chains : null;
}

/** Quotes hold a comment together. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/gu), (match) => match[1] ?? match[2] ?? "");
}

type Matches = FilterRule["matches"];

function parseRule(words: readonly string[], packet: FreshPacket): FilterRule {
  const results: Matches[] = [];
  let action: FilterRule["action"] = { kind: "next" };
  let negated = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "!") {
      negated = true;
      continue;
    }
    const value = words[at + 1] ?? "";
    if (word === "-j" || word === "-g") {
      action = endings[value] ?? { kind: word === "-g" ? "goto" : "jump", chain: value };
      // What the target takes is no condition.
      break;
    }
    const result = condition(word, value, packet);
    if (result !== null) results.push(negated ? opposite(result.matches) : result.matches);
    at += result?.used ?? skipped(words, at);
    negated = false;
  }
  const matches = results.includes("no") ? "no" : results.includes("maybe") ? "maybe" : "yes";
  return { matches, action };
}

function opposite(matches: Matches): Matches {
  return matches === "yes" ? "no" : matches === "no" ? "yes" : "maybe";
}

/** Values behind a word that says nothing about us. */
function skipped(words: readonly string[], at: number): number {
  return (words[at + 1] ?? "-").startsWith("-") ? 0 : 1;
}

function is(holds: boolean): { readonly matches: Matches; readonly used: number } {
  return { matches: holds ? "yes" : "no", used: 1 };
}

function condition(
  word: string,
  value: string,
  packet: FreshPacket,
): { readonly matches: Matches; readonly used: number } | null {
  switch (word) {
    case "-p":
      return is(value === "all" || value === packet.protocol);
    case "--dport":
    case "--dports":
    case "--destination-port":
      return is(value.split(",").some((part) => isInRange(part, packet.port)));
    // Another program's port, as a rule: the sender of a fresh packet has any.
    case "--sport":
    case "--sports":
      return { matches: "maybe", used: 1 };
    case "--ctstate":
    case "--state":
      return is(value.split(",").includes("NEW"));
    case "-i":
      return value === "lo" ? is(false) : { matches: "maybe", used: 1 };
    case "-m":
    case "--comment":
      return value === "set" || value === "recent" || value === "limit"
        ? { matches: "maybe", used: 1 }
        : { matches: "yes", used: 1 };
    case "-s":
      return value === "0.0.0.0/0"
        ? is(true)
        : value.startsWith("127.")
          ? is(false)
          : { matches: "maybe", used: 1 };
    case "-d":
      if (/^2(?:2[4-9]|3\d|55)\./.test(value)) return is(false);
      return value === "0.0.0.0/0" ? is(true) : { matches: "maybe", used: 1 };
    case "--dst-type":
      // The packet we ask about is for us alone.
      return is(value === "LOCAL" || value === "UNICAST");
    case "--icmp-type":
    case "--icmpv6-type":
      return is(false);
    default:
      return word.startsWith("-") ? { matches: "maybe", used: value.startsWith("-") ? 0 : 1 } : null;
  }
}

function isInRange(text: string, port: number): boolean {
  const [first = "", last = first] = text.split(":");
  return Number(first) <= port && port <= Number(last);
}
