// Reachability probes: every vector there, the canonical ones back again, and nothing anybody may send throws.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../../src/protocol.js";
import { decode } from "../../src/protocol/decode.js";
import { buildProbe, parseProbe, type Probe } from "../../src/protocol/probe.js";
import { codec, contextOf, fromHex, packetNo, toHex, vectorsOf } from "./vectors.js";

const read = (bytes: Uint8Array): Probe | null => {
  const decoded = decode(bytes, codec, { legacyCharset: "gbk" });
  return decoded.kind === "packet" ? parseProbe(decoded) : null;
};

describe.each(vectorsOf("probe"))("$id", (vector) => {
  it("is read as expected, and built as it stands", () => {
    const bytes = fromHex(vector.hex);
    const probe = read(bytes);
    expect(probe).toEqual(vector.expect);
    const decoded = decode(bytes, codec, contextOf(vector));
    if (probe === null || decoded.kind !== "packet") return;
    const { version, user, host } = decoded;
    const parts = { version, user, host, packetNo: packetNo(decoded.packetNo), charset: "ascii" as const };
    expect(toHex(encode({ ...parts, ...buildProbe(probe) }, codec)).replace(/00$/u, "")).toBe(vector.hex);
  });
});

it("whatever stands in the sections, it is a probe of ours or none", () => {
  const section = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom("FY1 probe", "FY1 probe-answer", "FY1 probe-hello"),
  );
  fc.assert(
    fc.property(section, section, (first, second) => {
      const bytes = new TextEncoder().encode(`1:1:u:h:15:${first}\0${second}`);
      const probe = read(bytes);
      expect(probe?.token ?? "0".repeat(16)).toMatch(/^[0-9a-f]{16}$/u);
    }),
    { numRuns: 200 },
  );
});
