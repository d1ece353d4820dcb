// Pictures and what files carry beside their messages, as data: looked at, sent, shown where they lie, taken as was decided.
import { describe, expect, it } from "vitest";
import { defaultPolicy, everyone } from "../../../src/index.js";
import type { Offer, OfferId, Picture, Transfer, TransferId } from "../../../src/index.js";
import { messageLines } from "../../../src/tui/view/message-lines.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { act, run } from "../support/steps.js";
import { message, peer, uiState, world } from "../support/world.js";

const ming = peer("小明");
const state = () => uiState(80, 24, { conversation: ming.id });

const record = { name: "猫.png", sizeBytes: 9n, mtime: 0, type: 1, attr: 1, ext: {} } as const;
const offered = message(ming.id, "看", { files: [{ ...record, id: "1" }] });
const offerId: OfferId = offered.id;
const offer: Offer = {
  offerId,
  direction: "in",
  at: 0,
  parties: [{ peerId: ming.id, state: "done" }],
  files: [{ fileId: "1", name: "猫.png", kind: "file", sizeBytes: 9, mtime: 0, readOnly: false, path: null }],
  isUnfinished: false,
};
const transfer: Transfer = {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests make ids as they like
  transferId: "t1" as TransferId,
  offerId,
  fileId: "1",
  peerId: ming.id,
  direction: "in",
  name: "猫.png",
  kind: "file",
  state: "done",
  doneBytes: 9,
  totalBytes: 9,
  bytesPerSecond: 0,
  resumedBytes: 0,
  doneFiles: 0,
  path: "/收到/猫.png",
  sha256: null,
  isVerified: false,
  cipher: null,
  skipped: 0,
  reason: null,
  fields: {},
  queuedAt: 0,
  startedAt: 0,
  endedAt: 1,
};
const received = () => world({ peers: [ming], messages: [offered], offers: [offer], transfers: [transfer] });

const preview = {
  format: "png",
  width: 4,
  height: 4,
  raster: {
    width: 2,
    height: 2,
    pixels: new Uint8Array([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 0]),
  },
  png: Uint8Array.of(1),
} as const;

describe("a picture", () => {
  it("is the newest of the conversation that is here; one inside a message too; none says why", () => {
    expect(run(state(), received(), act("picture")).requests).toEqual([
      { kind: "preview-picture", path: "/收到/猫.png" },
    ]);
    const inside = message(ming.id, "图", { images: [{ id: "64ea", kind: "B" }] });
    const picture: Picture = {
      imageId: "64ea",
      peerId: ming.id,
      direction: "in",
      state: "done",
      format: "jpeg",
      sizeBytes: 1,
      path: "/收到/feiq-64ea.jpg",
      reason: null,
    };
    const feiq = world({ peers: [ming], messages: [offered, inside], pictures: [picture] });
    expect(run(state(), feiq, act("picture")).requests).toEqual([
      { kind: "preview-picture", path: "/收到/feiq-64ea.jpg" },
    ]);
    const none = run(state(), world({ peers: [ming] }), act("picture"));
    expect([none.requests, none.state.dialog, none.state.notice?.tone]).toEqual([[], null, "warning"]);
  });

  it("lies over the screen in two colours a cell, or in room that the terminal fills, until it is closed", () => {
    const here = received();
    const opening = run(state(), here, act("picture")).state;
    const read = { kind: "picture-read", path: "/收到/猫.png", preview } as const;
    const open = run(opening, here, read).state;
    const pane = viewScreen(open, here).panes.at(-1)!;
    const cells = pane.lines.flat().filter(({ colours }) => colours !== undefined);
    expect(cells.map(({ text, colours }) => [text, colours])).toEqual([
      ["▀", [0xff0000, 0x0000ff]],
      ["▀", [0x00ff00, 0xffffff]],
    ]);
    expect(viewScreen(open, here).images).toEqual([]);
    const drawing = world({ peers: [ming], drawsPictures: true });
    const [image] = viewScreen(open, drawing).images!;
    expect(image).toMatchObject({ key: "/收到/猫.png", png: preview.png, rect: { columns: 2, rows: 1 } });
    expect(run(open, here, act("cancel")).state.dialog).toBeNull();
    // Closed while it was decoded: it does not come back.
    expect(run(opening, here, act("cancel"), read).state.dialog).toBeNull();
  });

  it("goes to one person, from a path", () => {
    expect(run(state(), received(), act("send-picture", " ~/猫.png ")).requests).toEqual([
      { kind: "send-picture", to: ming.id, path: "~/猫.png" },
    ]);
    const toAll = run(uiState(80, 24, { conversation: everyone }), received(), act("send-picture", "a.png"));
    expect([toAll.requests, toAll.state.notice?.tone]).toEqual([[], "warning"]);
  });
});

describe("a file beside its message", () => {
  it("says what became of it and where it lies, and its folder opens", () => {
    const rows = messageLines(offered, { columns: 60, nameColumns: 8 }, received());
    const text = rows.map((row) => row.map((piece) => piece.text).join("")).join("\n");
    expect(text).toContain("猫.png  9 B  完成 /收到/猫.png");
    expect(run(state(), received(), act("folder")).requests).toEqual([
      { kind: "open-folder", path: "/收到/猫.png" },
    ]);
    expect(run(state(), world({ peers: [ming] }), act("folder")).state.notice?.tone).toBe("warning");
  });
});

const set = (words: string) => run(state(), received(), act("accept-rule", words));

describe("how files of a person are taken", () => {
  it("is said in words, with size and folder", () => {
    const rules = ["always 2G ~/小 明", "ask", "never", "default"].map((words) => set(words).requests[0]);
    expect(rules.map((request) => (request?.kind === "set-file-rule" ? request.files : "?"))).toEqual([
      { accept: "always", maxSizeBytes: 2 * 1024 ** 3, dir: "~/小 明" },
      { accept: "ask", maxSizeBytes: null, dir: null },
      { accept: "never", maxSizeBytes: null, dir: null },
      null,
    ]);
    expect(set("sometimes")).toMatchObject({ requests: [], state: { notice: { tone: "warning" } } });
  });

  it("stands in the details, and is told when nothing is said", () => {
    const files = { accept: "always", maxSizeBytes: 1024, dir: "/a" } as const;
    const decided = peer("小明", { policy: { ...defaultPolicy, files } });
    const told = run(state(), world({ peers: [decided] }), act("accept-rule"));
    expect(told.state.notice?.text).toContain("直接收");
    const open = run(
      uiState(80, 24, { conversation: decided.id }),
      world({ peers: [decided] }),
      act("details"),
    );
    const text = viewScreen(open.state, world({ peers: [decided] }))
      .panes.at(-1)!
      .lines.flat();
    expect(text.map((piece) => piece.text).join("")).toContain("直接收");
  });
});
