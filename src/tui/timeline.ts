// What the log of a conversation consists of, in order: the messages the node holds, and lines of the UI's own between them (someone
// left, a knock, a notice). Keeps the lines only, with the number of the message each stands before, so a long log costs nothing here.
// Each entry has a serial number that stays, so that an anchor stays where it is.
import type { Event, Message, MessageId, MessageList, Node, PeerId } from "../index.js";

/** A line of the UI's own. The text is final: in the user's language, harmless. */
export interface SystemLine {
  readonly at: number;
  readonly text: string;
  readonly tone: "plain" | "error";
}

export type TimelineEntry =
  | { readonly kind: "message"; readonly message: Message; readonly at: number }
  | { readonly kind: "system"; readonly line: SystemLine; readonly at: number };

export interface Timeline {
  /** Serial of the oldest entry, and one past the newest. */
  readonly first: number;
  readonly end: number;
  entry(serial: number): TimelineEntry | undefined;
  /** Changes when the entry must be drawn anew. */
  version(serial: number): number;
  /** Grows when serials of older entries have changed, which is seldom: after very many lines, or when all had left memory. */
  readonly generation: number;
  /** Serial of a message; undefined when it is gone. */
  find(id: MessageId): number | undefined;
}

export interface Timelines {
  of(conversation: PeerId): Timeline;
  /** Takes what an event adds or changes; call it before anything is drawn. */
  note(event: Event): void;
  add(conversation: PeerId, line: SystemLine): void;
}

/** Lines of one conversation; past it the oldest half goes at once. */
const lineLimit = 2_000;
/** Entries whose changes are told apart; past it all are drawn anew. */
const changeLimit = 1_000;

interface PlacedLine {
  /** Number of the message it stands before. */
  readonly before: number;
  readonly line: SystemLine;
}

interface Thread extends Timeline {
  add(line: SystemLine): void;
  noteChange(id: MessageId): void;
  /** Every message may read differently now. */
  drawAnew(): void;
  readonly lines: readonly PlacedLine[];
}

export function createTimelines(node: Pick<Node, "conversation">): Timelines {
  const threads = new Map<PeerId, Thread>();

  function threadOf(conversation: PeerId): Thread {
    const known = threads.get(conversation);
    if (known !== undefined) return known;
    const thread = createThread(() => node.conversation(conversation).messages, []);
    threads.set(conversation, thread);
    return thread;
  }

  function merge(from: PeerId, into: PeerId): void {
    const lines = [from, into].flatMap((id) => threads.get(id)?.lines ?? []).map(({ line }) => line);
    threads.delete(from);
    // The node has moved the messages already: the lines between them are put there by time.
    const messages = (): MessageList => node.conversation(into).messages;
    threads.set(into, createThread(messages, placedByTime(messages(), lines)));
  }

  return {
    of: threadOf,
    note(event) {
      if (event.kind === "delivery" || event.kind === "message-changed") {
        const { id, conversation, to } = event.message;
        for (const one of to.length > 1 ? to : [conversation]) threads.get(one)?.noteChange(id);
      } else if (event.kind === "offer") {
        for (const { peerId } of event.offer.parties) threads.get(peerId)?.noteChange(event.offer.offerId);
      } else if (event.kind === "transfer") {
        const { peerId, offerId, endedAt } = event.transfer;
        if (endedAt !== null) threads.get(peerId)?.noteChange(offerId);
      } else if (event.kind === "peer-merged") {
        merge(event.from, event.into.id);
      } else if (event.kind === "reread") {
        threads.get(event.conversation)?.drawAnew();
      }
    },
    add(conversation, line) {
      threadOf(conversation).add(line);
    },
  };
}

function placedByTime(messages: MessageList, lines: readonly SystemLine[]): PlacedLine[] {
  return lines
    .toSorted((a, b) => a.at - b.at)
    .map((line) => ({ before: messages.evicted + countUntil(messages, line.at), line }));
}

/** How many of the messages are not later; they are in order of time. */
function countUntil(messages: MessageList, at: number): number {
  return partition(messages.length, (index) => (messages.at(index)?.at ?? Infinity) <= at);
}

/** The first index at which the condition does not hold; before it, it holds everywhere. */
function partition(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The serial of a message is its number and all the lines ever before it; that of a line likewise. */
function createThread(messagesNow: () => MessageList, placed: readonly PlacedLine[]): Thread {
  let lines = [...placed];
  /** Lines that are gone: counted as if they stood before everything. */
  let goneLines = 0;
  let generation = 0;
  let changes = 0;
  let lastEnd = 0;
  const changed = new Map<number, number>();

  /** Lines before a message that has left memory leave with it. */
  function messages(): MessageList {
    const list = messagesNow();
    const end = list.evicted + list.length;
    if (end < lastEnd) {
      // All had left memory, and the conversation began anew.
      lines = lines.map((one) => ({ ...one, before: Math.min(one.before, list.evicted) }));
      startAnew();
    }
    lastEnd = end;
    const [oldest] = lines;
    if (oldest !== undefined && oldest.before < list.evicted) {
      const gone = partition(lines.length, (index) => (lines[index]?.before ?? 0) < list.evicted);
      goneLines += gone;
      lines = lines.slice(gone);
    }
    return list;
  }

  /** How many lines stand before the serial. */
  function linesBefore(serial: number): number {
    return partition(
      lines.length,
      (index) => (lines[index]?.before ?? Infinity) + goneLines + index < serial,
    );
  }

  function startAnew(): void {
    changed.clear();
    generation += 1;
  }

  return {
    get lines() {
      return lines;
    },
    get generation() {
      return generation;
    },
    get first() {
      return messages().evicted + goneLines;
    },
    get end() {
      const { evicted, length } = messages();
      return evicted + length + goneLines + lines.length;
    },
    entry(serial) {
      const list = messages();
      const before = linesBefore(serial);
      const here = lines[before];
      if (here !== undefined && here.before + goneLines + before === serial) {
        return { kind: "system", line: here.line, at: here.line.at };
      }
      const index = serial - goneLines - before - list.evicted;
      const message = index < 0 ? undefined : list.at(index);
      return message === undefined ? undefined : { kind: "message", message, at: message.at };
    },
    version: (serial) => generation * 1_000_000 + (changed.get(serial) ?? 0),
    find(id) {
      const list = messages();
      const index = list.indexOf(id);
      if (index < 0) return undefined;
      const number = list.evicted + index;
      return number + goneLines + partition(lines.length, (at) => (lines[at]?.before ?? Infinity) <= number);
    },
    add(line) {
      const { evicted, length } = messages();
      lines.push({ before: evicted + length, line });
      if (lines.length <= lineLimit) return;
      // Serials of what is newer than the lines that go stay; of older messages they change.
      const gone = lineLimit / 2;
      goneLines += gone;
      lines = lines.slice(gone);
      startAnew();
    },
    drawAnew: startAnew,
    noteChange(id) {
      const serial = this.find(id);
      if (serial === undefined) return;
      if (changed.size >= changeLimit) startAnew();
      changes = (changes + 1) % 1_000_000;
      changed.set(serial, changes);
    },
  };
}
