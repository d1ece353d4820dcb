// One machine, spoken to by hand: datagrams and requests at chosen times, its sends, events and peers read back. The only place in
// the core tests that knows how the machine is made.
import { createTextCodec } from "../../src/charset/codecs.js";
import { createPacketCrypto } from "../../src/crypto/group.js";
import type { Effect } from "../../src/core/effect.js";
import type { Event } from "../../src/core/event.js";
import type { Answer, Input, Receiver, Request, SayOptions } from "../../src/core/input.js";
import { createMachine } from "../../src/core/machine.js";
import type { Step } from "../../src/core/machine.js";
import type { Message } from "../../src/core/model.js";
import type { MachineOptions } from "../../src/core/world.js";
import { createSeededRandom } from "../../src/node/random.js";
import type { Endpoint, LocalNetwork } from "../../src/ports/transport.js";
import { decode } from "../../src/protocol/decode.js";
import type { Packet } from "../../src/protocol/message.js";
import type { Charset } from "../../src/protocol/text-codec.js";

export const codec = createTextCodec();

/** A time of day to count from. */
export const startMs = 1_800_000_000_000;

export const network: LocalNetwork = {
  port: 2425,
  addresses: [
    { interfaceName: "eth0", address: "10.0.0.1", family: "IPv4", broadcast: "10.0.0.255", loopback: false },
  ],
  mac: "0242AC110002",
};

export interface Sent {
  /** Milliseconds after the start. */
  readonly atMs: number;
  readonly to: Endpoint | "broadcast";
  readonly bytes: Uint8Array;
  /** As read by a receiver with GBK; null for bare text. */
  readonly packet: Packet | null;
  /** `RECVMSG 100`, `SENDMSG|SENDCHECKOPT hello`: command, options and text. */
  readonly line: string;
}

function toEndpoint(from: string): Endpoint {
  const [address = "", port = "2425"] = from.split(":");
  return { address, port: Number(port) };
}

export function conversation(options: Partial<MachineOptions> = {}) {
  const machine = createMachine({
    self: { user: "li", host: "pc-li", nick: "小李", group: "研发", away: null },
    legacyCharset: "gbk",
    codec,
    crypto: createPacketCrypto(),
    random: createSeededRandom(7),
    versionItem: "ipmsg",
    announceUtf8: true,
    presence: true,
    hostList: false,
    staticPeers: [],
    storing: false,
    answersProbes: true,
    firstPacketNo: 1,
    versionText: "feiyan test",
    ...options,
  });
  let now = startMs;
  const sent: Sent[] = [];
  const events: Event[] = [];
  const effects: Effect[] = [];

  function note(effect: Effect): void {
    effects.push(effect);
    if (effect.kind !== "send" && effect.kind !== "broadcast") return;
    const decoded = decode(effect.bytes, codec, { legacyCharset: "gbk" });
    const packet = decoded.kind === "packet" ? decoded : null;
    const names = packet === null ? [] : [packet.modeName, ...packet.options];
    const text = packet?.text ?? (decoded.kind === "raw-text" ? decoded.text : "");
    const to = effect.kind === "broadcast" ? "broadcast" : effect.to;
    sent.push({
      atMs: now - startMs,
      to,
      bytes: effect.bytes,
      packet,
      line: `${names.join("|")} ${text}`.trim(),
    });
  }

  function put(input: Input): Step {
    const step = machine.handle(input, now);
    events.push(...step.events);
    for (const effect of step.effects) note(effect);
    return step;
  }

  function answerOf(request: Request): Answer {
    const { answer } = put({ kind: "request", request });
    if (answer === null) throw new Error("no answer");
    return answer;
  }

  const self = {
    machine,
    sent,
    events,
    effects,
    put,
    /** Begins, and lets the announcements of the first seconds pass without noting them. */
    started(quiet = true) {
      put({ kind: "start", network });
      if (quiet) {
        self.advanceTo(10_000);
        sent.length = 0;
        events.length = 0;
        effects.length = 0;
        now = startMs + 10_000;
      }
      return self;
    },
    /** Milliseconds after the start. */
    get atMs() {
      return now - startMs;
    },
    /** Lets time pass, ringing every alarm at its own time. */
    advanceTo(atMs: number) {
      const end = startMs + atMs;
      for (let next = machine.wakeAt(); next !== null && next <= end; next = machine.wakeAt()) {
        now = Math.max(now, next);
        put({ kind: "tick" });
      }
      now = Math.max(now, end);
      return self;
    },
    advance(ms: number) {
      return self.advanceTo(now - startMs + ms);
    },
    receive(bytes: Uint8Array, from = "10.0.0.2") {
      return put({ kind: "datagram", bytes, from: toEndpoint(from) });
    },
    receiveHex(hex: string, from?: string) {
      return self.receive(Uint8Array.from(Buffer.from(hex, "hex")), from);
    },
    /** `\0` in the text stands for NUL. */
    receiveText(text: string, from?: string, charset: Charset = "gbk") {
      return self.receive(codec.encode(text.replaceAll("\\0", "\0"), charset), from);
    },
    ask: answerOf,
    say(to: readonly Receiver[] | string, text: string, say: SayOptions = {}): Message {
      const receivers = typeof to === "string" && to !== "everyone" ? [{ peer: self.peerId(to) }] : to;
      const answer = answerOf({
        kind: "say",
        to: receivers,
        text,
        options: say,
      });
      if (!answer.ok) throw new Error(`${answer.code}: ${answer.text}`);
      const [message] = answer.messages;
      if (message === undefined) throw new Error("no message");
      return message;
    },
    /** The id of the only peer with this nick or user. */
    peerId(name: string) {
      const found = machine
        .peers()
        .filter((peer) => peer.nick === name || peer.user === name || peer.id === name);
      if (found.length !== 1 || found[0] === undefined)
        throw new Error(`${found.length} peers named ${name}`);
      return found[0].id;
    },
    peer(name: string) {
      const peer = machine.peer(self.peerId(name));
      if (peer === undefined) throw new Error(`no peer ${name}`);
      return peer;
    },
    /** Received messages, oldest first. */
    shown(): readonly Message[] {
      return events.flatMap((event) =>
        event.kind === "message" && event.message.direction === "in" ? [event.message] : [],
      );
    },
    /** Lines of what was sent since the last call. */
    lines(): string[] {
      return sent.splice(0).map(({ line }) => line);
    },
  };
  return self;
}
