// The order of the peer list, the search in it, and who is held where.
import { describe, expect, it } from "vitest";
import { everyone } from "../../../src/index.js";
import { onlineCount, rosterOf, shownName, unreadCount } from "../../../src/tui/roster.js";
import { peer, world } from "../support/world.js";

const names = (entries: readonly { readonly name: string }[]): string[] => entries.map((entry) => entry.name);

describe("roster", () => {
  const w = world({
    peers: [
      peer("走了", { state: "offline" }),
      peer("离开", { state: "away" }),
      peer("b在线"),
      peer("a在线", { host: "LAB-7", endpoint: { address: "10.1.2.3", port: 2425 } }),
      peer("未读离线", { state: "offline", unread: 2 }),
      peer("未读在线", { unread: 1 }),
    ],
    everyoneUnread: 4,
  });

  it("begins with everyone, then unread, then presence, then name", () => {
    expect(rosterOf(w)[0]?.id).toBe(everyone);
    expect(names(rosterOf(w)).slice(1)).toEqual(["未读在线", "未读离线", "a在线", "b在线", "离开", "走了"]);
    expect(unreadCount(w)).toBe(7);
    expect(onlineCount(w)).toBe(4);
  });

  it.each([
    ["在", ["未读在线", "a在线", "b在线"]],
    ["lab-7", ["a在线"]],
    ["10.1.2", ["a在线"]],
    ["没有", []],
    ["  ", ["", "未读在线", "未读离线", "a在线", "b在线", "离开", "走了"]],
  ])("finds %j", (filter, found) => {
    expect(names(rosterOf(w, { filter }))).toEqual(found);
  });

  it("holds a read peer among the unread ones", () => {
    expect(names(rosterOf(w, { held: peer("b在线").id })).slice(1, 4)).toEqual([
      "未读在线",
      "b在线",
      "未读离线",
    ]);
    expect(names(rosterOf(w, { held: peer("走了").id })).slice(1, 4)).toEqual([
      "未读在线",
      "未读离线",
      "走了",
    ]);
    expect(rosterOf(w, { held: peer("未读在线").id })).toBe(rosterOf(w));
  });

  it("is computed anew only when the node tells something", () => {
    const before = rosterOf(w);
    expect(rosterOf(w)).toBe(before);
    w.touch();
    expect(rosterOf(w)).not.toBe(before);
  });

  it("shows names harmlessly, and an address where there is none", () => {
    expect(shownName(peer("\u001b[31m红\u202e"))).toBe("红");
    expect(shownName(peer("\u200b", { user: "" }))).toBe("192.168.1.23:2425");
  });

  it("sorts ten thousand peers", () => {
    const many = world({
      peers: Array.from({ length: 10_000 }, (_, index) => peer(`同学${(index * 7919) % 10_000}`)),
    });
    expect(rosterOf(many)).toHaveLength(10_001);
  });
});
