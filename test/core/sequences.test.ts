// Behaviour over time, as in the vectors of kind `sequence` (all but seq-009, sealed messages).
import { describe, expect, it } from "vitest";
import captures from "../vectors/lab-captures.json" with { type: "json" };
import sequences from "../vectors/sequences.json" with { type: "json" };
import { conversation } from "./conversation.js";

interface Step {
  atMs: number;
  recv?: string;
  from?: string;
  send?: string[];
  sendWithinMs?: number;
  shown?: number | string;
  peers?: number | string;
  peersOnline?: number;
  local?: { absence: string };
  action?: string;
  state?: string;
}

const later = new Set(["seq-009-secret-read"]);
const vectors = [...sequences.vectors, ...captures.vectors.filter(({ kind }) => kind === "sequence")]
  .filter(({ id }) => !later.has(id))
  .map(({ id, steps }) => ({ id, steps: steps as Step[] }));

describe("sequence vectors", () => {
  it.each(vectors)("$id", ({ id, steps }) => {
    const own = id.startsWith("seq-010");
    const talk = conversation(
      own ? { self: { user: "me", host: "mypc", nick: "me", group: "", away: null } } : {},
    ).started();
    const zero = talk.atMs;
    if (id.startsWith("seq-008")) talk.receiveText("1:5:bob:pc:3:bob\\0");
    talk.lines();
    let firstNo = "";
    let messageId = "";
    for (const step of steps) {
      talk.advanceTo(zero + step.atMs);
      const shownBefore = talk.shown().length;
      if (step.local !== undefined) {
        talk.ask({ kind: "away", text: step.local.absence });
        talk.lines();
      }
      if (step.recv !== undefined)
        talk.receiveHex(step.recv, step.from === "own address" ? "10.0.0.1" : step.from);
      if (step.action !== undefined) {
        const message = talk.say("bob", "hello");
        firstNo = message.packetNo;
        messageId = message.id;
      }
      if (step.sendWithinMs !== undefined) talk.advance(step.sendWithinMs);
      // A stranger that writes is greeted with our entry (section 5); these vectors are about the rest.
      const sent = talk.sent.splice(0).filter(({ packet }) => packet?.modeName !== "BR_ENTRY");
      if (step.send !== undefined) {
        const lines = sent.map(({ line, packet }) => {
          if (step.send?.[0] === "same packet number")
            return packet?.packetNo === firstNo ? "same packet number" : line;
          return step.send?.[0] === "ANSENTRY" ? (packet?.modeName ?? line) : line;
        });
        expect(lines).toEqual(step.send);
      }
      if (typeof step.shown === "number") expect(talk.shown().length - shownBefore).toBe(step.shown);
      if (typeof step.peers === "number") expect(talk.machine.peers()).toHaveLength(step.peers);
      if (step.peers === "self or none") expect(talk.machine.peers()).toHaveLength(0);
      if (step.peersOnline !== undefined) {
        expect(talk.machine.peers().filter(({ state }) => state !== "offline")).toHaveLength(
          step.peersOnline,
        );
      }
      if (step.state !== undefined) {
        expect(talk.machine.message(messageId as never)?.deliveries.map(({ state }) => state)).toEqual([
          step.state,
        ]);
      }
    }
  });
});
