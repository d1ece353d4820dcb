// That somebody writes, for programs that show it (FeiQ, feiyan): told as the draft to one person changes, and that it stopped when the
// draft is emptied without being sent. How often it goes out is the node's business.
import type { Request } from "../action.js";
import { isCommandLine } from "../completion.js";
import { editorText } from "../edit/editor.js";
import { checkedPeers } from "../receivers.js";
import { draftOf } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { Step } from "./step.js";

/** What the step means for who is written to; nothing where the draft stayed as it was. */
export function typingRequests(before: UiState, { state, requests }: Step, world: World): readonly Request[] {
  const { conversation } = state;
  if (before.conversation !== conversation) return [];
  const [old, now] = [draftOf(before).editor.clusters, draftOf(state).editor.clusters];
  if (old === now || (old.length === 0 && now.length === 0)) return [];
  const peer = world.node.peer(conversation);
  const isShown = peer !== undefined && (peer.dialect === "feiq" || peer.feiyan !== null);
  // A message to several is to nobody in particular.
  if (!isShown || peer.policy.blocked || checkedPeers(state, world).length > 0) return [];
  if (now.length > 0) {
    return isCommandLine(editorText(draftOf(state).editor))
      ? []
      : [{ kind: "typing", peer: peer.id, active: true }];
  }
  // The message itself says that the writing is over.
  const isSaid = requests.some(({ kind }) => kind === "say");
  return isSaid || isCommandLine(editorText(draftOf(before).editor))
    ? []
    : [{ kind: "typing", peer: peer.id, active: false }];
}
