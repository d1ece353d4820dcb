// The strip: one letter for each datagram, in rows of 50 or 100 so that the eye can count a rate. ASCII only; the meaning is in the
// letter, colour only helps.
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line, Role, Span } from "../scene.js";

/** How the letters look; every other one is plain. */
const cellRoles: Readonly<Record<string, Role | undefined>> = {
  ".": "lab.good",
  u: "lab.lost",
  d: "lab.lost",
  s: "lab.lost",
  b: "lab.lost",
  x: "lab.lost",
  l: "lab.late",
  r: "lab.late",
  "2": "lab.duplicate",
};

const rowLengths = [100, 50, 20, 10] as const;
const numberColumns = 7;

/** Datagrams in a row. */
export function stripColumns(columns: number): number {
  return rowLengths.find((length) => length + numberColumns + 1 <= columns) ?? Math.max(1, columns - 1);
}

export function stripLines(strip: string, columns: number): readonly Line[] {
  const length = stripColumns(columns);
  const hasNumbers = columns >= length + numberColumns;
  const lines: Line[] = [];
  for (let at = 0; at < strip.length; at += length) {
    const number = hasNumbers ? `${String(at).padStart(numberColumns - 1)} ` : " ";
    const line: Span[] = [span(number, "popup.hint")];
    for (const letter of strip.slice(at, at + length)) {
      const role = cellRoles[letter] ?? "popup";
      const last = line.at(-1);
      if (line.length > 1 && last?.role === role)
        line[line.length - 1] = { ...last, text: last.text + letter };
      else line.push(span(letter, role));
    }
    lines.push(line);
  }
  return lines;
}

/** What the letters mean. */
export function legendText(world: World, columns: number): string {
  return world.text(columns >= 108 ? "lab.legendWide" : columns >= 70 ? "lab.legend" : "lab.legendShort");
}
