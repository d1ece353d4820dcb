// Every bound on what the network can make us hold or do, with its reason. Numbers of section 11, 12.6 and 19 of
// docs/protocol.md. Nothing here is a setting: a peer that needs more is refused, never served.

export const limits = {
  /** Longest datagram we send: what the receive buffers of the official client and iptux certainly take. */
  datagramBytes: 8 * 1024,
  /** Version items seen are under 60 bytes; a longer first field is text with colons, not a header. */
  versionBytes: 128,
  /** 2^64 has 20 digits. */
  packetNoDigits: 20,
  /** 2^32 has 10 digits. */
  commandDigits: 10,
  /** NUL-separated sections of one packet: Feige 5.1 sends fourteen. */
  sections: 32,
  /** Lines of the UTF-8 block: about eight are known. */
  blockLines: 32,
  /** Records of one offer; more than a datagram of usual size can hold. */
  offerRecords: 1024,
  /** Other receivers named inside an encrypted message; official sends at most 30. */
  recipients: 64,
  /** Keys of one IPDict (about sixty are known) and items of one list in it. */
  dictKeys: 128,
  dictListItems: 2048,
  /** Values and keys of one record's extended attributes: the document defines fifteen keys. */
  extKeys: 32,
  extValues: 16,
  /** Entries of one host list packet: about 100 in the official client. */
  hostListEntries: 1024,
  /** One request over TCP: an encrypted and signed one is under 2 KB. */
  requestBytes: 8 * 1024,
  /** Header of one record of a directory stream. */
  dirHeaderBytes: 4096,
  /** Depth of a directory tree. */
  dirDepth: 64,
  /** What may stand before the first header of a FeiQ stream: "0<" and 4096 zeros were reported. */
  dirLeadingBytes: 8 * 1024,
  /** One inline image, as announced and as held. */
  imageBytes: 20 * 1024 * 1024,
  /** The decoded bitmap of an LZW image: a 3840 by 2160 screen at 32 bits is 31.6 MiB. */
  bitmapBytes: 32 * 1024 * 1024,
  /** FeiQ's default slice; the last one may be shorter. */
  imageSliceBytes: 512,
  /** Images in the making, in all and from one sender. */
  openImages: 16,
  openImagesPerSender: 4,
  /** Bytes held for all images in the making together. */
  openImageBytes: 64 * 1024 * 1024,
  /** An image without a new slice for so long is given up. */
  imageIdleMs: 60_000,
  /** Finished images remembered, so that late repeats are acknowledged without beginning the image again. */
  finishedImages: 256,
  /** Marks of inline images in one message. */
  imageMarks: 64,
  /** Version items remembered as parsed; a LAN shows a handful. */
  knownVersions: 256,
  /** FeiQ font trailers remembered as parsed; the longest tag worth remembering. */
  knownFonts: 256,
  fontTagCharacters: 256,
} as const;
