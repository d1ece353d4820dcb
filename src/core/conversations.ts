// What was said, by conversation, within a bound on count and bytes; the oldest of the longest conversation go first. A message to
// several peers stands in the conversation with each. Messages are values: a change of delivery replaces them at their places.
import { createCompactor } from "./compact.js";
import { limits } from "./limits.js";
import { everyone } from "./model.js";
import type { Conversation, Message, MessageId, PeerId } from "./model.js";

interface Thread {
  readonly id: PeerId;
  /** Oldest first. */
  items: Message[];
  /** Messages evicted before `items[0]`. */
  evicted: number;
  lastAt: number;
}

interface Place {
  thread: Thread;
  /** Count of messages of the thread before it, evicted ones included. */
  index: number;
}

export interface MessageLog {
  add(message: Message): void;
  /** Puts a changed message in the place of the old one; ignored when that is gone. */
  replace(message: Message): void;
  get(id: MessageId): Message | undefined;
  messages(conversation: PeerId): readonly Message[];
  /** Those that hold messages, the latest first. */
  conversations(): readonly PeerId[];
  /** Moves a conversation, or some of it, in order of time, when two peers turn out to be one, or one to be two. */
  move(from: PeerId, to: PeerId, only?: ReadonlySet<MessageId>): void;
  readonly unreadEveryone: number;
  markEveryone(unread: number): void;
}

const evictAtOnce = 1024;

function sizeOf(message: Message): number {
  return message.raw.length + 2 * message.text.length + 400;
}

export function createMessageLog(): MessageLog {
  const threads = new Map<PeerId, Thread>();
  /** One place for most, several for a message to several peers. */
  const places = new Map<MessageId, Place | readonly Place[]>();
  const compactor = createCompactor();
  let count = 0;
  let bytes = 0;
  let unreadEveryone = 0;

  function forget(message: Message): void {
    count--;
    bytes -= sizeOf(message);
  }

  function evict(): void {
    let longest: Thread | null = null;
    for (const thread of threads.values()) {
      if (longest === null || thread.items.length > longest.items.length) longest = thread;
    }
    if (longest === null) return;
    const gone = longest.items.splice(0, Math.min(evictAtOnce, Math.ceil(longest.items.length / 2)));
    longest.evicted += gone.length;
    // Peers come and go without end; what is empty begins anew when it is needed.
    if (longest.items.length === 0) threads.delete(longest.id);
    for (const message of gone) {
      forget(message);
      keepPlaces(
        message.id,
        placesOf(message.id).filter((place) => place.index >= place.thread.evicted),
      );
    }
  }

  function threadOf(id: PeerId): Thread {
    let thread = threads.get(id);
    if (thread === undefined) {
      thread = { id, items: [], evicted: 0, lastAt: 0 };
      threads.set(id, thread);
    }
    return thread;
  }

  function append(id: PeerId, message: Message): Place {
    const thread = threadOf(id);
    thread.lastAt = message.at;
    count++;
    bytes += sizeOf(message);
    return { thread, index: thread.evicted + thread.items.push(message) - 1 };
  }

  function placesOf(id: MessageId): readonly Place[] {
    const found = places.get(id);
    if (found === undefined) return [];
    return "thread" in found ? [found] : found;
  }

  function keepPlaces(id: MessageId, list: readonly Place[]): void {
    const [only] = list;
    if (only === undefined) places.delete(id);
    else places.set(id, list.length === 1 ? only : list);
  }

  /** Closes the gaps in a thread that some messages left. */
  function keepStayed(thread: Thread, stayed: Message[]): void {
    thread.items = stayed;
    for (const [offset, message] of stayed.entries()) {
      const elsewhere = placesOf(message.id).filter((place) => place.thread !== thread);
      keepPlaces(message.id, [...elsewhere, { thread, index: thread.evicted + offset }]);
    }
  }

  function at(place: Place | undefined): Message | undefined {
    return place?.thread.items[place.index - place.thread.evicted];
  }

  return {
    add(given) {
      const message = compactor.compact(given);
      const ids = message.to.length > 1 ? message.to : [message.conversation];
      keepPlaces(
        message.id,
        ids.map((id) => append(id, message)),
      );
      while (count > limits.messagesInMemory || bytes > limits.messageBytesInMemory) evict();
    },

    replace(message) {
      for (const place of placesOf(message.id)) {
        const index = place.index - place.thread.evicted;
        if (index >= 0) place.thread.items[index] = message;
      }
    },

    get(id) {
      const found = places.get(id);
      if (found === undefined || "thread" in found) return at(found);
      return at(found.find((place) => place.index >= place.thread.evicted));
    },

    messages: (conversation) => threads.get(conversation)?.items ?? [],

    conversations() {
      return [...threads]
        .filter(([, thread]) => thread.items.length > 0)
        .toSorted(([, a], [, b]) => b.lastAt - a.lastAt)
        .map(([id]) => id);
    },

    move(from, to, only) {
      const old = threads.get(from);
      if (old === undefined || from === to) return;
      const isMoved = ({ id }: Message): boolean => only === undefined || only.has(id);
      const stayed = old.items.filter((message) => !isMoved(message));
      if (stayed.length === 0) threads.delete(from);
      const thread = threadOf(to);
      const moved = old.items.filter(isMoved).map((message) => renamed(message, from, to));
      for (const message of moved) this.replace(message);
      // A message to both stands there already.
      const known = new Set(thread.items.map(({ id }) => id));
      const added = moved.filter(({ id }) => !known.has(id));
      for (const message of moved) if (known.has(message.id)) forget(message);
      thread.items = [...thread.items, ...added].toSorted((a, b) => a.at - b.at);
      thread.lastAt = Math.max(thread.lastAt, old.lastAt);
      for (const [offset, message] of thread.items.entries()) {
        const elsewhere = placesOf(message.id).filter(
          (place) => place.thread !== thread && place.thread !== old,
        );
        keepPlaces(message.id, [...elsewhere, { thread, index: thread.evicted + offset }]);
      }
      if (stayed.length > 0) keepStayed(old, stayed);
    },

    get unreadEveryone() {
      return unreadEveryone;
    },
    markEveryone(unread) {
      unreadEveryone = unread;
    },
  };
}

function renamed(message: Message, from: PeerId, to: PeerId): Message {
  return {
    ...message,
    conversation: message.conversation === from ? to : message.conversation,
    peerId: message.peerId === from ? to : message.peerId,
    to: message.to.map((id) => (id === from ? to : id)),
    deliveries: message.deliveries.map((one) => (one.peerId === from ? { ...one, peerId: to } : one)),
  };
}

/** The conversation with everyone has no peer to count its unread messages. */
export function conversationOf(log: MessageLog, id: PeerId, unreadOfPeer: number): Conversation {
  return { id, unread: id === everyone ? log.unreadEveryone : unreadOfPeer, messages: log.messages(id) };
}
