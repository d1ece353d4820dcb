// pngjs has no types of its own; of it the synchronous half is used, on bytes whose head was looked at before.
declare module "pngjs" {
  interface PngRaster {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
  }
  export const PNG: {
    readonly sync: {
      /** RGBA, 8 bits each. Throws at whatever is wrong. */
      read(bytes: Uint8Array): PngRaster;
      write(raster: PngRaster): Uint8Array;
    };
  };
}
