// A batch for the writing thread comes out as it went in: order, texts with anything in them, empty parts.
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { rowOf } from "../../src/history/message-row.js";
import { packBatch, unpackBatch } from "../../src/history/packed-rows.js";
import type { Message, PeerId } from "../../src/core/model.js";
import type { HistoryWrite } from "../../src/ports/history-store.js";
import { anyText } from "../any-text.js";
import { messageLike } from "../contract/history-samples.js";

const peers = fc.constantFrom("ann@a", "bob@b", "", "eve:e@c\0") as fc.Arbitrary<PeerId>;

const message = fc
  .record({
    text: anyText(20),
    displayText: anyText(20),
    packetNo: fc.constantFrom("1", "0017", "", "12\0", "飞"),
    peerId: peers,
    conversation: peers,
    group: anyText(5),
    raw: fc.uint8Array({ maxLength: 20 }),
    outTo: fc.array(peers, { maxLength: 3 }),
    at: fc.integer({ min: 0, max: 2 ** 41 }),
  })
  .map(({ group, outTo, ...given }): HistoryWrite => {
    const one = messageLike(given as Partial<Message>);
    return {
      kind: "message",
      group,
      message: {
        ...one,
        to: outTo,
        deliveries: outTo.map((peerId, index) => ({
          messageId: one.id,
          peerId,
          state: "sent",
          attempt: index + 1,
          rttMs: index === 0 ? null : 1.5,
          at: one.at,
          final: false,
          cipher: null,
        })),
      },
    };
  });

const change = message.map((item): HistoryWrite =>
  item.kind === "message" ? { kind: "change", message: item.message } : item,
);

const other = anyText(10).map((value): HistoryWrite => ({ kind: "value", name: "drafts", value }));

it("comes out as it went in", () => {
  const different: unknown[] = [];
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: message }, change, other), { maxLength: 30 }),
      (items) => {
        const expected = items.map((item) => {
          if (item.kind === "message") return { kind: "row", row: rowOf(item.message, item.group) };
          if (item.kind !== "change") return item;
          return { kind: "change-row", row: { ...rowOf(item.message, ""), raw: new Uint8Array(0) } };
        });
        const got = unpackBatch(structuredClone(packBatch(items)));
        const isSame = isDeepStrictEqual(got, expected);
        if (!isSame) different.push({ got, expected });
        return isSame;
      },
    ),
    { numRuns: 80 },
  );
  expect(different).toEqual([]);
});
