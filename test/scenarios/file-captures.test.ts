// Transfers recorded between real clients (test/captures), replayed. Where a foreign client served, we are offered what it offered and
// fetch it from its very bytes. Where a foreign client fetched, its very request (with our numbers in the place of those it was
// given, written as it wrote them) must be served by us.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createTextCodec } from "../../src/charset/codecs.js";
import { createNode, type Node } from "../../src/index.js";
import {
  createMemoryNetwork,
  createMemoryStore,
  createMemoryStreams,
  type MemoryStore,
} from "../../src/testing.js";
import { createDirStreamReader, createRequestReader, type FileRequest } from "../../src/protocol.js";
import type { StreamConnection } from "../../src/ports/streams.js";

interface Turn {
  readonly by: "client" | "server";
  readonly hex?: string;
  readonly len?: number;
}

interface Connection {
  readonly client: string;
  readonly server: string;
  readonly stream: readonly Turn[];
}

interface Action {
  readonly action: string;
  readonly udp?: readonly { readonly from: string; readonly to: string; readonly hex: string }[];
  readonly tcp?: readonly Connection[];
}

interface Capture {
  readonly hosts: Readonly<Record<string, string>>;
  readonly actions: readonly Action[];
}

const folder = join(import.meta.dirname, "..", "captures");
const codec = createTextCodec();
const captures = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, capture: JSON.parse(readFileSync(join(folder, name), "utf8")) as Capture }))
  .filter(({ capture }) => capture.actions.some(({ tcp }) => (tcp ?? []).length > 0));

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hostOf = (address: string): string => address.split(":")[0] ?? "";

function requestIn(bytes: Uint8Array): FileRequest | null {
  const reader = createRequestReader(codec, { legacyCharset: "gbk" });
  const fed = reader.feed(bytes);
  const progress = fed.kind === "need-more" ? reader.end() : fed;
  return progress.kind === "request" ? progress.request : null;
}

/** Request and complete answer of each recorded transfer. */
function transfersOf({ actions }: Capture): {
  server: string;
  client: string;
  request: FileRequest;
  asked: Uint8Array;
  answer: Uint8Array;
}[] {
  return actions.flatMap(({ tcp = [] }) =>
    tcp.flatMap(({ server, client, stream }) => {
      const [ask, reply, ...more] = stream;
      if (ask?.hex === undefined || reply?.hex === undefined || more.length > 0 || reply.by !== "server")
        return [];
      if (reply.len !== undefined && reply.hex.length !== reply.len * 2) return [];
      const asked = bytesOf(ask.hex);
      const request = requestIn(asked);
      return request === null
        ? []
        : [{ server: hostOf(server), client: hostOf(client), request, asked, answer: bytesOf(reply.hex) }];
    }),
  );
}

/** Files of a directory stream by their paths below the root; null when it does not end well. */
function treeOf(stream: Uint8Array, charset: "gbk" | "utf-8"): Record<string, string> | null {
  const reader = createDirStreamReader({ codec, charset, isSafeName: () => true });
  const tree: Record<string, string> = {};
  let path = "";
  let isComplete = false;
  for (const event of reader.feed(stream)) {
    if (event.kind === "file") {
      path = event.entry.path.slice(1).join("/");
      tree[path] = "";
    }
    if (event.kind === "data") tree[path] += Buffer.from(event.bytes).toString("hex");
    if (event.kind === "complete") isComplete = true;
  }
  return isComplete ? tree : null;
}

const nodes: Node[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

const ours = "10.77.0.1";

async function start(
  store: MemoryStore,
  streams: ReturnType<typeof createMemoryStreams>,
  network: ReturnType<typeof createMemoryNetwork>,
) {
  const node = createNode({
    user: "tester",
    host: "FAKE-PC",
    presence: false,
    port: 2425,
    transport: network.transport({ address: ours, port: 2425 }),
    streams: streams.transport(ours),
    fileStore: store,
  });
  nodes.push(node);
  await node.start();
  return node;
}

const served = captures
  .map(({ name, capture }) => ({
    name,
    capture,
    transfers: transfersOf(capture).filter(({ client }) => client === ours),
  }))
  .filter(({ transfers }) => transfers.length > 0);
const fetched = captures
  .map(({ name, capture }) => ({
    name,
    capture,
    transfers: transfersOf(capture).filter(({ server }) => server === ours),
  }))
  .filter(({ transfers }) => transfers.length > 0);

describe("what foreign clients served", () => {
  it.each(served)("arrives from $name", async ({ capture, transfers }) => {
    const network = createMemoryNetwork();
    const streams = createMemoryStreams();
    const store = createMemoryStore();
    const node = await start(store, streams, network);
    await node.setAcceptPolicy({
      accept: "all",
      maxSizeBytes: null,
      dir: "/in",
      overwrite: "rename",
      resume: true,
    });
    const [peer = ""] = Object.keys(capture.hosts).filter((address) => address !== ours);
    const foreign = network.transport({ address: peer, port: 2425 });
    await foreign.open({
      arrived: () => undefined,
      problem: () => undefined,
      networkChanged: () => undefined,
    });
    const answered = new Set<Uint8Array>();
    const serve = async (connection: StreamConnection): Promise<void> => {
      const request = requestIn((await connection.read()) ?? new Uint8Array(0));
      const known = transfers.find(
        (one) =>
          one.request.packetNo === request?.packetNo &&
          one.request.fileIdIfHex === request.fileIdIfHex &&
          one.request.type === request.type,
      );
      if (known === undefined) {
        connection.close();
        return;
      }
      answered.add(known.answer);
      await connection.write(known.answer).catch(() => undefined);
      await connection.end();
    };
    await streams
      .transport(peer)
      .listen(2425, { arrived: (connection) => void serve(connection), problem: () => undefined });
    for (const { udp = [] } of capture.actions) {
      for (const { from, hex } of udp)
        if (hostOf(from) === peer) foreign.send(bytesOf(hex), { address: ours, port: 2425 });
    }
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const all = node.transfers();
        if (all.length > 0 && all.every(({ endedAt }) => endedAt !== null)) resolve();
      };
      node.subscribe(look);
      look();
    });
    await foreign.close();
    // Whatever was recorded whole came whole.
    expect(answered.size).toBe(transfers.length);
    const contents = [...store.files().values()].map(({ bytes }) => Buffer.from(bytes).toString("hex"));
    for (const { request, answer } of transfers) {
      if (request.type === "file") expect(contents).toContain(Buffer.from(answer).toString("hex"));
      else {
        const tree = treeOf(answer, "gbk");
        expect(tree).not.toBeNull();
        for (const content of Object.values(tree!)) expect(contents).toContain(content);
      }
    }
    const broken = [...store.files().keys()].filter((path) => path.includes("\uFFFD"));
    expect(broken).toEqual([]);
  });
});

/** The recorded request with our numbers, each in the base and at the place of the recorded one. */
function withOurNumbers(
  asked: Uint8Array,
  request: FileRequest,
  packetNo: string,
  fileId: string,
): Uint8Array {
  const text = Buffer.from(asked).toString("latin1");
  const argument = `${request.packetNoHex}:${request.fileIdHex}`;
  return Uint8Array.from(
    Buffer.from(text.replace(argument, `${Number(packetNo).toString(16)}:${fileId}`), "latin1"),
  );
}

describe("what foreign clients fetched", () => {
  it.each(fetched)("is served to $name", async ({ name: file, capture, transfers }) => {
    const network = createMemoryNetwork();
    const streams = createMemoryStreams();
    const store = createMemoryStore();
    const node = await start(store, streams, network);
    const [peer = ""] = Object.keys(capture.hosts).filter((address) => address !== ours);
    for (const [at, { request, asked, answer }] of transfers.entries()) {
      const charset = file.includes("utf8-peer") ? "utf-8" : "gbk";
      const tree = request.type === "dir" ? treeOf(answer, charset) : null;
      const name = `offered-${at}`;
      if (tree === null) store.put(`/out/${name}`, answer);
      else for (const [path, hex] of Object.entries(tree)) store.put(`/out/${name}/${path}`, bytesOf(hex));
      const offer = await node.offer({ endpoint: { address: peer, port: 2425 } }, [`/out/${name}`]);
      const { packetNo } = node.message(offer.offerId)!;
      // As hexadecimal, as everybody should, and as decimal, as some do.
      for (const fileId of [Number(offer.files[0]!.fileId).toString(16), offer.files[0]!.fileId]) {
        const connection = await streams.transport(peer).connect({ address: ours, port: 2425 }).connection;
        // In two pieces: TCP may cut anywhere.
        const bytes = withOurNumbers(asked, request, packetNo, fileId);
        await connection.write(bytes.subarray(0, 7));
        await connection.write(bytes.subarray(7));
        const pieces: Uint8Array[] = [];
        for (let piece = await connection.read(); piece !== null; piece = await connection.read())
          pieces.push(piece);
        connection.close();
        const got = Buffer.concat(pieces);
        if (tree === null) expect(got.toString("hex")).toBe(Buffer.from(answer).toString("hex"));
        else expect(treeOf(got, "gbk")).toEqual(tree);
      }
    }
  });
});
