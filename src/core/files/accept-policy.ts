// Whether an offer is met without asking: by who offers and by how much, as it says itself. What really comes is counted when it
// comes (node/files/fetch.ts), because sizes are claims and folders have none.
import type { PeerRecord } from "../peers.js";
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
  const total = offer.files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return policy.maxSizeBytes !== null && total > policy.maxSizeBytes ? "too-large" : "yes";
}
