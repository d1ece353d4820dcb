// The question before a large paste goes into the input.
import { wrapText } from "../text/wrap.js";
import type { Dialog } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, framed, span } from "./lines.js";
import type { Line, Pane } from "./scene.js";

export function pasteQuestion(
  world: World,
  layout: Layout,
  dialog: Extract<Dialog, { kind: "paste" }>,
): Pane {
  const columns = Math.min(56, layout.screen.columns);
  const words = world.text("paste.question", { lines: dialog.lines, bytes: dialog.sizeBytes });
  const lines = wrapText(words, { columns: columns - 4 }).map((row): Line => [span(` ${row}`, "popup")]);
  const rect = centered(layout.screen, columns, lines.length + 4);
  return framed("question", rect, { title: world.text("paste.title"), hint: world.text("paste.hint") }, [
    [],
    ...lines,
  ]);
}
