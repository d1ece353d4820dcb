// FeiQ group chat: the vectors read and written, who is in which group, what is shown and what is sent, and what strangers cannot do.
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { createPacketCrypto } from "../../src/crypto/group.js";
import { limits } from "../../src/core/limits.js";
import { createMirror, snapshotOf } from "../../src/core/mirror.js";
import { roomIdOf } from "../../src/core/model.js";
import type { Room } from "../../src/core/model.js";
import { decode } from "../../src/protocol/decode.js";
import { parsePacketNo } from "../../src/protocol/encode.js";
import { buildGroupPacket, groupAddress } from "../../src/protocol/group.js";
import type { GroupText } from "../../src/protocol/message.js";
import { codec, conversation } from "./conversation.js";

const crypto = createPacketCrypto();
const vectors = new Map(
  (
    JSON.parse(readFileSync(new URL("../vectors/feiq.json", import.meta.url), "utf8")) as {
      vectors: { id: string; hex: string }[];
    }
  ).vectors.map(({ id, hex }) => [id.slice(0, 8), hex]),
);
const hexOf = (id: string): string => vectors.get(id) ?? "";
const mac = "F8B46AA55B28";

const number = (text: string) => {
  const packetNo = parsePacketNo(text);
  if (packetNo === null) throw new Error(text);
  return packetNo;
};

const packetOf = (
  text: string,
  {
    groupId = "3b199b07",
    packetNo = "500",
    user = "13652",
    host = "DESKTOP-4331HHF",
    step = text === "" ? "announce" : "message",
    stamp = null,
    key = mac,
  }: Partial<Record<"groupId" | "packetNo" | "user" | "host", string>> & {
    readonly step?: "message" | "announce";
    readonly stamp?: string | null;
    readonly key?: string | null;
  } = {},
): Uint8Array =>
  buildGroupPacket(
    { step, groupId, stamp, text, packetNo: number(packetNo), user, host, mac: key },
    codec,
    crypto,
  );

const groupOf = (bytes: Uint8Array): GroupText | null => {
  const packet = decode(bytes, codec, { legacyCharset: "gbk" }, crypto);
  return packet.kind === "packet" && packet.body.kind === "group" ? packet.body.group : null;
};

/** What our machine sent to the group: its word and its text. */
const toGroup = (talk: ReturnType<typeof conversation>) =>
  talk.sent.splice(0).flatMap(({ to, bytes, packet }) => {
    const group = groupOf(bytes);
    if (group === null || packet === null || to === "broadcast") return [];
    return [{ to: `${to.address}:${to.port}`, word: packet.command, id: group.groupId, text: group.text }];
  });

const real = { ...limits };
afterAll(() => void Object.assign(limits, real));

const member = "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:9:13652:DESKTOP-4331HHF:6291457:王五\\0财务\\0";
const room = roomIdOf("3b199b07");

it("writes the very bytes of the vector, and reads all three", () => {
  const text = "/:bomb{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}";
  const bytes = packetOf(text, { packetNo: "1780526200", stamp: "24901708" });
  expect(Buffer.from(bytes).toString("hex")).toBe(hexOf("feiq-034"));
  const talk = conversation({ feiqGroups: ["3b199b07", "7f001122"] }).started();
  for (const id of ["feiq-034", "feiq-035", "feiq-036"]) talk.receiveHex(hexOf(id), "10.0.0.2");
  expect(talk.shown().map(({ conversation: where, displayText }) => [where, displayText])).toEqual([
    ["group:3b199b07", "/:bomb"],
    ["group:7f001122", "大家好"],
  ]);
  const members = talk.machine
    .rooms()
    .map(({ number: id, members: list }) => [id, list.map(({ name }) => name)]);
  expect(members).toEqual([
    ["3b199b07", ["13652"]],
    ["7f001122", ["aaaaa"]],
  ]);
});

it("listens, announces itself, and tells newcomers again, but not each of them", () => {
  const talk = conversation({ feiqGroups: ["3b199b07", "no number!"] });
  talk.started(false).advanceTo(5_000);
  expect(talk.effects.filter(({ kind }) => kind === "hear-groups")).toEqual([
    { kind: "hear-groups", groups: [groupAddress] },
  ]);
  expect(toGroup(talk)).toEqual([{ to: "226.81.9.8:2425", word: 0x2000c9, id: "3b199b07", text: "" }]);
  for (let one = 0; one < 50; one++)
    talk.receive(packetOf("", { user: `u${one}`, packetNo: "7" }), `10.0.1.${one}`);
  talk.advanceTo(60_000);
  expect(toGroup(talk)).toHaveLength(1);
});

it("shows what is said in our groups with the name of who said it, once, and acknowledges nothing", () => {
  const talk = conversation({ feiqGroups: ["3b199b07"] }).started();
  talk.receiveText(member);
  talk.advance(5_000);
  talk.lines();
  talk.receive(packetOf("你好", { stamp: "1" }));
  talk.receive(packetOf("你好", { stamp: "1" }));
  // By another of his addresses, as multicast comes by every interface.
  talk.receive(packetOf("你好", { stamp: "1" }), "10.0.7.2");
  const [message, ...others] = talk.shown();
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    conversation: room,
    peerName: "王五",
    peerId: talk.peerId("王五"),
    displayText: "你好",
    dialect: "feiq",
    encryption: null,
    deliveries: [],
  });
  expect(talk.lines()).toEqual([]);
  expect(talk.machine.conversation(room).unread).toBe(1);
  expect(talk.machine.peer(talk.peerId("王五"))?.unread).toBe(0);
  talk.ask({ kind: "read", conversation: room });
  expect(talk.machine.conversation(room).unread).toBe(0);
});

it("a group that we do not belong to is told of once, and its words are nobody's business", () => {
  const talk = conversation().started();
  talk.receive(packetOf("geheim", { packetNo: "1" }));
  talk.receive(packetOf("mehr", { packetNo: "2" }));
  expect(talk.shown()).toEqual([]);
  const notices = talk.events.filter((event) => event.kind === "notice");
  expect(notices).toMatchObject([{ code: "group-heard", fields: { group: "3b199b07" } }]);
  expect(talk.machine.rooms()).toMatchObject([{ number: "3b199b07", joined: false }]);
  expect(talk.machine.diagnostics().dropped["group-not-ours"]).toBe(2);
  expect(talk.machine.peers()).toEqual([]);
});

it("joins, speaks and leaves: sent is all that is ever known", () => {
  const talk = conversation().started();
  const say = () => talk.ask({ kind: "say", to: [{ peer: room }], text: "大家好", options: {} });
  expect(say()).toMatchObject({ ok: false, code: "not-in-group" });
  expect(talk.ask({ kind: "join-room", number: "not one" })).toMatchObject({
    ok: false,
    code: "group-invalid",
  });
  expect(talk.ask({ kind: "leave-room", number: "3b199b07" })).toMatchObject({ ok: false });
  talk.ask({ kind: "join-room", number: "3b199b07" });
  talk.ask({ kind: "join-room", number: "3b199b07" });
  const kept = talk.effects.filter(({ kind }) => kind === "keep-rooms");
  expect(kept).toEqual([{ kind: "keep-rooms", numbers: ["3b199b07"] }]);
  expect(toGroup(talk)).toMatchObject([{ word: 0x2000c9, text: "" }]);
  expect(say()).toMatchObject({ ok: true });
  expect(toGroup(talk)).toEqual([{ to: "226.81.9.8:2425", word: 0x400023, id: "3b199b07", text: "大家好" }]);
  // Our own multicast comes back to us.
  talk.receive(talk.effects.flatMap((one) => (one.kind === "send" ? [one.bytes] : [])).at(-1)!, "10.0.0.1");
  talk.advance(60_000);
  const [message, ...others] = talk.machine.conversation(room).messages;
  expect(others).toEqual([]);
  expect(message).toMatchObject({ direction: "out", peerId: null, to: [room], broadcast: false });
  expect(message?.deliveries).toMatchObject([{ peerId: room, state: "sent", final: true, rttMs: null }]);
  expect(talk.machine.diagnostics().messagesUnconfirmed).toBe(0);
  talk.ask({ kind: "leave-room", number: "3b199b07" });
  talk.receive(packetOf("noch da?", { packetNo: "77" }));
  expect(talk.shown()).toEqual([]);
  expect(say()).toMatchObject({ ok: false, code: "not-in-group" });
});

it("goes one by one to members on other ports, and never pretends to be sealed", () => {
  const talk = conversation({ feiqGroups: ["3b199b07"] }).started();
  talk.receiveText(member, "10.0.0.2:2426");
  talk.receive(packetOf(""), "10.0.0.2:2426");
  talk.advance(60_000);
  talk.sent.length = 0;
  talk.say([{ peer: room }], "x");
  expect(toGroup(talk).map(({ to }) => to)).toEqual(["226.81.9.8:2425", "10.0.0.2:2426"]);
  const refused = (options: object) => talk.ask({ kind: "say", to: [{ peer: room }], text: "x", options });
  expect(refused({ encrypt: "always" })).toMatchObject({ code: "encryption-not-possible" });
  expect(refused({ seal: true, plain: true })).toMatchObject({ code: "encryption-not-possible" });
  expect(talk.ask({ kind: "say", to: [{ peer: room }], text: "😀", options: {} })).toMatchObject({
    code: "text-not-encodable",
  });
});

it("knows a feiyan member although its group packets carry FeiQ's version item, and a blocked one not at all", () => {
  const talk = conversation({ feiqGroups: ["3b199b07"] }).started();
  talk.receiveText("1:9:13652:DESKTOP-4331HHF:1:小孙\\0\\0");
  talk.receive(packetOf("我是飞雁", { key: null }));
  const id = talk.peerId("小孙");
  expect(talk.shown()).toMatchObject([{ peerId: id, peerName: "小孙" }]);
  expect(talk.machine.peer(id)).toMatchObject({ dialect: "ipmsg", version: "1" });
  expect(talk.machine.peers()).toHaveLength(1);
  talk.ask({ kind: "set-policy", peer: id, policy: { blocked: true } });
  talk.receive(packetOf("noch etwas", { key: null, packetNo: "501" }));
  expect(talk.shown()).toHaveLength(1);
});

it("survives a flood of groups and members, and remembers our own", () => {
  Object.assign(limits, { strangeRooms: 20, roomMembers: 30, roomNotices: 5 });
  const talk = conversation({ feiqGroups: ["3b199b07"] }).started();
  for (let one = 0; one < 2 * limits.strangeRooms; one++)
    talk.receive(packetOf("", { groupId: `f${one}`, packetNo: String(one + 1), user: `u${one}` }));
  for (let one = 0; one < limits.roomMembers + 20; one++)
    talk.receive(packetOf("", { user: `m${one}`, packetNo: "3" }));
  const rooms = talk.machine.rooms();
  expect(rooms.filter(({ joined }) => !joined)).toHaveLength(limits.strangeRooms);
  expect(rooms.find(({ joined }) => joined)?.members).toHaveLength(limits.roomMembers);
  // Told now and then, not with each of them: every telling has the whole list.
  talk.events.length = 0;
  talk.advance(5_000);
  expect(talk.events.filter(({ kind }) => kind === "room")).toHaveLength(1);
  const notices = talk.events.filter(({ kind }) => kind === "notice");
  expect(notices.length).toBeLessThanOrEqual(limits.roomNotices);
  expect(talk.machine.peers()).toEqual([]);
});

it("what is no cipher text of its sender and no clear text either is counted and nothing else", () => {
  const talk = conversation({ feiqGroups: ["3b199b07"] }).started();
  const good = packetOf("hello");
  const before = talk.machine.rooms();
  for (let at = good.length - 32; at < good.length; at++) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 0x55;
    talk.receive(bad);
  }
  expect(talk.shown().every(({ displayText }) => displayText !== "hello")).toBe(true);
  expect(talk.machine.rooms().length - before.length).toBeLessThanOrEqual(32);
  expect(talk.machine.diagnostics().dropped["group-unreadable"]).toBeGreaterThan(4);
});

it("a message of a group survives a restart of counting what is unread", () => {
  const talk = conversation({ feiqGroups: ["3b199b07"] });
  const state = { peers: [], merges: [], queue: [], recent: [], offers: [] };
  talk.put({ kind: "restore", state: { ...state, unread: { [room]: 3, "group:other": 2 } }, waiting: [] });
  expect(talk.machine.conversation(room).unread).toBe(3);
  expect(talk.machine.rooms().map(({ number: id }) => id)).toEqual(["3b199b07"]);
});

const byNumber = (view: { rooms(): readonly Room[] }) =>
  view.rooms().toSorted((a, b) => a.number.localeCompare(b.number));

it("somebody who hears only the events sees the same groups, members and counts", () => {
  const talk = conversation({ feiqGroups: ["3b199b07"] }).started();
  const mirror = createMirror(snapshotOf(talk.machine, 100), codec);
  talk.receiveText(member);
  talk.receive(packetOf("一", { packetNo: "11" }));
  talk.receive(packetOf("二", { packetNo: "12", user: "eve" }));
  talk.receive(packetOf("", { packetNo: "13", groupId: "7f001122" }));
  talk.ask({ kind: "join-room", number: "7f001122" });
  talk.receive(packetOf("三", { packetNo: "14", groupId: "7f001122" }));
  talk.ask({ kind: "read", conversation: room });
  talk.ask({ kind: "leave-room", number: "7f001122" });
  talk.receive(packetOf("四", { packetNo: "15", user: "eve" }));
  talk.advance(2_000);
  for (const event of talk.events) mirror.apply(event);
  expect(byNumber(mirror).map(({ members, ...rest }) => [rest, members.map(({ name }) => name)])).toEqual(
    byNumber(talk.machine).map(({ members, ...rest }) => [rest, members.map(({ name }) => name)]),
  );
  expect(mirror.conversation(room).unread).toBe(1);
  expect(mirror.conversation(room).messages).toHaveLength(3);
  // After a gap the difference is told as events.
  const late = createMirror(snapshotOf(conversation().started().machine, 0), codec);
  const told = late.renew(snapshotOf(talk.machine, 100), 0);
  expect(told.filter(({ kind }) => kind === "room")).toHaveLength(2);
});
