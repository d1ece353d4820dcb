// A receiver that is killed at any moment and started again ends with the very file; a sender that dies is told of, and what came is
// gone on with. FEIYAN_KILLS sets how often (50 by hand).
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Node } from "../../src/index.js";
import { programFile } from "./program.js";
import { freePort } from "./program.js";
import { fileNode, hashOf, newFolder, tearDown } from "./files-rig.js";

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
    await first.reached(Math.floor(Math.random() * size * 0.95));
    first.child.kill("SIGKILL");
    await first.ended;
    // Killed after the last step: nothing is left to do.
    const isThere = readdirSync(dir).join() === "resumed.bin";
    const second = isThere ? null : receive(home, port, giver, dir);
    if (second !== null) expect(await second.ended, second.output().slice(-2_000)).toBe(0);
    expect(readdirSync(dir)).toEqual(["resumed.bin"]);
    expect(hashOf(join(dir, "resumed.bin"))).toBe(wanted);
    if (/"resumedBytes":[1-9]/.test(second?.output() ?? "")) resumed += 1;
    await giver.cancelOffer(offer.offerId);
  }
  process.stdout.write(`${kills} kills, ${resumed} gone on with\n`);
});
