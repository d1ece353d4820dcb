// Whether an offer is met without asking: by who offers and by how much, as it says itself. What really comes is counted when it
// comes (node/files/fetch-file.ts), because sizes are claims and folders have none.
import type { PeerRecord } from "../peers.js";
import type { FilePolicy } from "../saved.js";
import type { AcceptPolicy, Offer } from "./model.js";

/** `ask`: the user decides; `too-large`: would be taken if it were smaller. */
export type Verdict = "yes" | "ask" | "never" | "too-large";

export function isAcceptedByPolicy(
  policy: AcceptPolicy,
  offer: Pick<Offer, "files">,
  peer: Pick<PeerRecord, "announced">,
): Verdict {
  if (policy.accept === "never") return "never";
  if (policy.accept === "ask" || (policy.accept === "known" && !peer.announced)) return "ask";
  // Without a folder there is nowhere to put it: the user says where.
  if (policy.dir === "") return "ask";
  const total = offer.files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return policy.maxSizeBytes !== null && total > policy.maxSizeBytes ? "too-large" : "yes";
}

/** What nobody has decided. */
export const fallbackPolicy: AcceptPolicy = {
  accept: "ask",
  maxSizeBytes: null,
  dir: "",
  overwrite: "rename",
  resume: true,
};

/** The rule for all with what was decided about one peer over it. */
export function policyOf(rule: AcceptPolicy | null, own: FilePolicy | null): AcceptPolicy | null {
  if (own === null) return rule;
  const base = rule ?? fallbackPolicy;
  return {
    ...base,
    accept: own.accept === "always" ? "all" : own.accept,
    maxSizeBytes: own.maxSizeBytes ?? base.maxSizeBytes,
    dir: own.dir ?? base.dir,
  };
}
