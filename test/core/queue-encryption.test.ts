// What waits for somebody absent, and what is kept, where messages are encrypted: the same decisions as for those that go at once.
import { describe, expect, it } from "vitest";
import type { SayOptions } from "../../src/core/input.js";
import type { Message, PeerId } from "../../src/core/model.js";
import { nothingSaved } from "../../src/core/saved.js";
import { createMemoryEngine } from "../../src/history/memory-engine.js";
import type { HistoryWrite } from "../../src/ports/history-store.js";
import { parseSearch } from "../../src/core/search-query.js";
import { cipherOf } from "../crypto/keys.js";
import { conversation } from "./conversation.js";
import { linked, liAt, type Linked, type Talk } from "./linked.js";

const bobId = (li: Talk): PeerId => li.machine.peers()[0]!.id;

function say({ li }: Linked, text: string, options: SayOptions): Message {
  const answer = li.ask({ kind: "say", to: [{ peer: bobId(li) }], text, options });
  if (!answer.ok) throw new Error(answer.code);
  return answer.messages[0]!;
}

/** Everything a store was told, in order. */
function writesOf(talk: Talk): readonly HistoryWrite[] {
  return talk.effects.flatMap((effect): readonly HistoryWrite[] => {
    if (effect.kind === "store") return [{ ...effect, kind: "message" }];
    return effect.kind === "write" ? [effect.item] : [];
  });
}

describe("a message that waits", () => {
  it("goes out encrypted and sealed, as it was asked for, once its receiver is there", () => {
    const link = linked();
    const { li, bob } = link;
    li.receiveText("1:900:bob:pc-bob:2:Bob\\0\\0", "10.0.0.2");
    expect(li.machine.peers()[0]?.state).toBe("offline");
    const message = say(link, "三号柜", { seal: true, queue: {} });
    link.settle();
    expect(bob.shown()).toEqual([]);
    li.receiveText("1:901:bob:pc-bob:20971521:Bob\\0\\0", "10.0.0.2");
    link.advance(6_000);
    expect(bob.shown().map(({ id }) => bob.machine.message(id))).toMatchObject([
      { text: "三号柜", sealed: true, encryption: { cipher: "aes-256-cbc", signature: "valid" } },
    ]);
    expect(li.machine.message(message.id)).toMatchObject({
      encryption: { cipher: "aes-256-cbc" },
      deliveries: [{ state: "delivered", cipher: "aes-256-cbc" }],
    });
    expect(link.lines.some((line) => line.includes("三号柜"))).toBe(false);
  });
});

describe("an encrypted message and the store", () => {
  it("is kept as it reads, acknowledged after that, and known again after a start", () => {
    const link = linked({}, { storing: true });
    const { bob } = link;
    say(link, "试题在三号柜", {});
    link.settle();
    const [shown] = bob.shown();
    const engine = createMemoryEngine();
    engine.write(writesOf(bob));
    const kept = engine.message(shown!.id)?.message;
    expect(kept).toMatchObject({ text: "试题在三号柜", encryption: { signature: "valid" } });
    expect(kept?.raw).toEqual(shown?.raw);
    expect(link.lines.filter((line) => line.includes("RECVMSG"))).toEqual([]);
    bob.put({ kind: "stored", messageIds: [shown!.id] });
    link.settle();
    expect(link.lines.filter((line) => line.includes("RECVMSG"))).toHaveLength(1);

    const again = conversation({
      self: { user: "bob", host: "pc-bob", nick: "Bob", group: "", away: null },
      cipher: cipherOf("b"),
      storing: true,
    });
    again.advanceTo(bob.atMs);
    again.put({ kind: "restore", state: { ...nothingSaved, ...engine.state() }, waiting: [] });
    again.receive(shown!.raw, liAt);
    expect(again.shown()).toEqual([]);
    expect(again.lines().filter((line) => line.includes("RECVMSG"))).toHaveLength(1);
  });

  it("is not found in its envelope, and is found and stays open once somebody opened it after a start", () => {
    const link = linked({}, { storing: true });
    const { bob } = link;
    say(link, "试题在三号柜", { seal: true });
    link.settle();
    const [shown] = bob.shown();
    const engine = createMemoryEngine();
    engine.write(writesOf(bob));
    const search = () => engine.search({ query: parseSearch("三号", () => null), limit: 10 }).hits.length;
    expect(search()).toBe(0);
    const later = conversation({ cipher: cipherOf("b"), storing: true }).started();
    const message = engine.message(shown!.id)!.message;
    later.ask({ kind: "open", messageId: message.id, unlocked: true, kept: message });
    expect(later.lines().some((line) => line.includes("READMSG"))).toBe(true);
    engine.write(writesOf(later));
    expect(search()).toBe(1);
    expect(engine.message(shown!.id)?.message.openedAt).not.toBeNull();
  });
});
