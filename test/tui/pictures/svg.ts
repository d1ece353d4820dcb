// The cells of a terminal as a picture: one rectangle for each run of a background, one text for each run of a look without a gap in
// it, and lines for the rules, which fonts draw in every width and height. Every run is set to the width of its cells, so that
// columns stand under each other in any font.
import type { IBufferCell, Terminal } from "@xterm/headless";

const cellWidth = 9;
const cellHeight = 19;
const baseline = 14.5;
const font =
  "'Sarasa Mono SC','Noto Sans Mono CJK SC','Source Han Mono SC',Menlo,Consolas,'DejaVu Sans Mono','Microsoft YaHei',monospace";

const sixteen =
  "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff".split(
    " ",
  );

const two = (value: number): string => value.toString(16).padStart(2, "0");

/** A colour of the 256 colour table. */
function hexOf(index: number): string {
  if (index < 16) return `#${sixteen[index] ?? "000000"}`;
  if (index >= 232) return `#${two(8 + (index - 232) * 10).repeat(3)}`;
  const level = (step: number): string => two(step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

interface Look {
  readonly ink: string;
  readonly paper: string;
  readonly bold: boolean;
  readonly underline: boolean;
}

function lookOf(cell: IBufferCell): Look {
  const ink = cell.isFgDefault() ? "#d0d0d0" : hexOf(cell.getFgColor());
  const paper = cell.isBgDefault() ? "#101010" : hexOf(cell.getBgColor());
  const isInverse = cell.isInverse() !== 0;
  return {
    ink: isInverse ? paper : ink,
    paper: isInverse ? ink : paper,
    bold: cell.isBold() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

interface Run extends Look {
  readonly x: number;
  columns: number;
  text: string;
  /** Wide characters are set apart from narrow ones: fonts disagree about their ratio. */
  readonly isWide: boolean;
  readonly isRule: boolean;
}

/** Which ways a rule goes from the middle of its cell: up, right, down, left. */
const arms: Readonly<Record<string, string>> = {
  "─": "rl",
  "│": "ud",
  "┌": "rd",
  "┐": "dl",
  "└": "ur",
  "┘": "ul",
  "├": "urd",
  "┤": "udl",
  "┬": "rdl",
  "┴": "url",
  "┼": "urdl",
};

function formatRule(run: Run, row: number): string {
  const top = row * cellHeight;
  const middle = top + cellHeight / 2;
  const pieces = Array.from(run.text, (character, index) => {
    const left = (run.x + index) * cellWidth;
    const center = left + cellWidth / 2;
    const ends: Record<string, string> = {
      u: `V${top}`,
      r: `H${left + cellWidth}`,
      d: `V${top + cellHeight}`,
      l: `H${left}`,
    };
    return Array.from(arms[character] ?? "", (arm) => `M${center} ${middle}${ends[arm] ?? ""}`).join("");
  });
  const first = run.x * cellWidth;
  const isPlain = /^─+$/u.test(run.text);
  const path = isPlain ? `M${first} ${middle}h${run.columns * cellWidth}` : pieces.join("");
  return `<path d="${path}" stroke="${run.ink}"/>`;
}

function runsOf(terminal: Terminal, row: number): Run[] {
  const { active } = terminal.buffer;
  const line = active.getLine(active.viewportY + row);
  const runs: Run[] = [];
  for (let x = 0; x < terminal.cols; x += 1) {
    const cell = line?.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const text = cell.getChars() === "" ? " " : cell.getChars();
    const isWide = cell.getWidth() === 2;
    const last = runs.at(-1);
    // Renderers make one space of two.
    const isGap = text === " " && last?.text.endsWith(" ") === true && last.text.trim() !== "";
    if (
      last !== undefined &&
      !isGap &&
      last.isRule === text in arms &&
      last.ink === look.ink &&
      last.paper === look.paper &&
      last.bold === look.bold &&
      last.underline === look.underline &&
      last.isWide === isWide
    ) {
      last.text += text;
      last.columns += cell.getWidth();
    } else runs.push({ ...look, x, columns: cell.getWidth(), text, isWide, isRule: text in arms });
  }
  return runs;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function formatText(run: Run, row: number): string {
  if (run.isRule) return formatRule(run, row);
  const leading = run.text.length - run.text.trimStart().length;
  const text = run.text.trim();
  if (text === "" && !run.underline) return "";
  const step = run.isWide ? 2 : 1;
  const trailing = run.text.length - run.text.trimEnd().length;
  const x = (run.x + leading) * cellWidth;
  const width = (run.columns - (leading + trailing) * (text === "" ? 0 : 1)) * cellWidth;
  const weight = run.bold ? ' font-weight="bold"' : "";
  const line = run.underline ? ' text-decoration="underline"' : "";
  const fit = width > step * cellWidth ? ` textLength="${width}" lengthAdjust="spacingAndGlyphs"` : "";
  const y = row * cellHeight + baseline;
  return `<text x="${x}" y="${y}" fill="${run.ink}"${weight}${line}${fit}>${escape(text === "" ? run.text : text)}</text>`;
}

/** The screen with its caret; `title` is what a screen reader says. */
export function formatSvg(terminal: Terminal, title: string): string {
  const width = terminal.cols * cellWidth;
  const height = terminal.rows * cellHeight;
  const rows = Array.from({ length: terminal.rows }, (_, row) => runsOf(terminal, row));
  const paper = rows[0]?.[0]?.paper ?? "#101010";
  const screen = rows
    .flat()
    .reduce(
      (count, run) => count.set(run.paper, (count.get(run.paper) ?? 0) + run.columns),
      new Map<string, number>(),
    );
  const most = [...screen].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? paper;
  const grounds = rows.flatMap((runs, row) =>
    mergeGrounds(runs)
      .filter((run) => run.paper !== most)
      .map(
        ({ x, columns, paper: fill }) =>
          `<rect x="${x * cellWidth}" y="${row * cellHeight}" width="${columns * cellWidth}" height="${cellHeight}" fill="${fill}"/>`,
      ),
  );
  const texts = rows.flatMap((runs, row) =>
    runs.map((run) => formatText(run, row)).filter((text) => text !== ""),
  );
  const { cursorX, cursorY } = terminal.buffer.active;
  const caret = `<rect x="${cursorX * cellWidth}" y="${cursorY * cellHeight + 1}" width="2" height="${cellHeight - 2}" fill="#ffd75f"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${font}" font-size="15" xml:space="preserve">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${most}"/>`,
    ...grounds,
    ...texts,
    caret,
    "</svg>",
    "",
  ].join("\n");
}

/** Neighbours of one background as one. */
function mergeGrounds(runs: readonly Run[]): { x: number; columns: number; paper: string }[] {
  const merged: { x: number; columns: number; paper: string }[] = [];
  for (const { x, columns, paper } of runs) {
    const last = merged.at(-1);
    if (last?.paper === paper) last.columns += columns;
    else merged.push({ x, columns, paper });
  }
  return merged;
}
