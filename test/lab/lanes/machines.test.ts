import { array, assert as check, constantFrom, nat, property, record, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextCodec, decode } from "../../../src/protocol.js";
import { createGoBackSender, createInOrderReceiver } from "../../../src/lab/lanes/go-back-n.js";
import { buildAck, buildSegment, parseLaneFrame } from "../../../src/lab/lanes/lane-frames.js";
import { createChatMessages, createPatternMessages } from "../../../src/lab/lanes/lane-messages.js";
import { createLaneParts } from "../../../src/lab/lanes/lane-table.js";
import { laneNames, type LanePlan, type LaneSender, type SenderInput } from "../../../src/lab/lanes/lane.js";
import { createMessageSender } from "../../../src/lab/lanes/message-repeat.js";
import { repeatProfileNamed, repeatProfiles, spedUp } from "../../../src/lab/lanes/repeat-profiles.js";
import { createSelectiveReceiver, createSelectiveSender } from "../../../src/lab/lanes/selective-repeat.js";
import { createForgetfulSender, createSilentReceiver } from "../../../src/lab/lanes/send-and-forget.js";
import { createSimulatedTime } from "../../../src/lab/lanes/simulated-time.js";
import { createStopAndWaitSender } from "../../../src/lab/lanes/stop-and-wait.js";
import { laneTheory } from "../../../src/lab/lanes/theory.js";

const start: SenderInput = { kind: "start" };
const tick: SenderInput = { kind: "tick" };
const ack = (seq: number): SenderInput => ({ kind: "ack", seq });

/** What a step does, in short: `0 1 2 wake 60 confirmed 0`. */
function step(sender: LaneSender, input: SenderInput, nowMs: number): string {
  const { effects, events } = sender.handle(input, nowMs);
  return [
    ...effects.map((one) => (one.kind === "send" ? `${one.seq}#${one.attempt}` : `wake ${one.atMs}`)),
    ...events.map((one) => (one.kind === "finished" ? "finished" : `${one.kind} ${one.seq}`)),
  ].join(", ");
}

describe("senders", () => {
  it("udp sends each at its time, late ticks included, and is done", () => {
    const sender = createForgetfulSender({ messages: 4, intervalMs: 10 });
    expect(step(sender, start, 100)).toBe("0#1, wake 110");
    expect(step(sender, tick, 125)).toBe("1#1, 2#1, wake 130");
    expect(step(sender, ack(1), 126)).toBe("");
    expect(step(sender, tick, 130)).toBe("3#1, finished");
    expect(step(sender, tick, 140)).toBe("");
  });

  it("saw has one under way and repeats it until it is confirmed", () => {
    const sender = createStopAndWaitSender({ messages: 2, rtoMs: 60 });
    expect(step(sender, ack(0), 0)).toBe("");
    expect(step(sender, start, 0)).toBe("0#1, wake 60");
    expect(step(sender, tick, 59)).toBe("");
    expect(step(sender, tick, 60)).toBe("0#2, wake 120");
    expect(step(sender, ack(1), 70)).toBe("");
    expect(step(sender, ack(0), 80)).toBe("1#1, wake 140, confirmed 0");
    expect(step(sender, ack(0), 85)).toBe("");
    expect(step(sender, ack(1), 90)).toBe("confirmed 1, finished");
    expect(step(sender, tick, 200)).toBe("");
  });

  it("sr repeats what is missing only, and moves when the oldest is confirmed", () => {
    const sender = createSelectiveSender({ messages: 5, window: 3, rtoMs: 60 });
    expect(step(sender, start, 0)).toBe("0#1, 1#1, 2#1, wake 60");
    expect(step(sender, ack(1), 20)).toBe("wake 60, confirmed 1");
    expect(step(sender, ack(2), 21)).toBe("wake 60, confirmed 2");
    expect(step(sender, ack(2), 22)).toBe("wake 60");
    expect(step(sender, tick, 60)).toBe("0#2, wake 120");
    expect(step(sender, ack(0), 80)).toBe("3#1, 4#1, wake 140, confirmed 0");
    step(sender, ack(4), 90);
    expect(step(sender, ack(3), 100)).toBe("confirmed 3, finished");
  });

  it("gbn repeats the whole window, and one acknowledgement covers many", () => {
    const sender = createGoBackSender({ messages: 5, window: 3, rtoMs: 60 });
    expect(step(sender, start, 0)).toBe("0#1, 1#1, 2#1, wake 60");
    expect(step(sender, tick, 60)).toBe("0#2, 1#2, 2#2, wake 120");
    expect(step(sender, ack(0), 61)).toBe("");
    expect(step(sender, ack(9), 62)).toBe("");
    expect(step(sender, ack(2), 80)).toBe("3#1, 4#1, wake 140, confirmed 0, confirmed 1");
    expect(step(sender, ack(5), 90)).toBe("confirmed 2, confirmed 3, confirmed 4, finished");
  });

  it("ipmsg gives up after its sends, and says unconfirmed", () => {
    const repeat = { sends: 2, intervalMs: 75 };
    const sender = createMessageSender({ messages: 2, intervalMs: 10, repeat });
    expect(step(sender, start, 0)).toBe("0#1, wake 10");
    expect(step(sender, tick, 10)).toBe("1#1, wake 75");
    expect(step(sender, ack(1), 30)).toBe("wake 75, confirmed 1");
    expect(step(sender, tick, 75)).toBe("0#2, wake 150");
    expect(step(sender, tick, 150)).toBe("unconfirmed 0, finished");
    expect(step(sender, ack(0), 160)).toBe("");
  });
});

describe("receivers", () => {
  it("answer as their lane does", () => {
    const silent = createSilentReceiver();
    expect(silent.handle(3, 0)).toEqual({ ack: null, event: { kind: "delivered", seq: 3 } });
    expect(silent.handle(3, 0).event.kind).toBe("duplicate");
    const selective = createSelectiveReceiver();
    expect(selective.handle(3, 0)).toEqual({ ack: 3, event: { kind: "delivered", seq: 3 } });
    expect(selective.handle(3, 0)).toEqual({ ack: 3, event: { kind: "duplicate", seq: 3 } });
    const inOrder = createInOrderReceiver();
    expect(inOrder.handle(1, 0)).toEqual({ ack: 0, event: { kind: "discarded", seq: 1 } });
    expect(inOrder.handle(0, 0)).toEqual({ ack: 1, event: { kind: "delivered", seq: 0 } });
    expect(inOrder.handle(0, 0)).toEqual({ ack: 1, event: { kind: "duplicate", seq: 0 } });
  });
});

describe("every machine", () => {
  const plan: LanePlan = {
    messages: 12,
    sizeBytes: 200,
    window: 4,
    intervalMs: 1,
    rtoMs: 60,
    repeat: { sends: 4, intervalMs: 75 },
  };
  const machineLanes = laneNames.filter((lane) => lane !== "tcp");

  it("settles each message once, whatever comes in", () => {
    const input = record({ wait: nat(100), kind: constantFrom("ack", "tick" as const), seq: nat(20) });
    check(
      property(constantFrom(...machineLanes), array(input, { maxLength: 200 }), (lane, inputs) => {
        const { sender } = createLaneParts(lane, plan, 168);
        const settled: number[] = [];
        let finished = 0;
        let nowMs = 0;
        const take = (given: SenderInput): void => {
          const { effects, events } = sender.handle(given, nowMs);
          for (const event of events) {
            if (event.kind === "finished") finished += 1;
            else settled.push(event.seq);
          }
          for (const one of effects) {
            if (one.kind === "send") expect(one.seq).toBeLessThan(plan.messages);
            else expect(one.atMs).toBeGreaterThanOrEqual(0);
          }
        };
        take(start);
        for (const one of inputs) {
          nowMs += one.wait;
          take(one.kind === "ack" ? ack(one.seq) : tick);
        }
        expect(new Set(settled).size).toBe(settled.length);
        expect(finished).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("what goes over the wire", () => {
  it("is the lab's SEG and ACK, and a damaged one is none", () => {
    const segment = buildSegment(7, 2, Uint8Array.of(1, 2, 3));
    expect([...segment.subarray(0, 4)]).toEqual([0xff, 0x4c, 1, 3]);
    expect(segment).toHaveLength(35);
    expect(parseLaneFrame(segment)).toEqual({ kind: "seg", seq: 7, payload: Uint8Array.of(1, 2, 3) });
    const answer = buildAck(9, Uint8Array.of(4));
    expect(parseLaneFrame(answer)).toEqual({ kind: "ack", seq: 9, payload: Uint8Array.of(4) });
    for (let bit = 0; bit < segment.length * 8; bit += 1) {
      const damaged = Uint8Array.from(segment);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(parseLaneFrame(damaged)).toBeNull();
    }
  });

  it("is never an exception", () => {
    const chat = createChatMessages(300);
    check(
      property(uint8Array({ maxLength: 80 }), (bytes) => {
        expect(parseLaneFrame(bytes)).toBeNull();
        expect(chat.read(bytes)).toBeNull();
        expect(chat.readAck(bytes)).toBeNull();
        createPatternMessages(100).read(bytes);
      }),
    );
  });

  it("is the real packet text in the chat's lane", () => {
    const chat = createChatMessages(968);
    const message = chat.build(5);
    expect(message).toHaveLength(968);
    const packet = decode(message, createTextCodec(), { legacyCharset: "gbk" });
    expect(packet).toMatchObject({ kind: "packet", modeName: "SENDMSG", options: ["SENDCHECKOPT"] });
    expect(chat.read(message)).toBe(5);
    const receipt = chat.buildAck(5);
    expect(decode(receipt, createTextCodec(), { legacyCharset: "gbk" })).toMatchObject({
      modeName: "RECVMSG",
    });
    expect(chat.readAck(receipt)).toBe(5);
    expect([chat.read(receipt), chat.readAck(message)]).toEqual([null, null]);
  });
});

describe("repeats of the chat programs", () => {
  it("are twenty times faster, but never faster than an answer", () => {
    const feiyan = repeatProfileNamed("feiyan")!;
    expect([feiyan.sends, feiyan.intervalMs]).toEqual([4, 1_500]);
    expect(spedUp(feiyan, 20)).toEqual({ sends: 4, intervalMs: 75 });
    expect(spedUp(feiyan, 100)).toEqual({ sends: 4, intervalMs: 200 });
    expect(new Set(repeatProfiles.map((one) => one.name)).size).toBe(repeatProfiles.length);
    expect(repeatProfileNamed("nobody")).toBeNull();
  });
});

describe("the formulas", () => {
  const plan: LanePlan = {
    messages: 300,
    sizeBytes: 1_000,
    window: 16,
    intervalMs: 1,
    rtoMs: 60,
    repeat: { sends: 4, intervalMs: 75 },
  };

  it("give the numbers of the lesson", () => {
    const path = { there: 0.1, back: 0.1, rttMs: 20 };
    expect(laneTheory("udp", plan, path).delivered).toBe(270);
    const saw = laneTheory("saw", plan, path);
    expect(saw.timeMs).toBeCloseTo(300 * (20 + (60 * 0.19) / 0.81), 6);
    expect(laneTheory("sr", plan, path)).toMatchObject({ sent: saw.sent, timeIsLeast: true });
    const chat = laneTheory("ipmsg", plan, { there: 0.3, back: 0.3, rttMs: 20 });
    expect(chat.unconfirmed).toBeCloseTo(20.3, 1);
    expect(chat.delivered).toBeCloseTo(300 * (1 - 0.3 ** 4), 9);
  });

  it("know nothing where nothing gets through", () => {
    const dead = { there: 1, back: 0, rttMs: 20 };
    for (const lane of ["saw", "sr", "gbn"] as const) {
      expect(laneTheory(lane, plan, dead)).toMatchObject({ sent: null, timeMs: null });
    }
    expect(laneTheory("ipmsg", plan, dead)).toMatchObject({ sent: 1_200, unconfirmed: 300, delivered: 0 });
  });
});

describe("simulated time", () => {
  it("jumps from moment to moment, and stops when nothing waits", async () => {
    const time = createSimulatedTime();
    const seen: number[] = [];
    time.clock.at(1_000, () => {
      seen.push(time.clock.now());
      time.clock.at(5_000.5, () => seen.push(time.clock.now()));
    });
    const cancel = time.clock.at(2_000, () => seen.push(-1));
    cancel();
    await time.runUntil(new Promise(() => undefined));
    expect(seen).toEqual([1_000, 5_000.5]);
  });

  it("stops when the run is done, also when it failed", async () => {
    const time = createSimulatedTime();
    time.clock.at(9, () => undefined);
    await time.runUntil(Promise.reject(new Error("no")));
    expect(time.clock.now()).toBe(0);
  });
});
