// What is said about a draft before it is sent: size against one datagram, characters the receiver cannot read.
import { describe, expect, it } from "vitest";
import { checkDraft, isNearLimit } from "../../../src/tui/draft-check.js";
import { createEditor } from "../../../src/tui/edit/editor.js";
import { emptyDraft } from "../../../src/tui/ui-state.js";
import { noticeLine } from "../../../src/tui/view/input.js";
import { peer, uiState, world } from "../support/world.js";
import type { Peer } from "../../../src/index.js";

function check(one: Peer, text: string, raw = false) {
  const w = world({ peers: [one] });
  const drafts = new Map([[one.id, { ...emptyDraft, editor: createEditor(text), raw }]]);
  const state = uiState(80, 24, { conversation: one.id, drafts });
  const words = (noticeLine(state, w) ?? []).map((span) => span.text).join("");
  return { check: checkDraft(state, w), words };
}

describe("draft check", () => {
  it("counts the bytes of the receiver's charset", () => {
    expect(check(peer("a"), "你好").check).toMatchObject({ sizeBytes: 4, lost: [] });
    expect(check(peer("a", { charset: "utf-8" }), "你好").check).toMatchObject({ sizeBytes: 6 });
    expect(check(peer("a"), "").check).toBeNull();
  });

  it("shows the count near the limit and warns beyond it", () => {
    const near = check(peer("a"), "字".repeat(3_500));
    expect(near.check === null ? false : isNearLimit(near.check)).toBe(true);
    expect(near.words).toMatch(/^ 7000\/78\d\d 字节$/);
    expect(check(peer("a"), "字".repeat(4_100)).words).toContain("超出一个数据报 8200/");
    expect(check(peer("a"), "字".repeat(4_100), true).words).toContain("裸文本");
    expect(check(peer("a", { dialect: "raw" }), "x").check?.limitBytes).toBe(65_507);
  });

  it("names each lost character once and counts them all", () => {
    const { check: made, words } = check(peer("a"), "😀b😀🎉");
    expect(made).toMatchObject({ lost: ["😀", "🎉"], lostCount: 3 });
    expect(words).toBe(" GBK 发不出 3 个字符: 😀 🎉");
    expect(check(peer("a", { charset: "utf-8" }), "😀").words).toBe("");
  });

  it("says that nobody may be there to receive it", () => {
    expect(check(peer("小明", { state: "offline" }), "在吗").words).toBe(
      " 小明 不在线，发出后可能没有人收到",
    );
  });
});
