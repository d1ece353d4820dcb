// The metamorphic test: after every random step the terminal looks the same as after a full repaint. Finds nearly every drawing
// fault; the seed is in the test's name, FEIYAN_REDRAW_SEEDS=1,2,3 runs other ones.
import blessed from "blessed";
import { describe, expect, it } from "vitest";
import { defaultToolkit, toToolkit } from "../../../src/tui/paint/toolkit.js";
import { cellClusters } from "../../../src/tui/text/display.js";
import { clusterWidth } from "../../../src/tui/text/width.js";
import { type Pane, type Role, roles } from "../../../src/tui/view/scene.js";
import { createFakeTty, pane, scene } from "../terminal.js";
import { createRandom, redrawSeeds, textPieces } from "./random-text.js";

const steps = 300;

/** The picture by the plainest means: cells over cells, then halves repaired. `·` is a second half, as the terminal helper shows it. */
function modelOf(panes: readonly Pane[], columns: number, rows: number): string[] {
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => " "));
  for (const { rect, lines } of panes) {
    for (let y = 0; y < rect.rows; y += 1) {
      const cells = (lines[y] ?? [])
        .flatMap(({ text }) => cellClusters(text))
        .flatMap((cell) => (cell.columns === 2 ? [cell.text, "·"] : [cell.text]))
        .slice(0, Math.max(0, rect.columns));
      for (let x = 0; x < rect.columns; x += 1) {
        const row = grid[rect.row + y];
        if (row?.[rect.column + x] !== undefined) row[rect.column + x] = cells[x] ?? " ";
      }
      // A wide character cut by the pane's edge must not join what lies beyond.
      const last = rect.column + rect.columns - 1;
      const row = grid[rect.row + y];
      if (row?.[last] !== undefined && clusterWidth(row[last] ?? "") === 2) row[last] = " ";
    }
  }
  return grid.map((row) =>
    row
      .map((text, x) => {
        const left = row[x - 1] ?? "";
        if (text === "·") return clusterWidth(left) === 2 ? halvesOf(left)[1] : " ";
        if (clusterWidth(text) < 2) return text;
        return row[x + 1] === "·" ? halvesOf(text)[0] : " ";
      })
      .join("")
      .trimEnd(),
  );
}

/** What xterm keeps in the two cells: it draws a flag and a voiced halfwidth kana as two things of one column each. */
function halvesOf(text: string): readonly [string, string] {
  const [first = "", second = "·"] = /^(?:\p{Regional_Indicator}{2}|ｶﾞ)$/u.test(text)
    ? Array.from(text)
    : [text];
  return [first, second];
}

describe.each([
  ["neo-blessed", defaultToolkit, [20_261_120, 1]],
  ["blessed", toToolkit(blessed), [2]],
] as const)("redraw with %s", (_, toolkit, usualSeeds) => {
  it.each(redrawSeeds(usualSeeds))(
    `equals a full repaint after each of ${steps} steps, seed %i`,
    async (seed) => {
      const random = createRandom(seed);
      const tty = createFakeTty({ toolkit, columns: 60, rows: 16 });
      tty.terminal.enter();
      const role = (): Role => roles[random(roles.length)] ?? "screen";
      const text = () =>
        Array.from({ length: 1 + random(12) }, () => textPieces[random(textPieces.length)]).join("");
      const spans = () =>
        Array.from({ length: 1 + random(3) }, () => ({
          text: text(),
          role: role(),
          inverse: random(5) === 0,
        }));
      let log = [spans()];
      let peers = [spans()];
      let popup: Pane | null = null;
      let scroll = 0;
      for (let step = 0; step < steps; step += 1) {
        switch (random(6)) {
          case 0:
          case 1:
            log = [...log.slice(-40), spans()];
            break;
          case 2:
            peers = Array.from({ length: 1 + random(14) }, spans);
            break;
          case 3: {
            const rect = [random(50), random(10), 3 + random(20), 2 + random(6)] as const;
            popup = popup === null ? pane("popup", [...rect], Array.from({ length: 5 }, spans)) : null;
            break;
          }
          case 4:
            scroll = random(log.length);
            break;
          default:
            tty.resize(20 + random(60), 4 + random(20));
        }
        const { columns, rows } = tty.terminal.size();
        const panes = [
          pane("peers", [0, 0, 17, rows], peers),
          pane("log", [17, 0, columns - 17, rows], log.slice(scroll, scroll + rows)),
          ...(popup === null ? [] : [popup]),
        ];
        const cursor = { column: random(columns), row: random(rows) };
        tty.terminal.paint(scene(panes, cursor), "now");
        await tty.settle();
        const painted = tty.cells();
        expect(tty.screen(), `model in step ${step}`).toEqual(modelOf(panes, columns, rows));
        expect(tty.cursor(), `cursor in step ${step}`).toEqual(cursor);
        tty.terminal.fullRepaint();
        await tty.settle();
        expect(painted, `step ${step}`).toEqual(tty.cells());
        expect(tty.cursor()).toEqual(cursor);
      }
      await tty.terminal.leave();
    },
    60_000,
  );
});
