// Drafts, texts sent before and favourites over a restart: in the history, where they are as safe as what they belong to. What stands there
// is read with care; without a history nothing is kept.
import type { HistoryView, Node, PeerId } from "../index.js";
import { createEditor, editorText } from "./edit/editor.js";
import { emptyDraft } from "./ui-state.js";
import type { Draft, UiState } from "./ui-state.js";

const draftsName = "screen.drafts";
const sentName = "screen.sent";
const draftLimit = 500;
const sentLimit = 500;
const textLimit = 100_000;

/** What an earlier run left, as it stands in the history. */
export interface KeptScreen {
  readonly drafts: ReadonlyMap<PeerId, Draft>;
  readonly sent: readonly string[];
}

/** Null without a history, and where it cannot be read: the node tells what is wrong with it. */
export async function readScreen(history: HistoryView | null): Promise<KeptScreen | null> {
  if (history === null) return null;
  try {
    const [drafts, sent] = await Promise.all([history.value(draftsName), history.value(sentName)]);
    return { drafts: parseDrafts(drafts), sent: parseTexts(sent) };
  } catch {
    return null;
  }
}

/** Puts back what an earlier run left; what was typed since this one began counts more. */
export function restoreScreen(state: UiState, kept: KeptScreen | null, node: Pick<Node, "peers">): UiState {
  const favourites = new Set([
    // Of those the node knows, the node knows better; the others are told to it when they are seen.
    ...[...state.favourites].filter((id) => !node.peers().some((peer) => peer.id === id)),
    ...node.peers().flatMap((peer) => (peer.policy.favourite ? [peer.id] : [])),
  ]);
  if (kept === null) return { ...state, favourites };
  const typed = [...state.drafts].filter(([, draft]) => editorText(draft.editor) !== "");
  const drafts = new Map([...kept.drafts, ...typed]);
  return { ...state, favourites, drafts, sent: [...kept.sent, ...state.sent] };
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= textLimit;
}

function parseTexts(text: string | null): readonly string[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value.filter(isText).slice(-sentLimit) : [];
}

function parseDrafts(text: string | null): ReadonlyMap<PeerId, Draft> {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(
    Object.entries(value)
      .slice(0, draftLimit)
      .flatMap(([id, draft]): readonly (readonly [PeerId, Draft])[] => {
        if (!isText(draft) || draft === "") return [];
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a draft for nobody is never shown
        return [[id as PeerId, { ...emptyDraft, editor: createEditor(draft) }]];
      }),
  );
}

export interface ScreenKeeper {
  /** Writes what changed since the last time. */
  keep(state: UiState): Promise<void>;
}

export function keepScreen(history: HistoryView | null): ScreenKeeper {
  let lastDrafts: UiState["drafts"] | null = null;
  let lastSent: UiState["sent"] | null = null;
  return {
    async keep({ drafts, sent }) {
      if (history === null) return;
      const writes: Promise<void>[] = [];
      if (drafts !== lastDrafts) {
        lastDrafts = drafts;
        const texts = [...drafts]
          .map(([id, draft]) => [id, editorText(draft.editor)] as const)
          .filter(([, text]) => text !== "" && text.length <= textLimit);
        const value = JSON.stringify(Object.fromEntries(texts.slice(-draftLimit)));
        writes.push(history.write({ kind: "value", name: draftsName, value }));
      }
      if (sent !== lastSent) {
        lastSent = sent;
        const value = JSON.stringify(sent.filter(isText).slice(-sentLimit));
        writes.push(history.write({ kind: "value", name: sentName, value }));
      }
      await Promise.allSettled(writes);
    },
  };
}
