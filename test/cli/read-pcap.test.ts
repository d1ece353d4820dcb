// Captures in every form that tools write, and any bytes at all.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPcap, type CapturedDatagram } from "../../src/cli/read-pcap.js";

const be16 = (value: number): number[] => [value >> 8, value & 255];
const be32 = (value: number): number[] => [...be16(Math.floor(value / 65_536)), ...be16(value % 65_536)];
const inOrder = (bytes: number[], little: boolean): number[] => (little ? bytes.toReversed() : bytes);
const text = (words: string): number[] => [...new TextEncoder().encode(words)];

const udp = (words: string, [from, to] = [50_000, 2425]): number[] => [
  ...be16(from),
  ...be16(to),
  ...be16(8 + words.length),
  0,
  0,
  ...text(words),
];
const ipv4 = (inner: number[], { protocol = 17, fragment = 0, options = 0 } = {}): number[] => [
  0x45 + options / 4,
  0,
  ...be16(20 + options + inner.length),
  0,
  0,
  ...be16(fragment),
  64,
  protocol,
  0,
  0,
  10,
  0,
  0,
  2,
  10,
  0,
  0,
  255,
  ...Array.from({ length: options }, () => 1),
  ...inner,
];
const ipv6 = (inner: number[]): number[] => [
  0x60,
  0,
  0,
  0,
  ...be16(inner.length),
  17,
  64,
  ...[0xfe80, 0, 0, 0, 1, 0, 0, 2].flatMap(be16),
  ...[0xff02, 0, 0, 0, 0, 0, 0, 1].flatMap(be16),
  ...inner,
];
const macs = Array.from({ length: 12 }, () => 2);
const hello = ipv4(udp("hello"));

/** Frames by link type. */
const frames: Readonly<Record<string, readonly [number, number[]]>> = {
  "Ethernet, with padding": [1, [...macs, 8, 0, ...hello, 0, 0, 0, 0]],
  "Ethernet in a virtual LAN": [1, [...macs, 0x81, 0, 0, 5, 8, 0, ...hello]],
  "Ethernet in two": [1, [...macs, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0, ...hello]],
  "Linux, any interface": [113, [...Array.from({ length: 14 }, () => 0), 8, 0, ...hello]],
  "Linux, any interface, newer": [276, [8, 0, ...Array.from({ length: 18 }, () => 0), ...hello]],
  "BSD loopback": [0, [2, 0, 0, 0, ...hello]],
  "no link layer": [101, hello],
  "IPv4 with options": [228, ipv4(udp("hello"), { options: 8 })],
};

const pcap = (frame: number[], link: number, { little = true, nanoseconds = false } = {}): Uint8Array => {
  const four = (value: number): number[] => inOrder(be32(value), little);
  return Uint8Array.from([
    ...four(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4),
    ...[2, 0, 0, 65_535, link].flatMap(four),
    ...[1_795_000_000, nanoseconds ? 250_900_000 : 250_900, frame.length, frame.length].flatMap(four),
    ...frame,
  ]);
};

const block = (type: number, body: number[], little: boolean): number[] => {
  const padded = [...body, ...Array.from({ length: (4 - (body.length % 4)) % 4 }, () => 0)];
  const size = inOrder(be32(12 + padded.length), little);
  return [...inOrder(be32(type), little), ...size, ...padded, ...size];
};

/** Times are counted in units of 2^-10 s, or millionths where nothing is said. */
const pcapng = (frame: number[], link: number, little: boolean, hasResolution: boolean): Uint8Array => {
  const four = (value: number): number[] => inOrder(be32(value), little);
  const two = (value: number): number[] => inOrder(be16(value), little);
  const units = 1_795_000_000.25 * (hasResolution ? 1_024 : 1_000_000);
  return Uint8Array.from([
    ...block(
      0x0a0d0d0a,
      [...four(0x1a2b3c4d), ...two(1), ...two(0), ...four(0xffffffff), ...four(0xffffffff)],
      little,
    ),
    ...block(
      1,
      [...two(link), 0, 0, ...four(65_535), ...(hasResolution ? [...two(9), ...two(1), 0x8a, 0, 0, 0] : [])],
      little,
    ),
    ...block(5, four(0), little),
    ...block(
      6,
      [0, Math.floor(units / 2 ** 32), units % 2 ** 32, frame.length, frame.length]
        .flatMap(four)
        .concat(frame),
      little,
    ),
  ]);
};

const said = (file: Uint8Array): readonly unknown[] | undefined =>
  readPcap(file)?.map(({ at, from, to, bytes }) => [
    at,
    `${from.address}:${from.port}`,
    `${to.address}:${to.port}`,
    new TextDecoder().decode(bytes),
  ]);

describe("a capture", () => {
  const expected = [[1_795_000_000_250, "10.0.0.2:50000", "10.0.0.255:2425", "hello"]];

  it.each(Object.entries(frames))("%s", (_name, [link, frame]) => {
    for (const little of [true, false]) {
      expect(said(pcap(frame, link, { little }))).toEqual(expected);
      expect(said(pcap(frame, link, { little, nanoseconds: true }))).toEqual(expected);
      expect(said(pcapng(frame, link, little, true))).toEqual(expected);
      expect(said(pcapng(frame, link, little, false))).toEqual(expected);
    }
  });

  it("of IPv6, with its addresses as people write them", () => {
    const [captured] = readPcap(pcap([...macs, 0x86, 0xdd, ...ipv6(udp("hi"))], 1))!;
    expect([captured!.from.address, captured!.to.address]).toEqual(["fe80::1:0:0:2", "ff02::1"]);
  });

  it.each([
    ["of TCP", ipv4(udp("x"), { protocol: 6 })],
    ["of a later fragment", ipv4(udp("x"), { fragment: 100 })],
    ["of a first fragment", ipv4(udp("x"), { fragment: 0x2000 })],
    ["cut in its header", hello.slice(0, 22)],
  ])("frame %s is passed over", (_name, frame) => {
    expect(readPcap(pcap(frame, 101))).toEqual([]);
  });

  it("of an unknown link type is empty, and a text is none", () => {
    expect(readPcap(pcap(hello, 147))).toEqual([]);
    expect(readPcap(Uint8Array.from(text("1:100:shirouzu:jupiter:32:Hello")))).toBeNull();
  });

  it("of any bytes after a true beginning gives what can be read, and never fails", () => {
    const beginnings = [pcap(hello, 101), pcapng(hello, 101, true, true), pcapng(hello, 101, false, false)];
    const faults: unknown[] = [];
    fc.assert(
      fc.property(
        fc.constantFrom(...beginnings),
        fc.nat(200),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 64 }),
        (beginning, cut, changes, more) => {
          const file = Uint8Array.from([...beginning.subarray(0, Math.max(24, cut)), ...more]);
          for (const [at, value] of changes) if (at < file.length) file[at] = value;
          const found = readPcap(file) ?? [];
          const isRight = ({ at, bytes }: CapturedDatagram): boolean =>
            Number.isSafeInteger(at) && new Date(at).getTime() === at && bytes.length <= file.length;
          faults.push(...found.filter((one) => !isRight(one)));
        },
      ),
      { numRuns: 300 },
    );
    expect(faults).toEqual([]);
  });
});
