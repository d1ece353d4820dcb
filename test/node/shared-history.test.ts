// Two programs with one history: a message that waits with both goes out once, and the one that did not send it hears what became of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { PeerId } from "../../src/core/model.js";
import { openHistory } from "../../src/history/open-history.js";
import { createLan } from "./lan.js";
import type { Station } from "./lan.js";

const folder = mkdtempSync(join(tmpdir(), "feiyan-shared-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bob = "user-9@pc" as PeerId;
let files = 0;

/** Two programs that know bob, and their one file; bob has left. */
async function absentBob() {
  files += 1;
  const file = join(folder, `${files}.db`);
  const [ours, theirs] = await Promise.all([1, 2].map(() => openHistory({ file, thread: false })));
  const lan = createLan();
  const first = lan.station({ address: "10.0.0.1", user: "li", history: ours!.store });
  const second = lan.station({ address: "10.0.0.2", user: "li2", history: theirs!.store });
  const gone = lan.station({ address: "10.0.0.9" });
  await lan.open(first, second, gone);
  await lan.close(gone);
  return {
    lan,
    first,
    second,
    back: () => lan.station({ address: "10.0.0.9" }),
    close: async (...others: readonly Station[]) => {
      await lan.close(first, second, ...others);
      await ours!.store.close();
      await theirs!.store.close();
    },
  };
}

/** Lets both look at their history until it is so. */
async function until(lan: ReturnType<typeof createLan>, isSo: () => void): Promise<void> {
  await vi.waitFor(
    () => {
      lan.clock.advance(3_100);
      isSo();
    },
    { timeout: 20_000, interval: 5 },
  );
}

describe("a message that waits in a history of two programs", () => {
  it("is shown as delivered by both, and was sent once", async () => {
    const { lan, first, second, back, close } = await absentBob();
    const [message] = await first.node.say({ peer: bob }, "三点开会", { queue: {} });
    await until(lan, () => expect(second.states(message!)).toEqual(["queued"]));
    const returned = back();
    await returned.node.start();
    await until(lan, () => {
      expect(first.states(message!)).toEqual(["delivered"]);
      expect(second.states(message!)).toEqual(["delivered"]);
    });
    expect(returned.texts().filter((text) => text.endsWith("三点开会"))).toHaveLength(1);
    expect([...first.node.waiting(), ...second.node.waiting()]).toEqual([]);
    await close(returned);
  });

  it("is taken back in both when one takes it back", async () => {
    const { lan, first, second, close } = await absentBob();
    const [message] = await first.node.say({ peer: bob }, "算了", { queue: {} });
    await until(lan, () => expect(second.states(message!)).toEqual(["queued"]));
    await first.node.cancel(message!.id);
    await until(lan, () => expect(second.states(message!)).toEqual(["cancelled"]));
    expect(second.node.waiting()).toEqual([]);
    await close();
  });
});
