// Sends one datagram to every broadcast target and says once, not per datagram, when broadcasting stops or begins to work.
// Does not know how sockets are opened. Called by `udp`.
import type { Socket } from "node:dgram";
import { FeiyanError } from "../../ports/error.js";
import { systemCodeOf } from "../socket-error.js";
import { type BroadcastTarget, limitedBroadcast } from "./targets.js";

export interface Broadcaster {
  /** Replaces the targets after a change of interfaces. */
  aim(targets: readonly BroadcastTarget[]): void;
  send(bytes: Uint8Array): void;
}

// "There is no network in that direction": normal for 255.255.255.255 without a default route, and for a link just gone.
const nothingThere = new Set([
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "ENODEV",
  "EINVAL",
]);

/** `socketOf` finds the socket bound to a target's `from`; `report` gets `broadcast-unavailable`. */
export function createBroadcaster(
  port: number,
  socketOf: (from: string) => Socket | undefined,
  report: (error: FeiyanError) => void,
): Broadcaster {
  let targets: readonly BroadcastTarget[] = [];
  let state = "";

  /** What is wrong after one round, as a text to compare with the last one; "" is fine. */
  function judge(failures: ReadonlyMap<BroadcastTarget, string>): string {
    const outside = targets.filter((target) => target.leavesMachine && target.zone === null);
    const nobodyHeard = outside.length > 0 && outside.every((target) => failures.has(target));
    return [...failures]
      .filter(([target, code]) => !nothingThere.has(code) || (nobodyHeard && target.zone === null))
      .map(([target, code]) => `${target.to} ${code}`)
      .toSorted()
      .join("\n");
  }

  function finish(failures: ReadonlyMap<BroadcastTarget, string>): void {
    const now = judge(failures);
    if (now === state) return;
    state = now;
    if (now === "") return;
    const addresses = now.split("\n").map((line) => line.split(" ")[0] ?? limitedBroadcast);
    const systemCode = now.split("\n")[0]?.split(" ")[1] ?? "";
    report(
      new FeiyanError("broadcast-unavailable", `cannot broadcast to ${addresses.join(", ")}: ${systemCode}`, {
        addresses,
        port,
        systemCode,
      }),
    );
  }

  return {
    aim: (list) => {
      targets = list;
    },
    send: (bytes) => {
      const failures = new Map<BroadcastTarget, string>();
      let waiting = targets.length;
      for (const target of targets) {
        const sent = (error: unknown): void => {
          if (error !== null && error !== undefined) failures.set(target, systemCodeOf(error));
          waiting -= 1;
          if (waiting === 0) finish(failures);
        };
        try {
          const socket = socketOf(target.from);
          if (target.zone !== null) socket?.setMulticastInterface(`::%${target.zone}`);
          if (socket === undefined) sent(null);
          else socket.send(bytes, port, target.to, sent);
        } catch (error) {
          // An interface that went away since the last look.
          sent(error);
        }
      }
    },
  };
}
