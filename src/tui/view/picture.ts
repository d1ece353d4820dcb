// The window with a picture: half blocks, or room left for a terminal that draws pictures itself.
import { pictureCells, pictureRows } from "../picture-rows.js";
import { shownText } from "../roster.js";
import type { Dialog } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, framed, insideOf, span } from "./lines.js";
import type { Line, Pane, PlacedImage } from "./scene.js";

type PictureDialog = Extract<Dialog, { kind: "picture" }>;

const leastColumns = 24;

export function picturePopup(
  world: World,
  { screen }: Layout,
  dialog: PictureDialog,
): { readonly pane: Pane; readonly images: readonly PlacedImage[] } {
  const room = { columns: Math.max(1, screen.columns - 2), rows: Math.max(1, screen.rows - 2) };
  const name = shownText(dialog.path.split(/[/\\]/u).at(-1) ?? "", 80);
  const hint = world.text("picture.hint");
  const { preview } = dialog;
  if (preview === null) {
    const rect = centered(screen, Math.max(leastColumns, 40), 3);
    const pane = framed("picture", rect, { title: name, hint }, [
      [span(` ${world.text("picture.loading")}`, "popup.hint")],
    ]);
    return { pane, images: [] };
  }
  const { format, width, height, raster, png } = preview;
  const title = `${name}  ${format.toUpperCase()} ${width}×${height}`;
  const cells = pictureCells(raster, room);
  const columns = Math.max(leastColumns, cells.columns);
  const rect = centered(screen, columns + 2, cells.rows + 2);
  const inside = insideOf(rect);
  const left = Math.floor((inside.columns - cells.columns) / 2);
  if (world.drawsPictures) {
    const place = { column: inside.column + left, row: inside.row, ...cells };
    return {
      pane: framed("picture", rect, { title, hint }, []),
      images: [{ key: dialog.path, rect: place, png }],
    };
  }
  const margin = span(" ".repeat(left), "popup");
  const lines = pictureRows(raster, room).map((row): Line => [margin, ...row]);
  return { pane: framed("picture", rect, { title, hint }, lines), images: [] };
}
