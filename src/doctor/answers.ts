// How a firewall's tool is asked and what its answer comes to; what their readers have in common: off, not told, and ports as they write
// them. Knows no tool.
import type { Verdict } from "./packet-filter.js";

export interface Question {
  readonly file: string;
  readonly args: readonly string[];
}

/** What one command answered. */
export interface Answered {
  /** Null: there is no such program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type FirewallState =
  /** Not installed, or switched off. */
  | { readonly kind: "off" }
  | { readonly kind: "on"; readonly udp: Verdict; readonly tcp: Verdict }
  /** It would not say, to this user. */
  | { readonly kind: "unreadable"; readonly reason: string };

export const off: FirewallState = { kind: "off" };

export function unreadable(answer: Answered): FirewallState {
  const reason = `${answer.stderr}\n${answer.stdout}`.trim().split("\n")[0] ?? "";
  return { kind: "unreadable", reason: reason.slice(0, 120) || `exit ${answer.code}` };
}

/** `53,2400:2500` and `2400-2500`. */
export function isInPortList(list: string, port: number): boolean {
  return list.split(",").some((part) => {
    const [first = "", last = first] = part.split(/[:-]/);
    return Number(first) <= port && port <= Number(last);
  });
}
