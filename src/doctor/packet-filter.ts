// Would a chain of firewall rules let a fresh datagram from the network in? Rules as data, from whichever tool printed them; three
// answers, because a condition we cannot read makes what follows uncertain. Knows no tool.

export type Verdict = "open" | "blocked" | "unknown";

export interface FilterRule {
  /** Whether the rule is about our packet; `maybe` when it has conditions we do not understand. */
  readonly matches: "yes" | "no" | "maybe";
  readonly action:
    | { readonly kind: "accept" | "drop" | "return" | "next" }
    | { readonly kind: "jump" | "goto"; readonly chain: string };
}

export interface FilterChain {
  /** What happens at the end of a chain that the kernel enters by itself; null for the others. */
  readonly policy: "accept" | "drop" | null;
  readonly rules: readonly FilterRule[];
}

export type FilterChains = ReadonlyMap<string, FilterChain>;

const depthLimit = 32;
const rulesLimit = 20_000;

type Outcome = "accept" | "drop" | "end" | "unknown";

/** Walks from a chain as the kernel does. */
export function judgeChain(chains: FilterChains, start: string): Verdict {
  let steps = 0;
  const walk = (name: string, depth: number): Outcome => {
    const chain = chains.get(name);
    if (chain === undefined || depth > depthLimit) return "unknown";
    for (const rule of chain.rules) {
      steps += 1;
      if (steps > rulesLimit) return "unknown";
      if (rule.matches === "no" || rule.action.kind === "next") continue;
      const outcome = follow(rule.action, depth);
      // At the end of a chain that the kernel entered by itself its policy counts.
      if (outcome === null) return rule.matches === "yes" ? (chain.policy ?? "end") : "unknown";
      if (outcome === "end") {
        if (rule.action.kind === "goto" && rule.matches === "yes") return chain.policy ?? "end";
        continue;
      }
      // A rule that may or may not be about us: certain only if what follows would come to the same.
      if (rule.matches === "maybe") return "unknown";
      return outcome;
    }
    return chain.policy ?? "end";
  };
  /** Null: back to the caller. */
  const follow = (action: FilterRule["action"], depth: number): Outcome | null => {
    switch (action.kind) {
      case "accept":
      case "drop":
        return action.kind;
      case "return":
        return null;
      case "jump":
      case "goto":
        return walk(action.chain, depth + 1);
      case "next":
        return "end";
      default: {
        const never: never = action;
        return never;
      }
    }
  };
  const outcome = walk(start, 0);
  if (outcome === "accept" || outcome === "end") return "open";
  return outcome === "drop" ? "blocked" : "unknown";
}
