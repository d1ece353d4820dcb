// The plan of a race from what a person says: loss, delay, window, count. Fills in the times the lanes need, and checks bounds.
import type { Impairment } from "../../index.js";
import { laneLimits, type LanePlan } from "./lane.js";
import { rttOf } from "./race.js";
import { repeatProfileNamed, repeatProfiles, spedUp, type RepeatProfile } from "./repeat-profiles.js";

export interface RaceWishes {
  readonly messages?: number;
  readonly sizeBytes?: number;
  readonly window?: number;
  readonly intervalMs?: number;
  /** Name in `repeatProfiles`. */
  readonly profile?: string;
}

export interface PlannedRace {
  readonly plan: LanePlan;
  readonly profile: RepeatProfile;
}

/** Three round trips, and at least this: shorter ones would be the noise of timers. */
const leastRtoMs = 50;

/**
 * A plan within the limits; throws a RangeError that names the bound otherwise.
 *
 * @example planRace({ messages: 300 }, parseImpairment("loss=10%,delay=10"), parseImpairment("loss=10%,delay=10"))
 */
export function planRace(wishes: RaceWishes, there: Impairment, back: Impairment): PlannedRace {
  const rttMs = rttOf(there, back);
  const profile =
    wishes.profile === undefined ? repeatProfiles[0] : (repeatProfileNamed(wishes.profile) ?? undefined);
  if (profile === undefined) {
    throw new RangeError(`profile: one of ${repeatProfiles.map((one) => one.name).join(", ")}`);
  }
  const plan: LanePlan = {
    messages: within("messages", wishes.messages ?? 300, 1, laneLimits.messages),
    sizeBytes: within(
      "size",
      wishes.sizeBytes ?? 1_000,
      laneLimits.sizeBytes.least,
      laneLimits.sizeBytes.most,
    ),
    window: within("window", wishes.window ?? 16, 1, laneLimits.window),
    intervalMs: within("interval", wishes.intervalMs ?? 1, 0, 1_000),
    rtoMs: Math.max(leastRtoMs, 3 * rttMs),
    repeat: spedUp(profile, rttMs),
  };
  return { plan, profile };
}

function within(name: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) throw new RangeError(`${name}: ${least}-${most}`);
  return value;
}
