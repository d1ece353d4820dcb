// What was said, by conversation, within a bound on count and bytes; the oldest of the longest conversation go first. A message to
// several peers stands in the conversation with each. Messages are values: a change of delivery replaces them at their places.
import { createCompactor } from "./compact.js";
import { createIdIndex } from "./id-index.js";
import type { Place } from "./id-index.js";
import { limits } from "./limits.js";
import { everyone } from "./model.js";
import type { Conversation, Message, MessageId, MessageList, PeerId } from "./model.js";
import { createThread } from "./thread.js";
import type { Thread } from "./thread.js";

export interface MessageLog {
  add(message: Message): void;
  /** Puts a changed message in the place of the old one; ignored when that is gone. */
  replace(message: Message): void;
  get(id: MessageId): Message | undefined;
  messages(conversation: PeerId): MessageList;
  /** Those that hold messages, the latest first. */
  conversations(): readonly PeerId[];
  /** Moves a conversation, or some of it, in order of time, when two peers turn out to be one, or one to be two. */
  move(from: PeerId, to: PeerId, only?: ReadonlySet<MessageId>): void;
  readonly unreadEveryone: number;
  markEveryone(unread: number): void;
}

/** Bounds, smaller in tests. */
export interface LogLimits {
  readonly messages: number;
  readonly bytes: number;
  /** Messages kept as objects over all conversations; a conversation alone never has more than `packedLimit`. */
  readonly objects: number;
}

function sizeOf(message: Message): number {
  return message.raw.length + 2 * message.text.length + 400;
}

const noMessages: MessageList = {
  length: 0,
  evicted: 0,
  at: () => undefined,
  slice: () => [],
  indexOf: () => -1,
  [Symbol.iterator]: () => [][Symbol.iterator](),
};

/** What is not given is as in `limits`. */
export function createMessageLog({
  messages: mostMessages = limits.messagesInMemory,
  bytes: mostBytes = limits.messageBytesInMemory,
  objects: mostObjects = limits.messageObjects,
}: Partial<LogLimits> = {}): MessageLog {
  const threads = new Map<PeerId, Thread>();
  /** Those with objects, whose latest message is oldest first. */
  const withObjects = new Set<Thread>();
  const numbered: (Thread | undefined)[] = [];
  const numbers = new Map<Thread, number>();
  const freeNumbers: number[] = [];
  /** Messages of one conversation, which are most. */
  const index = createIdIndex(({ thread, number }) => numbered[thread]?.idAt(number));
  /** Messages to several peers. */
  const several = new Map<MessageId, readonly Place[]>();
  const compactor = createCompactor();
  let count = 0;
  let bytes = 0;
  let objects = 0;
  let unreadEveryone = 0;

  const isFull = (): boolean => count > mostMessages || bytes > mostBytes;

  function placesOf(id: MessageId): readonly Place[] {
    const shared = several.get(id);
    if (shared !== undefined) return shared;
    const only = index.find(id);
    return only === undefined ? [] : [only];
  }

  function at({ thread, number }: Place): Message | undefined {
    return numbered[thread]?.get(number);
  }

  /** What number the message has in this conversation. */
  function numberIn(thread: Thread, id: MessageId): number | undefined {
    const mine = numbers.get(thread);
    return placesOf(id).find((place) => place.thread === mine)?.number;
  }

  function threadOf(id: PeerId): Thread {
    const known = threads.get(id);
    if (known !== undefined) return known;
    const thread: Thread = createThread(id, (messageId) => numberIn(thread, messageId));
    const number = freeNumbers.pop() ?? numbered.length;
    threads.set(id, thread);
    numbered[number] = thread;
    numbers.set(thread, number);
    return thread;
  }

  function removeThread(thread: Thread): void {
    const number = numbers.get(thread);
    threads.delete(thread.id);
    withObjects.delete(thread);
    numbers.delete(thread);
    if (number === undefined) return;
    numbered[number] = undefined;
    freeNumbers.push(number);
  }

  function append(thread: Thread, message: Message): Place {
    const before = thread.recentCount;
    const number = thread.append(message);
    count++;
    bytes += sizeOf(message);
    objects += thread.recentCount - before;
    withObjects.delete(thread);
    withObjects.add(thread);
    return { thread: numbers.get(thread) ?? 0, number };
  }

  function packOldest(): void {
    const [thread] = withObjects;
    if (thread === undefined) return;
    withObjects.delete(thread);
    objects -= thread.recentCount;
    thread.pack(0);
  }

  function note(id: MessageId, places: readonly Place[]): void {
    const [only] = places;
    if (only === undefined) return;
    if (places.length === 1) index.add(id, only);
    else several.set(id, places);
  }

  /** The message has left this place. */
  function unnote(message: Message, gone: Place): void {
    count--;
    bytes -= sizeOf(message);
    const shared = several.get(message.id);
    if (shared === undefined) {
      index.remove(message.id, gone);
      return;
    }
    const left = shared.filter(({ thread, number }) => thread !== gone.thread || number !== gone.number);
    if (left.length === 0) several.delete(message.id);
    else several.set(message.id, left);
  }

  function evict(): void {
    let longest: Thread | null = null;
    for (const thread of threads.values()) {
      if (longest === null || thread.list.length > longest.list.length) longest = thread;
    }
    if (longest === null) return;
    takeOut(longest);
    // Peers come and go without end; what is empty begins anew when it is needed.
    if (longest.list.length === 0) removeThread(longest);
  }

  function takeOut(thread: Thread): readonly Message[] {
    const { first, recentCount } = thread;
    const gone = thread.evict();
    objects += thread.recentCount - recentCount;
    const number = numbers.get(thread) ?? 0;
    for (const [offset, message] of gone.entries()) {
      unnote(message, { thread: number, number: first + offset });
    }
    return gone;
  }

  function takeAll(thread: Thread): readonly Message[] {
    const all: Message[] = [];
    for (let gone = takeOut(thread); gone.length > 0; gone = takeOut(thread)) all.push(...gone);
    removeThread(thread);
    return all;
  }

  /** Another place of a message that may stand elsewhere too. */
  function notePlace(message: Message, place: Place): void {
    const shared = several.get(message.id);
    if (shared === undefined) note(message.id, [place]);
    else several.set(message.id, [...shared, place]);
  }

  return {
    add(given) {
      const message = compactor.compact(given);
      const ids = message.to.length > 1 ? message.to : [message.conversation];
      note(
        message.id,
        ids.map((id) => append(threadOf(id), message)),
      );
      while (objects > mostObjects && withObjects.size > 0) packOldest();
      while (isFull()) evict();
    },

    replace(message) {
      for (const place of placesOf(message.id)) {
        const old = at(place);
        if (old !== undefined) bytes += sizeOf(message) - sizeOf(old);
        numbered[place.thread]?.set(place.number, message);
      }
    },

    get(id) {
      const [place] = placesOf(id);
      return place === undefined ? undefined : at(place);
    },

    messages: (conversation) => threads.get(conversation)?.list ?? noMessages,

    conversations() {
      return [...threads].toSorted(([, a], [, b]) => b.lastAt - a.lastAt).map(([id]) => id);
    },

    move(from, to, only) {
      const old = threads.get(from);
      if (old === undefined || from === to) return;
      // Where a message to several stands elsewhere, it is told of the new name.
      const isMoved = ({ id }: Message): boolean => only === undefined || only.has(id);
      for (const message of old.list) {
        if (message.to.length > 1 && isMoved(message)) this.replace(renamed(message, from, to));
      }
      const all = takeAll(old);
      const moved = all.filter(isMoved).map((message) => renamed(message, from, to));
      const stayed = all.filter((message) => !isMoved(message));
      for (const message of stayed) notePlace(message, append(threadOf(from), message));
      const thread = threadOf(to);
      const lastAt = Math.max(only === undefined ? old.lastAt : (moved.at(-1)?.at ?? 0), thread.lastAt);
      // A message to both stands there already.
      const added = moved.filter(({ id }) => numberIn(thread, id) === undefined);
      const isLater = (added[0]?.at ?? 0) >= (thread.list.at(-1)?.at ?? 0);
      const kept = isLater ? [] : takeAll(thread);
      const target = threadOf(to);
      for (const message of [...kept, ...added].toSorted((a, b) => a.at - b.at)) {
        notePlace(message, append(target, message));
      }
      target.lastAt = lastAt;
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
