// A receiver that is killed at any moment and started again ends with the very file; a sender that dies is told of, and what came is
// gone on with. FEIYAN_KILLS sets how often (50 by hand).
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Node } from "../../src/index.js";
import { programFile } from "./program.js";
import { freePort } from "./program.js";
import { ended as endOf, fileNode, hashOf, newFolder, tearDown, until } from "./files-rig.js";

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await tearDown();
});

interface Receiver {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** Resolves when so many bytes of the file are there. */
  reached(bytes: number): Promise<void>;
  readonly output: () => string;
}

function receive(home: string, port: number, giver: Node, dir: string): Receiver {
  const words = [
    "files",
    "receive",
    "--accept",
    "all",
    "--count",
    "1",
    "--json",
    "--dir",
    dir,
    "--home",
    home,
  ];
  const own = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--user",
    "killed",
    "--host",
    "here",
    "--name",
    "killed",
  ];
  const peer = ["--peer", `127.0.0.1:${giver.network!.port}`];
  const child = spawn(process.execPath, [programFile, ...words, ...own, ...peer], {
    // Its own settings only: the variables of this test are none of the program's.
    env: { PATH: process.env["PATH"], FEIYAN_LANG: "en" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let output = "";
  const looks = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    for (const look of looks) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return {
    child,
    ended,
    output: () => output,
    reached: (bytes) =>
      new Promise((resolve) => {
        const look = (): void => {
          const counts = [...output.matchAll(/"doneBytes":(\d+)/g)].map((match) => Number(match[1]));
          if (Math.max(0, ...counts) >= bytes) resolve();
        };
        looks.add(look);
        look();
        void ended.then(() => resolve());
      }),
  };
}

it("ends with the identical file after each SIGKILL", { timeout: 600_000 }, async () => {
  const kills = Number(process.env["FEIYAN_KILLS"] ?? "3");
  const [source, target, home] = [newFolder(), newFolder(), newFolder()];
  const path = join(source, "resumed.bin");
  const size = 96 * 1024 * 1024;
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) bytes.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  writeFileSync(path, bytes);
  const giver = await fileNode("giver", [], { fileLimit: 120_000_000 });
  const wanted = hashOf(path);
  let resumed = 0;
  /** Killed late enough for a state to be written before, and not yet done. */
  let couldResume = 0;
  for (let round = 0; round < kills; round += 1) {
    const port = await freePort();
    const dir = join(target, String(round));
    const first = receive(home, port, giver, dir);
    await new Promise<void>((resolve, reject) => {
      void first.ended.then((code) =>
        reject(new Error(`the receiver ended with ${code}: ${first.output()}`)),
      );
      const look = (): boolean =>
        giver
          .peers()
          .some((peer) => peer.endpoint.port === port && peer.feiyan !== null && peer.state === "online");
      const stop = giver.subscribe(() => {
        if (!look()) return;
        stop();
        resolve();
      });
    });
    const offer = await giver.offer({ endpoint: { address: "127.0.0.1", port } }, [path]);
    // Anywhere, from the first bytes to the last.
    const killAt = Math.floor(Math.random() * size * 0.95);
    await first.reached(killAt);
    first.child.kill("SIGKILL");
    await first.ended;
    // Killed after the last step: nothing is left to do.
    const isThere = readdirSync(dir).join() === "resumed.bin";
    const second = isThere ? null : receive(home, port, giver, dir);
    if (second !== null) expect(await second.ended, second.output().slice(-2_000)).toBe(0);
    expect(readdirSync(dir)).toEqual(["resumed.bin"]);
    expect(hashOf(join(dir, "resumed.bin"))).toBe(wanted);
    if (second !== null && killAt > size / 3) couldResume += 1;
    if (/"resumedBytes":[1-9]/.test(second?.output() ?? "")) resumed += 1;
    await giver.cancelOffer(offer.offerId);
  }
  // A busy disk may be late with its state now and then.
  expect(resumed).toBeGreaterThanOrEqual(Math.floor(couldResume / 2));
  process.stdout.write(`${kills} kills, ${resumed} gone on with\n`);
});

/** The program itself as a sender. */
function startSender(home: string, port: number, to: number, path: string): ChildProcess {
  const words = ["files", "offer", "--to", `127.0.0.1:${to}`, path, "--limit", "4M", "--home", home];
  const own = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--user",
    "giver",
    "--host",
    "there",
    "--name",
    "giver",
  ];
  const child = spawn(process.execPath, [programFile, ...words, ...own], {
    env: { PATH: process.env["PATH"], FEIYAN_LANG: "en" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(child);
  return child;
}

it("tells that a sender died by SIGKILL, and goes on when it is back", async () => {
  const [source, target, home] = [newFolder(), newFolder(), newFolder()];
  const path = join(source, "long.bin");
  writeFileSync(path, Buffer.alloc(12_000_000, "0123456789abc"));
  const taker = await fileNode("taker");
  await taker.setAcceptPolicy({
    accept: "all",
    maxSizeBytes: null,
    dir: target,
    overwrite: "rename",
    resume: true,
  });
  const port = await freePort();
  const child = startSender(home, port, taker.network!.port, path);
  await until(taker, (event) =>
    event.kind === "transfer" && event.transfer.doneBytes > 2_000_000 ? true : undefined,
  );
  const broken = endOf(taker, "in");
  child.kill("SIGKILL");
  expect(["stream-broken", "stream-short"]).toContain((await broken).reason);
  expect(readdirSync(target).filter((name) => name.endsWith(".part"))).toHaveLength(1);
  const done = endOf(taker, "in");
  startSender(home, port, taker.network!.port, path);
  const transfer = await done;
  expect(transfer).toMatchObject({ state: "done", sha256: hashOf(path) });
  expect(transfer.resumedBytes).toBeGreaterThan(1_000_000);
  expect(readdirSync(target)).toEqual(["long.bin"]);
});
