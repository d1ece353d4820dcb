// Compacted messages are equal to what they were made of, and share what they can.
import { expect, it } from "vitest";
import { createCompactor } from "../../src/core/compact.js";
import type { Message } from "../../src/core/model.js";
import { message as plain } from "../tui/support/world.js";

const peerId = "peer" as Message["conversation"];
const made = (text: string, bytes: Uint8Array, options: readonly string[] = ["SENDCHECKOPT"]): Message =>
  plain(peerId, text, { raw: bytes, options, endpoint: { address: "192.0.2.7", port: 2425 } });

it("keeps every value", () => {
  const compactor = createCompactor();
  for (let index = 0; index < 5_000; index += 1) {
    const bytes = Uint8Array.from({ length: (index * 37) % 9_000 }, (_, at) => (at * index) & 255);
    const message = made(`text ${index}`, bytes, index % 3 === 0 ? [] : [`OPTION${index % 7}`]);
    const compacted = compactor.compact(message);
    expect({ ...compacted, raw: null }).toEqual({ ...message, raw: null });
    // The runner's own comparison is slow on bytes.
    expect(Buffer.compare(compacted.raw, bytes)).toBe(0);
    if (index > 200) index += 97;
  }
});

it("does not let one datagram write into another, nor the sender into the kept one", () => {
  const compactor = createCompactor();
  const bytes = Uint8Array.of(1, 2, 3);
  const first = compactor.compact(made("a", bytes));
  const second = compactor.compact(made("b", Uint8Array.of(4, 5)));
  bytes.fill(9);
  expect([...first.raw, ...second.raw]).toEqual([1, 2, 3, 4, 5]);
});

it("shares lists, addresses and blocks", () => {
  const compactor = createCompactor();
  const [one, two] = [
    compactor.compact(made("a", Uint8Array.of(1))),
    compactor.compact(made("b", Uint8Array.of(2))),
  ];
  expect(two.endpoint).toBe(one.endpoint);
  expect(two.options).toBe(one.options);
  expect(two.files).toBe(one.to);
  expect(two.raw.buffer).toBe(one.raw.buffer);
});
