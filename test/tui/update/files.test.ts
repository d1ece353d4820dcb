// The file list as data: paths added and sent, offers taken and refused, what became of them in the log, and how it looks.
import { describe, expect, it } from "vitest";
import { everyone } from "../../../src/index.js";
import type { Offer, OfferId, Transfer, TransferId } from "../../../src/index.js";
import type { Action, Request } from "../../../src/tui/action.js";
import type { ActionName } from "../../../src/tui/action-name.js";
import { contextOf } from "../../../src/tui/update/context.js";
import { update } from "../../../src/tui/update/update.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { minutes, peer, uiState, world } from "../support/world.js";
import type { TestWorld, WorldParts } from "../support/world.js";

const ming = peer("小明");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests make ids as they like
const id = (text: string) => text as OfferId & TransferId;

const offer = (more: Partial<Offer> = {}): Offer => ({
  offerId: id("o1"),
  direction: "in",
  at: minutes(1),
  parties: [{ peerId: ming.id, state: "open" }],
  files: [
    { fileId: "1", name: "报告.doc", kind: "file", sizeBytes: 12_345, mtime: 0, readOnly: false, path: null },
  ],
  isUnfinished: false,
  ...more,
});

const transfer = (more: Partial<Transfer> = {}): Transfer => ({
  transferId: id("t1"),
  offerId: id("o1"),
  fileId: "1",
  peerId: ming.id,
  direction: "in",
  name: "报告.doc",
  kind: "file",
  state: "started",
  doneBytes: 6_000,
  totalBytes: 12_345,
  bytesPerSecond: 3_000,
  resumedBytes: 0,
  doneFiles: 0,
  path: null,
  sha256: null,
  isVerified: false,
  cipher: null,
  skipped: 0,
  reason: null,
  fields: {},
  queuedAt: 0,
  startedAt: 0,
  endedAt: null,
  ...more,
});

const act = (name: ActionName, argument = ""): Action => ({ kind: "do", name, argument });

function run(
  state: UiState,
  w: TestWorld,
  ...actions: readonly Action[]
): { state: UiState; requests: Request[] } {
  const requests: Request[] = [];
  let current = state;
  for (const action of actions) {
    const step = update(current, action, w);
    current = step.state;
    requests.push(...step.requests.filter(({ kind }) => kind !== "mark-read"));
  }
  return { state: current, requests };
}

const stage = (parts: WorldParts = {}) => {
  const w = world({ peers: [ming], ...parts });
  return { w, start: uiState(120, 30, { conversation: ming.id }) };
};

const chosen = { path: "/home/li/a.txt", name: "a.txt", kind: "file", sizeBytes: 5 } as const;

describe("sending", () => {
  it("a path is completed, added, and sent to whom the conversation is with", () => {
    const { w, start } = stage();
    const typed = run(start, w, act("files"), { kind: "text", text: "/ho" }, act("complete"));
    expect([contextOf(typed.state, w), typed.requests]).toEqual([
      "files",
      [{ kind: "complete-path", text: "/ho" }],
    ]);
    const full = run(typed.state, w, { kind: "path-completed", text: "/home/li/a.txt" }, act("accept"));
    expect(full.requests).toEqual([{ kind: "look-at-path", path: "/home/li/a.txt" }]);
    const sent = run(full.state, w, { kind: "path-looked", file: chosen }, act("accept"));
    expect(sent.requests).toEqual([{ kind: "offer-files", to: ming.id, paths: ["/home/li/a.txt"] }]);
    expect(sent.state.dialog).toMatchObject({ kind: "files", chosen: [] });
  });

  it("what is chosen can be removed, and nothing goes to everyone", () => {
    const { w, start } = stage();
    const added = run(start, w, act("files"), { kind: "path-looked", file: chosen });
    expect(run(added.state, w, act("drop-file")).state.dialog).toMatchObject({ chosen: [] });
    const all = run({ ...added.state, conversation: everyone }, w, act("accept"));
    expect([all.requests, all.state.notice?.tone]).toEqual([[], "warning"]);
  });
});

describe("taking", () => {
  it.each([
    ["an open offer", offer(), null, "accept", [{ kind: "accept-offer", offerId: "o1" }]],
    [
      "one that failed",
      offer(),
      transfer({ state: "failed", endedAt: 1 }),
      "accept",
      [{ kind: "accept-offer", offerId: "o1" }],
    ],
    ["one under way", offer(), transfer(), "accept", []],
    [
      "one that is there",
      offer(),
      transfer({ state: "done", endedAt: 1, path: "/in/x" }),
      "accept",
      [{ kind: "open-folder", path: "/in/x" }],
    ],
    ["one of ours", offer({ direction: "out" }), null, "accept", []],
    ["refusing", offer(), null, "drop-file", [{ kind: "refuse-offer", offerId: "o1" }]],
    ["cancelling", offer(), transfer(), "drop-file", [{ kind: "cancel-offer", offerId: "o1", fileId: "1" }]],
    [
      "withdrawing",
      offer({ direction: "out" }),
      null,
      "drop-file",
      [{ kind: "cancel-offer", offerId: "o1", fileId: null }],
    ],
  ] as const)("%s", (_name, one, moving, key, requests) => {
    const { w, start } = stage({ offers: [one], transfers: moving === null ? [] : [moving] });
    expect(run(start, w, act("files"), act(key)).requests).toEqual(requests);
  });
});

it("tells of an offer, and how it ended in the log", () => {
  const { w, start } = stage();
  const told = run(start, w, {
    kind: "node",
    event: { kind: "offer", change: "appeared", offer: offer(), at: 1 },
  });
  expect(told.state.notice?.text).toBe("小明 要发来 1 个文件：按 Ctrl-O 查看");
  const done = transfer({ state: "done", endedAt: 1, path: "/in/报告.doc" });
  const ended = run(start, w, { kind: "node", event: { kind: "transfer", transfer: done, at: 1 } });
  expect(ended.requests).toMatchObject([
    { kind: "log-line", conversation: ming.id, line: { text: "已收到 报告.doc：/in/报告.doc" } },
  ]);
  const failed = transfer({ state: "failed", endedAt: 1, reason: "disk-full" });
  expect(
    run(start, w, { kind: "node", event: { kind: "transfer", transfer: failed, at: 1 } }).requests,
  ).toHaveLength(1);
});

it("shows sizes, share, speed and time left", () => {
  const { w, start } = stage({ offers: [offer()], transfers: [transfer()] });
  const { state } = run(start, w, act("files"), { kind: "path-looked", file: chosen });
  const pane = viewScreen(state, w).panes.find(({ id: name }) => name === "files")!;
  const rows = pane.lines.map((line) => line.map(({ text }) => text).join(""));
  expect(rows.find((row) => row.includes("a.txt"))).toContain("+ a.txt  5 B");
  expect(rows.find((row) => row.includes("报告.doc"))).toMatch(
    /← 报告\.doc {2}12\.1 KB +小明 {2}48% {2}5\.86 KB {2}2\.93 KB\/s {2}0:03/,
  );
});
