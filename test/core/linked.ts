// Two machines on one cable: what one sends arrives at the other, until both are silent. Time moves for both together.
import { cipherOf } from "../crypto/keys.js";
import { conversation } from "./conversation.js";
import type { MachineOptions } from "../../src/core/world.js";

export type Talk = ReturnType<typeof conversation>;

export interface Linked {
  readonly li: Talk;
  readonly bob: Talk;
  /** Delivers everything that waits, both ways. `lose`: packets that never arrive. */
  readonly settle: (lose?: (line: string, sender: Talk) => boolean) => void;
  readonly advance: (ms: number, lose?: (line: string, sender: Talk) => boolean) => void;
  /** Every line that went over the cable, `li:` or `bob:` before it. */
  readonly lines: string[];
}

export const liAt = "10.0.0.1";
export const bobAt = "10.0.0.2";

/** li at 10.0.0.1 with the keys `a`, Bob at 10.0.0.2 with the keys `b`; both have announced themselves. */
export function linked(li: Partial<MachineOptions> = {}, bob: Partial<MachineOptions> = {}): Linked {
  const first = conversation({ cipher: cipherOf("a"), ...li });
  const second = conversation({
    self: { user: "bob", host: "pc-bob", nick: "Bob", group: "", away: null },
    cipher: cipherOf("b"),
    ...bob,
  });
  const lines: string[] = [];
  const links = [
    { from: first, to: second, address: liAt, name: "li" },
    { from: second, to: first, address: bobAt, name: "bob" },
  ];
  const link: Linked = {
    li: first,
    bob: second,
    lines,
    settle(lose = () => false) {
      for (let round = 0; round < 20; round++) {
        let moved = false;
        for (const { from, to, address, name } of links) {
          for (const { bytes, line } of from.sent.splice(0)) {
            lines.push(`${name}: ${line}`);
            if (lose(line, from)) continue;
            to.receive(bytes, address);
            moved = true;
          }
        }
        if (!moved) return;
      }
      throw new Error("they never fall silent");
    },
    advance(ms, lose) {
      const step = 50;
      for (let passed = 0; passed < ms; passed += step) {
        first.advance(step);
        second.advance(step);
        link.settle(lose);
      }
    },
  };
  const home = { port: 2425, mac: null };
  const own = (address: string) => ({
    ...home,
    addresses: [
      { interfaceName: "eth0", address, family: "IPv4", broadcast: "10.0.0.255", loopback: false } as const,
    ],
  });
  first.put({ kind: "start", network: own(liAt) });
  second.put({ kind: "start", network: own(bobAt) });
  link.advance(8_000);
  lines.length = 0;
  for (const talk of [first, second]) {
    talk.events.length = 0;
    talk.effects.length = 0;
  }
  return link;
}
