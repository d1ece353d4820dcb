// A4 and A5: the control messages under loss, doubled and reordered. The proxy between the two ends is the judges' own.
import { isControl, sequenceOf, typeOf } from "./datagram.js";
import { type Finding, inTurn } from "./finding.js";
import { openProxy, type Judge } from "./proxy.js";
import { type Json, measureLab, startServer, textOf } from "./program.js";

const n = 500;
const ratePps = 500;

export async function measureLossyControl(): Promise<Finding> {
  const seeds = Array.from({ length: 12 }, (_unused, seed) => seed + 1);
  const runs = await inTurn(seeds, (seed) =>
    measureLab([
      "solo",
      "--loss",
      "30%",
      "--impair-control",
      "--seed",
      seed,
      "-n",
      n,
      "--rate",
      ratePps,
      "--check",
    ]),
  );
  const finished = runs.filter(
    ({ exitCode, report }) => exitCode === 0 && textOf(report["check"]?.["lostNumbers"]) === "identical",
  );
  const over = runs.map(({ elapsedMs }) => elapsedMs / 1_000 - n / ratePps);
  return {
    measured: `${finished.length} of ${runs.length} finished exactly; over the run length at most ${Math.max(...over).toFixed(2)} s, start of the program included`,
    holds: finished.length === runs.length && Math.max(...over) <= 5,
  };
}

/** Drops some data by number, both ways, so that there is something to count; control is up to `control`. */
const judgeWith =
  (control: Judge): Judge =>
  (bytes, way, pass, nowNs) => {
    if (isControl(bytes)) control(bytes, way, pass, nowNs);
    else if (typeOf(bytes) !== null && sequenceOf(bytes) % (way === "up" ? 7 : 11) === 3) return;
    else pass(bytes);
  };

const doubled: Judge = (bytes, _way, pass) => {
  pass(bytes);
  pass(bytes);
};

/** Each control message waits until the next one of its way has overtaken it, or 150 ms. */
function createSwapper(): Judge {
  const waiting = new Map<string, () => void>();
  return (bytes, way, pass) => {
    const before = waiting.get(way);
    if (before !== undefined) {
      waiting.delete(way);
      pass(bytes);
      before();
      return;
    }
    const go = (): void => {
      if (waiting.get(way) === go) waiting.delete(way);
      clearTimeout(timer);
      pass(bytes);
    };
    const timer = setTimeout(go, 150);
    waiting.set(way, go);
  };
}

const summary = (report: Json): string => {
  const { up, down } = { up: report["up"], down: report["down"] };
  return [
    up?.["sent"],
    up?.["lost"],
    up?.["copies"],
    down?.["byDatagram"]?.["sent"],
    down?.["byDatagram"]?.["lost"],
    report["strip"],
  ]
    .map(textOf)
    .join(" ");
};

export async function measureDoubledControl(): Promise<Finding> {
  const judges = [
    ["as it is", (bytes, _way, pass) => pass(bytes)],
    ["doubled", doubled],
    ["swapped", createSwapper()],
  ] as const satisfies readonly (readonly [string, Judge])[];
  const found = await inTurn(judges, async ([name, control]) => {
    const { port, server } = await startServer();
    const proxy = await openProxy(port, judgeWith(control));
    const { report, exitCode } = await measureLab([
      "run",
      `127.0.0.1:${proxy.port}`,
      "-n",
      500,
      "--rate",
      500,
      "--deadline",
      "10s",
    ]);
    proxy.close();
    await server.stop();
    return {
      name,
      exitCode,
      result: summary(report),
      lost: `${textOf(report["up"]?.["lost"])}/${textOf(report["down"]?.["lost"])}`,
    };
  });
  return {
    measured: found.map(({ name, lost }) => `${name}: lost ${lost}`).join("; "),
    // By number: 72 of 0 … 499 are 3 modulo 7; of the 428 others 39 are 3 modulo 11.
    holds:
      found.every(({ result, exitCode }) => exitCode === 0 && result === found[0]?.result) &&
      found[0]?.lost === "71/39",
  };
}
