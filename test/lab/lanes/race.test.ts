import { describe, expect, it } from "vitest";
import { parseImpairment } from "../../../src/index.js";
import type { LaneName } from "../../../src/lab/lanes/lane.js";
import type { LaneResult } from "../../../src/lab/lanes/lane-result.js";
import { planRace, type RaceWishes } from "../../../src/lab/lanes/race-plan.js";
import { pathFacts, runRace } from "../../../src/lab/lanes/race.js";

async function race(
  lanes: readonly LaneName[],
  spec: string,
  options: { readonly wishes?: RaceWishes; readonly simulated?: boolean; readonly limitMs?: number } = {},
): Promise<LaneResult[]> {
  const path = parseImpairment(spec);
  const { plan } = planRace(options.wishes ?? {}, path, path);
  const { limitMs, simulated = true } = options;
  return [
    ...(await runRace({
      lanes,
      plan,
      there: path,
      back: path,
      simulated,
      ...(limitMs === undefined ? {} : { limitMs }),
    })),
  ];
}

/** Central band of a binomial count at 99.9 %, exact. */
function band(n: number, p: number): [number, number] {
  const mass = [(1 - p) ** n];
  for (let k = 1; k <= n; k += 1) mass.push((mass[k - 1]! * (n - k + 1) * p) / (k * (1 - p)));
  let [below, lo] = [0, 0];
  while (below + mass[lo]! <= 0.0005) below += mass[lo++]!;
  let [above, hi] = [0, n];
  while (above + mass[hi]! <= 0.0005) above += mass[hi--]!;
  return [lo, hi];
}

const seeds = Array.from({ length: 10 }, (_, seed) => String(seed + 1));

describe("a race on the memory network", () => {
  it("delivers everything at once on a clean path", async () => {
    const results = await race(["udp", "saw", "ipmsg", "gbn", "sr"], "delay=10,seed=1");
    for (const one of results) {
      expect(one).toMatchObject({ delivered: 300, sent: 300, duplicates: 0, unconfirmed: 0, finished: true });
    }
    expect(results.map((one) => one.timeMs)).toEqual([309, 6_000, 319, 380, 380]);
  });

  it("stop-and-wait takes what the formula says (A18)", async () => {
    const ratios: number[] = [];
    for (const seed of seeds) {
      const [saw] = await race(["saw"], `loss=10%,delay=10,seed=${seed}`);
      expect(saw).toMatchObject({ delivered: 300, confirmed: 300, finished: true });
      ratios.push(saw!.timeMs / saw!.theory!.timeMs!);
    }
    const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.04);
    const [lesson] = await race(["saw"], "loss=10%,delay=10,seed=7");
    expect(Math.abs(lesson!.timeMs / lesson!.theory!.timeMs! - 1)).toBeLessThan(0.1);
  });

  it.each(seeds)("stop-and-wait and selective repeat send the same number, seed %s (A18)", async (seed) => {
    const [saw, sr] = await race(["saw", "sr"], `loss=20%,delay=10,seed=${seed}`);
    expect(sr!.sent).toBe(saw!.sent);
    expect(sr).toMatchObject({ delivered: 300, confirmed: 300, droppedThere: saw!.droppedThere });
    expect(sr!.timeMs).toBeLessThan(saw!.timeMs / 4);
    expect(sr!.timeMs).toBeGreaterThanOrEqual(sr!.theory!.timeMs! * 0.9);
  });

  it("leaves about n q^k messages unconfirmed, most of which arrived (A18)", async () => {
    const wishes = { messages: 3_000 };
    const [chat] = await race(["ipmsg"], "loss=30%,delay=10,seed=7", { wishes });
    const q = 1 - 0.7 * 0.7;
    expect(chat!.theory!.unconfirmed).toBeCloseTo(3_000 * q ** 4, 9);
    const [lo, hi] = band(3_000, q ** 4);
    expect(chat!.unconfirmed).toBeGreaterThanOrEqual(lo);
    expect(chat!.unconfirmed).toBeLessThanOrEqual(hi);
    expect(chat!.unconfirmedArrived).toBeGreaterThan(chat!.unconfirmed / 2);
    expect(chat!.confirmed + chat!.unconfirmed).toBe(3_000);
    const [lost, most] = band(3_000, 0.3 ** 4);
    expect(3_000 - chat!.delivered).toBeGreaterThanOrEqual(lost);
    expect(3_000 - chat!.delivered).toBeLessThanOrEqual(most);
  });

  it("loses exactly what the dice drop on the raw lane", async () => {
    const [raw] = await race(["udp"], "loss=10%,seed=7");
    expect(raw!.delivered + raw!.droppedThere).toBe(300);
    expect(raw).toMatchObject({ sent: 300, acknowledgements: 0, delivered: 262 });
    const again = await race(["udp"], "loss=10%,seed=7");
    expect(again).toEqual([raw]);
  });

  it("go-back-n sends about n (1 - p + Wp) / (1 - p), and delivers everything", async () => {
    let [sent, expected] = [0, 0];
    for (const seed of seeds) {
      const [gbn] = await race(["gbn"], `loss=10%,delay=10,seed=${seed}`);
      expect(gbn).toMatchObject({ delivered: 300, confirmed: 300, finished: true });
      sent += gbn!.sent;
      expected += gbn!.theory!.sent!;
    }
    expect(Math.abs(sent / expected - 1)).toBeLessThan(0.15);
  });

  it("survives copies, damage, reordering and bursts, and loses nothing", async () => {
    const spec = "loss=10%,burst=4,dup=20%,reorder=10%:3,corrupt=5%,delay=5+-4,seed=3";
    for (const one of await race(["saw", "gbn", "sr"], spec)) {
      expect(one).toMatchObject({ delivered: 300, confirmed: 300, finished: true, theory: null });
      expect(one.duplicates).toBeGreaterThan(0);
    }
  });

  it("stops at its limit where nothing gets through", async () => {
    const [saw] = await race(["saw"], "loss=100%,seed=1", { limitMs: 10_000 });
    expect(saw).toMatchObject({ delivered: 0, confirmed: 0, finished: false });
    expect(saw!.sent).toBe(201);
  });
});

describe("a race on real sockets", () => {
  it("gives the counts of the simulation for the same seed", async () => {
    const spec = "loss=10%,seed=7";
    const wishes = { messages: 60 };
    const real = await race(["udp", "saw", "tcp"], spec, { wishes, simulated: false });
    const simulated = await race(["udp", "saw", "tcp"], spec, { wishes });
    expect(real.map((one) => one.lane)).toEqual(["udp", "saw", "tcp"]);
    expect(simulated.map((one) => one.lane)).toEqual(["udp", "saw"]);
    const [udp, saw] = simulated;
    expect(real[0]).toMatchObject({ delivered: udp!.delivered, sent: udp!.sent });
    expect(real[1]).toMatchObject({ delivered: saw!.delivered, finished: true });
    // On a busy machine an acknowledgement that is only late costs a repeat as well.
    expect(real[1]!.sent).toBeGreaterThanOrEqual(saw!.sent);
    expect(real[2]).toMatchObject({ delivered: 60, finished: true, duplicates: 0 });
  });
});

describe("a plan", () => {
  const clean = parseImpairment("delay=40");

  it("waits three round trips before it repeats, at least 50 ms", () => {
    expect(planRace({}, clean, clean).plan.rtoMs).toBe(240);
    expect(planRace({}, {}, {}).plan.rtoMs).toBe(50);
  });

  it("takes the repeats of another client, twenty times faster", () => {
    expect(planRace({ profile: "qipmsg" }, {}, {}).plan.repeat).toEqual({ sends: 8, intervalMs: 10 });
    expect(planRace({ profile: "qipmsg" }, clean, clean).plan.repeat).toEqual({ sends: 8, intervalMs: 160 });
    expect(planRace({}, {}, {}).profile.name).toBe("feiyan");
  });

  it.each([{ messages: 0 }, { messages: 5_001 }, { sizeBytes: 95 }, { window: 65 }, { profile: "no" }])(
    "refuses %j",
    (wishes) => {
      expect(() => planRace(wishes, {}, {})).toThrow(RangeError);
    },
  );

  it("has no formula for bursts and fragments", () => {
    expect(pathFacts(parseImpairment("loss=5%,burst=5"), {}, 0)).toBeNull();
    expect(pathFacts(parseImpairment("loss=5%,mtu=1500"), {}, 0)).toBeNull();
    expect(pathFacts(parseImpairment("loss=5%,delay=10"), {}, 1)).toEqual({
      there: 0.05,
      back: 0,
      rttMs: 11,
    });
  });
});
