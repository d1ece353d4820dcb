// Pixels of one picture, and making them fewer: every pixel of the result is the mean of what lies under it. Pure; knows no format
// and no screen.

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity of each pixel, row by row from the top left. */
  readonly pixels: Uint8Array;
}

/** The largest size within a frame that keeps the sides' ratio; never larger than the picture, never 0. */
export function fitWithin(
  { width, height }: Pick<Raster, "width" | "height">,
  frame: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  const factor = Math.min(1, frame.width / width, frame.height / height);
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}

/** The picture at another size. Made larger it shows its pixels. */
export function scaleRaster(raster: Raster, width: number, height: number): Raster {
  if (raster.width === width && raster.height === height) return raster;
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const top = Math.floor((y * raster.height) / height);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * raster.height) / height));
    for (let x = 0; x < width; x += 1) {
      const left = Math.floor((x * raster.width) / width);
      const right = Math.max(left + 1, Math.floor(((x + 1) * raster.width) / width));
      writeMean(raster, { left, right, top, bottom }, pixels, (y * width + x) * 4);
    }
  }
  return { width, height, pixels };
}

interface Patch {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Colours count by their opacity: what is behind a clear pixel is nobody's business. */
function writeMean({ width, pixels }: Raster, patch: Patch, into: Uint8Array, at: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  let opacity = 0;
  for (let y = patch.top; y < patch.bottom; y += 1) {
    for (let x = patch.left; x < patch.right; x += 1) {
      const from = (y * width + x) * 4;
      const weight = pixels[from + 3] ?? 0;
      red += (pixels[from] ?? 0) * weight;
      green += (pixels[from + 1] ?? 0) * weight;
      blue += (pixels[from + 2] ?? 0) * weight;
      opacity += weight;
    }
  }
  const count = (patch.right - patch.left) * (patch.bottom - patch.top);
  if (opacity > 0) {
    into[at] = Math.round(red / opacity);
    into[at + 1] = Math.round(green / opacity);
    into[at + 2] = Math.round(blue / opacity);
  }
  into[at + 3] = Math.round(opacity / count);
}

/** On a white ground, as JPEG knows no clear pixels. */
export function flattenRaster({ width, height, pixels }: Raster): Raster {
  const flat = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    const opacity = (pixels[at + 3] ?? 0) / 255;
    for (let part = 0; part < 3; part += 1) {
      flat[at + part] = Math.round((pixels[at + part] ?? 0) * opacity + 255 * (1 - opacity));
    }
    flat[at + 3] = 255;
  }
  return { width, height, pixels: flat };
}
