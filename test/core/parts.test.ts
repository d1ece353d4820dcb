// The small parts of the machine on their own: alarms, numbers, ids, what was seen, addresses, and whom a name means.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import { createAlarms } from "../../src/core/alarms.js";
import type { Effect } from "../../src/core/effect.js";
import { formatEndpoint, isAddress, parseEndpoint } from "../../src/core/endpoint.js";
import { limits, timers } from "../../src/core/limits.js";
import { createMessageIds } from "../../src/core/message-ids.js";
import type { Peer } from "../../src/core/model.js";
import { createPacketNumbers } from "../../src/core/packet-numbers.js";
import { createSeen } from "../../src/core/seen.js";
import type { Seen } from "../../src/core/seen.js";
import { peerName, resolveTarget } from "../../src/core/selectors.js";
import { createSeededRandom } from "../../src/node/random.js";
import { conversation } from "./conversation.js";

useSmallLimits();

describe("alarms", () => {
  it("ring in order of time, those of one time in the order of setting", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant("take" as const))),
        (steps) => {
          const alarms = createAlarms();
          const model: { at: number; round: number }[] = [];
          let now = 0;
          for (const [round, step] of steps.entries()) {
            if (step !== "take") {
              alarms.set(step, { kind: "host-list", round });
              model.push({ at: step, round });
              model.sort((a, b) => a.at - b.at || a.round - b.round);
            } else {
              now += 7;
              const due = model[0] !== undefined && model[0].at <= now ? model.shift() : undefined;
              expect(alarms.take(now)).toEqual(
                due === undefined ? null : { kind: "host-list", round: due.round },
              );
            }
            expect(alarms.next()).toBe(model[0]?.at ?? null);
          }
        },
      ),
    );
  });
});

const numbersFrom = (first: number) => {
  const effects: Effect[] = [];
  return { numbers: createPacketNumbers(first, (effect) => effects.push(effect)), effects };
};

describe("packet numbers", () => {
  it("are seconds since 1970, or one more than the last", () => {
    const { numbers } = numbersFrom(1);
    expect(numbers.next(1_800_000_000_999)).toBe("1800000000");
    expect(numbers.next(1_800_000_000_999)).toBe("1800000001");
    expect(numbers.next(1_800_000_009_000)).toBe("1800000009");
    expect(numbers.next(1_700_000_000_000)).toBe("1800000010");
    expect(numbers.unused()).toBe(1_800_000_011);
  });

  it("are reserved ahead of use and grow across restarts, crashes included, whatever the clock does", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            count: fc.integer({ min: 1, max: 600 }),
            atS: fc.integer({ min: 1, max: 3_000 }),
            clean: fc.boolean(),
          }),
          {
            maxLength: 6,
          },
        ),
        (runs) => {
          let kept = 1;
          let last = 0;
          for (const { count, atS, clean } of runs) {
            const { numbers, effects } = numbersFrom(kept);
            for (let index = 0; index < count; index++) {
              const number = Number(numbers.next(1_000 * atS));
              if (number <= last) throw new Error(`${number} after ${last}`);
              last = number;
              const reserved = effects.at(-1);
              kept = reserved?.kind === "reserve-packet-numbers" ? reserved.below : kept;
              if (number >= kept) throw new Error(`${number} was not reserved`);
            }
            expect(effects.length).toBeLessThanOrEqual(Math.ceil(count / 256) + 1);
            if (clean) kept = numbers.unused();
          }
        },
      ),
    );
  });

  it("are reserved in larger blocks in a flood, in small ones again after it", () => {
    const { numbers, effects } = numbersFrom(1);
    for (let index = 0; index < 20_000; index += 1) numbers.next(1_000_000 + index);
    expect(effects.length).toBeLessThan(10);
    const unused = numbers.unused();
    numbers.next((unused + 5_000) * 1_000);
    expect(effects.at(-1)).toMatchObject({ below: unused + 5_000 + 256 });
  });

  it("stay below 2^31, also after 2038", () => {
    const { numbers, effects } = numbersFrom(0x7fffffff);
    const later = Date.UTC(2040, 0, 1);
    const given = Array.from({ length: 600 }, () => Number(numbers.next(later)));
    expect(given[0]).toBe(0x7fffffff);
    expect(Math.max(...given.slice(1))).toBeLessThan(0x7fffffff);
    expect(new Set(given).size).toBe(600);
    expect(given.slice(1)).toEqual(given.slice(1).toSorted((a, b) => a - b));
    expect(effects.length).toBeLessThan(6);
    expect(Number(numbersFrom(1).numbers.next(0))).toBe(1);
  });
});

describe("message ids", () => {
  it("are unique and sort in the order of making, also when the clock stands or turns back", () => {
    const next = createMessageIds(createSeededRandom(1));
    const times = [5, 5, 5, 4, 6.7, 6.2, 7, 1_800_000_000_000, 1_800_000_000_000, 3];
    const ids = times.flatMap((now) => Array.from({ length: 50 }, () => next(now)));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/u);
  });

  it("of two nodes differ", () => {
    const one = createMessageIds(createSeededRandom(1));
    const other = createMessageIds(createSeededRandom(2));
    expect(one(1)).not.toBe(other(1));
  });
});

function note(seen: Seen, name: string, now: number): boolean {
  return seen.note(name, "10.0.0.2", 7, now);
}

const few = (count: number) => fc.integer({ min: 0, max: count });

describe("what was seen", () => {
  it("is known for ten minutes", () => {
    const seen = createSeen(createSeededRandom(1));
    expect(note(seen, "a", 1e12)).toBe(false);
    expect(note(seen, "a", 1e12 + timers.seenMs - 1)).toBe(true);
    expect(note(seen, "a", 1e12 + timers.seenMs)).toBe(false);
    expect(note(seen, "a", 1e12 + 2 * timers.seenMs - 1)).toBe(true);
  });

  it("is known when the clock goes back", () => {
    const seen = createSeen(createSeededRandom(1));
    expect(note(seen, "a", 1e12)).toBe(false);
    expect(note(seen, "b", 1e12 - 5_000)).toBe(false);
    expect(note(seen, "b", 1e12)).toBe(true);
    expect(note(seen, "a", 1e12 - 5_000)).toBe(true);
  });

  it("is known by its path and by its content, each alone", () => {
    const seen = createSeen(createSeededRandom(1));
    expect(seen.note("a", "10.0.0.2", 7, 0)).toBe(false);
    expect(seen.note("b", "10.0.0.2", 7, 0)).toBe(false);
    expect(seen.note("a", "10.0.0.2", 8, 0)).toBe(true);
    expect(seen.note("a", "10.0.0.3", 7, 0)).toBe(true);
    expect(seen.note("a", "10.0.0.4", 9, 0)).toBe(false);
    expect(seen.note("a", "10.0.0.4", 10, 0)).toBe(true);
    expect(seen.note("a", "10.0.0.5", 9, 1)).toBe(true);
    expect(seen.note("a", "10.0.0.5", 10, 0)).toBe(true);
    expect(seen.note("a", "10.0.0.6", 11, timers.seenMs)).toBe(false);
    expect(seen.note("a", "10.0.0.2", 7, timers.seenMs)).toBe(false);
  });

  it("is what a list of everything would know", () => {
    const some = fc.array(fc.tuple(few(2), few(2), few(2), few(timers.seenMs / 4)), { maxLength: 40 });
    const property = fc.property(some, (packets) => {
      const seen = createSeen(createSeededRandom(1));
      const list = new Map<number, { at: number; addresses: number[]; contents: number[] }>();
      let now = 5;
      for (const [name, address, content, later] of packets) {
        now += later;
        const known = list.get(name);
        const isAlive = known !== undefined && now - known.at < timers.seenMs;
        const entry = isAlive ? known : { at: now, addresses: [], contents: [] };
        const isRepeat = entry.addresses.includes(address) || entry.contents.includes(content);
        expect(seen.note(`${name}`, `${address}`, content, now)).toBe(isRepeat);
        entry.addresses.push(address);
        entry.contents.push(content);
        list.set(name, entry);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("of the last ten minutes survives the change of generations", () => {
    const seen = createSeen(createSeededRandom(1));
    const step = timers.seenMs / 10;
    for (let at = 0; at < 100; at++) {
      note(seen, `key ${at}`, at * step);
      for (let back = 1; back < 10 && back <= at; back++)
        expect(note(seen, `key ${at - back}`, at * step)).toBe(true);
      expect(seen.size).toBeLessThanOrEqual(24);
    }
  });

  it("is bounded, whatever comes", () => {
    const seen = createSeen(createSeededRandom(1));
    const count = limits.seenKeys * 1.2;
    for (let index = 0; index < count; index++) note(seen, `key ${index}`, 0);
    expect(seen.size).toBeLessThanOrEqual(limits.seenKeys);
    expect(note(seen, `key ${count - limits.seenKeys / 2}`, 0)).toBe(true);
    expect(note(seen, "key 0", 0)).toBe(false);
    for (let index = 0; index < count; index++) seen.note("one", `address ${index}`, index, 0);
    expect(seen.size).toBeLessThanOrEqual(limits.seenKeys);
  });
});

describe("endpoints", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7", 2425],
    ["192.0.2.7:1", "192.0.2.7", 1],
    ["255.255.255.255:65535", "255.255.255.255", 65_535],
    ["0.0.0.0", "0.0.0.0", 2425],
    ["fe80::1%eth0", "fe80::1%eth0", 2425],
    ["[fe80::1%eth0]:2426", "fe80::1%eth0", 2426],
    ["[::1]", "::1", 2425],
    ["::ffff:192.0.2.7", "::ffff:192.0.2.7", 2425],
    ["2001:db8::7", "2001:db8::7", 2425],
  ])("%s is %s port %i", (text, address, port) => {
    expect(parseEndpoint(text, 2425)).toEqual({ address, port });
  });

  it.each([
    "",
    "bob",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.07",
    "192.0.2.7:",
    "192.0.2.7:0",
    "192.0.2.7:65536",
    "192.0.2.7:+1",
    "192.0.2.7:2425:1",
    "bob:2425",
    "[192.0.2.7]:2425",
    "[::1",
    "[::1]2425",
    "[::1]:",
    "[]:1",
    "fe80::1%",
    ":",
    "localhost",
  ])("%j is none", (text) => {
    expect(parseEndpoint(text, 2425)).toBeNull();
  });

  it("come back from their text", () => {
    const endpoint = fc.record({
      address: fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((address) => address.split(":").length > 2),
        fc.constant("fe80::1%wlan0"),
      ),
      port: fc.integer({ min: 1, max: 65_535 }),
    });
    fc.assert(
      fc.property(endpoint, (one) => {
        expect(parseEndpoint(formatEndpoint(one), 1)).toEqual(one);
        expect(isAddress(one.address)).toBe(true);
        expect(parseEndpoint(one.address, 99)).toEqual({ address: one.address, port: 99 });
      }),
    );
  });

  it("are never found where none are, and never throw", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = parseEndpoint(text, 2425);
        expect(found === null || isAddress(found.address)).toBe(true);
      }),
    );
  });
});

describe("whom a name means", () => {
  const talk = conversation().started();
  talk.receiveText("1:1:ming:pc-1:3:小明\\0\\0", "10.0.0.2");
  talk.receiveText("1:1:hong:pc-2:3:小红\\0\\0", "10.0.0.3");
  talk.receiveText("1:1:hong2:pc-3:3:小红\\0\\0", "10.0.0.4");
  talk.receiveText("1:1:Alice:PC-4:3:Alice\\0\\0", "10.0.0.5");
  talk.receiveText("1:1:old:pc-5:3:Twin\\0\\0", "10.0.0.6");
  talk.receiveText("1:2:old:pc-5:2:Twin\\0\\0", "10.0.0.6");
  talk.receiveText("1:1:new:pc-6:3:Twin\\0\\0", "10.0.0.7");
  talk.receiveText("1:1:nameless:pc-7:32:hi\\0", "10.0.0.8:40000");
  talk.receiveText("hi", "10.0.0.9:40000");
  const peers = talk.machine.peers();
  const of = (text: string) => resolveTarget(text, peers, 2425);

  it.each([
    ["小明", "ming@pc-1"],
    ["ming@pc-1", "ming@pc-1"],
    ["id:hong2@pc-3", "hong2@pc-3"],
    ["alice", "Alice@PC-4"],
    ["ALICE@pc-4", "Alice@PC-4"],
    ["Twin", "new@pc-6"],
    ["nameless", "nameless@pc-7"],
    ["id:raw:10.0.0.9:40000", "raw:10.0.0.9:40000"],
  ])("%s is %s", (text, peer) => {
    expect(of(text)).toEqual({ ok: true, receivers: [{ peer }] });
  });

  it("may be an address, or several of all kinds", () => {
    expect(of("192.0.2.7")).toEqual({
      ok: true,
      receivers: [{ endpoint: { address: "192.0.2.7", port: 2425 } }],
    });
    expect(of(" 小明， [fe80::1]:7 ,, alice ")).toEqual({
      ok: true,
      receivers: [
        { peer: "ming@pc-1" },
        { endpoint: { address: "fe80::1", port: 7 } },
        { peer: "Alice@PC-4" },
      ],
    });
  });

  it("is an error when nobody or more than one is meant", () => {
    const ambiguous = of("小明,小红");
    expect(ambiguous).toMatchObject({ ok: false, code: "peer-ambiguous", target: "小红" });
    expect(!ambiguous.ok && ambiguous.matches.map(({ id }) => id)).toEqual(["hong@pc-2", "hong2@pc-3"]);
    for (const text of ["nobody", "id:nobody", "", " , ", "10.0.0"]) {
      expect(of(text)).toMatchObject({ ok: false, code: "no-such-peer" });
    }
  });

  it("is shown as nick, else user, else address", () => {
    const peer: Pick<Peer, "nick" | "user" | "endpoint"> = {
      nick: "n",
      user: "u",
      endpoint: { address: "10.0.0.9", port: 40_000 },
    };
    expect(peerName(peer)).toBe("n");
    expect(peerName({ ...peer, nick: " " })).toBe("u");
    expect(peerName({ ...peer, nick: "", user: "" })).toBe("10.0.0.9:40000");
  });
});
