// Several instances on one machine share user, host and address: their ports tell them apart.
import { describe, expect, it } from "vitest";
import { conversation } from "./conversation.js";

describe("two instances on one machine", () => {
  it("are two peers once both have announced themselves", () => {
    const talk = conversation().started();
    talk.receiveText("1:100:root:vm:1:甲\\0", "10.0.0.9:2425");
    talk.receiveText("1:100:root:vm:1:乙\\0", "10.0.0.9:2426");
    expect(talk.machine.peers().map(({ id, nick, endpoint }) => [id, nick, endpoint.port])).toEqual([
      ["root@vm", "甲", 2425],
      ["root@vm:2426", "乙", 2426],
    ]);
    talk.receiveText("1:101:root:vm:288:我是乙\\0", "10.0.0.9:2426");
    talk.receiveText("1:101:root:vm:288:我是甲\\0", "10.0.0.9:2425");
    expect(talk.shown().map(({ conversation: id, text }) => [id, text])).toEqual([
      ["root@vm:2426", "我是乙"],
      ["root@vm", "我是甲"],
    ]);
    talk.receiveText("1:102:root:vm:2:\\0", "10.0.0.9:2426");
    expect(talk.machine.peers().map(({ state }) => state)).toEqual(["online", "offline"]);
  });

  it("answer each other although they count the same seconds under the same names", () => {
    const talk = conversation({
      self: { user: "root", host: "vm", nick: "甲", group: "", away: null },
    }).started(false);
    talk.advance(300);
    const entry = talk.sent.find(({ packet }) => packet?.modeName === "BR_ENTRY");
    talk.sent.length = 0;
    talk.receiveText(`1:${entry?.packet?.packetNo}:root:vm:1:乙\\0`, "10.0.0.1:2426");
    talk.advance(2_000);
    expect(talk.machine.peers()).toHaveLength(1);
    expect(talk.sent.map(({ packet, to }) => [packet?.modeName, to])).toEqual([
      ["ANSENTRY", { address: "10.0.0.1", port: 2426 }],
    ]);
  });

  it("are one peer that moved when the first has left, or never announced itself", () => {
    const talk = conversation().started();
    talk.receiveText("1:324244:小道士:ubuntu:32:你好", "10.0.0.9:50001");
    talk.receiveText("1:324245:小道士:ubuntu:32:又是我", "10.0.0.9:50002");
    expect(talk.machine.peers()).toHaveLength(1);
    talk.receiveText("1:200:root:vm:1:甲\\0", "10.0.0.8:2425");
    talk.receiveText("1:201:root:vm:2:\\0", "10.0.0.8:2425");
    talk.receiveText("1:202:root:vm:1:甲\\0", "10.0.0.8:2426");
    expect(talk.machine.peers().filter(({ nick }) => nick === "甲")).toHaveLength(1);
  });

  it("knows its own broadcast by its bytes while its new address is not known yet", () => {
    const talk = conversation().started(false);
    talk.advance(300);
    const entry = talk.sent.find(({ packet }) => packet?.modeName === "BR_ENTRY");
    talk.receive(entry?.bytes ?? new Uint8Array(0), "10.0.5.5:2425");
    expect(talk.machine.peers()).toHaveLength(0);
    expect(talk.machine.diagnostics().dropped["own-echo"]).toBe(1);
  });
});
