// Pictures as attachments to be shown at once (IPMSG_FILE_CLIPBOARD): taken in the form that official sends, sent in that form to
// whoever announced that it can, and as an ordinary file to everybody else.
import { describe, expect, it } from "vitest";
import type { LocalEntry } from "../../src/ports/file-store.js";
import { vectorsOf } from "../protocol/vectors.js";
import { conversation } from "./conversation.js";

const entry = (name: string, sizeBytes = 2_260): LocalEntry => ({
  path: `/home/li/${name}`,
  name,
  kind: "file",
  sizeBytes,
  mtime: 0x5f5e1000,
  readOnly: false,
});

const sent = (bits: number, file: LocalEntry) => {
  const talk = conversation({ files: true }).started();
  talk.receiveText(`1:100:wang:pc-w:${1 | bits}:王\\0组\\0`);
  talk.advance(2_000);
  const to = [{ peer: talk.peerId("王") }];
  const request = {
    kind: "offer",
    to,
    entries: [file],
    text: "看",
    options: {},
    asPicture: true,
  } as const;
  const answer = talk.ask({ kind: "files", request });
  if (!answer.ok) throw new Error(answer.code);
  const { type, ext } = talk.machine.message(answer.offers![0]!.offerId)!.files[0]!;
  return [type, ext, answer.offers![0]!.files[0]!.kind];
};

describe("a clipboard picture", () => {
  it("comes as official sends it", () => {
    const vector = vectorsOf("datagram").find(({ id }) => id === "file-005-clipboard")!;
    const talk = conversation({ files: true }).started();
    talk.receive(Uint8Array.from(Buffer.from(vector.hex, "hex")), "10.0.0.2");
    const [offer] = talk.machine.offers();
    expect(offer!.files).toMatchObject([
      { name: "ipmsgclip_s_1110004004_0.png", kind: "image", sizeBytes: 2_260, mtime: 1_787_380_743 },
    ]);
    talk.ask({
      kind: "files",
      request: { kind: "accept", offerId: offer!.offerId, options: { dir: "/in" } },
    });
    const orders = talk.effects.flatMap((effect) =>
      effect.kind === "files" && effect.effect.kind === "fetch" ? [effect.effect.order] : [],
    );
    expect(orders.map(({ claim }) => [claim.kind, claim.fileId])).toEqual([["file", "89000344"]]);
  });

  it("goes in that form to those who can take it, else as a file", () => {
    const both = 0x20_0000 | 0x800_0000;
    expect(sent(both, entry("a.png"))).toEqual([0x20, { "8": ["0"] }, "image"]);
    expect(sent(both, entry("a.png", 11 * 1024 * 1024))).toEqual([1, {}, "file"]);
    expect(sent(both, entry("a.jpg"))).toEqual([1, {}, "file"]);
    expect(sent(0x20_0000, entry("a.png"))).toEqual([1, {}, "file"]);
  });
});
