// A mirror that hears only events shows what the machine shows: over noise, requests and time that passes.
import { describe, expect, it } from "vitest";
import { createTextCodec } from "../../src/charset/codecs.js";
import { createMirror, snapshotOf } from "../../src/core/mirror.js";
import { everyone } from "../../src/core/model.js";
import type { Peer } from "../../src/core/model.js";
import { createSeededRandom } from "../../src/node/random.js";
import { conversation, network, startMs } from "./conversation.js";
import { chanceOf, createMemory, nextInput, noteStep } from "./fuzz.js";

/** What changes without an event: how often and when somebody was heard, and by which addresses. */
function visible(peer: Peer): Partial<Peer> {
  const { lastSeen: _seen, duplicates: _repeats, addresses: _addresses, ...rest } = peer;
  return { ...rest, typingUntil: 0, versionText: null, absenceText: null };
}

const byId = (peers: readonly Peer[]) => new Map(peers.map((peer) => [peer.id, visible(peer)]));

describe("a mirror", () => {
  it.each([1, 2, 3, 4])("shows what the machine shows (seed %i)", (seed) => {
    const { machine } = conversation();
    const mirror = createMirror(snapshotOf(machine, 100), createTextCodec());
    const random = chanceOf(createSeededRandom(seed));
    let now = startMs;
    for (const event of machine.handle({ kind: "start", network }, now).events) mirror.apply(event);
    const memory = createMemory();
    for (let count = 0; count < 600; count++) {
      const input = nextInput(random, machine, memory);
      // Who is forgotten leaves without a word; see the last test.
      if (input.kind === "request" && input.request.kind === "forget-peer") continue;
      now += random.number(40);
      const step = machine.handle(input, now);
      noteStep(step, memory);
      for (const event of step.events) mirror.apply(event);
    }
    expect(mirror.peers().length).toBeGreaterThan(10);
    expect(mirror.self).toEqual(machine.self);
    expect(mirror.conversations().toSorted()).toEqual(machine.conversations().toSorted());
    for (const id of machine.conversations()) {
      expect([...mirror.conversation(id).messages]).toEqual([...machine.conversation(id).messages]);
    }
    expect(mirror.conversation(everyone).unread).toBe(machine.conversation(everyone).unread);
    const theirs = byId(machine.peers());
    const different = [...byId(mirror.peers())].flatMap(([id, peer]) => {
      const shown: Readonly<Record<string, unknown>> = { ...theirs.get(id) };
      return Object.entries(peer)
        .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(shown[key]))
        .map(([key, value]) => `${id} ${key}: ${JSON.stringify(value)}, not ${JSON.stringify(shown[key])}`);
    });
    expect(different).toEqual([]);
    expect(mirror.peers()).toHaveLength(machine.peers().length);
  });
});
