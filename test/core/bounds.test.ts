// Whatever comes: no exception, every table within its limit (invariant I6), and a replay that ends in the same state (I5).
// `FEIYAN_FUZZ=1000000 npx vitest run --project unit test/core/bounds` runs longer, by hand.
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import type { Input } from "../../src/core/input.js";
import { limits } from "../../src/core/limits.js";
import { createMachine } from "../../src/core/machine.js";
import type { Machine, Step } from "../../src/core/machine.js";
import type { MessageId, PeerId } from "../../src/core/model.js";
import { createPacketCrypto } from "../../src/crypto/group.js";
import { createSeededRandom } from "../../src/node/random.js";
import { codec, network, startMs } from "./conversation.js";
import { chanceOf, createMemory, mutate, nextInput, noteStep, seeds } from "./fuzz.js";

useSmallLimits();

function create(storing: boolean): Machine {
  return createMachine({
    self: { user: "li", host: "pc-li", nick: "小李", group: "研发", away: null },
    legacyCharset: "gbk",
    codec,
    crypto: createPacketCrypto(),
    random: createSeededRandom(7),
    versionItem: "feiq",
    announceUtf8: true,
    presence: true,
    hostList: true,
    staticPeers: [{ address: "192.0.2.9", port: 2425 }],
    storing,
    answersProbes: true,
    firstPacketNo: 1,
    versionText: "feiyan test",
  });
}

interface Recorded {
  readonly input: Input;
  readonly now: number;
}

function run(machine: Machine, inputs: readonly Recorded[]): Step[] {
  return inputs.map(({ input, now }) => machine.handle(input, now));
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Everything that a machine shows. */
function stateOf(machine: Machine): unknown {
  return {
    self: machine.self,
    peers: machine.peers(),
    conversations: machine
      .conversations()
      .map((id) => ({ ...machine.conversation(id), messages: [...machine.conversation(id).messages] })),
    diagnostics: machine.diagnostics(),
    wakeAt: machine.wakeAt(),
  };
}

function checkBounds(machine: Machine): void {
  const peers = machine.peers();
  expect(peers.length).toBeLessThanOrEqual(limits.peers);
  for (const peer of peers) {
    if (peer.addresses.length > limits.addressesPerPeer) throw new Error("too many addresses");
    for (const text of [peer.nick, peer.group, peer.user, peer.host]) {
      if (text.length > limits.nameCharacters) throw new Error("a name too long");
    }
    for (const text of [peer.versionText, peer.absenceText]) {
      if ((text?.length ?? 0) > limits.infoCharacters) throw new Error("an information too long");
    }
  }
  let messages = 0;
  for (const id of machine.conversations()) messages += machine.conversation(id).messages.length;
  expect(messages).toBeLessThanOrEqual(limits.messagesInMemory);
  expect(machine.conversations().length).toBeLessThanOrEqual(limits.messagesInMemory);
  const { packetsRemembered, alarmsWaiting } = machine.diagnostics();
  expect(packetsRemembered).toBeLessThanOrEqual(limits.seenKeys);
  // Repeats wait 1.5 s each, answers and typing notices once per entry and peer, the rest is asked for by the user.
  expect(alarmsWaiting).toBeLessThanOrEqual(limits.pendingMessages + limits.waitingAnswers + limits.peers);
}

describe("any datagrams, requests and times", () => {
  it("give the same steps and the same state when they are replayed", () => {
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      (seed, count, storing) => {
        const chance = chanceOf(createSeededRandom(seed));
        const machine = create(storing);
        const memory = createMemory();
        const record: Recorded[] = [{ input: { kind: "start", network }, now: startMs }];
        const steps = run(machine, record);
        let now = startMs;
        for (let index = 0; index < count; index++) {
          now += chance.number(4) === 0 ? chance.number(2_000) : 0;
          const due = (machine.wakeAt() ?? Infinity) <= now;
          const input: Input = due ? { kind: "tick" } : nextInput(chance, machine, memory);
          const step = machine.handle(input, now);
          record.push({ input, now });
          steps.push(step);
          noteStep(step, memory);
        }
        record.push({ input: { kind: "stop" }, now }, { input: { kind: "tick" }, now: now + 60_000 });
        steps.push(...run(machine, record.slice(-2)));
        expect(machine.stopped).toBe(true);
        const again = create(storing);
        // The runner's own comparison is for failures only: it is slow on bytes.
        const replayed = run(again, record);
        if (!isDeepStrictEqual(replayed, steps)) expect(replayed).toEqual(steps);
        expect(isDeepStrictEqual(stateOf(again), stateOf(machine))).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 40 });
  });

  it("never throw, one by one", () => {
    const machine = create(false);
    machine.handle({ kind: "start", network }, startMs);
    const from = { address: "10.0.0.2", port: 2425 };
    const datagram = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.constantFrom(...seeds), fc.integer())
        .map(([bytes, seed]) => mutate(bytes, chanceOf(createSeededRandom(seed)))),
    );
    const property = fc.property(datagram, (bytes) => {
      const { answer, effects, events } = machine.handle({ kind: "datagram", bytes, from }, startMs);
      expect(answer).toBeNull();
      expect(effects.length).toBeLessThan(5);
      expect(events.length).toBeLessThan(8);
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  it(
    "keep every table within its limit, two machines in step",
    () => {
      const count = Number(process.env["FEIYAN_FUZZ"] ?? 15_000);
      const chance = chanceOf(createSeededRandom(20_260_101));
      const machine = create(true);
      const twin = create(true);
      const memory = createMemory();
      let now = startMs;
      for (const one of [machine, twin]) one.handle({ kind: "start", network }, now);
      for (let index = 0; index < count; index++) {
        now += chance.number(20) === 0 ? chance.number(400) : 0;
        const due = (machine.wakeAt() ?? Infinity) <= now;
        const input: Input = due ? { kind: "tick" } : nextInput(chance, machine, memory);
        const step = machine.handle(input, now);
        const other = twin.handle(input, now);
        if (printOf(step) !== printOf(other)) expect(other).toEqual(step);
        noteStep(step, memory);
        if (index % 1_000 === 0) checkBounds(machine);
      }
      checkBounds(machine);
      expect(isDeepStrictEqual(twin.peers(), machine.peers())).toBe(true);
      expect(twin.diagnostics()).toEqual(machine.diagnostics());
      expect(machine.peers().length).toBeGreaterThan(100);
      if (process.env["FEIYAN_FUZZ"] !== undefined) {
        const { heapUsed, rss } = process.memoryUsage();
        process.stdout.write(
          `${count} inputs: heap ${megabytes(heapUsed)}, resident ${megabytes(rss)}, ${machine.peers().length} peers, ` +
            `${machine.diagnostics().packetsRemembered} packets remembered\n`,
        );
      }
    },
    process.env["FEIYAN_FUZZ"] === undefined ? 60_000 : 3_600_000,
  );
});

describe("the messages in memory", () => {
  it("are a hundred thousand at most; the longest conversation gives up its oldest", () => {
    const machine = create(false);
    const say = (user: string, number: number): void => {
      const bytes = codec.encode(`1:${number}:${user}:pc:32:m${number}\0`, "ascii");
      machine.handle({ kind: "datagram", bytes, from: { address: "10.0.0.2", port: 4000 } }, startMs);
    };
    for (let number = 0; number < 10; number++) say("quiet", number);
    for (let number = 0; number < limits.messagesInMemory + 5_000; number++) say("loud", number);
    const of = (id: string) => machine.conversation(id as never).messages;
    expect(Array.from(of("quiet@pc"), ({ text }) => text)).toEqual(
      Array.from({ length: 10 }, (_, at) => `m${at}`),
    );
    expect(of("loud@pc").length).toBeLessThanOrEqual(limits.messagesInMemory - 10);
    expect(of("loud@pc").length).toBeGreaterThan(limits.messagesInMemory - 1_100);
    expect(of("loud@pc").at(-1)?.text).toBe(`m${limits.messagesInMemory + 4_999}`);
    for (const message of [of("loud@pc").at(0), of("loud@pc").at(-1)]) {
      expect(message !== undefined && machine.message(message.id)).toBe(message);
    }
  });

  it("stand in each of their conversations, and are there as long as one of these has them", () => {
    const machine = create(false);
    const receive = (user: string, number: number): void => {
      const bytes = codec.encode(`1:${number}:${user}:pc:32:m\0`, "ascii");
      machine.handle({ kind: "datagram", bytes, from: { address: "10.0.0.2", port: 4000 } }, startMs);
    };
    receive("quiet", 1);
    receive("loud", 1);
    const to = [{ peer: "loud@pc" as PeerId }, { peer: "quiet@pc" as PeerId }];
    const say: Input = { kind: "request", request: { kind: "say", to, text: "both", options: {} } };
    const { answer } = machine.handle(say, startMs);
    const id = answer?.ok === true ? answer.messages[0]!.id : ("none" as MessageId);
    for (let number = 2; number < limits.messagesInMemory + 2_000; number++) receive("loud", number);
    expect(machine.conversation("loud@pc" as PeerId).messages.indexOf(id)).toBe(-1);
    const { messages } = machine.conversation("quiet@pc" as PeerId);
    const kept = messages.at(messages.indexOf(id));
    expect(kept).toBeDefined();
    expect(machine.message(id)).toBe(kept);
  });

  it("forget conversations that became empty", () => {
    const machine = create(false);
    const text = "x".repeat(60_000);
    const held = Math.floor(limits.messageBytesInMemory / text.length);
    for (let number = 0; number < 1.4 * held; number++) {
      const bytes = codec.encode(`1:${number}:u${number}:pc:32:${text}\0`, "ascii");
      machine.handle({ kind: "datagram", bytes, from: { address: "10.0.0.2", port: 4000 } }, startMs);
    }
    expect(machine.conversations().length).toBeLessThan(held);
    expect(machine.conversations()[0]).toBeDefined();
  });
});

/** A short form of a step: what differs here differs there. */
function printOf({ events, effects, answer }: Step): string {
  const sums = effects.map((effect) => {
    if (effect.kind !== "send" && effect.kind !== "broadcast") return effect.kind;
    let sum = 0;
    for (const byte of effect.bytes) sum = (Math.imul(sum, 31) + byte) | 0;
    return `${sum} ${effect.kind === "send" ? effect.to.address : ""}`;
  });
  const told = events.map((event) => {
    const id: MessageId | string =
      event.kind === "message" ? event.message.id : event.kind === "peer" ? event.peer.id : "";
    return `${event.kind} ${id}`;
  });
  return `${sums.join()} ${told.join()} ${answer?.ok ?? ""}`;
}
