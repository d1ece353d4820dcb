// Dialogues recorded between real clients (test/captures): we take the place of the scripted peer, hear what the foreign client
// sent, and must give the answers that kept it content. Where no scripted peer was, we are one more host that hears broadcasts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/protocol/decode.js";
import type { Packet } from "../../src/protocol/message.js";
import { codec, conversation } from "./conversation.js";

interface Datagram {
  readonly t: number;
  readonly from: string;
  readonly to: string;
  readonly hex: string;
}

interface Capture {
  readonly hosts: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly action: string; readonly udp?: readonly Datagram[] }[];
}

const folder = join(import.meta.dirname, "..", "captures");
const captures = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, capture: JSON.parse(readFileSync(join(folder, name), "utf8")) as Capture }));

const scripted = captures.filter(({ capture }) =>
  Object.values(capture.hosts).some((host) => host.startsWith("scripted")),
);
const bystander = captures.filter((one) => !scripted.includes(one));

function packetOf(hex: string): Packet | null {
  const decoded = decode(Uint8Array.from(Buffer.from(hex, "hex")), codec, { legacyCharset: "gbk" });
  return decoded.kind === "packet" ? decoded : null;
}

/** Answers that the protocol requires and that chat alone can give. */
const required = new Set(["ANSENTRY", "RECVMSG", "SENDINFO", "SENDABSENCEINFO", "ANSREADMSG"]);

function isBroadcast(address: string): boolean {
  return address.startsWith("255.") || address.startsWith("10.77.0.255");
}

describe("dialogues of real clients", () => {
  it.each(scripted)("answers in $name as required", ({ capture }) => {
    const ours = Object.entries(capture.hosts).find(([, host]) => host.startsWith("scripted"))?.[0] ?? "";
    const talk = conversation({
      self: { user: "tester", host: "FAKE-PC", nick: "脚本君", group: "测试组", away: null },
    }).started();
    let checked = 0;
    let delivered = 0;
    for (const { action, udp = [] } of capture.actions) {
      const answersBefore = talk.sent.length;
      const start = talk.atMs;
      // Our packet number for each message that the scripted peer sent.
      const numbers = new Map<string, string>();
      const wanted = new Set<string>();
      for (const datagram of udp) {
        talk.advanceTo(start + Math.max(0, Math.round(datagram.t * 1000)));
        const packet = packetOf(datagram.hex);
        if (packet === null) continue;
        const mute = action.includes("stops acknowledging");
        if (datagram.from.startsWith(`${ours}:`)) {
          if (required.has(packet.modeName) && !mute) {
            wanted.add(
              `${packet.modeName}${packet.modeName === "RECVMSG" ? ` ${packet.text}` : ""} to ${datagram.to}`,
            );
          }
          const isPlainMessage =
            packet.mode === 32 &&
            packet.body.kind === "message" &&
            packet.body.files.length === 0 &&
            !packet.options.includes("SECRETOPT");
          if (isPlainMessage && !isBroadcast(datagram.to)) {
            const peer = talk.machine
              .peers()
              .find(({ endpoint }) => datagram.to.startsWith(`${endpoint.address}:`));
            expect(peer, action).toBeDefined();
            if (peer !== undefined) numbers.set(packet.packetNo, talk.say(peer.id, "你好 hello").packetNo);
          }
          continue;
        }
        if (!datagram.to.startsWith(`${ours}:`) && !isBroadcast(datagram.to)) continue;
        let hex = datagram.hex;
        if (packet.modeName === "RECVMSG") {
          const number = numbers.get(packet.text.trim());
          if (number !== undefined) {
            hex = hex.replace(Buffer.from(packet.text).toString("hex"), Buffer.from(number).toString("hex"));
            delivered++;
          }
        }
        talk.receiveHex(hex, datagram.from);
      }
      // Answers to entries wait for their chance; repeats of ours end.
      talk.advance(7_000);
      const sent = new Set(
        talk.sent
          .slice(answersBefore)
          .flatMap(({ packet, to }) =>
            packet === null || to === "broadcast"
              ? []
              : [
                  `${packet.modeName}${packet.modeName === "RECVMSG" ? ` ${packet.text}` : ""} to ${to.address}:${to.port}`,
                ],
          ),
      );
      for (const line of wanted) {
        expect(sent, action).toContain(line);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(2);
    const states = talk.events.flatMap((event) =>
      event.kind === "delivery" && event.delivery.state === "delivered" ? [event.delivery] : [],
    );
    expect(states).toHaveLength(delivered);
    expect(delivered).toBeGreaterThan(0);
  });

  it.each(bystander)("hears who comes and goes in $name", ({ capture }) => {
    const talk = conversation().started();
    const online = new Set<string>();
    for (const { udp = [] } of capture.actions) {
      const start = talk.atMs;
      for (const datagram of udp) {
        if (!isBroadcast(datagram.to)) continue;
        talk.advanceTo(start + Math.max(0, Math.round(datagram.t * 1000)));
        const packet = packetOf(datagram.hex);
        const address = datagram.from.split(":")[0] ?? "";
        if (packet?.modeName === "BR_ENTRY") online.add(address);
        if (packet?.modeName === "BR_EXIT") online.delete(address);
        talk.receiveHex(datagram.hex, datagram.from);
        const present = talk.machine.peers().filter(({ state }) => state !== "offline");
        expect(new Set(present.map(({ endpoint }) => endpoint.address))).toEqual(online);
      }
      talk.advance(7_000);
    }
    expect(talk.machine.peers().length).toBeGreaterThanOrEqual(2);
    expect(talk.machine.peers().filter(({ nick }) => nick.includes("\ufffd"))).toEqual([]);
  });
});
