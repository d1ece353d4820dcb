// What every stream transport keeps: TCP on loopback and the network inside the process.
import { afterEach, describe, expect, it } from "vitest";
import { createMemoryStreams } from "../../src/net/memory-streams.js";
import { createTcpStreams } from "../../src/net/tcp.js";
import type { StreamConnection, StreamTransport } from "../../src/ports/streams.js";
import { freeTcpPort } from "./tcp-port.js";

interface Rig {
  readonly address: string;
  create(): StreamTransport;
}

function memoryRig(): Rig {
  const streams = createMemoryStreams();
  return { address: "10.0.0.1", create: () => streams.transport("10.0.0.1") };
}

const rigs: readonly (readonly [string, () => Rig])[] = [
  ["TCP", () => ({ address: "127.0.0.1", create: () => createTcpStreams({ binds: ["127.0.0.1"] }) })],
  ["memory", memoryRig],
];

const opened: StreamTransport[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function readAll(connection: StreamConnection): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (let bytes = await connection.read(); bytes !== null; bytes = await connection.read()) {
    // `slice` must be a copy, as it is for plain bytes and is not for a Buffer.
    pieces.push(bytes.slice());
  }
  return Buffer.concat(pieces).toString();
}

describe.each(rigs)("%s", (_name, makeRig) => {
  async function pair(): Promise<{
    ours: StreamConnection;
    theirs: StreamConnection;
    port: number;
    rig: Rig;
  }> {
    const rig = makeRig();
    const server = rig.create();
    const client = rig.create();
    opened.push(server, client);
    const port = await freeTcpPort();
    const arrived = new Promise<StreamConnection>((resolve) => {
      void server.listen(port, { arrived: resolve, problem: () => undefined });
    });
    await new Promise((resolve) => setImmediate(resolve));
    const ours = await client.connect({ address: rig.address, port }).connection;
    return { ours, theirs: await arrived, port, rig };
  }

  it("carries bytes both ways, in order, each side ending by itself", async () => {
    const { ours, theirs } = await pair();
    // A write may wait until the other side has read.
    const asking = ours.write(Buffer.from("你好")).then(() => ours.end());
    expect(await readAll(theirs)).toBe("你好");
    await asking;
    const writing = (async () => {
      for (const word of ["eins ", "zwei ", "drei"]) await theirs.write(Buffer.from(word));
      await theirs.end();
    })();
    expect(await readAll(ours)).toBe("eins zwei drei");
    await writing;
  });

  it("says who is at the other end", async () => {
    const { theirs, rig } = await pair();
    expect(theirs.remote.address).toBe(rig.address);
  });

  it("gives bytes whose copy stays when the next ones come", async () => {
    const { ours, theirs } = await pair();
    const first = new Uint8Array(40_000).fill(1);
    const second = new Uint8Array(40_000).fill(2);
    const writing = (async () => {
      await theirs.write(first);
      await theirs.write(second);
      await theirs.end();
    })();
    const pieces: Uint8Array[] = [];
    for (let bytes = await ours.read(); bytes !== null; bytes = await ours.read()) pieces.push(bytes.slice());
    await writing;
    expect(Buffer.concat(pieces).equals(Buffer.concat([first, second]))).toBe(true);
  });

  it("rejects what waits when it is closed", async () => {
    const { ours } = await pair();
    const reading = ours.read();
    ours.close();
    ours.close();
    await expect(reading).rejects.toMatchObject({ code: "stream-broken" });
  });

  it("rejects a connection nobody accepts", async () => {
    const rig = makeRig();
    const client = rig.create();
    opened.push(client);
    const port = await freeTcpPort();
    await expect(client.connect({ address: rig.address, port }).connection).rejects.toMatchObject({
      code: "connect-failed",
    });
  });

  it("rejects a port that is taken", async () => {
    const { rig, port } = await pair();
    const other = rig.create();
    opened.push(other);
    const handlers = { arrived: () => undefined, problem: () => undefined };
    await expect(other.listen(port, handlers)).rejects.toMatchObject({ code: "file-port-unavailable" });
  });
});
