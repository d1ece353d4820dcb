// Files both ways with every virtual peer, each in the way of its program: what we offer arrives there with our checksum, what it
// offers arrives here byte for byte.
import { PNG } from "pngjs";
import { afterEach, expect, it } from "vitest";
import { createNode, createTextCodec, type Charset, type Node } from "../../src/index.js";
import { personas, type Persona } from "../../src/sim/persona.js";
import { startSimulation, type Simulation } from "../../src/sim/simulation.js";
import {
  createManualClock,
  createMemoryNetwork,
  createMemoryStore,
  createMemoryStreams,
  createSeededRandom,
  type MemoryStore,
} from "../../src/testing.js";

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Stage {
  readonly node: Node;
  readonly store: MemoryStore;
  readonly texts: string[];
  readonly pass: (ms: number) => Promise<void>;
}

async function setStage(persona: Persona, charset: Charset = "gbk"): Promise<Stage> {
  const clock = createManualClock(1_800_000_000_000);
  const network = createMemoryNetwork({ clock, latencyMs: 1 });
  const streams = createMemoryStreams();
  const random = createSeededRandom(5);
  const store = createMemoryStore();
  const node = createNode({
    user: "me",
    host: "here",
    charset,
    transport: network.transport({ address: "10.0.0.1" }),
    streams: streams.transport("10.0.0.1"),
    fileStore: store,
    clock,
    random,
  });
  const texts: string[] = [];
  node.subscribe((event) => {
    if (event.kind === "message" && event.message.direction === "in") texts.push(event.message.displayText);
  });
  await node.start();
  await node.setAcceptPolicy({
    accept: "all",
    maxSizeBytes: null,
    dir: "/in",
    overwrite: "rename",
    resume: true,
  });
  const simulation: Simulation = await startSimulation({
    port: 2425,
    binds: ["10.0.0.1"],
    clock,
    random,
    personas: [persona],
    openTransport: () => network.transport({ address: "10.0.0.2", port: 0 }),
    openStreams: () => streams.transport("10.0.0.2"),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  open.push(async () => {
    const ends = [simulation.stop(), node.close()];
    await pass(300);
    await Promise.all(ends);
  });
  await pass(6_000);
  return { node, store, texts, pass };
}

/** FNV-1a over bytes, as the peers tell it. */
function checksum(bytes: Uint8Array): string {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}

const withFiles = personas.filter(({ files }) => files !== null);

it.each(withFiles)("both ways with $program", async (persona) => {
  const { node, store, texts, pass } = await setStage(persona);
  const content = new Uint8Array(Array.from({ length: 30_000 }, (_, at) => (at * 7) & 0xff));
  store.put("/out/文件:一.bin", content);
  store.put("/out/夹/甲.txt", "甲");
  store.put("/out/夹/空", "");
  store.put("/out/夹/下/b.bin", content);
  const [peer] = node.peers();
  const offer = await node.offer({ peer: peer!.id }, ["/out/文件:一.bin", "/out/夹"]);
  await pass(6_000);
  const line = texts.find((text) => text.startsWith("收到"))!;
  // What real iptux makes of a colon in an offer is nothing (protocol.md section 24).
  const name = persona.dialect === "iptux" ? "文件：一.bin" : "文件:一.bin";
  expect(line).toContain(`${name}（30000 字节，校验 ${checksum(content)}）`);
  const folder = new Uint8Array([...new TextEncoder().encode("甲"), ...content]);
  if (persona.files!.takesFolders) {
    // The walk's order: 下 before 甲 before 空.
    const bytes = new Uint8Array([...content, ...new TextEncoder().encode("甲")]);
    expect(line).toContain(`夹（3 个文件，${folder.length} 字节，校验 ${checksum(bytes)}）`);
    expect(node.offers().find(({ offerId }) => offerId === offer.offerId)!.parties[0]!.state).toBe("done");
  }

  await node.say({ peer: peer!.id }, "发个文件吧");
  await pass(8_000);
  const codec = createTextCodec();
  const text = `${persona.group} ${persona.nick}\n`.repeat(400);
  const got = store.files();
  expect(codec.decode(got.get(`/in/${persona.nick}的便签.txt`)!.bytes, "utf-8")).toBe(text);
  if (!persona.files!.takesFolders) return;
  const dir = `/in/${persona.group}资料`;
  expect(codec.decode(got.get(`${dir}/一.txt`)!.bytes, "utf-8")).toBe("one\n");
  expect(got.get(`${dir}/空.txt`)!.bytes).toHaveLength(0);
  expect(got.get(`${dir}/照片.dat`)!.bytes).toHaveLength(80_000);
  const inbound = node.transfers().filter(({ direction }) => direction === "in");
  expect(inbound.map(({ state, reason }) => [state, reason])).toEqual([
    ["done", null],
    ["done", null],
  ]);
});

const feiq = personas.find(({ dialect }) => dialect === "feiq")!;
const legacy: Persona = {
  ...personas.find(({ dialect }) => dialect === "ipmsg")!,
  version: "1",
  charset: "cp932",
  messageBits: 0x100,
  presence: { entryBits: 0x20_0000, answerBits: 0x20_0000, more: [], hasBlock: false },
};

/** Characters of one charset only, those with a backslash or a bar in their second byte among them. */
const namesOf: readonly (readonly [string, Persona, Charset, string])[] = [
  ["GBK", feiq, "gbk", "囍镕騰誠濉—①癨"],
  ["CP932", legacy, "cp932", "髙橋ソ表能～①ポ"],
];

it.each(namesOf)("names of characters that only %s has, both ways", async (_, persona, charset, name) => {
  const { node, store, texts, pass } = await setStage({ ...persona, nick: name, group: name }, charset);
  const [peer] = node.peers();
  expect([peer!.nick, peer!.charset]).toEqual([name, charset]);
  const content = new Uint8Array(Array.from(name, (character) => character.codePointAt(0)! & 0xff));
  store.put(`/out/${name}.bin`, content);
  store.put(`/out/${name}/${name}.txt`, content);
  await node.offer({ peer: peer!.id }, [`/out/${name}.bin`, `/out/${name}`]);
  await pass(6_000);
  // What it says of it is Chinese, of which CP932 has the half: names and numbers are what counts.
  const line = texts.find((text) => text.includes(`${name}.bin`))!;
  const [file, folder] = line.split("、");
  expect(file).toMatch(new RegExp(`${name}\\.bin.*${content.length}.*${checksum(content)}`, "u"));
  expect(folder).toMatch(new RegExp(`^${name}.*1.*${content.length}.*${checksum(content)}`, "u"));
  await node.say({ peer: peer!.id }, "file");
  await pass(8_000);
  const codec = createTextCodec();
  const carried = (text: string): string => codec.decode(codec.encode(text, charset), charset);
  const inFolder = ["一.txt", "照片.dat", "空.txt"].map((one) => `${carried(`${name}资料`)}/${carried(one)}`);
  const wanted = [carried(`${name}的便签.txt`), ...inFolder].map((path) => `/in/${path}`);
  const got = [...store.files().keys()].filter((path) => path.startsWith("/in/") && !path.endsWith("/"));
  expect(got.toSorted()).toEqual(wanted.toSorted());
});

it("a name that the receiver's charset lacks is refused first, and when it is meant sent with lines in its place", async () => {
  const { node, store, texts, pass } = await setStage(feiq);
  const [peer] = node.peers();
  store.put("/out/报告😀.txt", "x");
  await expect(node.offer({ peer: peer!.id }, ["/out/报告😀.txt"])).rejects.toMatchObject({
    code: "text-not-encodable",
    fields: { charset: "gbk", characters: ["😀"] },
  });
  await node.offer({ peer: peer!.id }, ["/out/报告😀.txt"], { lossy: true });
  await pass(6_000);
  expect(texts.find((text) => text.startsWith("收到"))).toContain("报告_.txt（1 字节");
});

it("a picture reaches the virtual FeiQ: a PNG as the JPEG that is made of it", async () => {
  const { node, store, texts, pass } = await setStage(feiq);
  const [peer] = node.peers();
  const data = Buffer.from(Array.from({ length: 60 * 40 * 4 }, (_, at) => (at * 37) & 0xff));
  store.put("/out/图.png", new Uint8Array(PNG.sync.write({ width: 60, height: 40, data })));
  await node.sendPicture(peer!.id, "/out/图.png", "看");
  await pass(8_000);
  expect(node.pictures()).toMatchObject([{ direction: "out", state: "done", format: "jpeg" }]);
  const { sizeBytes } = node.pictures()[0]!;
  expect(texts.find((text) => text.startsWith("收到一张图片"))).toBe(
    `收到一张图片（JPEG，${sizeBytes} 字节）`,
  );
});
