// Encrypted file transfer, live in one process: between two nodes, and with a virtual IP Messenger both ways. Every byte of every
// connection is read along: nothing of a name or of what is inside a file passes in clear.
import { afterEach, describe, expect, it } from "vitest";
import { createNode, type ChatNode, type CreateNodeOptions, type StreamTransport } from "../../src/index.js";
import { personas } from "../../src/sim/persona.js";
import { startSimulation } from "../../src/sim/simulation.js";
import {
  createManualClock,
  createMemoryNetwork,
  createMemoryStore,
  createMemoryStreams,
  createSeededRandom,
} from "../../src/testing.js";
import { keyPair } from "../crypto/keys.js";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const keysOf = (letter: "a" | "b") => ({
  rsa1024: keyPair(`${letter}1024`),
  rsa2048: keyPair(`${letter}2048`),
});

const policy = { accept: "all", maxSizeBytes: null, dir: "/in", overwrite: "rename", resume: true } as const;

/** Bytes that nobody would take for a cipher's. */
const content = new TextEncoder().encode("ABCDEFGHIJ".repeat(20_000));

const isContent = (bytes: Uint8Array): boolean => Buffer.compare(bytes, content) === 0;

function setStage() {
  const clock = createManualClock(1_800_000_000_000);
  const network = createMemoryNetwork({ clock, latencyMs: 1 });
  const streams = createMemoryStreams();
  const random = createSeededRandom(5);
  const wire: Uint8Array[] = [];

  /** Notes what is written by whoever connects or answers. */
  function watched(plain: StreamTransport): StreamTransport {
    type Connection = Awaited<ReturnType<StreamTransport["connect"]>["connection"]>;
    const noted = (connection: Connection): Connection => ({
      get remote() {
        return connection.remote;
      },
      read: () => connection.read(),
      write(bytes) {
        wire.push(bytes.slice());
        return connection.write(bytes);
      },
      end: () => connection.end(),
      close: () => connection.close(),
    });
    return {
      ...plain,
      listen: (port, hooks) =>
        plain.listen(port, { ...hooks, arrived: (connection) => hooks.arrived(noted(connection)) }),
      connect(to) {
        const connecting = plain.connect(to);
        return { ...connecting, connection: connecting.connection.then(noted) };
      },
    };
  }

  const streamsAt = (address: string) => watched(streams.transport(address));
  const nodeAt = async (address: string, options: CreateNodeOptions) => {
    const store = createMemoryStore();
    const node: ChatNode = createNode({
      transport: network.transport({ address }),
      streams: streamsAt(address),
      fileStore: store,
      clock,
      random,
      ...options,
    });
    await node.start();
    await node.setAcceptPolicy(policy);
    open.push(async () => {
      const closing = node.close();
      await pass(300);
      await closing;
    });
    return { node, store };
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const wireText = () => Buffer.concat(wire).toString("latin1");
  return { clock, network, random, streamsAt, nodeAt, pass, wireText };
}

async function two(encrypt: "auto" | "never") {
  const stage = setStage();
  const li = await stage.nodeAt("10.0.0.1", { user: "li", host: "pc-li", keys: keysOf("a"), encrypt });
  const bob = await stage.nodeAt("10.0.0.2", { user: "bob", host: "pc-bob", keys: keysOf("b"), encrypt });
  li.store.put("/out/secret-plan.txt", content);
  li.store.put("/out/folder/inner-name.bin", content);
  li.store.put("/out/folder/empty", "");
  await stage.pass(6_000);
  const [peer] = li.node.peers();
  const offer = await li.node.offer({ peer: peer!.id }, ["/out/secret-plan.txt", "/out/folder"]);
  await stage.pass(8_000);
  return { ...stage, li, bob, offer };
}

describe("between two nodes", () => {
  it("files and folders go under AES-256, compared at the end, and both sides say so", async () => {
    const { li, bob, wireText } = await two("auto");
    expect(li.node.peers()[0]!.capabilities).toEqual(expect.arrayContaining(["clipboard", "filenc"]));
    const got = bob.store.files();
    expect(isContent(got.get("/in/secret-plan.txt")!.bytes)).toBe(true);
    expect(isContent(got.get("/in/folder/inner-name.bin")!.bytes)).toBe(true);
    expect(got.get("/in/folder/empty")!.bytes).toHaveLength(0);
    for (const { node } of [li, bob]) {
      expect(
        node
          .transfers()
          .map(({ name, state, cipher, kind, isVerified }) => [
            name,
            state,
            cipher,
            kind === "folder" && isVerified,
          ]),
      ).toEqual([
        ["secret-plan.txt", "done", "aes-256-ctr", false],
        ["folder", "done", "aes-256-ctr", true],
      ]);
    }
    expect(wireText().length).toBeGreaterThan(2 * content.length);
    expect(wireText()).not.toMatch(/ABCDEFGHIJ|inner-name|secret-plan/u);
    expect(Object.keys(bob.node.diagnostics().dropped)).toEqual(["own-echo"]);
  });

  it("in clear where one does not want it", async () => {
    const { bob, wireText } = await two("never");
    expect(isContent(bob.store.files().get("/in/secret-plan.txt")!.bytes)).toBe(true);
    expect(bob.node.transfers().map(({ cipher }) => cipher)).toEqual([null, null]);
    expect(wireText()).toMatch(/ABCDEFGHIJ/u);
  });
});

it("with an IP Messenger both ways: single files as streams of one record", async () => {
  const persona = personas.find(({ files }) => files?.encrypts === true)!;
  const { clock, network, random, streamsAt, nodeAt, pass, wireText } = setStage();
  const { node, store } = await nodeAt("10.0.0.1", { user: "me", host: "here", keys: keysOf("a") });
  const texts: string[] = [];
  node.subscribe((event) => {
    if (event.kind === "message" && event.message.direction === "in") texts.push(event.message.displayText);
  });
  const simulation = await startSimulation({
    port: 2425,
    binds: ["10.0.0.1"],
    clock,
    random,
    keys: keysOf("b"),
    personas: [persona],
    openTransport: () => network.transport({ address: "10.0.0.2", port: 0 }),
    openStreams: () => streamsAt("10.0.0.2"),
  });
  open.unshift(async () => {
    const stopping = simulation.stop();
    await pass(300);
    await stopping;
  });
  await pass(6_000);
  store.put("/out/plan.bin", content);
  store.put("/out/folder/inner.bin", content);
  const [peer] = node.peers();
  await node.say({ peer: peer!.id }, "你好");
  await pass(6_000);
  await node.offer({ peer: peer!.id }, ["/out/plan.bin", "/out/folder"]);
  await pass(8_000);
  const line = texts.find((text) => text.startsWith("收到"));
  expect(line).toMatch(/plan\.bin（200000 字节，校验 [0-9a-f]{8}，加密收的）/u);
  expect(line).toMatch(/folder（1 个文件，200000 字节，校验 [0-9a-f]{8}，加密收的）/u);
  await node.say({ peer: peer!.id }, "发个文件吧");
  await pass(8_000);
  const text = `${persona.group} ${persona.nick}\n`.repeat(400);
  const got = store.files();
  expect(new TextDecoder().decode(got.get(`/in/${persona.nick}的便签.txt`)!.bytes)).toBe(text);
  expect(got.get(`/in/${persona.group}资料/照片.dat`)!.bytes).toHaveLength(80_000);
  expect(node.transfers().map(({ direction, state, cipher }) => [direction, state, cipher])).toEqual([
    ["out", "done", "aes-256-ctr"],
    ["out", "done", "aes-256-ctr"],
    ["in", "done", "aes-256-ctr"],
    ["in", "done", "aes-256-ctr"],
  ]);
  expect(wireText()).not.toMatch(/ABCDEFGHIJ|0123456789abcdef012|inner\.bin/u);
});
