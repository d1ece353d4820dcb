// A chat partner in this process and somebody silent, for the tests of the command line; torn down after each test.
import { createSocket, type Socket } from "node:dgram";
import { afterAll, afterEach, beforeEach } from "vitest";
import { createNode, type Event, type Node } from "../../src/index.js";
import { freePort, removeHomes } from "./program.js";

export interface Stage {
  /** Called 小明. */
  readonly node: Node;
  readonly events: readonly Event[];
}

const sockets: Socket[] = [];
const nodes: Node[] = [];

/** Sets the stage before each test of a file; read it inside the tests only. */
export function useStage(): () => Stage {
  let stage: Stage | undefined;
  beforeEach(async () => {
    const node = await startNode("小明");
    const events: Event[] = [];
    node.subscribe((event) => events.push(event));
    stage = { node, events };
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await stopNodes();
  });
  afterAll(removeHomes);
  return () => stage!;
}

/** Says goodbye for every partner. */
export async function stopNodes(): Promise<void> {
  await Promise.all(nodes.splice(0).map((partner) => partner.close()));
}

export async function startNode(nick: string): Promise<Node> {
  const partner = createNode({
    nick,
    user: `user-${nodes.length}`,
    host: "test",
    port: 0,
    bind: ["127.0.0.1"],
    ipv6: false,
  });
  await partner.start();
  nodes.push(partner);
  return partner;
}

export function addressOf(partner: Node): string {
  return `127.0.0.1:${partner.network!.port}`;
}

/** Somebody who hears and never answers. */
export async function silentAddress(heard: (bytes: Buffer) => void = () => undefined): Promise<string> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.on("message", heard);
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return `127.0.0.1:${socket.address().port}`;
}

/** Flags of an instance on a free loopback port that knows these hosts. */
export async function instanceFlags(...peers: string[]): Promise<string[]> {
  const port = await freePort();
  const known = peers.flatMap((peer) => ["--peer", peer]);
  return [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--user",
    `cli-${port}`,
    "--name",
    "命令行",
    ...known,
  ];
}

export function eventOf({ node }: Stage, predicate: (event: Event) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = node.subscribe((event) => {
      if (!predicate(event)) return;
      unsubscribe();
      resolve();
    });
  });
}

/** The instance under test said that it is here. */
export const seesInstance = (event: Event): boolean => event.kind === "peer" && event.peer.nick === "命令行";

export function textsHeard({ events }: Stage): string[] {
  return events.flatMap((event) =>
    event.kind === "message" && event.message.direction === "in" ? [event.message.displayText] : [],
  );
}
