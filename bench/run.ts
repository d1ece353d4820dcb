// `npm run bench`: every benchmark in one run, as ratios; `--markdown` prints the table of docs/performance.md.
import { cpus } from "node:os";
import { benchDecode } from "./decode.js";
import { benchReceive, floodFrom } from "./receive.js";
import type { Ratio } from "./ratio.js";

function format(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

function row({ name, ours, theirs, ratio, least, most }: Ratio): string {
  return `| ${name} | ${format(ours)} | ${format(theirs)} | ${ratio.toFixed(2)} | ${least.toFixed(2)}–${most.toFixed(2)} |`;
}

if (process.argv[2] === "flood") floodFrom(Number(process.argv[3]), Number(process.argv[4]));
else {
  out(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`);
  out("");
  out("| what | ours, per second | compared with, per second | ratio (median) | least–most |");
  out("|---|---|---|---|---|");
  for (const bench of [benchDecode, benchReceive]) {
    // oxlint-disable-next-line no-await-in-loop -- benchmarks must not disturb each other
    for (const result of await bench()) out(row(result));
  }
}
