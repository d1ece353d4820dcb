// What `ufw status verbose` prints, read for one port, and the command that opens it. Reads text; runs nothing.
import { isInPortList, off, unreadable, type Answered, type FirewallState } from "./answers.js";
import type { Verdict } from "./packet-filter.js";

interface UfwRule {
  /** Null: any. */
  readonly ports: string | null;
  readonly protocol: string | null;
  readonly lets: boolean;
  /** For some senders, one interface or one address only. */
  readonly isPartial: boolean;
}

export function readUfw(answer: Answered | undefined, port: number): FirewallState {
  if (answer === undefined || answer.code === null) return off;
  if (/^Status: inactive/m.test(answer.stdout)) return off;
  if (!/^Status: active/m.test(answer.stdout)) return unreadable(answer);
  const byDefault = /^Default: allow \(incoming\)/m.test(answer.stdout) ? "open" : "blocked";
  const rules = rulesIn(answer.stdout);
  const verdictOf = (protocol: string): Verdict => {
    const rule = rules.find((one) => isAbout(one, protocol, port));
    if (rule === undefined) return byDefault;
    // A rule for some only decides nothing for the others.
    return rule.isPartial ? "unknown" : rule.lets ? "open" : "blocked";
  };
  return { kind: "on", udp: verdictOf("udp"), tcp: verdictOf("tcp") };
}

/** Rules count in their order: one that is appended helps against the default, but not against a rule that forbids. */
export function allowUfw(port: number, answer: Answered | undefined): string {
  const rules = rulesIn(answer?.stdout ?? "");
  return ["udp", "tcp"]
    .map((protocol) => {
      const isForbidden = rules.some((rule) => !rule.lets && isAbout(rule, protocol, port));
      return `sudo ufw ${isForbidden ? "prepend " : ""}allow ${port}/${protocol}`;
    })
    .join(" && ");
}

function isAbout({ ports, protocol }: UfwRule, wanted: string, port: number): boolean {
  return (protocol === null || protocol === wanted) && (ports === null || isInPortList(ports, port));
}

/** `2425/udp on eth0   ALLOW IN   10.0.0.0/8   # why`; those of IPv6 come after and say the same. */
function rulesIn(output: string): readonly UfwRule[] {
  return output.split("\n").flatMap((line) => {
    const match = /^(\S.*?)\s+(ALLOW|DENY|REJECT|LIMIT) IN\s+(\S.*?)\s*(?:#.*)?$/.exec(line);
    const [, to = "", verb, from = ""] = match ?? [];
    if (match === null || to.includes("(v6)")) return [];
    const whole = to.replace(/ on \S+$/, "").replace(/ \([^)]*\)$/, "");
    const [, address, ports = "", protocol = null] = /^(?:(\S+) )?(Anywhere|[\d:,]+)?(?:\/(\w+))?$/.exec(
      whole,
    ) ?? ["", "?"];
    return [
      {
        ports: ports === "" || ports === "Anywhere" ? null : ports,
        protocol,
        lets: verb === "ALLOW" || verb === "LIMIT",
        isPartial: / on \S+$/.test(to) || address !== undefined || from !== "Anywhere",
      },
    ];
  });
}
