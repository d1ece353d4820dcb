// The path traversal of a naive file server, and the same request at a careful one: a folder with a secret beside it, in a
// temporary place that is removed afterwards. The naive way of finding a file exists here only, as a warning.
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loopbackAddress } from "../demos/loopback-sockets.js";
import { openLabServer } from "../servers/lab-server.js";
import type { Measurement } from "./lesson.js";

const targets = ["/../secret.txt", "/%2e%2e/secret.txt", "/link.txt"] as const;
const secret = "exam-answers";

export async function pathTraversal(): Promise<Measurement> {
  const base = await mkdtemp(join(tmpdir(), "feiyan-lesson-"));
  const root = join(base, "public");
  try {
    await mkdir(root);
    await writeFile(join(base, "secret.txt"), secret);
    await writeFile(join(root, "hello.txt"), "hello");
    await symlink(join(base, "secret.txt"), join(root, "link.txt")).catch(() => undefined);
    let naiveLeaks = 0;
    for (const target of targets) if ((await readNaively(root, target)) === secret) naiveLeaks += 1;
    const answers = await askCarefully(root, [...targets, "/hello.txt"]);
    return {
      tried: targets.length,
      naiveLeaks,
      carefulLeaks: answers.filter((answer) => answer.includes(secret)).length,
      honestServed: Number(answers.at(-1)?.endsWith("hello") === true),
    };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** What a first try often looks like: the folder, then whatever the client wrote. */
async function readNaively(root: string, target: string): Promise<string | null> {
  try {
    return await readFile(`${root}${decodeURIComponent(target)}`, "utf8");
  } catch {
    // Not there: then nothing leaks either.
    return null;
  }
}

async function askCarefully(root: string, asked: readonly string[]): Promise<readonly string[]> {
  const server = await openLabServer("file-server", {
    listen: { address: loopbackAddress, port: 0 },
    charset: "utf-8",
    root,
    listener: () => undefined,
  });
  try {
    const answers: string[] = [];
    for (const target of asked) answers.push(await ask(server.local.port, target));
    return answers;
  } finally {
    await server.close();
  }
}

/** By hand, since every library would tidy the dots away. */
function ask(port: number, target: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopbackAddress, port });
    let answer = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes: Buffer) => {
      answer += bytes.toString("utf8");
    });
    socket.on("close", () => resolve(answer));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n`);
  });
}
