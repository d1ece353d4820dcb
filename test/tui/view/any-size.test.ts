// Properties of every screen at every size: panes inside the screen, lines no wider than their panes where it matters, the caret
// on the screen, and nothing thrown, whatever is open.
import { array, assert, boolean, constantFrom, integer, oneof, property, stringMatching } from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../../any-text.js";
import { everyone } from "../../../src/index.js";
import type { TapRecord } from "../../../src/index.js";
import { createEditor } from "../../../src/tui/edit/editor.js";
import { emptyList } from "../../../src/tui/log/list.js";
import { emptyDraft } from "../../../src/tui/ui-state.js";
import type { Dialog, UiState } from "../../../src/tui/ui-state.js";
import { openForm } from "../../../src/tui/update/form.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { message, noon, own, peer, uiState, world } from "../support/world.js";

const text = oneof(anyText(60), stringMatching(/^([你好世界，。a-z \n]|😀|👍🏽){0,20}$/u));
const form = openForm(uiState(80, 24)).dialog;
const record: TapRecord = {
  at: noon,
  direction: "in",
  bytes: new TextEncoder().encode("1:100:用户:主机:32:你好"),
  peer: { address: "192.168.1.23", port: 2425 },
  broadcast: false,
  fate: null,
};
const dialogs: readonly (Dialog | null)[] = [
  null,
  form,
  { kind: "help", top: 3 },
  { kind: "details", top: 0 },
  { kind: "receive", list: emptyList, query: createEditor("你"), scope: "all" },
  { kind: "receive", list: emptyList, query: createEditor(), scope: "received" },
  { kind: "wire", list: emptyList },
  { kind: "themes", names: ["飞雁", "mono"], list: emptyList, before: "mono" },
  { kind: "welcome", name: createEditor("小李"), isSuggested: true },
  { kind: "packet", of: { kind: "wire", record }, top: 0, under: null },
  { kind: "palette", query: createEditor("a"), list: emptyList, about: "all" },
  { kind: "paste", text: "x", lines: 12, sizeBytes: 5000 },
  { kind: "impair", to: everyone },
  { kind: "lab" },
];

it("fits any screen", () => {
  assert(
    property(
      integer({ min: 1, max: 180 }),
      integer({ min: 1, max: 60 }),
      array(text, { maxLength: 6 }),
      text,
      constantFrom(...dialogs),
      constantFrom<UiState["focus"]>("input", "peers", "log", "menu", "search"),
      boolean(),
      (columns, rows, said, name, dialog, focus, isOpen) => {
        const one = peer(name, { dialect: "raw", unread: said.length });
        const w = world({
          peers: said.length === 0 ? [] : [one, peer("小明", { state: "away" })],
          messages: said.map((words, index) =>
            index % 2 === 0 ? message(one.id, words, { peerName: name }) : own(one.id, words, "sent"),
          ),
        });
        const conversation = isOpen ? one.id : everyone;
        const draft = { ...emptyDraft, editor: createEditor(said.join("\n")) };
        const state = uiState(columns, rows, {
          dialog,
          focus,
          conversation,
          search: focus === "search" ? { query: createEditor(said[0] ?? ""), serial: 0 } : null,
          picked: focus === "log" ? 0 : null,
          column: isOpen ? "wire" : "details",
          checked: new Set(isOpen ? [one.id] : []),
          filter: focus === "peers" ? name.replaceAll("\n", " ") : null,
          drafts: new Map([[conversation, draft]]),
        });
        const scene = viewScreen(state, w);
        const outside = scene.panes.filter(
          ({ rect }) =>
            rect.column < 0 ||
            rect.row < 0 ||
            rect.column + rect.columns > columns ||
            rect.row + rect.rows > rows,
        );
        expect(outside.map((pane) => pane.id)).toEqual([]);
        expect(scene.cursor?.column ?? 0).toBeLessThan(columns);
        expect(scene.cursor?.row ?? 0).toBeLessThan(rows);
        const shown = scene.panes.flatMap((pane) => pane.lines.flat()).map((span) => span.text);
        expect(shown.join("")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
        expect(scene.title ?? "").not.toMatch(/\p{Cc}/u);
      },
    ),
    { numRuns: 400 },
  );
});
