// Directory streams beyond the vectors: what is refused, what real senders do, what is built.
import { describe, expect, it } from "vitest";
import type { DirEvent, DirStreamOptions } from "../../src/protocol.js";
import {
  buildDirParent,
  buildDirRecord,
  createDirStreamReader,
  isSafeName,
  limits,
} from "../../src/protocol.js";
import { bytesOf, codec } from "./vectors.js";

const root = "000b:d:0:2:";
const up = "000b:.:0:3:";

function eventsOf(text: string, options: Partial<DirStreamOptions> = {}): DirEvent[] {
  const reader = createDirStreamReader({ codec, charset: "gbk", isSafeName, ...options });
  return [...reader.feed(bytesOf(text)), ...reader.end()];
}

function kindsOf(text: string, options: Partial<DirStreamOptions> = {}): string[] {
  return eventsOf(text, options).map((event) => event.kind);
}

/** A header with its size counted. */
function header(body: string): string {
  return `${(body.length + 5).toString(16).padStart(4, "0")}:${body}`;
}

function textOf(bytes: Uint8Array): string {
  return codec.decode(bytes, "gbk");
}

describe("the reader refuses", () => {
  it.each([
    ["HTTP/1.1 200 OK", "no record header"],
    ["123456789:x", "no record header"],
    [":x:0:2:", "no record header"],
    ["0005:", "no record header"],
    ["ffff:", "no record header"],
    [up, "return before any directory"],
    ["0010:photos:0:2x", "broken record header"],
    ["000b:dddddd", "broken record header"],
    [header("d:x:2:"), "broken record header"],
    [header("d:0:x:"), "broken record header"],
    [header("d:0:100000002:"), "broken record header"],
    [root + header("big:ffffffffffffffff:1:"), "broken record header"],
    [root + header("a/b:1:1:"), "a/b"],
    [root + header("..:1:1:"), ".."],
    [root + header("l/k:1:4:"), "l/k"],
    [root.repeat(limits.dirDepth + 1), "folders too deep"],
  ])("%j: %s", (text, reason) => {
    expect(eventsOf(text).at(-1)).toEqual({ kind: "refused", reason });
  });

  it("junk before the first header unless it is told to pass over it, and then within a limit", () => {
    const stream = root + up;
    expect(kindsOf(`junk${stream}`)).toEqual(["refused"]);
    expect(kindsOf(`junk\0${stream}`, { skipLeading: true })).toEqual(["folder", "folder-end", "complete"]);
    expect(kindsOf("z".repeat(limits.dirLeadingBytes + 1), { skipLeading: true })).toEqual(["refused"]);
    expect(kindsOf(`${root}junk${up}`, { skipLeading: true })).toEqual(["folder", "refused"]);
  });
});

describe("the reader", () => {
  it("passes over links and devices with their bytes", () => {
    expect(kindsOf(`${root}${header("link:5:4:")}hello${header("f:2:1:")}ok${up}`)).toEqual([
      "folder",
      "skipped",
      "file",
      "data",
      "file-end",
      "folder-end",
      "complete",
    ]);
    expect(kindsOf(`${root}${header("link:0:4:")}${up}`)).toEqual([
      "folder",
      "skipped",
      "folder-end",
      "complete",
    ]);
  });

  it("takes no notice of the size and times libipmsg prints for folders", () => {
    const [folder] = eventsOf(header("work:7f4770000030:2:14=7f4777eb69c9:16=55e65f790930:") + up);
    expect(folder).toMatchObject({ kind: "folder", entry: { sizeBytes: 0, mtime: null } });
  });

  it("reads a single file where one was asked for", () => {
    expect(kindsOf(`${header("a.txt:5:1:")}helloX`, { root: "file" })).toEqual([
      "file",
      "data",
      "file-end",
      "complete",
    ]);
    expect(kindsOf(header("empty:0:1:"), { root: "file" })).toEqual(["file", "file-end", "complete"]);
    expect(kindsOf(`${header("a.txt:5:1:")}hel`, { root: "file" })).toEqual(["file", "data", "incomplete"]);
  });

  it("says what could not be opened, what is read-only and when it changed", () => {
    const events = eventsOf(`${root}${header("x (Can't open):0:101:14=5f5e1000:")}`);
    expect(events[1]).toMatchObject({
      entry: { path: ["d", "x (Can't open)"], isUnreadable: true, isReadOnly: true, mtime: 1_600_000_000 },
    });
  });

  it("stays silent after its end", () => {
    const reader = createDirStreamReader({ codec, charset: "gbk", isSafeName });
    reader.feed(bytesOf(root + up));
    expect(reader.feed(bytesOf(root))).toEqual([]);
    expect(reader.end()).toEqual([]);
  });
});

describe("built records", () => {
  it("look like the official client's", () => {
    expect(textOf(buildDirRecord({ name: "photos", sizeBytes: 0n, attr: 2 }, codec, "gbk"))).toBe(
      "0010:photos:0:2:",
    );
    expect(textOf(buildDirRecord({ name: "照片", sizeBytes: 0n, attr: 2 }, codec, "gbk"))).toBe(
      "000e:照片:0:2:",
    );
    expect(textOf(buildDirParent(codec))).toBe(up);
    const ext = { 14: ["5f5e1000"], 16: ["5f5e0000"] };
    expect(textOf(buildDirRecord({ name: "ro.txt", sizeBytes: 4n, attr: 0x101, ext }, codec, "gbk"))).toBe(
      "002a:ro.txt:4:101:14=5f5e1000:16=5f5e0000:",
    );
  });
});
