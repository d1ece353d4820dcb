// `npm run bench`: every benchmark in one run, as ratios, then the figures of the screen; the tables are those of docs/performance.md.
// `--tui` runs those of the screen alone, `--files` those of files, `--crypto` those of encryption, `--cli` those of the command line,
// `--history` those of the history, which take minutes.
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
    ...(await benchFloodCost()),
    ...(await benchKeys()),
  ];
  for (const count of [1_000, 10_000, 100_000]) {
    // oxlint-disable-next-line no-await-in-loop -- benchmarks must not disturb each other
    const { ratio, figure } = await benchAppend(count);
    out(row(ratio));
    figures.push(figure);
  }
  out(row(await benchList()));
  figures.push(...(await benchFlood()));
  out("");
  printFigures(figures);
}

/** Figures alone, as a table. */
function printFigures(figures: readonly Figure[]): void {
  out("| what | measured | target | holds |");
  out("|---|---|---|---|");
  for (const figure of figures) out(figureRow(figure));
}

/** The tables of files: children of this program do the work. */
async function benchFilesAlone(): Promise<void> {
  const { ratios, figures } = await benchFiles();
  for (const ratio of ratios) out(row(ratio));
  out("");
  out("| what | measured | target | holds |");
  out("|---|---|---|---|");
  for (const figure of figures) out(figureRow(figure));
}

const [, , mode, first = "", second = "", third = ""] = process.argv;
if (mode === "flood") floodFrom(Number(first), Number(second));
else if (mode === "files-child") await filesChild(first, second, Number(third));
else if (mode === "files-ticker") await filesTicker(Number(first), Number(second));
else if (process.argv.includes("--cli")) {
  printFigures(await benchCommandLine());
  process.exit();
} else {
  out(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`);
  out("");
  out("| what | ours, per second | compared with, per second | ratio (median) | least–most |");
  out("|---|---|---|---|---|");
  if (process.argv.includes("--files")) {
    await benchFilesAlone();
    process.exit();
  }
  const isScreenOnly = process.argv.includes("--tui") || process.argv.includes("--crypto");
  const isHistoryOnly = process.argv.includes("--history");
  if (isHistoryOnly || !isScreenOnly) out(row(await benchReceiveStored()));
  if (isHistoryOnly) {
    const figures = await benchHistory(out);
    out("");
    printFigures(figures);
    process.exit();
  }
  for (const bench of isScreenOnly ? [] : [benchDecode, benchReceive, benchCrypto]) {
    // oxlint-disable-next-line no-await-in-loop -- benchmarks must not disturb each other
    for (const result of await bench()) out(row(result));
  }
  if (process.argv.includes("--crypto")) {
    for (const result of await benchCrypto()) out(row(result));
    out("");
    for (const figure of await benchKeyMaking()) out(figureRow(figure));
    process.exit();
  }
  await benchScreen();
  out("");
  printFigures(isScreenOnly ? [] : await benchCommandLine());
  // The toolkit's screens leave timers behind.
  process.exit();
}
