// The messages of one conversation, oldest first, by numbers that never change: the newest as objects, older ones in packed blocks
// (packed-messages.ts). Forgets its oldest when told to. Used by conversations.ts, which knows who is who; shows itself to the
// outside as the `MessageList` of model.ts.
import type { Message, MessageId, MessageList, PeerId } from "./model.js";
import { packedLimit, packMessages } from "./packed-messages.js";
import type { PackedMessages } from "./packed-messages.js";

export interface Thread {
  readonly id: PeerId;
  readonly list: MessageList;
  /** Number of the oldest message in memory, and one past the newest. */
  readonly first: number;
  readonly end: number;
  /** Messages that are objects: the newest. */
  readonly recentCount: number;
  lastAt: number;
  get(number: number): Message | undefined;
  idAt(number: number): MessageId | undefined;
  /** Gives the message its number. */
  append(message: Message): number;
  /** Puts a changed message in the place of the old one. */
  set(number: number, message: Message): void;
  /** Packs what is older than the newest `keep`. */
  pack(keep: number): void;
  /** Takes the oldest out: a block of them, or half of the objects when there is no block. */
  evict(): readonly Message[];
}

interface Block {
  /** Number of its first message. */
  readonly start: number;
  packed: PackedMessages;
}

/** Messages to a block. */
const blockLength = packedLimit / 2;
/** Packed blocks with more changed messages than this are packed anew. */
const looseLimit = 16;
/** What was made anew lately; then a list on the screen, or a mark that changes, costs nothing twice. */
const madeLimit = 256;

/** The last index whose start is not past the number. */
function blockIndexOf(blocks: readonly Block[], number: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.start ?? Infinity) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** `numberOf` finds a message of this thread by its id. */
export function createThread(id: PeerId, numberOf: (id: MessageId) => number | undefined): Thread {
  /** Oldest first, without gaps. */
  const blocks: Block[] = [];
  /** Follow the blocks. */
  let recent: Message[] = [];
  let recentStart = 0;
  let first = 0;
  const made = new Map<number, Message>();

  function blockAt(number: number): Block | undefined {
    return number < first ? undefined : blocks[blockIndexOf(blocks, number)];
  }

  function get(number: number): Message | undefined {
    if (number >= recentStart) return recent[number - recentStart];
    const known = made.get(number);
    if (known !== undefined) return known;
    const block = blockAt(number);
    const message = block?.packed.at(number - block.start);
    if (message === undefined) return undefined;
    if (made.size >= madeLimit) made.clear();
    made.set(number, message);
    return message;
  }

  function pack(keep: number): void {
    while (recent.length > keep) {
      const taken = recent.splice(0, Math.min(blockLength, recent.length - keep));
      let start = recentStart;
      let joined = taken;
      recentStart += taken.length;
      // Conversations with few words now and then: small blocks grow together, each message being packed some seven times at most.
      for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
        const { length } = last.packed;
        if (length > joined.length || length + joined.length > blockLength) break;
        blocks.pop();
        start = last.start;
        joined = [...unpacked(last), ...joined];
      }
      blocks.push({ start, packed: packMessages(joined) });
    }
  }

  const list: MessageList = {
    get length() {
      return recentStart + recent.length - first;
    },
    get evicted() {
      return first;
    },
    at: (index) => get(index < 0 ? recentStart + recent.length + index : first + index),
    slice(start = 0, end = Infinity) {
      const { length } = list;
      const from = start < 0 ? Math.max(0, length + start) : start;
      const to = end < 0 ? length + end : Math.min(length, end);
      const found: Message[] = [];
      for (let index = from; index < to; index++) {
        const message = get(first + index);
        if (message !== undefined) found.push(message);
      }
      return found;
    },
    indexOf(messageId) {
      const number = numberOf(messageId);
      return number === undefined ? -1 : number - first;
    },
    *[Symbol.iterator]() {
      // By number: messages may come and go while somebody reads.
      for (let number = first; number < recentStart + recent.length; number++) {
        const message = get(Math.max(number, first));
        if (message !== undefined) yield message;
      }
    },
  };

  return {
    id,
    list,
    lastAt: 0,
    get first() {
      return first;
    },
    get end() {
      return recentStart + recent.length;
    },
    get recentCount() {
      return recent.length;
    },
    get,
    idAt(number) {
      if (number >= recentStart) return recent[number - recentStart]?.id;
      const block = blockAt(number);
      return block?.packed.idAt(number - block.start);
    },
    append(message) {
      recent.push(message);
      this.lastAt = message.at;
      if (recent.length >= 2 * blockLength) pack(blockLength);
      return recentStart + recent.length - 1;
    },
    set(number, message) {
      if (number >= recentStart) {
        recent[number - recentStart] = message;
        return;
      }
      const block = blockAt(number);
      if (block === undefined) return;
      made.delete(number);
      block.packed.set(number - block.start, message);
      if (block.packed.looseCount > looseLimit) block.packed = packMessages(unpacked(block));
    },
    pack,
    evict() {
      const oldest = blocks.shift();
      const gone = oldest === undefined ? recent.splice(0, Math.ceil(recent.length / 2)) : unpacked(oldest);
      if (oldest === undefined) recentStart += gone.length;
      first += gone.length;
      made.clear();
      return gone;
    },
  };
}

function unpacked({ packed }: Block): Message[] {
  return Array.from({ length: packed.length }, (_, index) => packed.at(index)).filter(
    (message) => message !== undefined,
  );
}
