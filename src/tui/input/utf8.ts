// UTF-8 in pieces: a character split over two reads comes out once. Bad bytes become U+FFFD. The platform's decoder is used for
// UTF-8 only, where every Node version agrees.

export interface Utf8Decoder {
  push(bytes: Uint8Array): string;
  reset(): void;
}

export function createUtf8Decoder(): Utf8Decoder {
  let decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (bytes) => decoder.decode(bytes, { stream: true }),
    reset: () => {
      decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    },
  };
}
