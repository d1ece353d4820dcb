// What a bad line does to a thousand messages (seeded, so the table is exact), and what theory says it should do. With loss p each
// way and four sends, no acknowledgement comes with probability (1 - (1 - p)²)⁴.
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/model.js";
import { impaired } from "../../src/net/impaired.js";
import { parseImpairment } from "../../src/net/impairment-text.js";
import { createLan } from "../node/lan.js";

interface Row {
  readonly lossPercent: number;
  readonly sent: number;
  readonly shown: number;
  readonly delivered: number;
  readonly unconfirmed: number;
  readonly unconfirmedButArrived: number;
  readonly repeats: number;
}

interface Run extends Row {
  readonly texts: readonly string[];
  readonly deliveredTexts: readonly string[];
}

/** A talks to B over a line that is bad in both directions. */
async function talk(impairment: string, seed: number, count = 1_000): Promise<Run> {
  const lan = createLan();
  const line = impaired(lan.network.transport({ address: "10.0.0.1" }), {
    spec: null,
    clock: lan.clock,
  });
  const a = lan.station({ address: "10.0.0.1", nick: "A", transport: line });
  const b = lan.station({ address: "10.0.0.2", nick: "B" });
  await lan.open(a, b);
  line.setSpec(impairment === "" ? null : { ...parseImpairment(impairment), seed: String(seed) });
  const messages: Message[] = [];
  for (let index = 0; index < count; index++) {
    messages.push(...(await a.node.say("B", `message ${index}`)));
    lan.clock.advance(37);
  }
  lan.clock.advance(30_000);
  const texts = b.texts();
  const shown = new Set(texts);
  const byState = (wanted: string): string[] =>
    messages.filter((message) => a.states(message)[0] === wanted).map(({ text }) => text);
  const delivered = byState("delivered");
  const unconfirmed = byState("unconfirmed");
  return {
    lossPercent: Math.round(100 * lossOf(impairment)),
    sent: count,
    shown: shown.size,
    delivered: delivered.length,
    unconfirmed: unconfirmed.length,
    unconfirmedButArrived: unconfirmed.filter((text) => shown.has(text)).length,
    repeats: a.node.diagnostics().repeats,
    texts,
    deliveredTexts: delivered,
  };
}

function lossOf(impairment: string): number {
  const { loss } = parseImpairment(impairment);
  return loss?.kind === "independent" ? loss.probability : 0;
}

/** True when `found` of `count` trials is within five standard deviations of what `probability` gives. */
function fits(found: number, probability: number, count: number): boolean {
  const spread = Math.sqrt(count * probability * (1 - probability));
  return Math.abs(found - count * probability) <= 5 * spread + 1e-9;
}

function checkTruth(run: Run): void {
  // Shown once or never, and never said to be delivered without being shown.
  expect(run.texts).toHaveLength(new Set(run.texts).size);
  const shown = new Set(run.texts);
  expect(run.deliveredTexts.filter((text) => !shown.has(text))).toEqual([]);
  expect(run.delivered + run.unconfirmed).toBe(run.sent);
  expect(run.shown).toBe(run.delivered + run.unconfirmedButArrived);
}

describe("a thousand messages over a line that loses some", () => {
  it("are as theory has them, at every loss rate", { timeout: 30_000 }, async () => {
    const rows: Run[] = [];
    for (const percent of [0, 5, 10, 30, 50]) {
      const run = await talk(percent === 0 ? "" : `loss=${percent}%`, 42);
      checkTruth(run);
      const p = percent / 100;
      const noRoundTrip = 1 - (1 - p) ** 2;
      expect(fits(run.unconfirmed, noRoundTrip ** 4, run.sent)).toBe(true);
      expect(fits(run.sent - run.shown, p ** 4, run.sent)).toBe(true);
      // A send repeats when none before it was acknowledged: the mean of the sum of the first three powers.
      const repeats = noRoundTrip + noRoundTrip ** 2 + noRoundTrip ** 3;
      expect(Math.abs(run.repeats / run.sent - repeats)).toBeLessThan(0.15);
      rows.push(run);
    }
    await expect(tableOf(rows)).toMatchFileSnapshot("loss.table.txt");
  });

  it("are different ones with another seed, the same ones with the same", async () => {
    const [first, again, other] = [
      await talk("loss=30%", 1, 300),
      await talk("loss=30%", 1, 300),
      await talk("loss=30%", 2, 300),
    ];
    expect(again).toEqual(first);
    expect(other.texts).not.toEqual(first.texts);
    for (const run of [first, other]) checkTruth(run);
  });
});

describe("a line that doubles, holds back, delays and damages", () => {
  it.each([
    ["doubles", "dup=50%"],
    ["reorders", "reorder=30%:3"],
    ["delays unevenly", "delay=900ms+-900ms"],
    ["delays past the repeat", "delay=2s+-1s"],
    ["does everything", "loss=20%,dup=30%,reorder=20%:2,delay=100ms+-100ms"],
  ])("%s: each message is shown once", async (_, impairment) => {
    const run = await talk(impairment, 7, 500);
    checkTruth(run);
    if (!impairment.includes("loss")) {
      expect(run.shown).toBe(run.sent);
      expect(run.unconfirmed).toBe(0);
    }
  });

  it("damages: the nodes go on, and what is sent afterwards arrives", async () => {
    const lan = createLan();
    const line = impaired(lan.network.transport({ address: "10.0.0.1" }), {
      spec: { ...parseImpairment("corrupt=100%"), seed: "3" },
      clock: lan.clock,
    });
    const a = lan.station({ address: "10.0.0.1", nick: "A", transport: line });
    const b = lan.station({ address: "10.0.0.2", nick: "B" });
    await lan.open(a, b);
    for (let index = 0; index < 200; index++) {
      await a.node.say("10.0.0.2", `damaged ${index}`);
      lan.clock.advance(50);
    }
    line.setSpec(null);
    const [message] = await a.node.say("10.0.0.2", "whole");
    lan.clock.advance(30_000);
    expect(a.states(message!)).toEqual(["delivered"]);
    expect(b.texts().filter((text) => text === "whole")).toHaveLength(1);
  });
});

function tableOf(rows: readonly Row[]): string {
  const columns = [
    ["loss %", "lossPercent"],
    ["sent", "sent"],
    ["shown", "shown"],
    ["delivered", "delivered"],
    ["unconfirmed", "unconfirmed"],
    ["of these arrived", "unconfirmedButArrived"],
    ["repeats", "repeats"],
  ] as const;
  const head = columns.map(([title]) => title).join(" | ");
  const lines = rows.map((row) =>
    columns.map(([title, key]) => String(row[key]).padStart(title.length)).join(" | "),
  );
  return [head, ...lines, ""].join("\n");
}
