// Lists of addresses between feiyan peers: every vector there, the canonical ones back again, and nothing anybody may send throws.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../../src/protocol.js";
import { decode } from "../../src/protocol/decode.js";
import { buildPeerList, parsePeerList, type PeerListPacket } from "../../src/protocol/peer-list.js";
import { codec, contextOf, fromHex, packetNo, toHex, vectorsOf } from "./vectors.js";

const read = (bytes: Uint8Array): PeerListPacket | null => {
  const decoded = decode(bytes, codec, { legacyCharset: "gbk" });
  return decoded.kind === "packet" ? parsePeerList(decoded) : null;
};

describe.each(vectorsOf("peer-list"))("$id", (vector) => {
  it("is read as expected, and built as it stands", () => {
    const bytes = fromHex(vector.hex);
    const list = read(bytes);
    expect(list).toEqual(vector.expect);
    const decoded = decode(bytes, codec, contextOf(vector));
    if (list === null || decoded.kind !== "packet") return;
    const { version, user, host } = decoded;
    const parts = { version, user, host, packetNo: packetNo(decoded.packetNo), charset: "ascii" as const };
    expect(toHex(encode({ ...parts, ...buildPeerList(list) }, codec)).replace(/00$/u, "")).toBe(vector.hex);
  });
});

it("whatever stands in the sections, it is one of ours or none", () => {
  const section = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom("FY1 peers", "FY1 peers-pass", "FY1 peers-request"),
    fc.constantFrom('{"token":"0123456789abcdef","peers":[]}', '{"token":"0123456789abcdef","pass":null}'),
  );
  fc.assert(
    fc.property(section, section, (first, second) => {
      const list = read(new TextEncoder().encode(`1:1:u:h:15:${first}\0${second}`));
      expect(list?.token ?? "0".repeat(16)).toMatch(/^[0-9a-f]{16}$/u);
    }),
    { numRuns: 200 },
  );
});
