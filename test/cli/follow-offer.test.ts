// Beside a running instance a command hears what everybody sends through it; it tells of its own offer only, from the first event on.
import { expect, it } from "vitest";
import type { CommandContext } from "../../src/cli/context.js";
import { followOffer, isOfOffer } from "../../src/cli/transfer-report.js";
import type { Delivery, Event, MessageId, Node, PeerId } from "../../src/index.js";

const delivery = (messageId: string, attempt: number): Event => ({
  kind: "delivery",
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of it as is printed
  delivery: {
    messageId,
    peerId: "小明" as PeerId,
    state: "retried",
    attempt,
    at: 0,
    rttMs: null,
  } as Delivery,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of it as is looked at
  message: { id: messageId } as Extract<Event, { kind: "delivery" }>["message"],
});

it("tells of its own offer, also of what came before it had a number", () => {
  const listeners = new Set<(event: Event) => void>();
  const printed: unknown[] = [];
  const context = {
    output: {
      json: true,
      quiet: false,
      object: (type: string, fields: Readonly<Record<string, unknown>>) =>
        printed.push([type, fields["messageId"], fields["attempt"]]),
    },
    surroundings: { stderr: { isTTY: false } },
  } as unknown as CommandContext;
  const node = {
    peer: () => undefined,
    subscribe(listener: (event: Event) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Node;
  const tell = (...events: Event[]): void => {
    for (const event of events) for (const listener of listeners) listener(event);
  };

  const followed = followOffer(context, node);
  tell(delivery("other", 1), delivery("ours", 1));
  expect(printed).toEqual([]);
  followed.only(isOfOffer({ offerId: "ours" as MessageId }));
  tell(delivery("other", 2), delivery("ours", 2));
  followed.stop();
  tell(delivery("ours", 3));
  expect(printed).toEqual([
    ["delivery", "ours", 1],
    ["delivery", "ours", 2],
  ]);
});
