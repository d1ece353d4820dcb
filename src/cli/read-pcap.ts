// The UDP datagrams of a capture file, of tcpdump (pcap) or Wireshark (pcapng): who sent them to whom, when, and their bytes. Pure; a file
// that is cut off or wrong gives what can be read before that. Fragments are not put together again. Called by `feiyan inspect --pcap`.

export interface CapturedDatagram {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: { readonly address: string; readonly port: number };
  readonly to: { readonly address: string; readonly port: number };
  readonly bytes: Uint8Array;
}

interface Frame {
  readonly at: number;
  readonly link: number;
  readonly bytes: Uint8Array;
}

/** Magic numbers of pcap as read in big end first: times in micro- or nanoseconds, either end first. */
const magics = new Map<number, { readonly little: boolean; readonly perMs: number }>([
  [0xa1b2c3d4, { little: false, perMs: 1_000 }],
  [0xd4c3b2a1, { little: true, perMs: 1_000 }],
  [0xa1b23c4d, { little: false, perMs: 1_000_000 }],
  [0x4d3cb2a1, { little: true, perMs: 1_000_000 }],
]);
const sectionBlock = 0x0a0d0d0a;

/**
 * Null when this is no capture file.
 *
 * @example readPcap(readFileSync("lan.pcapng"))?.filter(({ to }) => to.port === 2425)
 */
export const readPcap = (file: Uint8Array): readonly CapturedDatagram[] | null => {
  if (file.length < 24) return null;
  const magic = viewOf(file).getUint32(0);
  const known = magics.get(magic);
  if (known === undefined && magic !== sectionBlock) return null;
  const frames = known === undefined ? nextGenerationFrames(file) : classicFrames(file, known);
  return frames.flatMap((frame) => datagramOf(frame) ?? []);
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Header of 24 bytes, then for each frame seconds, parts of a second, bytes kept, bytes there were. */
const classicFrames = (
  file: Uint8Array,
  { little, perMs }: { readonly little: boolean; readonly perMs: number },
): readonly Frame[] => {
  const view = viewOf(file);
  // The upper bits say something about checksums.
  const link = view.getUint32(20, little) & 0xffff;
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const sizeBytes = view.getUint32(at + 8, little);
    const end = at + 16 + sizeBytes;
    if (end > file.length) break;
    const ms = view.getUint32(at, little) * 1_000 + view.getUint32(at + 4, little) / perMs;
    frames.push({ at: Math.floor(ms), link, bytes: file.subarray(at + 16, end) });
    at = end;
  }
  return frames;
};

interface Interface {
  readonly link: number;
  /** Units of time in a millisecond. */
  readonly perMs: number;
}

/** Blocks of type, length, body, length again; a section begins anew with its own byte order and interfaces. */
const nextGenerationFrames = (file: Uint8Array): readonly Frame[] => {
  const view = viewOf(file);
  const frames: Frame[] = [];
  let little = false;
  let interfaces: Interface[] = [];
  for (let at = 0; at + 12 <= file.length;) {
    if (view.getUint32(at) === sectionBlock) {
      little = view.getUint32(at + 8) === 0x4d3c2b1a;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const sizeBytes = view.getUint32(at + 4, little);
    const end = at + sizeBytes;
    if (sizeBytes < 12 || sizeBytes % 4 !== 0 || end > file.length) break;
    const body = file.subarray(at + 8, end - 4);
    if (type === 1) interfaces.push(interfaceOf(body, little));
    if (type === 6) frames.push(...enhancedFrame(body, little, interfaces));
    if (type === 3 && body.length > 4 && interfaces[0] !== undefined)
      frames.push({ at: 0, link: interfaces[0].link, bytes: body.subarray(4) });
    at = end;
  }
  return frames;
};

/** Link type, two bytes of nothing, a limit, then options; option 9 is the resolution of times. */
const interfaceOf = (body: Uint8Array, little: boolean): Interface => {
  const view = viewOf(body);
  const link = body.length < 2 ? -1 : view.getUint16(0, little);
  for (let at = 8; at + 4 < body.length;) {
    const [code, sizeBytes] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    if (code === 9 && sizeBytes === 1) {
      const resolution = body[at + 4] ?? 6;
      const perSecond = (resolution & 0x80) === 0 ? 10 ** resolution : 2 ** (resolution & 0x7f);
      return { link, perMs: perSecond / 1_000 };
    }
    at += 4 + Math.ceil(sizeBytes / 4) * 4;
  }
  return { link, perMs: 1_000 };
};

const enhancedFrame = (
  body: Uint8Array,
  little: boolean,
  interfaces: readonly Interface[],
): readonly Frame[] => {
  if (body.length < 20) return [];
  const view = viewOf(body);
  const source = interfaces[view.getUint32(0, little)];
  const sizeBytes = view.getUint32(12, little);
  if (source === undefined || 20 + sizeBytes > body.length) return [];
  const units = view.getUint32(4, little) * 2 ** 32 + view.getUint32(8, little);
  const at = Math.floor(units / source.perMs);
  // A time past what dates can say is none.
  return [{ at: at < 8.64e15 ? at : 0, link: source.link, bytes: body.subarray(20, 20 + sizeBytes) }];
};

const ipv4 = 0x0800;
const ipv6 = 0x86dd;

/** The packet inside a frame, and which protocol it is; null for link types that no LAN has. */
const packetOf = ({ link, bytes }: Frame): { readonly kind: number; readonly bytes: Uint8Array } | null => {
  const view = viewOf(bytes);
  const typeAt = (at: number): number => (at + 2 <= bytes.length ? view.getUint16(at) : 0);
  switch (link) {
    // Ethernet, with or without tags of virtual LANs.
    case 1: {
      let at = 12;
      while (typeAt(at) === 0x8100 || typeAt(at) === 0x88a8) at += 4;
      return { kind: typeAt(at), bytes: bytes.subarray(at + 2) };
    }
    // Linux: any interface, in two forms.
    case 113:
      return { kind: typeAt(14), bytes: bytes.subarray(16) };
    case 276:
      return { kind: typeAt(0), bytes: bytes.subarray(20) };
    // BSD and macOS loopback: the address family in the byte order of the machine; the packet tells it too.
    case 0:
    case 108:
      return bare(bytes.subarray(4));
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return bare(bytes);
    default:
      return null;
  }
};

const bare = (bytes: Uint8Array): { readonly kind: number; readonly bytes: Uint8Array } => ({
  kind: (bytes[0] ?? 0) >> 4 === 6 ? ipv6 : ipv4,
  bytes,
});

const datagramOf = (frame: Frame): CapturedDatagram | null => {
  const packet = packetOf(frame);
  if (packet === null) return null;
  const { bytes } = packet;
  const view = viewOf(bytes);
  if (packet.kind === ipv4 && bytes.length >= 20 && (bytes[0] ?? 0) >> 4 === 4) {
    const isFirst = (view.getUint16(6) & 0x3fff) === 0;
    if (bytes[9] !== 17 || !isFirst) return null;
    const total = Math.min(view.getUint16(2) || bytes.length, bytes.length);
    return udpOf(
      frame.at,
      dotted(bytes, 12),
      dotted(bytes, 16),
      bytes.subarray(((bytes[0] ?? 0) & 15) * 4, total),
    );
  }
  if (packet.kind === ipv6 && bytes.length >= 40 && bytes[6] === 17) {
    const end = Math.min(40 + view.getUint16(4), bytes.length);
    return udpOf(frame.at, colons(view, 8), colons(view, 24), bytes.subarray(40, end));
  }
  return null;
};

const udpOf = (at: number, from: string, to: string, bytes: Uint8Array): CapturedDatagram | null => {
  if (bytes.length < 8) return null;
  const view = viewOf(bytes);
  const sizeBytes = view.getUint16(4);
  return {
    at,
    from: { address: from, port: view.getUint16(0) },
    to: { address: to, port: view.getUint16(2) },
    bytes: bytes.subarray(8, sizeBytes >= 8 ? Math.min(sizeBytes, bytes.length) : bytes.length),
  };
};

const dotted = (bytes: Uint8Array, at: number): string => bytes.subarray(at, at + 4).join(".");

/** In full but for leading zeros; the longest row of zeros as `::`. */
const colons = (view: DataView, at: number): string => {
  const full = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2).toString(16)).join(":");
  let longest = { start: 0, size: 0 };
  for (const { index, 0: row } of full.matchAll(/(?:\b0(?::|$)){2,}/g)) {
    if (row.length > longest.size) longest = { start: index, size: row.length };
  }
  if (longest.size === 0) return full;
  const { start, size } = longest;
  return `${full.slice(0, start)}::${full.slice(start + size)}`.replace(/:{3,}/, "::");
};
