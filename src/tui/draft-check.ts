// What stands in the way of a draft before it is sent: characters that a receiver's charset cannot carry, and its size against one
// datagram. With several receivers the worst counts. A hint while typing; the node decides when it is sent. Kept per draft, so that
// frames cost nothing.
import { everyone, roomNumberOf, textRoomFor } from "../index.js";
import type { Charset, Peer } from "../index.js";
import { editorText } from "./edit/editor.js";
import { checkedPeers } from "./receivers.js";
import { draftOf } from "./ui-state.js";
import type { Draft, UiState } from "./ui-state.js";
import type { World } from "./world.js";

export interface DraftCheck {
  /** Different characters that would be lost, in order. */
  readonly lost: readonly string[];
  readonly lostCount: number;
  /** The charset that loses them. */
  readonly charset: Charset;
  readonly sizeBytes: number;
  readonly limitBytes: number;
}

/** A way the draft would go. */
interface Path {
  readonly peer: Peer | null;
  readonly charset: Charset;
}

/** A draft this close to the limit shows its size. */
const nearLimit = 0.8;

const kept = new WeakMap<readonly string[], { readonly key: string; readonly check: DraftCheck }>();

/** Null while nothing is written, or nobody is there to write to. */
export function checkDraft(state: UiState, world: World): DraftCheck | null {
  const draft = draftOf(state);
  const paths = pathsOf(state, world);
  if (paths.length === 0 || draft.editor.clusters.length === 0) return null;
  const key = `${paths.map(({ peer, charset }) => `${charset} ${peer?.dialect}`).join()} ${draft.raw}`;
  const known = kept.get(draft.editor.clusters);
  if (known !== undefined && known.key === key) return known.check;
  const check = measureDraft(draft, paths, world);
  kept.set(draft.editor.clusters, { key, check });
  return check;
}

export function isNearLimit(check: DraftCheck): boolean {
  return check.sizeBytes > check.limitBytes * nearLimit;
}

function pathsOf(state: UiState, world: World): readonly Path[] {
  const checked = checkedPeers(state, world);
  if (checked.length > 0) return checked.map((peer) => ({ peer, charset: peer.charset }));
  if (state.conversation === everyone) return [{ peer: null, charset: world.broadcastCharset }];
  // FeiQ's groups read GBK.
  if (roomNumberOf(state.conversation) !== null) return [{ peer: null, charset: "gbk" }];
  const peer = world.node.peer(state.conversation);
  return peer === undefined ? [] : [{ peer, charset: peer.charset }];
}

function measureDraft(draft: Draft, paths: readonly Path[], world: World): DraftCheck {
  const text = editorText(draft.editor);
  const { self } = world.node;
  const measured = new Map<Charset, { readonly lost: readonly string[]; readonly sizeBytes: number }>();
  for (const { charset } of paths) {
    if (measured.has(charset)) continue;
    const lost = world.codec.unencodable(text, charset).map((one) => one.character);
    measured.set(charset, { lost, sizeBytes: world.codec.encode(text, charset).length });
  }
  const checks = paths.map(({ peer, charset }): DraftCheck => {
    const { lost = [], sizeBytes = 0 } = measured.get(charset) ?? {};
    const limitBytes = textRoomFor(self, peer, draft.raw);
    return { lost: [...new Set(lost)], lostCount: lost.length, charset, sizeBytes, limitBytes };
  });
  const worst = checks.toSorted((a, b) => b.lostCount - a.lostCount)[0];
  const tightest = checks.toSorted((a, b) => b.sizeBytes / b.limitBytes - a.sizeBytes / a.limitBytes)[0];
  return {
    lost: worst?.lost ?? [],
    lostCount: worst?.lostCount ?? 0,
    charset: worst?.charset ?? world.broadcastCharset,
    sizeBytes: tightest?.sizeBytes ?? 0,
    limitBytes: tightest?.limitBytes ?? 1,
  };
}
