// Configured segments that broadcast does not reach: each address of them hears our entry, a few at a time, at the start and whenever we
// announce ourselves again. Who is there answers, and hears our changes and goodbye from then on; nobody else is written to again.
import { timers } from "./limits.js";
import type { Presence } from "./presence.js";
import type { World } from "./world.js";

export interface Segments {
  /** Begins anew; one round at a time. */
  announce(): void;
  /** The next few. */
  goOn(): void;
}

/** So many entries leave at once: a whole class C takes some seconds. */
const atOnce = 10;

export function createSegments(world: World, presence: Presence): Segments {
  const { segments = [], presence: isAnnounced } = world.options;
  let next = 0;
  let isUnderWay = false;

  function wait(ms: number): void {
    isUnderWay = true;
    world.alarms.set(world.now + ms, { kind: "segments" });
  }

  return {
    announce() {
      if (segments.length === 0 || !isAnnounced || world.stopping) return;
      next = 0;
      // After the broadcast: who hears that answers first.
      if (!isUnderWay) wait(timers.secondEntryMs);
    },

    goOn() {
      isUnderWay = false;
      if (world.stopping) return;
      const { network } = world;
      for (const to of segments.slice(next, next + atOnce)) {
        const isHere = network?.addresses.some(({ address }) => address === to.address) === true;
        if (!isHere || network.port !== to.port) presence.greetTold(to);
      }
      next += atOnce;
      if (next < segments.length) wait(timers.segmentPauseMs);
    },
  };
}
