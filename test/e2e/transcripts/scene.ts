// Where the commands of the transcript table are run: a daemon, a partner who answers and takes files, somebody silent, a folder with
// files; and the values that the rows name. Everything is made once.
import { mkdirSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { attach, type Attached } from "../../../src/control/client.js";
import { locateControl } from "../../../src/control/place.js";
import type { ChatNode, Message, Node, Offer } from "../../../src/index.js";
import { startDaemon, type Daemon } from "../daemon.js";
import { fileNode, newFolder, tearDown } from "../files-rig.js";
import { freePort, newHome, start, type Running } from "../program.js";

/** A PNG of one pixel. */
const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** One datagram of 10.0.0.2, as tcpdump writes it. */
const captureHex =
  "d4c3b2a1020004000000000000000000ffff000065000000c086fd6a90d0030029000000290000004500002900000000401100000a0000020a0000010979097900150000313a313a613a623a33323a6869";

export interface Scene {
  readonly daemon: Daemon;
  /** The daemon's node, seen through its socket. */
  readonly owner: ChatNode;
  readonly control: Attached;
  /** 小明: answers questions; takes and gives files when told to. */
  readonly partner: Node;
  /** A home with a history and without an instance. */
  readonly kept: string;
  /** A home with nothing. */
  readonly empty: string;
  readonly freePort: number;
  /** Values named `{…}` in the rows; a row may set more. */
  readonly values: Map<string, string>;
  /** Programs started on the way. */
  readonly running: Running[];
  close(): Promise<void>;
}

const acceptAll = { accept: "all", maxSizeBytes: null, overwrite: "rename", resume: true } as const;

export async function setScene(): Promise<Scene> {
  const partner = await fileNode("小明");
  const second = await fileNode("旧名");
  const shaken = await Promise.all(
    ["飞秋", "飞秋二"].map((nick) => fileNode(nick, [], { versionItem: "feiq" })),
  );
  partner.subscribe((event) => {
    if (event.kind !== "message" || event.message.direction !== "in" || event.message.peerId === null) return;
    if (event.message.text === "几点？") void partner.say({ peer: event.message.peerId }, "五点");
  });
  const folder = newFolder();
  await partner.setAcceptPolicy({ ...acceptAll, dir: join(folder, "partner") });
  mkdirSync(join(folder, "partner"));
  const daemon = await startDaemon([partner, second, ...shaken]);
  const place = locateControl({
    home: daemon.home,
    stateDir: join(daemon.home, "state"),
    runtimeDir: undefined,
    port: daemon.port,
  });
  const control = (await attach(place))!;
  const owner = control.node;
  await seen(owner, () => owner.peers().filter(({ feiyan }) => feiyan !== null).length === 4);
  const silent = createSocket("udp4").bind(0, "127.0.0.1");
  await new Promise<void>((resolve) => silent.once("listening", resolve));
  const files = {
    file: join(folder, "报告.txt"),
    taken: join(folder, "taken.txt"),
    picture: join(folder, "图.png"),
    log: join(folder, "log.ndjson"),
    config: join(folder, "wrong.toml"),
    capture: join(folder, "lan.pcap"),
  };
  writeFileSync(files.file, "第一行\n");
  writeFileSync(files.picture, Buffer.from(onePixel, "base64"));
  writeFileSync(files.capture, Buffer.from(captureHex, "hex"));
  writeFileSync(files.taken, "mine\n");
  writeFileSync(files.config, "prot = 1\n");
  const values = new Map<string, string>([
    ...Object.entries(files),
    ["folder", folder],
    ["daemon", `127.0.0.1:${daemon.port}`],
    ["silent", `127.0.0.1:${silent.address().port}`],
    ["second", second.self.nick],
    ["groups", join(folder, "groups.txt")],
  ]);
  const kept = newHome();
  const running: Running[] = [];
  return {
    daemon,
    owner,
    control,
    partner,
    kept,
    empty: newHome(),
    freePort: await freePort(),
    values,
    running,
    async close() {
      for (const { child } of running) child.kill("SIGKILL");
      await owner.close();
      await tearDown();
      silent.close();
    },
  };
}

/** Resolves when so many hear the daemon's events; one of them are we. */
export async function following({ control }: Scene, wanted: number): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one question after another is the point
    const { counts } = await control.call("status", {});
    if (counts.following === wanted) return;
  }
  throw new Error(`never ${wanted} at once`);
}

/** Resolves when it holds, now or after an event. */
export function seen(node: Node, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      stop();
      resolve();
    };
    const stop = node.subscribe(look);
    look();
  });
}

/** The partner offers the file; resolves with the offer as the daemon has it. */
export async function offerToDaemon(scene: Scene): Promise<Offer> {
  const { owner, partner, values, daemon } = scene;
  const known = new Set(owner.offers().map(({ offerId }) => offerId));
  const found = (): Offer | undefined =>
    owner.offers().find(({ offerId, direction }) => direction === "in" && !known.has(offerId));
  await partner.offer({ endpoint: { address: "127.0.0.1", port: daemon.port } }, [values.get("file")!]);
  await seen(owner, () => found() !== undefined);
  values.set("offer", found()!.offerId);
  return found()!;
}

/** The daemon has taken what the partner offered. */
export async function takenByDaemon(scene: Scene): Promise<void> {
  const { owner, values } = scene;
  const { offerId } = await offerToDaemon(scene);
  await owner.accept(offerId, { dir: join(values.get("folder")!, "taken by the daemon") });
  await seen(owner, () => owner.transfers().some((one) => one.offerId === offerId && one.state === "done"));
}

/** A message that nobody confirmed, to somebody who would confirm it now. */
export async function unconfirmed({ owner, values, control }: Scene): Promise<Message> {
  let answers = false;
  const late = createSocket("udp4").bind(0, "127.0.0.1");
  late.unref();
  await new Promise<void>((resolve) => late.once("listening", resolve));
  late.on("message", (bytes, from) => {
    const [, packetNo] = bytes.toString("latin1").split(":");
    if (answers) late.send(`1:1:late:host:33:${packetNo}\0`, from.port, from.address);
  });
  const to = { endpoint: { address: "127.0.0.1", port: late.address().port } };
  const [message] = await owner.say([to], "丢了", { retries: 0, check: true });
  await control.call("settled", { id: message!.id });
  answers = true;
  values.set("message", message!.id);
  return message!;
}

/** A class that anybody on this machine may measure. */
export async function openClass({ values, running }: Scene): Promise<void> {
  if (values.has("class")) return;
  const port = await freePort();
  const serve = start(["lab", "serve", "--open", "--lab-port", String(port), "--bind", "127.0.0.1"], null);
  running.push(serve);
  await serve.printed(String(port));
  values.set("class", `127.0.0.1:${port}`);
}

/** 小明 sends a sealed message to the daemon. */
export async function sealed(scene: Scene): Promise<void> {
  const { owner, partner, daemon, values } = scene;
  const arrived = new Promise<string>((resolve) => {
    const stop = owner.subscribe((event) => {
      if (event.kind !== "message" || !event.message.sealed) return;
      stop();
      resolve(event.message.id);
    });
  });
  const to = { endpoint: { address: "127.0.0.1", port: daemon.port } };
  await partner.say(to, "拆开再看", { seal: true, plain: true });
  values.set("message", await arrived);
}
