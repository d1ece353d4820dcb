// A11: the rate as the receiving end of the line sees it: a proxy of the judges' own takes the time of every datagram.
import { isControl, sequenceOf, typeOf } from "./datagram.js";
import { type Finding, inTurn } from "./finding.js";
import { openProxy } from "./proxy.js";
import { measureLab, startServer } from "./program.js";

const plans = [
  { rate: 50, n: 250 },
  { rate: 100, n: 500 },
  { rate: 1_000, n: 5_000 },
  { rate: 5_000, n: 25_000 },
];

export async function measurePacing(): Promise<Finding> {
  const found = await inTurn(plans, async ({ rate, n }) => {
    const seen: { readonly seq: number; readonly atNs: bigint }[] = [];
    const { port, server } = await startServer();
    const proxy = await openProxy(port, (bytes, way, pass, atNs) => {
      if (way === "up" && typeOf(bytes) !== null && !isControl(bytes))
        seen.push({ seq: sequenceOf(bytes), atNs });
      pass(bytes);
    });
    await measureLab(["run", `127.0.0.1:${proxy.port}`, "--mode", "up", "-n", n, "--rate", rate]);
    proxy.close();
    await server.stop();
    const tookMs = Number((seen.at(-1)?.atNs ?? 0n) - (seen[0]?.atNs ?? 0n)) / 1e6;
    const error = Math.abs(((seen.length - 1) * 1_000) / tookMs / rate - 1);
    const isWhole = seen.length === n && seen.every(({ seq }, index) => seq === index);
    return {
      error,
      isWhole,
      text: `${rate}/s: error ${(100 * error).toFixed(3)} %, ${seen.length} of ${n}${isWhole ? ", every slot in order" : ""}`,
    };
  });
  return {
    measured: found.map(({ text }) => text).join("; "),
    holds: found.every(({ error, isWhole }) => error <= 0.005 && isWhole),
  };
}
