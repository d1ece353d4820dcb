// The FeiQ groups that are known: those we belong to and those that were merely heard, each with who was heard there. Bounded, as
// anybody can name any number. Owns nothing but the table; what is said and sent stands in room-talk.ts.
import { trimOldest } from "./trim-oldest.js";
import { limits } from "./limits.js";
import { roomIdOf, roomNumberOf } from "./model.js";
import type { PeerId, Room, RoomMember } from "./model.js";

export interface RoomRecord {
  readonly id: PeerId;
  readonly number: string;
  joined: boolean;
  /** By who he is, the latest last. */
  readonly members: Map<string, RoomMember>;
  unread: number;
}

export interface Rooms {
  all(): Iterable<RoomRecord>;
  /** The group of a conversation; undefined for any other conversation and for groups nobody spoke of. */
  of(id: PeerId): RoomRecord | undefined;
  /** Finds or makes it. Of those we do not belong to the one heard longest ago makes room. */
  take(number: string): { readonly room: RoomRecord; readonly isNew: boolean };
  joined(): readonly RoomRecord[];
  /** True when he was not among those heard there. */
  note(room: RoomRecord, key: string, member: RoomMember): boolean;
  snapshot(room: RoomRecord): Room;
}

export function createRooms(): Rooms {
  const table = new Map<string, RoomRecord>();

  function makeRoom(): void {
    const strangers = [...table.values()].filter(({ joined }) => !joined);
    const [oldest] = strangers;
    if (oldest !== undefined && strangers.length >= limits.strangeRooms) table.delete(oldest.number);
  }

  return {
    all: () => table.values(),
    of(id) {
      const number = roomNumberOf(id);
      return number === null ? undefined : table.get(number);
    },
    take(number) {
      const known = table.get(number);
      if (known !== undefined) {
        // To the end: what is heard now is the last to be forgotten.
        table.delete(number);
        table.set(number, known);
        return { room: known, isNew: false };
      }
      makeRoom();
      const room = { id: roomIdOf(number), number, joined: false, members: new Map(), unread: 0 };
      table.set(number, room);
      return { room, isNew: true };
    },
    joined: () => [...table.values()].filter(({ joined }) => joined),
    note(room, key, member) {
      const isNew = !room.members.delete(key);
      room.members.set(key, member);
      trimOldest(room.members, limits.roomMembers);
      return isNew;
    },
    snapshot: ({ id, number, joined, members, unread }) => ({
      id,
      number,
      joined,
      members: [...members.values()].toReversed(),
      unread,
    }),
  };
}
