// What ties the log to the archive: pages are fetched as the reader comes near an end of what is there, and a kept message is found by its
// id like any other. Called by app.ts after each step.
import type { ChatNode } from "../../index.js";
import type { Timelines } from "../timeline.js";
import { positionOf } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { NodeView } from "../world.js";
import type { Archive } from "./archive.js";

/** Entries before an end that are fetched ahead: more than a page of any screen. */
const aheadOlder = 150;
const aheadNewer = 100;

export function fetchNearby(state: UiState, timelines: Timelines, recent: Timelines, archive: Archive): void {
  const { conversation } = state;
  const timeline = timelines.of(conversation);
  const position = positionOf(state);
  const near = position.kind === "anchor" ? position.serial : timeline.end;
  const { first } = recent.of(conversation);
  if (near - timeline.first < aheadOlder) archive.wantOlder(conversation, first);
  if (timeline.end - near < aheadNewer) archive.wantNewer(conversation, first);
}

/**
 * Messages that leave the node's memory leave a gap after the pages before them. A reader who is in these pages stays there, as in any
 * place in the past; for everybody else they are forgotten. Called before each step, so that no serial moves under the reader.
 */
export function keepPlace(state: UiState, recent: Timelines, archive: Archive): void {
  const { conversation } = state;
  const { first } = recent.of(conversation);
  const window = archive.of(conversation);
  if (window === undefined || window.isDetached || window.end >= first) return;
  const position = positionOf(state);
  if (position.kind === "anchor" && position.serial < window.end) archive.detach(conversation);
  else archive.forget(conversation);
}

/** The node, with kept messages among its own. */
export function withKept(node: ChatNode, archive: Archive): NodeView {
  return {
    get self() {
      return node.self;
    },
    get fingerprint() {
      return node.fingerprint;
    },
    get network() {
      return node.network;
    },
    peers: () => node.peers(),
    peer: (id) => node.peer(id),
    conversation: (id) => node.conversation(id),
    conversations: () => node.conversations(),
    rooms: () => node.rooms(),
    message: (id) => node.message(id) ?? archive.message(id),
    diagnostics: () => node.diagnostics(),
    waiting: () => node.waiting(),
    impairments: () => node.impairments(),
    offers: () => node.offers(),
    transfers: () => node.transfers(),
    pictures: () => node.pictures(),
  };
}
