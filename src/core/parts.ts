// The parts that the rules of the machine live in, made in the order in which they need each other. What routes inputs to them
// (`machine`, `incoming`, `requests`) takes them as one.
import { createCourtesies } from "./courtesies.js";
import { createOutbox } from "./delivery.js";
import { createEncryption } from "./encryption.js";
import { createFileDesk } from "./files/desk.js";
import { createHostListClient } from "./host-list.js";
import { createKeyExchange } from "./key-exchange.js";
import { createMerges } from "./merges.js";
import { createPeerLists } from "./peer-lists.js";
import { createPresence } from "./presence.js";
import { createProbes } from "./probes.js";
import { createQueries } from "./queries.js";
import { createRecall } from "./recall.js";
import { createRoomTalk } from "./room-talk.js";
import { createSealed } from "./sealed.js";
import { createSegments } from "./segments.js";
import type { World } from "./world.js";

export type Parts = ReturnType<typeof createParts>;

export function createParts(world: World) {
  const presence = createPresence(world);
  const keys = createKeyExchange(world);
  const encryption = createEncryption(world, keys);
  const outbox = createOutbox(world, { encryption, keys });
  return {
    presence,
    keys,
    encryption,
    outbox,
    courtesies: createCourtesies(world, (self) => presence.setSelf(self)),
    sealed: createSealed(world),
    recall: createRecall(world),
    queries: createQueries(world, outbox),
    hostList: createHostListClient(world, (to) => presence.sendEntryTo(to)),
    files: createFileDesk(world, outbox, encryption),
    merges: createMerges(world),
    probes: createProbes(world),
    peerLists: createPeerLists(world, presence),
    segments: createSegments(world, presence),
    roomTalk: createRoomTalk(world, presence),
  };
}
