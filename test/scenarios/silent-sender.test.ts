// A sender that vanishes without a word: the receiver says so within the idle limit, keeps what came, and can go on later. Everything
// in memory, time moved by hand.
import { expect, it } from "vitest";
import { createNode } from "../../src/index.js";
import type { StreamConnection } from "../../src/ports/streams.js";
import {
  createManualClock,
  createMemoryNetwork,
  createMemoryStore,
  createMemoryStreams,
} from "../../src/testing.js";

const [ours, peer] = ["10.77.0.1", "10.77.0.2"];
const size = 300_000;

it("is told of after a minute of silence; what came stays", async () => {
  const [network, streams, store] = [createMemoryNetwork(), createMemoryStreams(), createMemoryStore()];
  const clock = createManualClock(1_700_000_000_000);
  const node = createNode({
    user: "li",
    host: "pc-li",
    presence: false,
    clock,
    transport: network.transport({ address: ours, port: 2425 }),
    streams: streams.transport(ours),
    fileStore: store,
  });
  await node.start();
  const policy = {
    accept: "all",
    maxSizeBytes: null,
    dir: "/in",
    overwrite: "rename",
    resume: true,
  } as const;
  await node.setAcceptPolicy(policy);
  const foreign = network.transport({ address: peer, port: 2425 });
  await foreign.open({ arrived: () => undefined, problem: () => undefined, networkChanged: () => undefined });
  const given = new Promise<StreamConnection>((resolve) => {
    const serve = async (connection: StreamConnection): Promise<void> => {
      await connection.read();
      await connection.write(new Uint8Array(200_000));
      resolve(connection);
    };
    void streams
      .transport(peer)
      .listen(2425, { arrived: (one) => void serve(one), problem: () => undefined });
  });
  const text = `1:500:wang:pc-w:2097440:take\x001000:a.bin:${size.toString(16)}:5f5e1000:1:\x07\0`;
  foreign.send(new TextEncoder().encode(text), { address: ours, port: 2425 });
  const state = (): string =>
    node
      .transfers()
      .map((one) => `${one.state} ${one.reason ?? ""}`)
      .join();
  /** Lets what is under way go on until something is so, a millisecond at a time. */
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 1_000 && !isSo(); turn += 1) {
      clock.advance(1);
      // oxlint-disable-next-line no-await-in-loop -- one turn after another
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await until(() => state() === "started ");
  await given;
  clock.advance(58_000);
  await until(() => state() !== "started ");
  expect(state()).toBe("started ");
  clock.advance(2_000);
  await until(() => state() !== "started ");
  expect(state()).toBe("failed stream-idle");
  expect((await store.unfinished("/in")).map(({ heldBytes, claim }) => [claim.name, heldBytes])).toEqual([
    ["a.bin", 200_000],
  ]);
  const closing = node.close();
  clock.advance(1_000);
  await closing;
  await foreign.close();
});
