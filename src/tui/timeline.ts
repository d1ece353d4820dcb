// What the log of a conversation consists of, in order: messages by id, and lines of the UI's own between them (someone left, a
// knock, a notice). Each entry has a serial number that never changes, so that an anchor stays where it is. Holds no message:
// texts and deliveries are read from the node when a row is drawn. Appending costs the same whatever the length.
import type { Event, Message, MessageId, Node, PeerId } from "../index.js";

/** A line of the UI's own. The text is final: in the user's language, harmless. */
export interface SystemLine {
  readonly at: number;
  readonly text: string;
  readonly tone: "plain" | "error";
}

export type TimelineEntry =
  | { readonly kind: "message"; readonly id: MessageId; readonly at: number }
  | { readonly kind: "system"; readonly line: SystemLine; readonly at: number };

export interface Timeline {
  /** Serial of the oldest entry, and one past the newest. */
  readonly first: number;
  readonly end: number;
  entry(serial: number): TimelineEntry | undefined;
  /** Changes when the entry must be drawn anew. */
  version(serial: number): number;
  /** Serial of a message, searched from the newest; undefined when it is gone. */
  find(id: MessageId): number | undefined;
}

export interface Timelines {
  of(conversation: PeerId): Timeline;
  /** Takes what an event adds or changes; call it before anything is drawn. */
  note(event: Event): void;
  add(conversation: PeerId, line: SystemLine): void;
}

/** Entries of one conversation; with many short lines the oldest thousand go at once. Above the node's own bound on messages. */
const entryLimit = 101_000;
const dropAtOnce = 1_000;
/** More messages than one step of the node makes: a long text cut into pieces. */
const stepLimit = 64;

interface Thread extends Timeline {
  entries: TimelineEntry[];
  versions: Map<number, number>;
  first: number;
}

export function createTimelines(node: Pick<Node, "conversation">): Timelines {
  const threads = new Map<PeerId, Thread>();

  function threadOf(conversation: PeerId): Thread {
    const known = threads.get(conversation);
    if (known !== undefined) return known;
    const thread = createThread(node.conversation(conversation).messages);
    threads.set(conversation, thread);
    return thread;
  }

  function append(thread: Thread, entry: TimelineEntry): void {
    thread.entries.push(entry);
    if (thread.entries.length <= entryLimit) return;
    thread.entries.splice(0, dropAtOnce);
    thread.first += dropAtOnce;
    for (const serial of thread.versions.keys()) {
      if (serial < thread.first) thread.versions.delete(serial);
    }
  }

  function merge(from: PeerId, into: PeerId): void {
    const systemLines = [from, into]
      .flatMap((id) => threads.get(id)?.entries ?? [])
      .filter((entry) => entry.kind === "system");
    threads.delete(from);
    // The node has moved the messages already: read them anew, and put the lines between them by time.
    const thread = createThread(node.conversation(into).messages);
    thread.entries = [...thread.entries, ...systemLines].toSorted((a, b) => a.at - b.at);
    threads.set(into, thread);
  }

  return {
    of: threadOf,
    note(event) {
      if (event.kind === "message") {
        const thread = threads.get(event.message.conversation);
        // A thread nobody has looked at is made from the node when it is first wanted.
        if (thread !== undefined && !isLately(thread, event.message.id))
          append(thread, entryOf(event.message));
      } else if (event.kind === "delivery") {
        const thread = threads.get(event.message.conversation);
        const serial = thread?.find(event.message.id);
        if (thread !== undefined && serial !== undefined) {
          thread.versions.set(serial, (thread.versions.get(serial) ?? 0) + 1);
        }
      } else if (event.kind === "peer-merged") {
        merge(event.from, event.into.id);
      }
    },
    add(conversation, line) {
      append(threadOf(conversation), { kind: "system", line, at: line.at });
    },
  };
}

/**
 * One step of the node may tell several messages; a thread made while the first of them is told holds the others already. They are
 * among its last entries then.
 */
function isLately(thread: Thread, id: MessageId): boolean {
  return thread.entries.slice(-stepLimit).some((entry) => entry.kind === "message" && entry.id === id);
}

function createThread(messages: readonly Message[]): Thread {
  const thread: Thread = {
    entries: messages.map(entryOf),
    versions: new Map(),
    first: 0,
    get end() {
      return thread.first + thread.entries.length;
    },
    entry: (serial) => thread.entries[serial - thread.first],
    version: (serial) => thread.versions.get(serial) ?? 0,
    find(id) {
      const index = thread.entries.findLastIndex((entry) => entry.kind === "message" && entry.id === id);
      return index < 0 ? undefined : thread.first + index;
    },
  };
  return thread;
}

function entryOf(message: Message): TimelineEntry {
  return { kind: "message", id: message.id, at: message.at };
}
