// Requests to take a message back: the vectors both ways, and what is no request.
import { expect, it } from "vitest";
import { buildRecall, buildRecallAnswer, parseRecall } from "../../src/protocol/recall.js";
import { encode } from "../../src/protocol.js";
import { codec, fromHex, packetNo, packetOf, toHex, vectorsOf } from "./vectors.js";

it.each(vectorsOf("feiyan").filter(({ id }) => id.startsWith("feiyan-recall")))("$id", ({ id, hex }) => {
  const text = codec.decode(fromHex(hex), "utf-8");
  const packet = packetOf(text, { written: "utf-8" });
  const isAnswer = id.endsWith("answer");
  expect(parseRecall(packet, codec)).toEqual({
    kind: isAnswer ? "recall-answer" : "recall",
    packetNo: "1800000069",
    signature: null,
    done: isAnswer,
  });
  const sections = isAnswer ? buildRecallAnswer("1800000069", true) : buildRecall("1800000069", null);
  const { version, user, host, command } = packet;
  const again = encode(
    { version, packetNo: packetNo(packet.packetNo), user, host, command, sections, charset: "utf-8" },
    codec,
  );
  expect(toHex(again)).toBe(hex);
});

const read = (sections: readonly [string, string]) =>
  parseRecall(packetOf(`1:7:li:pc:8388879:${sections.join("\0")}\0`, { written: "utf-8" }), codec);

it("reads a signature of 256 bytes, and nothing else", () => {
  expect(read(buildRecall("7", "ab".repeat(256)))?.signature).toHaveLength(512);
  for (const sections of [
    buildRecall("7", "ab"),
    buildRecall("7", "zz".repeat(256)),
    buildRecall("seven", null),
    ["FY1 recall", "[1]"],
    ["FY1 recall", "{"],
    ["FY1 recall", '{"packetNo":"7","done":1}'],
    ["FY2 recall", '{"packetNo":"7"}'],
    ["FY1 manifest", '{"packetNo":"7"}'],
  ] as const)
    expect(read(sections)).toBeNull();
});
