// What stands in the way of a draft before it is sent: characters that the receiver's charset cannot carry, and its size against one
// datagram. A hint while typing; the node decides when it is sent. Kept per draft, so that frames cost nothing.
import { limits } from "../index.js";
import type { Peer } from "../index.js";
import { editorText } from "./edit/editor.js";
import { draftOf } from "./ui-state.js";
import type { Draft, UiState } from "./ui-state.js";
import type { World } from "./world.js";

export interface DraftCheck {
  /** Different characters that would be lost, in order. */
  readonly lost: readonly string[];
  readonly lostCount: number;
  readonly sizeBytes: number;
  readonly limitBytes: number;
}

/** A draft this close to the limit shows its size. */
const nearLimit = 0.8;

const kept = new WeakMap<readonly string[], { readonly key: string; readonly check: DraftCheck }>();

/** Null for everyone: there the receivers' charsets differ, and the node uses the configured one. */
export function checkDraft(state: UiState, world: World): DraftCheck | null {
  const peer = world.node.peer(state.conversation);
  const draft = draftOf(state);
  if (peer === undefined || draft.editor.clusters.length === 0) return null;
  const key = `${peer.charset} ${peer.dialect} ${draft.raw}`;
  const known = kept.get(draft.editor.clusters);
  if (known !== undefined && known.key === key) return known.check;
  const check = measureDraft(draft, peer, world);
  kept.set(draft.editor.clusters, { key, check });
  return check;
}

export function isNearLimit(check: DraftCheck): boolean {
  return check.sizeBytes > check.limitBytes * nearLimit;
}

function measureDraft(draft: Draft, peer: Peer, world: World): DraftCheck {
  const text = editorText(draft.editor);
  const lost = world.codec.unencodable(text, peer.charset);
  return {
    lost: [...new Set(lost.map((one) => one.character))],
    lostCount: lost.length,
    sizeBytes: world.codec.encode(text, peer.charset).length,
    limitBytes: roomFor(draft, peer, world),
  };
}

/** As the node counts: the receiver's buffer less the longest header we write. */
function roomFor(draft: Draft, peer: Peer, world: World): number {
  if (draft.raw || peer.dialect === "raw") return limits.datagramBytesRaw;
  const { self } = world.node;
  const isOfficial = peer.dialect === "ipmsg" && peer.capabilities.includes("utf8");
  const header = 120 + 3 * (self.user.length + self.host.length);
  return (isOfficial ? limits.datagramBytesIpmsg : limits.datagramBytes) - header;
}
