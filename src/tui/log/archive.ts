// Kept messages for the log of a conversation: pages from the history before what the node holds, or a window somewhere in the past after
// a jump. Loads when asked and says when something came; holds no more than a bounded stretch of each conversation. Knows nothing of rows
// or keys; app.ts asks for more as the reader comes near an end.
import { parseSearch, readDate, rereadMessage } from "../../index.js";
import type {
  Event,
  HistoryView,
  KeptMessage,
  Message,
  MessageId,
  Node,
  PeerId,
  TextCodec,
} from "../../index.js";

/** A stretch of a conversation from the history, oldest first. */
export interface ArchiveWindow {
  readonly messages: readonly Message[];
  /** Serial one past the last message. */
  readonly end: number;
  /** Not next to what the node holds: the newest messages are elsewhere. */
  readonly isDetached: boolean;
  /** Grows when serials changed. */
  readonly generation: number;
}

export interface Archive {
  of(conversation: PeerId): ArchiveWindow | undefined;
  /** More on the older side; `first` is the serial of the oldest message that the node holds. */
  wantOlder(conversation: PeerId, first: number): void;
  wantNewer(conversation: PeerId, first: number): void;
  /** Opens a window at a moment; resolves with the serial of the first message from then on, or of the one named; null: none. */
  jump(conversation: PeerId, first: number, atMs: number, id: MessageId | null): Promise<number | null>;
  /** Back to the newest messages. */
  leave(conversation: PeerId): void;
  /** What follows the window has left memory: it stands alone now, a place in the past. */
  detach(conversation: PeerId): void;
  /** Nobody looks at it. */
  forget(conversation: PeerId): void;
  /** Takes what an event changes in what is loaded; call it before anything is drawn. */
  note(event: Event): void;
  message(id: MessageId): Message | undefined;
  /** What the history holds of these words, newest first, as far as it is known yet; null without a history. */
  search(query: string): readonly Message[] | null;
}

interface Stretch {
  messages: Message[];
  places: number[];
  end: number;
  isDetached: boolean;
  hasOlder: boolean;
  hasNewer: boolean;
  isLoading: boolean;
  generation: number;
}

const pageSize = 200;
/** Messages of one window; past it the far end goes. */
const windowLimit = 10_000;
const windowsLimit = 20;
/** Serials of a window somewhere in the past: far from those of the present, with room on both sides. */
const farAway = 1_000_000_000;
const searchLimit = 500;

export interface ArchiveOptions {
  readonly node: Pick<Node, "conversation" | "message">;
  readonly history: HistoryView | null;
  readonly codec: TextCodec;
  readonly now: () => number;
  /** Something came, or went. */
  readonly onChange: () => void;
  /** The window in the past is closed. */
  readonly onLeave: (conversation: PeerId) => void;
  /** A window joined the present: its serials are others now. */
  readonly onMove: (conversation: PeerId, delta: number) => void;
}

export function createArchive({
  node,
  history,
  codec,
  now,
  onChange,
  onLeave,
  onMove,
}: ArchiveOptions): Archive {
  const windows = new Map<PeerId, Stretch>();
  let generations = 0;
  let search: { readonly query: string; readonly hits: readonly Message[] } = { query: "", hits: [] };
  let wanted = "";
  let isSearching = false;

  function open(conversation: PeerId, end: number, isDetached: boolean): Stretch {
    generations += 1;
    const stretch: Stretch = {
      messages: [],
      places: [],
      end,
      isDetached,
      hasOlder: true,
      hasNewer: isDetached,
      isLoading: false,
      generation: generations,
    };
    windows.delete(conversation);
    windows.set(conversation, stretch);
    for (const oldest of windows.keys()) {
      if (windows.size <= windowsLimit) break;
      windows.delete(oldest);
    }
    return stretch;
  }

  /** Those the node holds stand in the log already. */
  function notHeld(messages: readonly KeptMessage[]): readonly KeptMessage[] {
    return messages.filter(({ message }) => node.message(message.id) === undefined);
  }

  async function loadOlder(store: HistoryView, conversation: PeerId, stretch: Stretch): Promise<void> {
    const before = stretch.places[0] ?? (await placeOfHeld(store, conversation));
    const page = await store.page({ conversation, before, limit: pageSize });
    const added = notHeld(page.messages);
    stretch.messages.unshift(...added.map(({ message }) => message));
    stretch.places.unshift(...added.map(({ place }) => place));
    stretch.hasOlder = page.hasOlder;
    // Nothing new in a page full of what is held: the next one begins before it.
    if (added.length === 0 && page.hasOlder && page.messages[0] !== undefined) {
      const older = await store.page({ conversation, before: page.messages[0].place, limit: pageSize });
      const more = notHeld(older.messages);
      stretch.messages.unshift(...more.map(({ message }) => message));
      stretch.places.unshift(...more.map(({ place }) => place));
      stretch.hasOlder = older.hasOlder && more.length > 0;
    }
    if (stretch.messages.length <= windowLimit) return;
    const kept = windowLimit / 2;
    stretch.end -= stretch.messages.length - kept;
    stretch.messages = stretch.messages.slice(0, kept);
    stretch.places = stretch.places.slice(0, kept);
    stretch.isDetached = true;
    stretch.hasNewer = true;
  }

  /** The place of the oldest message that the node holds. */
  async function placeOfHeld(store: HistoryView, conversation: PeerId): Promise<number | undefined> {
    const oldest = node.conversation(conversation).messages.at(0);
    return oldest === undefined ? undefined : (await store.message(oldest.id))?.place;
  }

  async function loadNewer(
    store: HistoryView,
    conversation: PeerId,
    stretch: Stretch,
    first: number,
  ): Promise<void> {
    const page = await store.page({ conversation, after: stretch.places.at(-1) ?? 0, limit: pageSize });
    append(stretch, page.messages);
    stretch.hasNewer = page.hasNewer && notHeld(page.messages).length === page.messages.length;
    if (!stretch.hasNewer) {
      const delta = first - stretch.end;
      stretch.end = first;
      stretch.isDetached = false;
      generations += 1;
      stretch.generation = generations;
      onMove(conversation, delta);
    }
    const excess = stretch.messages.length - windowLimit;
    if (excess <= 0) return;
    stretch.messages.splice(0, excess);
    stretch.places.splice(0, excess);
    stretch.hasOlder = true;
  }

  function append(stretch: Stretch, messages: readonly KeptMessage[]): void {
    for (const { place, message } of notHeld(messages)) {
      stretch.messages.push(message);
      stretch.places.push(place);
      stretch.end += 1;
    }
  }

  /** One load of a window at a time; a failed one may be tried again. */
  async function load(stretch: Stretch, work: () => Promise<void>): Promise<void> {
    if (stretch.isLoading) return;
    stretch.isLoading = true;
    try {
      await work();
    } catch {
      // The node says what is wrong with the history; here there is only nothing more to show.
      stretch.hasOlder = false;
    }
    stretch.isLoading = false;
    onChange();
  }

  function drop(conversation: PeerId): void {
    const isPast = windows.get(conversation)?.isDetached === true;
    windows.delete(conversation);
    if (isPast) onLeave(conversation);
  }

  async function findMore(store: HistoryView): Promise<void> {
    if (isSearching) return;
    isSearching = true;
    // The last words typed count; those in between were never waited for.
    while (search.query !== wanted) {
      const query = wanted;
      const parsed = parseSearch(query, (text) => readDate(text, now()));
      const hits: Message[] = [];
      let before: number | undefined;
      try {
        for (;;) {
          // oxlint-disable-next-line no-await-in-loop -- portion by portion, as long as it is still wanted
          const page = await store.search({ query: parsed, before, limit: searchLimit - hits.length });
          hits.push(...page.hits.map(({ message }) => message));
          if (page.next === null || hits.length >= searchLimit || wanted !== query) break;
          before = page.next;
        }
      } catch {
        // As above.
      }
      if (wanted === query) search = { query, hits };
      onChange();
    }
    isSearching = false;
  }

  return {
    of: (conversation) => windows.get(conversation),

    wantOlder(conversation, first) {
      if (history === null) return;
      const known = windows.get(conversation);
      // What the node held before has left memory: the window is no longer next to it.
      const isStale = known !== undefined && !known.isDetached && known.end !== first;
      const stretch = known === undefined || isStale ? open(conversation, first, false) : known;
      if (stretch.hasOlder) void load(stretch, () => loadOlder(history, conversation, stretch));
    },

    wantNewer(conversation, first) {
      const stretch = windows.get(conversation);
      if (history === null || stretch === undefined || !stretch.hasNewer) return;
      void load(stretch, () => loadNewer(history, conversation, stretch, first));
    },

    async jump(conversation, first, atMs, id) {
      if (history === null) return null;
      const page = await history.page({ conversation, sinceMs: atMs, limit: pageSize });
      const [oldest] = page.messages;
      if (oldest === undefined) return null;
      const older = await history.page({ conversation, before: oldest.place, limit: pageSize });
      const stretch = open(conversation, first - farAway, true);
      append(stretch, older.messages);
      append(stretch, page.messages);
      stretch.hasOlder = older.hasOlder;
      stretch.hasNewer = page.hasNewer && notHeld(page.messages).length === page.messages.length;
      if (!stretch.hasNewer) {
        stretch.isDetached = false;
        stretch.end = first;
      }
      onChange();
      const wantedId = id ?? oldest.message.id;
      const index = stretch.messages.findIndex((message) => message.id === wantedId);
      // From then on the node holds everything.
      return index < 0 ? first : stretch.end - stretch.messages.length + index;
    },

    leave(conversation) {
      if (windows.get(conversation)?.isDetached === true) drop(conversation);
    },

    detach(conversation) {
      const stretch = windows.get(conversation);
      if (stretch === undefined) return;
      stretch.isDetached = true;
      stretch.hasNewer = true;
    },

    forget(conversation) {
      windows.delete(conversation);
    },

    note(event) {
      // What could not be had while the instance was away can be had again.
      if (event.kind === "notice" && event.code === "control-back") {
        for (const stretch of windows.values()) stretch.hasOlder = true;
      }
      // Whose messages they are has changed: their pages are asked for again.
      if (event.kind === "peer-merged") [event.from, event.into.id].forEach(drop);
      if (event.kind === "peer-split") [event.from, event.peer.id].forEach(drop);
      if (event.kind !== "reread") return;
      const { conversation, charset } = event;
      const stretch = windows.get(conversation);
      if (stretch !== undefined) {
        stretch.messages = stretch.messages.map((message) => {
          const reading = rereadMessage(message, charset, codec);
          return reading === null
            ? message
            : { ...message, ...reading, charset, charsetReason: "peer-choice" };
        });
        generations += 1;
        stretch.generation = generations;
      }
      // The history reads differently too: what was found is looked for again.
      search = { query: "", hits: [] };
      if (history !== null && wanted !== "") void findMore(history);
    },

    message(id) {
      for (const { messages } of windows.values()) {
        const found = messages.find((message) => message.id === id);
        if (found !== undefined) return found;
      }
      return search.hits.find((message) => message.id === id);
    },

    search(query) {
      if (history === null) return null;
      if (wanted !== query) {
        wanted = query;
        void findMore(history);
      }
      return query === "" ? [] : search.hits;
    },
  };
}
