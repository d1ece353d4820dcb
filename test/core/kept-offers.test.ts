// Offers that outlive the program: what one run writes down gives the next one the same offers, with what became of them.
import { describe, expect, it } from "vitest";
import type { KeptOffer } from "../../src/core/saved.js";
import { nothingSaved } from "../../src/core/saved.js";
import { conversation } from "./conversation.js";

const record = "1000:a.txt:1f4:5f5e1000:1:\x07";
const policy = { accept: "all", maxSizeBytes: null, dir: "/in", overwrite: "rename", resume: true } as const;

function run(storing = true) {
  const talk = conversation({ files: true, storing }).started();
  const meet = (): void => {
    talk.receiveText("1:100:wang:pc-w:2097153:王\\0组\\0");
    talk.advance(2_000);
  };
  /** The latest that was written down of each offer. */
  const kept = (): KeptOffer[] => {
    const found = new Map<string, KeptOffer>();
    for (const effect of talk.effects)
      if (effect.kind === "write" && effect.item.kind === "offer")
        found.set(effect.item.offer.offer.offerId, effect.item.offer);
    // As a store gives it back.
    return JSON.parse(JSON.stringify([...found.values()])) as KeptOffer[];
  };
  const offered = () => talk.receiveText(`1:500:wang:pc-w:2097440:take\\0${record}\\0`);
  const transferId = () => talk.machine.transfers()[0]!.transferId;
  return { talk, meet, kept, offered, transferId };
}

describe("kept offers", () => {
  it("come back with state and path", () => {
    const { talk, meet, kept, offered, transferId } = run();
    meet();
    talk.ask({ kind: "files", request: { kind: "policy", peer: null, policy } });
    offered();
    const outcome = {
      kind: "done",
      path: "/in/a.txt",
      sha256: "00",
      doneBytes: 500,
      doneFiles: 0,
      isVerified: false,
      skipped: 0,
    } as const;
    talk.put({ kind: "files", input: { kind: "ended", transferId: transferId(), outcome } });
    const next = run();
    next.talk.put({ kind: "restore", state: { ...nothingSaved, offers: kept() }, waiting: [] });
    expect(next.talk.machine.offers()).toEqual(talk.machine.offers());
    expect(next.talk.machine.transfers()).toEqual(talk.machine.transfers());
    expect(next.talk.machine.offers()[0]!.parties[0]!.state).toBe("done");
    expect(next.talk.machine.transfers()[0]).toMatchObject({ path: "/in/a.txt", state: "done" });
  });

  it("that were open can be fetched by the next run, until they are too old", () => {
    const { kept, meet, offered } = run();
    meet();
    offered();
    const state = { ...nothingSaved, offers: kept() };
    const next = run();
    next.talk.put({ kind: "restore", state, waiting: [] });
    const { offerId } = next.talk.machine.offers()[0]!;
    next.talk.ask({ kind: "files", request: { kind: "accept", offerId, options: { dir: "/in" } } });
    const orders = next.talk.effects.flatMap((effect) =>
      effect.kind === "files" && effect.effect.kind === "fetch" ? [effect.effect.order] : [],
    );
    expect(orders.map(({ claim, to }) => [claim.name, claim.packetNo, to.address])).toEqual([
      ["a.txt", "500", "10.0.0.2"],
    ]);
    const late = run();
    late.talk.put({ kind: "restore", state, waiting: [] });
    late.talk.advance(25 * 60 * 60 * 1000);
    expect(late.talk.machine.offers()[0]!.parties[0]!.state).toBe("expired");
  });

  it("are not written down of somebody who is not to be kept, nor without a store", () => {
    const unlogged = run();
    unlogged.meet();
    unlogged.talk.ask({ kind: "set-policy", peer: unlogged.talk.peerId("王"), policy: { unlogged: true } });
    unlogged.offered();
    const storeless = run(false);
    storeless.meet();
    storeless.offered();
    expect([unlogged.kept(), storeless.kept()]).toEqual([[], []]);
  });
});
