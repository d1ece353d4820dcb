// `npm run bench`: every benchmark in one run, as ratios and figures; the tables are those of docs/performance.md. Each part runs in a
// process of its own, one after the other, so that none meets what another left on the heap. `npm run bench -- receive` runs one part;
// those of `history` and `files` take minutes and run when they are named.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { benchCommandLine } from "./command-line.js";
import { benchCrypto, benchKeyMaking } from "./crypto.js";
import { benchDecode } from "./decode.js";
import type { Figure } from "./figure.js";
import { benchFiles, filesChild, filesTicker } from "./files.js";
import { benchHistory, benchReceiveStored } from "./history.js";
import { benchReceive, floodFrom } from "./receive.js";
import type { Ratio } from "./ratio.js";
import { benchAppend, benchFlood, benchKeys, benchList } from "./tui.js";
import { benchFirstFrame, benchFloodCost, benchMemory } from "./tui-process.js";

function format(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

function row({ name, ours, theirs, ratio, least, most }: Ratio): string {
  return `| ${name} | ${format(ours)} | ${format(theirs)} | ${ratio.toFixed(2)} | ${least.toFixed(2)}–${most.toFixed(2)} |`;
}

function figureRow({ name, value, unit, target }: Figure): string {
  const shown = value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0);
  const wanted = target === null ? "" : `≤ ${target} ${unit}`;
  return `| ${name} | ${shown} ${unit} | ${wanted} | ${target === null ? "" : value <= target ? "yes" : "no"} |`;
}

/** The two tables of the screen in one go: its ratios are printed as they come, its figures afterwards. */
async function benchScreen(): Promise<void> {
  // Whole processes first, while this one is small and quiet.
  const figures = [
    ...(await benchFirstFrame()),
    ...(await benchMemory()),
    ...(await benchFloodCost(true)),
    ...(await benchFloodCost(false)),
    ...(await benchKeys()),
  ];
  const ratios: Ratio[] = [];
  for (const count of [1_000, 10_000, 100_000]) {
    // oxlint-disable-next-line no-await-in-loop -- benchmarks must not disturb each other
    const { ratio, figure } = await benchAppend(count);
    ratios.push(ratio);
    figures.push(figure);
  }
  ratios.push(await benchList());
  figures.push(...(await benchFlood()));
  printRatios(ratios);
  printFigures(figures);
}

function printRatios(ratios: readonly Ratio[]): void {
  out("| what | ours, per second | compared with, per second | ratio (median) | least–most |");
  out("|---|---|---|---|---|");
  for (const ratio of ratios) out(row(ratio));
  out("");
}

/** Figures alone, as a table. */
function printFigures(figures: readonly Figure[]): void {
  out("| what | measured | target | holds |");
  out("|---|---|---|---|");
  for (const figure of figures) out(figureRow(figure));
  out("");
}

const parts: Readonly<Record<string, () => Promise<void>>> = {
  decode: async () => printRatios(await benchDecode()),
  receive: async () => printRatios(await benchReceive()),
  stored: async () => printRatios([await benchReceiveStored()]),
  crypto: async () => {
    printRatios(await benchCrypto());
    printFigures(await benchKeyMaking());
  },
  tui: benchScreen,
  cli: async () => printFigures(await benchCommandLine()),
  history: async () => {
    printRatios([await benchReceiveStored()]);
    printFigures(await benchHistory(out));
  },
  files: async () => {
    const { ratios, figures } = await benchFiles();
    printRatios(ratios);
    printFigures(figures);
  },
};
const usual = ["decode", "receive", "stored", "crypto", "tui", "cli"];

const [, program = "", mode = "", first = "", second = "", third = ""] = process.argv;
const part = parts[mode];
if (mode === "flood") floodFrom(Number(first), Number(second));
else if (mode === "files-child") await filesChild(first, second, Number(third));
else if (mode === "files-ticker") await filesTicker(Number(first), Number(second));
else if (part === undefined) {
  out(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`);
  out("");
  for (const name of usual) spawnSync(process.execPath, [program, name], { stdio: "inherit" });
} else {
  await part();
  // The toolkit's screens leave timers behind.
  process.exit();
}
