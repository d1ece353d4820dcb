// The form of a bad line: what happens to the datagrams of one peer, or of everybody, repeatably by a seed.
import type { Dialog, UiState } from "../ui-state.js";
import { readImpairment } from "../lab/read-fields.js";
import type { World } from "../world.js";
import { wrapText } from "../text/wrap.js";
import { explainLine, formLines } from "./lab/form.js";
import { plain } from "./lab/page.js";
import { impairedLine, lineName } from "../lab/bad-lines.js";
import type { Layout } from "./layout.js";
import { centered, framed } from "./lines.js";
import type { Line, Pane } from "./scene.js";

export function impairPopup(
  state: UiState,
  world: World,
  layout: Layout,
  dialog: Extract<Dialog, { kind: "impair" }>,
): Pane {
  const columns = Math.min(layout.screen.columns, 66);
  const inner = columns - 2;
  const isSmall = layout.screen.rows < 18;
  const say = (text: string, role: "popup" | "popup.hint" = "popup.hint"): readonly Line[] =>
    wrapText(text, { columns: Math.max(2, inner - 2) }).map((row) => plain(row, role));
  const reading = readImpairment(state.lab.values, world);
  const now = impairedLine(world, dialog.to);
  const lines: Line[] = [
    ...(isSmall ? [] : say(world.text("impair.about", { name: lineName(world, dialog.to) }))),
    ...formLines(state, world, "impair", inner, isSmall).lines,
    explainLine(state, world, "impair"),
    ...say(
      reading.ok
        ? world.text(reading.value === "" ? "impair.willEnd" : "impair.will", { spec: reading.value })
        : reading.text,
      "popup",
    ),
    ...(isSmall || now === null ? [] : say(world.text("impair.now", { spec: now }))),
  ];
  const rect = centered(layout.screen, columns, Math.min(layout.screen.rows, lines.length + 2));
  const words = {
    title: world.text("impair.title", { name: lineName(world, dialog.to) }),
    hint: world.text("impair.hint"),
  };
  return framed("impair", rect, words, lines);
}
