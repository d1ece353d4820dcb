import { afterEach, describe, expect, it } from "vitest";
import {
  createNode,
  createTextCodec,
  type Event,
  type Message,
  type Node,
  type PeerId,
} from "../../src/index.js";
import { personas } from "../../src/sim/persona.js";
import { startSimulation, type Simulation } from "../../src/sim/simulation.js";
import { answerTo, talks } from "../../src/sim/small-talk.js";
import {
  createManualClock,
  createMemoryNetwork,
  createSeededRandom,
  tapped,
  type ManualClock,
} from "../../src/testing.js";

interface Stage {
  readonly clock: ManualClock;
  readonly node: Node;
  readonly simulation: Simulation;
  readonly events: Event[];
  /** Datagrams of the simulation. */
  readonly sent: number[];
  /** Lets time pass in small steps, so that datagrams arrive in between. */
  readonly pass: (ms: number) => Promise<void>;
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function setStage(seed = 1, whenNode: "before" | "after" = "before"): Promise<Stage> {
  const clock = createManualClock(1_800_000_000_000);
  const network = createMemoryNetwork({ clock, latencyMs: 1 });
  const random = createSeededRandom(seed);
  const sent: number[] = [];
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const node = createNode({
    user: "me",
    host: "here",
    nick: "我",
    transport: network.transport({ address: "10.0.0.1" }),
    clock,
    random,
  });
  const events: Event[] = [];
  node.subscribe((event) => events.push(event));
  if (whenNode === "before") await node.start();
  const simulation = await startSimulation({
    port: 2425,
    binds: ["10.0.0.1"],
    clock,
    random,
    openTransport: (index) =>
      tapped(network.transport({ address: `10.0.0.${index + 2}`, port: 0 }), (record) => {
        if (record.direction === "out") sent.push(clock.now());
      }),
  });
  open.push(async () => {
    const left = Promise.all([simulation.stop(), node.close()]);
    await pass(500);
    await left;
  });
  return { clock, node, simulation, events, sent, pass };
}

const received = (events: readonly Event[]): readonly Message[] =>
  events.flatMap((event) =>
    event.kind === "message" && event.message.direction === "in" ? [event.message] : [],
  );

const called = (node: Node, nick: string): PeerId => node.peers().find((peer) => peer.nick === nick)!.id;

async function playScript(): Promise<unknown> {
  const { node, events, pass } = await setStage(7);
  await pass(4_000);
  await node.say({ peer: called(node, "李芳") }, "你好");
  await pass(6_000);
  return received(events).map((message) => [message.at, message.displayText]);
}

describe("the simulation", () => {
  it("brings one peer of each dialect, with names and charset right", async () => {
    const { node, pass } = await setStage();
    await pass(4_000);
    const seen = node.peers().map((peer) => [peer.dialect, peer.nick, peer.group, peer.state].join(" "));
    expect(seen.toSorted()).toEqual([
      "feige5 李芳 设计组 online",
      "feiq 张伟 财务部 online",
      "ipmsg 小林 研发部 online",
      "iptux 老陈 运维 online",
      "raw   online",
    ]);
  });

  it("greets once each within about three seconds", async () => {
    const { events, pass } = await setStage();
    await pass(5_000);
    const greetings: readonly string[] = Object.values(talks).flatMap(
      (talk): readonly string[] => talk.greetings,
    );
    const texts = received(events).map((message) => message.displayText);
    expect(texts).toHaveLength(personas.length);
    for (const text of texts) expect(greetings).toContain(text);
  });

  it("finds a program that starts later", async () => {
    const { node, pass, events } = await setStage(1, "after");
    await pass(10_000);
    expect(received(events)).toEqual([]);
    await node.start();
    await pass(9_000);
    expect(node.peers()).toHaveLength(personas.length);
    expect(received(events)).toHaveLength(personas.length);
  });

  it.each(["张伟", "小林", "老陈", "李芳"])("acknowledges and answers: %s", async (nick) => {
    const { node, events, pass } = await setStage();
    await pass(4_000);
    const id = called(node, nick);
    const [message] = await node.say({ peer: id }, "今天天气不错");
    await pass(6_000);
    expect(node.message(message!.id)!.deliveries[0]!.state).toBe("delivered");
    const texts = received(events).filter((each) => each.peerId === id);
    expect(texts).toHaveLength(2);
    expect(texts[1]!.displayText).not.toContain("{");
  });

  it("echoes bare text in GBK", async () => {
    const { node, events, pass } = await setStage();
    await pass(5_000);
    const raw = node.peers().find((peer) => peer.dialect === "raw")!;
    await node.say({ peer: raw.id }, "你好吗");
    await pass(5_000);
    const answer = received(events)
      .filter((message) => message.peerId === raw.id)
      .at(-1)!;
    expect(answer.charset).toBe("gbk");
    expect(answer.raw).not.toContain(0);
  });

  it("types, shakes, leaves its desk and answers automatically", async () => {
    const { node, events, pass } = await setStage();
    await pass(4_000);
    await node.say({ peer: called(node, "张伟") }, "抖一下");
    await pass(5_000);
    const kinds = events.map((event) => event.kind);
    expect(kinds).toContain("knock");
    expect(kinds).toContain("typing");
    const lin = called(node, "小林");
    await node.say({ peer: lin }, "离开吧");
    await pass(6_000);
    expect(node.peer(lin)!.state).toBe("away");
    await node.say({ peer: lin }, "在吗");
    await pass(1_000);
    expect(received(events).at(-1)).toMatchObject({
      peerId: lin,
      autoReply: true,
      displayText: talks.ipmsg.away,
    });
    await pass(30_000);
    expect(node.peer(lin)!.state).toBe("online");
  });

  it("says goodbye", async () => {
    const { node, simulation, pass } = await setStage();
    await pass(4_000);
    await simulation.stop();
    await pass(200);
    const states = node
      .peers()
      .filter((peer) => peer.dialect !== "raw")
      .map((peer) => peer.state);
    expect(states).toEqual(["offline", "offline", "offline", "offline"]);
  });

  it("does not flood: an hour without a word brings few messages and steady traffic", async () => {
    const { clock, events, sent, pass } = await setStage();
    const start = clock.now();
    for (let minute = 0; minute < 60; minute += 1) {
      clock.advance(59_000);
      await pass(1_000);
    }
    expect(received(events).length).toBeLessThanOrEqual(personas.length * 4);
    const perSecond = new Map<number, number>();
    for (const at of sent)
      perSecond.set(
        Math.floor((at - start) / 1000),
        (perSecond.get(Math.floor((at - start) / 1000)) ?? 0) + 1,
      );
    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(personas.length * 4);
  });

  it("repeats what was not acknowledged, as its dialect does, and no longer", async () => {
    const clock = createManualClock(1_800_000_000_000);
    const network = createMemoryNetwork({ clock, latencyMs: 1 });
    const counts = new Map<string, number>();
    const user = network.transport({ address: "10.0.0.1" });
    // A program that answers entries and acknowledges nothing.
    await user.open({
      arrived: (bytes, from) => {
        const text = Buffer.from(bytes).toString("latin1");
        const command = Number(text.split(":")[4]);
        if ((command & 0xff) === 1) user.send(Buffer.from("1:7:u:h:3:u\0"), from);
        if ((command & 0xff) === 0x20) counts.set(text.slice(0, 3), (counts.get(text.slice(0, 3)) ?? 0) + 1);
      },
      problem: () => undefined,
      networkChanged: () => undefined,
    });
    const simulation = await startSimulation({
      port: 2425,
      binds: ["10.0.0.1"],
      clock,
      random: createSeededRandom(3),
      openTransport: (index) => network.transport({ address: `10.0.0.${index + 2}`, port: 0 }),
    });
    for (let step = 0; step < 300; step += 1) {
      clock.advance(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Object.fromEntries(counts)).toEqual({ "1_l": 4, "1:1": 5, "1_i": 4, "5.1": 4 });
    await simulation.stop();
  });

  it("is the same for the same seed", async () => {
    expect(await playScript()).toEqual(await playScript());
  });
});

describe("small talk", () => {
  const listener = {
    talk: talks.feige,
    isLively: false,
    pick: (choices: readonly string[]) => choices.at(-1)!,
  };

  it("stays within the charset of its speaker", () => {
    const codec = createTextCodec();
    for (const persona of personas) {
      const texts = [
        ...persona.talk.greetings,
        ...persona.talk.remarks,
        ...persona.talk.answers,
        persona.talk.hint,
      ];
      for (const text of texts) expect([text, codec.unencodable(text, persona.charset)]).toEqual([text, []]);
    }
  });

  it("repeats a part of what was said, on one line", () => {
    const talk = { ...talks.feige, answers: ["“{said}”"] };
    expect(answerTo("一\n二", { ...listener, talk })).toEqual([{ kind: "say", text: "“一 二”" }]);
    expect(answerTo("字".repeat(99), { ...listener, talk })).toEqual([
      { kind: "say", text: `“${"字".repeat(30)}…”` },
    ]);
    expect(answerTo("$&{said}", { ...listener, talk })).toEqual([{ kind: "say", text: "“$&{said}”" }]);
  });

  it("gives a hint when asked for help, and never shakes without being lively", () => {
    expect(answerTo("帮助", listener)).toEqual([{ kind: "say", text: talks.feige.hint }]);
    expect(answerTo("抖一下", listener).map((deed) => deed.kind)).toEqual(["say"]);
  });
});
