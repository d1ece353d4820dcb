// What every dialect was seen to do, live over loopback with the virtual peers, beside what vectors and captures prove: the table of
// docs/compatibility.md.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createNode,
  roomIdOf,
  type Event,
  type Message,
  type Node,
  type Offer,
  type PeerId,
} from "../../src/index.js";
import { personas, type Persona } from "../../src/sim/persona.js";
import { startSimulation } from "../../src/sim/simulation.js";
import { keyPair } from "../crypto/keys.js";

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly origin?: string;
  readonly certainty?: string;
  readonly expect?: {
    readonly dialect?: string;
    readonly modeName?: string;
    readonly options?: readonly string[];
  };
}

const vectorFolder = new URL("../vectors/", import.meta.url);
const vectors: readonly Vector[] = readdirSync(vectorFolder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => {
    const file: { vectors?: Vector[] } = JSON.parse(readFileSync(new URL(name, vectorFolder), "utf8"));
    return file.vectors ?? [];
  });

/** A feature: its name in the table, and the vectors that are about it. */
interface Feature {
  readonly name: string;
  readonly modes: readonly string[];
  readonly option?: string;
}

export const features = {
  seen: { name: "is seen, with its name and group", modes: ["BR_ENTRY", "ANSENTRY", "NOOPERATION"] },
  messageIn: { name: "writes to us, Chinese text right", modes: ["SENDMSG"] },
  messageOut: { name: "gets our message", modes: ["RECVMSG"] },
  receipt: { name: "acknowledges it", modes: ["RECVMSG"] },
  away: { name: "is shown as away", modes: ["BR_ABSENCE"] },
  autoReply: { name: "answers automatically while away", modes: ["SENDMSG"], option: "AUTORETOPT" },
  version: { name: "tells its version when asked", modes: ["SENDINFO"] },
  encryptedOut: { name: "opens what we encrypt", modes: ["ANSPUBKEY", "GETPUBKEY"] },
  encryptedIn: { name: "sends encrypted, and we open it", modes: ["SENDMSG"], option: "ENCRYPTOPT" },
  signedIn: { name: "signs, and we verify it", modes: [] },
  dictIn: { name: "writes a signed and encrypted dictionary (IPDict), and we open it", modes: [] },
  sealedOut: { name: "opens our sealed message and says so", modes: ["READMSG"] },
  sealedIn: { name: "sends sealed, and hears that we opened it", modes: ["ANSREADMSG"], option: "SECRETOPT" },
  filesIn: { name: "offers a file and a folder, and we fetch both", modes: [], option: "FILEATTACHOPT" },
  filesInSealed: { name: "… under AES-256, asked for by a signed request", modes: [] },
  filesOut: { name: "fetches the file that we offer", modes: ["GETFILEDATA", "GETDIRFILES"] },
  pictures: { name: "sends a picture inside a message", modes: ["FEIQ_IMAGE_SLICE"] },
  groupChat: {
    name: "belongs to a FeiQ group and speaks there with us (multicast)",
    modes: ["FEIQ_GROUPMSG", "FEIQ_GROUP_ANNOUNCE"],
  },
  groups: { name: "is reached by the name of its group", modes: [] },
  knockIn: { name: "shakes our window", modes: ["FEIQ_SHAKE"] },
  knockOut: { name: "answers our knock", modes: ["FEIQ_SHAKE_ACK"] },
  typing: { name: "tells that it types", modes: ["FEIQ_TYPING", "FEIQ_TYPING_END"] },
  exit: { name: "is seen leaving", modes: ["BR_EXIT"] },
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof features;
export type Findings = Readonly<Record<string, ReadonlySet<FeatureName>>>;

const isFeature = (name: string): name is FeatureName => Object.hasOwn(features, name);
export const featureNames: readonly FeatureName[] = Object.keys(features).filter(isFeature);

/** Programs that are said not to have it (docs/protocol.md section 16); everything else that was not seen is unknown. */
const lacking: Readonly<Partial<Record<string, readonly FeatureName[]>>> = {
  feige5: ["dictIn", "filesInSealed", "groupChat"],
  ipmsg: ["knockIn", "knockOut", "typing", "groupChat"],
  feiq: ["signedIn", "dictIn", "filesInSealed"],
  iptux: [
    "away",
    "autoReply",
    "version",
    "encryptedOut",
    "encryptedIn",
    "signedIn",
    "dictIn",
    "filesInSealed",
    "pictures",
    "sealedOut",
    "sealedIn",
    "knockIn",
    "knockOut",
    "typing",
    "groupChat",
  ],
  raw: featureNames.filter((name) => name !== "seen" && name !== "messageIn" && name !== "messageOut"),
};

function proofs(dialect: string, feature: Feature): string {
  if (feature === features.dictIn)
    return dialect === "ipmsg" && vectors.some(({ kind }) => kind === "ipdict-encrypted") ? "V" : "";
  const about = vectors.filter(({ kind, expect }) => {
    const isAbout = expect?.dialect === dialect && feature.modes.includes(expect.modeName ?? "");
    const isKind = kind === "datagram" || kind === "crypto-message";
    return (
      isAbout && isKind && (feature.option === undefined || expect.options?.includes(feature.option) === true)
    );
  });
  // What was only told of, and made again here, was not captured.
  const captured = about.some(
    ({ origin, certainty }) => origin === "capture" || (origin === "mixed" && certainty !== "reported"),
  );
  const built = about.some(({ origin }) => origin !== "capture");
  return (captured ? "C" : "") + (built ? "V" : "");
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The document. */
export function formatTable(findings: Findings): string {
  const dialects = personas.map(({ dialect }) => dialect);
  const cell = (dialect: string, name: FeatureName): string => {
    const marks = (findings[dialect]?.has(name) === true ? "S" : "") + proofs(dialect, features[name]);
    if (marks !== "") return marks;
    return lacking[dialect]?.includes(name) === true ? "–" : "?";
  };
  const head = ["", ...personas.map(({ program, dialect }) => `${program} (${dialect})`)];
  const rows = featureNames.map((name) => [
    features[name].name,
    ...dialects.map((dialect) => cell(dialect, name)),
  ]);
  return [
    "# Compatibility",
    "",
    "What is known about talking with other programs, and how. This table is generated: a test plays every dialect of `feiyan sim` over",
    "loopback and fails when the table is stale (`npx vitest run --project e2e test/e2e/compatibility -u` writes it).",
    "",
    "**S** seen live with the virtual peer of that dialect · **C** captured from the real program, as a vector · **V** built from a",
    "specification or source, as a vector · **–** the program does not have it · **?** unknown. A virtual peer behaves as",
    "[protocol.md](protocol.md) says the program does: S proves our side, C proves theirs.",
    "",
    rowOf(head),
    rowOf(head.map(() => "---")),
    ...rows.map(rowOf),
    "",
  ].join("\n");
}

const chinese = /[\u4e00-\u9fff]/u;

/** Plays through everything with all virtual peers at once. */
export async function observe(): Promise<Findings> {
  const node = createNode({
    user: "me",
    host: "here",
    nick: "我",
    port: 0,
    bind: ["127.0.0.1"],
    ipv6: false,
    keys: { rsa1024: keyPair("a1024"), rsa2048: keyPair("a2048") },
  });
  const events: Event[] = [];
  node.subscribe((event) => events.push(event));
  const { port } = await node.start();
  const simulation = await startSimulation({
    port,
    keys: { rsa1024: keyPair("b1024"), rsa2048: keyPair("b2048") },
  });
  const folder = mkdtempSync(join(tmpdir(), "feiyan-compatibility-"));
  const found = new Map<string, Set<FeatureName>>();
  const left = personas.map(async (persona) => {
    const seen = new Set<FeatureName>();
    found.set(persona.dialect, seen);
    return await play(node, events, persona, folder, seen);
  });
  const ids = await Promise.all(left);
  const before = events.length;
  await simulation.stop();
  for (const [index, persona] of personas.entries()) {
    const id = ids[index];
    const gone = await until(
      node,
      () => (id !== undefined && node.peer(id)?.state === "offline" ? true : undefined),
      persona.presence === null ? glanceMs : patienceMs,
    );
    const isNew = events
      .slice(before)
      .some((event) => event.kind === "peer" && event.change === "left" && event.peer.id === id);
    if (gone === true && isNew) found.get(persona.dialect)?.add("exit");
  }
  await node.close();
  rmSync(folder, { recursive: true, force: true });
  return Object.fromEntries(found);
}

async function until<T>(node: Node, look: () => T | undefined, timeoutMs: number): Promise<T | undefined> {
  const first = look();
  if (first !== undefined) return first;
  return await new Promise((resolve) => {
    const end = (result: T | undefined): void => {
      clearTimeout(timer);
      stop();
      resolve(result);
    };
    const timer = setTimeout(() => end(undefined), timeoutMs);
    const stop = node.subscribe(() => {
      const result = look();
      if (result !== undefined) end(result);
    });
  });
}

/** A peer that answers at all does so within some seconds; on a loaded machine it takes longer. */
const patienceMs = 20_000;
/** To see that nothing comes. */
const glanceMs = 1_200;

async function play(
  node: Node,
  events: readonly Event[],
  persona: Persona,
  folder: string,
  seen: Set<FeatureName>,
): Promise<PeerId | undefined> {
  const { dialect } = persona;
  const peer = await until(
    node,
    () =>
      node.peers().find((one) => one.dialect === dialect && (one.nick === persona.nick || dialect === "raw")),
    patienceMs,
  );
  if (peer === undefined) return undefined;
  const { id } = peer;
  seen.add("seen");
  const incoming = (): readonly Message[] =>
    [...node.conversation(id).messages].filter((message) => message.direction === "in");
  const greeting = await until(node, () => incoming()[0], patienceMs);
  if (greeting !== undefined && chinese.test(greeting.displayText)) seen.add("messageIn");

  let count = incoming().length;
  const answer = async (): Promise<Message | undefined> => {
    const found = await until(node, () => incoming()[count], patienceMs);
    count = incoming().length;
    return found;
  };
  const [first] = await node.say({ peer: id }, "今天天气不错", { encrypt: "never" });
  const [settled] = first === undefined ? [] : await node.settled(first.id);
  if (settled?.state === "delivered") seen.add("receipt");
  if ((await answer()) !== undefined) seen.add("messageOut");

  await node.ask(id, "version");
  const version = await until(
    node,
    () => node.peer(id)?.versionText ?? undefined,
    persona.answersQueries ? patienceMs : glanceMs,
  );
  if (version !== undefined) seen.add("version");

  const knocked = await node.knock(id).then(
    () => true,
    () => false,
  );
  if (knocked) {
    const heard = await until(
      node,
      () => events.find((event) => event.kind === "knock-answered" && event.peer.id === id),
      patienceMs,
    );
    if (heard?.kind === "knock-answered" && heard.answered) seen.add("knockOut");
    await answer();
  }
  const livelyMs = persona.isLively ? patienceMs : 1;
  const shaken = await until(
    node,
    () => events.find((event) => event.kind === "knock" && event.peer.id === id),
    livelyMs,
  );
  if (shaken !== undefined) seen.add("knockIn");
  const typed = await until(
    node,
    () => events.find((event) => event.kind === "typing" && event.active && event.peer.id === id),
    livelyMs,
  );
  if (typed !== undefined) seen.add("typing");

  if (node.peer(id)?.capabilities.includes("encrypt") === true)
    await playSealed(node, persona, id, seen, answer);
  if (persona.files !== null) {
    await playFiles(node, id, folder, seen);
    count = incoming().length;
  }
  if (persona.feiqGroup !== null) await playGroupChat(node, persona.feiqGroup, id, seen);
  if (persona.group !== "") await playGroup(node, persona, id, seen);
  const envelope = await node.say({ peer: id }, "密封的", { seal: true, plain: true });
  const wanted = envelope[0];
  if (wanted !== undefined) {
    const opened = await until(
      node,
      () => (node.message(wanted.id)?.deliveries[0]?.state === "opened" ? true : undefined),
      persona.opensSealed ? patienceMs : glanceMs,
    );
    if (opened === true) seen.add("sealedOut");
    const letter = await until(
      node,
      () => incoming().find(({ sealed }) => sealed),
      persona.opensSealed ? patienceMs : 1,
    );
    if (letter !== undefined) {
      await node.open(letter.id);
      if (node.message(letter.id)?.openedAt !== null) seen.add("sealedIn");
    }
    count = incoming().length;
  }
  await node.say({ peer: id }, "离开");
  const away = await until(
    node,
    () => (node.peer(id)?.state === "away" ? true : undefined),
    persona.talk.away === null ? glanceMs : patienceMs,
  );
  if (away === true) {
    seen.add("away");
    await node.say({ peer: id }, "还在吗");
    if ((await until(node, () => incoming().find((one) => one.autoReply), patienceMs)) !== undefined)
      seen.add("autoReply");
  }
  return id;
}

async function playFiles(node: Node, id: PeerId, folder: string, seen: Set<FeatureName>): Promise<void> {
  const offerOf = (): Offer | undefined =>
    node.offers().find((one) => one.direction === "in" && one.parties.some(({ peerId }) => peerId === id));
  // A word that came while it was busy is not answered: it is asked again.
  for (let tries = 0; tries < 4 && offerOf() === undefined; tries++) {
    await node.say({ peer: id }, "发个文件");
    await until(node, offerOf, tries === 3 ? patienceMs : 5_000);
  }
  const offer = offerOf();
  if (offer !== undefined) {
    await node.accept(offer.offerId, { dir: join(folder, id.replaceAll(/\W/gu, "-")), overwrite: "rename" });
    const ends = await until(
      node,
      () => {
        const own = node.transfers().filter(({ offerId }) => offerId === offer.offerId);
        const isOver = own.length >= offer.files.length && own.every(({ state }) => state === "done");
        return isOver ? own : undefined;
      },
      patienceMs,
    );
    if (ends !== undefined) seen.add("filesIn");
    if (ends?.every(({ cipher }) => cipher !== null) === true) seen.add("filesInSealed");
  }
  const path = join(folder, "说明.txt");
  writeFileSync(path, "我们给的文件\n".repeat(100));
  const given = await node.offer({ peer: id }, [path]);
  const taken = await until(
    node,
    () =>
      node.transfers().some((one) => one.offerId === given.offerId && one.state === "done")
        ? true
        : undefined,
    patienceMs,
  );
  if (taken === true) seen.add("filesOut");
}

/** Seen as a member, spoken to, answering there: nothing of it is acknowledged. */
async function playGroupChat(node: Node, number: string, id: PeerId, seen: Set<FeatureName>): Promise<void> {
  await node.joinGroup(number);
  const room = roomIdOf(number);
  const isMember = (): true | undefined =>
    node.rooms().some((one) => one.id === room && one.members.some(({ peerId }) => peerId === id))
      ? true
      : undefined;
  if ((await until(node, isMember, patienceMs)) !== true) return;
  const [message] = await node.say({ peer: room }, "群里的各位好");
  const answer = await until(
    node,
    () => [...node.conversation(room).messages].find(({ peerId }) => peerId === id),
    patienceMs,
  );
  if (answer !== undefined && message?.deliveries[0]?.state !== "delivered") seen.add("groupChat");
}

async function playGroup(node: Node, persona: Persona, id: PeerId, seen: Set<FeatureName>): Promise<void> {
  const [message] = await node.say(`@${persona.group}`, "全组注意");
  if (message?.to.length === 1 && message.to[0] === id) seen.add("groups");
}

async function playSealed(
  node: Node,
  persona: Persona,
  id: PeerId,
  seen: Set<FeatureName>,
  answer: () => Promise<Message | undefined>,
): Promise<void> {
  const [secret] = await node.say({ peer: id }, "这句话加了密", { encrypt: "always" });
  const [settled] = secret === undefined ? [] : await node.settled(secret.id);
  if (settled?.state === "delivered" && settled.cipher !== null) seen.add("encryptedOut");
  // The first answers may have been on their way; then one is sealed for sure. What the peer says is up to it: a word without any
  // Chinese proves nothing.
  for (let tries = 0; tries < 12; tries++) {
    const reply = await answer();
    const found = reply === undefined ? undefined : node.message(reply.id);
    if (found === undefined || found.encryption === null || !chinese.test(found.displayText)) {
      await node.say({ peer: id }, "好的", { encrypt: "always" });
      continue;
    }
    seen.add("encryptedIn");
    if (found.encryption.signature === "valid") seen.add("signedIn");
    break;
  }
  if (persona.writesDicts) await playDict(node, id, seen);
}

/** As a dictionary, by the key that we know. */
const isProven = ({ encryption, displayText }: Message): boolean =>
  encryption?.cipher === "aes-256-ctr" && encryption.signature === "valid" && chinese.test(displayText);

async function playDict(node: Node, id: PeerId, seen: Set<FeatureName>): Promise<void> {
  for (let tries = 0; tries < 4; tries++) {
    await node.say({ peer: id }, "写成字典", { encrypt: "always" });
    const found = await until(
      node,
      () => [...node.conversation(id).messages].find(isProven),
      tries === 3 ? patienceMs : 5_000,
    );
    if (found === undefined) continue;
    seen.add("dictIn");
    return;
  }
}
