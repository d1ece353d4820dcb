// A picture as rows of half blocks: two rows of pixels to a row of cells. Clear pixels lie on white, as most pictures are made for.
// Knows no terminal: spans hold colours, the painter makes of them what it can.
import { fitWithin, scaleRaster } from "../index.js";
import type { Raster } from "../index.js";
import type { Line, Span } from "./view/scene.js";

const kept = new WeakMap<Raster, { readonly key: string; readonly rows: readonly Line[] }>();

/** Cells that a picture takes within so many. */
export function pictureCells(
  raster: Pick<Raster, "width" | "height">,
  room: { readonly columns: number; readonly rows: number },
): { readonly columns: number; readonly rows: number } {
  const { width, height } = fitWithin(raster, { width: room.columns, height: room.rows * 2 });
  return { columns: width, rows: Math.ceil(height / 2) };
}

/** The rows, made once for a size. */
export function pictureRows(
  raster: Raster,
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const { columns, rows } = pictureCells(raster, room);
  const key = `${columns}x${rows}`;
  const known = kept.get(raster);
  if (known?.key === key) return known.rows;
  const small = scaleRaster(raster, columns, rows * 2);
  const lines = Array.from({ length: rows }, (_, row): Line =>
    Array.from({ length: columns }, (__, column): Span => {
      const colours = [colourAt(small, column, row * 2), colourAt(small, column, row * 2 + 1)] as const;
      return { text: "▀", role: "popup", colours };
    }),
  );
  kept.set(raster, { key, rows: lines });
  return lines;
}

function colourAt({ width, pixels }: Raster, x: number, y: number): number {
  const at = (y * width + x) * 4;
  const opacity = (pixels[at + 3] ?? 0) / 255;
  const part = (offset: number): number =>
    Math.round((pixels[at + offset] ?? 0) * opacity + 255 * (1 - opacity));
  return (part(0) << 16) | (part(1) << 8) | part(2);
}
