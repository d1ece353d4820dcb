// Giving the host list: only when it is switched on, page by page, to who is known, within a rate. The client's side is beside it.
import { describe, expect, it } from "vitest";
import { limits, rates } from "../../src/core/limits.js";
import { conversation, type Sent } from "./conversation.js";
import { bobAt, linked } from "./linked.js";

const listOf = ({ packet }: Sent) =>
  packet?.body.kind === "list" && packet.body.step === "list" ? packet.body.hostList : null;

describe("a host list", () => {
  it("is fetched by one of us from the other, who greets whom it did not know", () => {
    const { li, bob, settle, advance } = linked({}, { hostListServer: true });
    bob.receiveText("1:1900000000:wang:pc-w:23068673:小王\\0财务\\0", "10.0.8.20");
    bob.advance(1_100);
    settle();
    li.put({ kind: "request", request: { kind: "refresh", hostList: true } });
    const greeted: string[] = [];
    advance(4_000, (line, sender) => {
      if (line.startsWith("BR_ENTRY") && sender === li) greeted.push(line);
      return false;
    });
    expect(li.events.filter(({ kind }) => kind === "notice")).toMatchObject([
      { code: "host-list-received", fields: { hosts: 1, server: bobAt } },
    ]);
    const sends = li.effects.filter((effect) => effect.kind === "send");
    expect(sends.some(({ to }) => to.address === "10.0.8.20" && to.port === 2425)).toBe(true);
    expect(greeted.length).toBeGreaterThan(0);
  });

  it("comes in pages that fit a packet, with what is known of each, and without who asks", () => {
    const talk = conversation({ hostListServer: true }).started();
    for (let at = 0; at < 150; at++)
      talk.receiveText(`1:19000000${at}:u${at}:h${at}:18874369:名字${at}\\0组\\0`, `10.0.1.${at}`);
    talk.receiveText("1:1900009999:asker:pc:1:A\\0\\0", "10.0.0.7");
    talk.receiveText("1:1900000001:u3:h3:2:\\0", "10.0.1.3");
    talk.advance(2_000);
    talk.sent.length = 0;
    talk.receiveText("1:1:asker:pc:24:\\0", "10.0.0.7");
    expect(talk.lines()).toEqual(["OKGETLIST"]);
    const seen: string[] = [];
    let start = 0;
    let pages = 0;
    do {
      talk.receiveText(`1:2:asker:pc:18:${start}\\0`, "10.0.0.7");
      const [sent] = talk.sent.splice(0);
      const list = sent === undefined ? null : listOf(sent);
      if (list === null || sent === undefined) throw new Error("no list");
      expect(sent.bytes.length).toBeLessThan(limits.datagramBytes);
      expect(list.count).toBe(list.hosts.length);
      seen.push(...list.hosts.map(({ user }) => user));
      if (pages === 0)
        expect(list.hosts[1]).toMatchObject({
          user: "u1",
          nick: "名字1",
          group: "组",
          address: "10.0.1.1",
          port: 2425,
          status: 0x1200000,
        });
      start = list.next;
      pages++;
    } while (start > 0 && pages < 10);
    expect([pages, seen.length, new Set(seen).size]).toEqual([2, 149, 149]);
    expect(seen).not.toContain("u3");
    expect(seen).not.toContain("asker");
  });

  it("is not given to strangers, in a flood, by whom it is switched off, nor announced then", () => {
    const talk = conversation({ hostListServer: true }).started();
    talk.receiveText("1:2:asker:pc:18:0\\0", "10.0.0.7");
    expect(talk.lines()).toEqual([]);
    for (let at = 0; at < 100; at++) talk.receiveText(`1:${at}:x:pc:24:\\0`, `10.0.3.${at}`);
    expect(talk.lines().length).toBeLessThanOrEqual(rates.hostListAnswersPerSecond);
    expect(talk.machine.diagnostics().dropped).toMatchObject({
      "host-list-stranger": 1,
      "host-list-flood": 81,
    });
    talk.ask({ kind: "refresh", hostList: false });
    talk.advance(300);
    expect(talk.lines().join()).toContain("SERVEROPT");
    const off = conversation().started();
    off.receiveText("1:1:asker:pc:1:A\\0\\0", "10.0.0.7");
    off.advance(2_000);
    off.lines();
    off.receiveText("1:2:asker:pc:24:\\0", "10.0.0.7");
    off.receiveText("1:3:asker:pc:18:0\\0", "10.0.0.7");
    expect(off.lines()).toEqual([]);
    off.ask({ kind: "refresh", hostList: false });
    off.advance(300);
    expect(off.lines().join()).not.toContain("SERVEROPT");
  });
});
