// The facts about a peer beside the conversation: a value that a narrow column would tear stands below its label.
import { expect, it } from "vitest";
import { detailLines } from "../../../src/tui/view/details.js";
import { peer, uiState, world } from "../support/world.js";

const textOf = (lines: ReturnType<typeof detailLines>) =>
  lines.map((line) =>
    line
      .map(({ text }) => text)
      .join("")
      .trimEnd(),
  );

it.each([
  [30, ["Address  192.168.1.23:40000"]],
  [22, ["Address", "  192.168.1.23:40000"]],
])("at %i columns", (columns, expected) => {
  const one = peer("Bob", { endpoint: { address: "192.168.1.23", port: 40_000 } });
  const w = world({ peers: [one], lang: "en" });
  const shown = textOf(detailLines(uiState(80, 24, { conversation: one.id }), w, columns));
  const at = shown.findIndex((line) => line.startsWith("Address"));
  expect(shown.slice(at, at + expected.length)).toEqual(expected);
});

it("names our own kind, which calls itself IP Messenger to the others", () => {
  const feiyan = { version: 1, manifests: true, recall: true, peerLists: false, probes: true };
  const one = peer("小雁", { dialect: "ipmsg", feiyan });
  const shown = textOf(
    detailLines(uiState(80, 24, { conversation: one.id }), world({ peers: [one], lang: "en" }), 40),
  );
  expect(shown).toContainEqual(expect.stringMatching(/^Speaks +feiyan$/));
});
