// The real program on loopback: offering and receiving files, by itself and through a running instance, with the exit codes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fileNode, makeFolder, newFolder, tearDown, until } from "./files-rig.js";
import { feiyan, start } from "./program.js";
import { addressOf, instanceFlags, useStage } from "./stage.js";

const stage = useStage();

afterEach(tearDown);

describe("files offer", () => {
  it("0: stays until everything is fetched; standard input is a file too", async () => {
    const [source, target] = [newFolder(), newFolder()];
    writeFileSync(join(source, "a.txt"), "hello");
    const { node } = stage();
    await node.setAcceptPolicy({
      accept: "all",
      maxSizeBytes: null,
      dir: target,
      overwrite: "rename",
      resume: true,
    });
    const to = addressOf(node);
    const first = await feiyan([
      "files",
      "offer",
      "--to",
      to,
      ...(await instanceFlags()),
      "--json",
      join(source, "a.txt"),
    ]);
    expect([first.code, readFileSync(join(target, "a.txt"), "utf8")]).toEqual([0, "hello"]);
    const states = first.objects.filter(({ type }) => type === "transfer").map(({ state }) => state);
    expect(states.at(-1)).toBe("done");
    const piped = await feiyan(
      ["files", "offer", "--to", to, ...(await instanceFlags()), "--as", "管道.txt", "-"],
      "piped",
    );
    expect([piped.code, readFileSync(join(target, "管道.txt"), "utf8")]).toEqual([0, "piped"]);
  });

  it("6 when refused, 3 when nobody comes, 2 for a path that is not there", async () => {
    const source = newFolder();
    writeFileSync(join(source, "a.txt"), "hello");
    const { node } = stage();
    const to = addressOf(node);
    const words = ["files", "offer", "--to", to, join(source, "a.txt")];
    const late = await feiyan([...words, ...(await instanceFlags()), "--timeout", "0.5"]);
    expect(late.code).toBe(3);
    await node.setAcceptPolicy({
      accept: "never",
      maxSizeBytes: null,
      dir: source,
      overwrite: "rename",
      resume: true,
    });
    expect((await feiyan([...words, ...(await instanceFlags())])).code).toBe(6);
    const missing = await feiyan([
      "files",
      "offer",
      "--to",
      to,
      ...(await instanceFlags()),
      "--json",
      join(source, "no"),
    ]);
    expect([missing.code, missing.objects.at(-1)!["code"]]).toEqual([2, "file-not-found"]);
  });
});

it("files receive: takes a folder, tells where it lies, ends after --count", async () => {
  const [source, target] = [newFolder(), newFolder()];
  writeFileSync(join(makeFolder(join(source, "照片")), "一.jpg"), "picture");
  const giver = await fileNode("giver");
  const flags = await instanceFlags(addressOf(giver));
  const running = start(["files", "receive", "--accept", "all", "--dir", target, "--count", "1", ...flags]);
  await until(giver, (event) => (event.kind === "peer" && event.peer.feiyan !== null ? true : undefined));
  await giver.offer("命令行", [join(source, "照片")]);
  const { code, stdout } = await running.ended;
  expect([code, stdout]).toEqual([0, expect.stringContaining(join(target, "照片"))]);
  expect(readFileSync(join(target, "照片", "一.jpg"), "utf8")).toBe("picture");
});
