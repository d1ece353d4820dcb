// One virtual peer: hears datagrams on a socket of its own, behaves as the program it plays would, and chats. Time, chance and the
// socket come from outside, so that a test can run an hour of it at once. Made by `simulation.ts`.
import type {
  Clock,
  DatagramTransport,
  Endpoint,
  MessageCipher,
  Random,
  StreamTransport,
  TextCodec,
} from "../index.js";
import {
  createPacketCrypto,
  decode,
  optionBits,
  requiredReply,
  type ImageSlice,
  type Packet,
} from "../protocol.js";
import { createFilePartner } from "./file-partner.js";
import { createGroupTalk } from "./group-talk.js";
import type { Persona } from "./persona.js";
import { answerTo, type Deed } from "./small-talk.js";
import { createLetters } from "./letters.js";
import { createPictureEar } from "./picture-ear.js";
import { createVoice, modes } from "./voice.js";

export interface VirtualPeer {
  /** Opens its socket and says that it is here; resolves with its address. */
  start(): Promise<Endpoint>;
  /** Says goodbye and closes. */
  stop(): Promise<void>;
}

export interface VirtualPeerOptions {
  readonly persona: Persona;
  readonly transport: DatagramTransport;
  /** Absent: no files. */
  readonly streams?: StreamTransport | undefined;
  /** Where the user's feiyan listens. */
  readonly target: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly codec: TextCodec;
  /** Shared by all peers of a simulation: a debug tool cannot find out by itself whether anybody is there. */
  readonly audience: Audience;
  /** Its keys; null until they are made, or for a peer that needs none. */
  readonly cipher?: () => MessageCipher | null;
  /** Peers greet one after another. */
  readonly greetAfterMs: number;
}

export interface Audience {
  isPresent(): boolean;
  arrived(): void;
  left(): void;
  /** Calls when somebody arrives, or at once when somebody is there. */
  whenPresent(greet: () => void): void;
}

const timing = {
  /** Until somebody answers. */
  announceMs: 4_000,
  /** Afterwards, so that a restarted program finds everybody again; on loopback this may be quicker than on a network. */
  announceAgainMs: 12_000,
  sealMs: 1_500,
  thinkMs: 900,
  typeMs: 1_600,
  remarkMs: 60_000,
  deskMs: 30_000,
  shakeMs: 10_000,
  autoReplyMs: 60_000,
} as const;

const crypto = createPacketCrypto();

/** Remarks in a row without a word of the user: then it waits to be spoken to. */
const mostRemarks = 3;
/** Answers waiting to be said; a paste of many lines does not get as many answers. */
const mostWaiting = 3;
const rememberedNumbers = 64;

export const createVirtualPeer = (options: VirtualPeerOptions): VirtualPeer => {
  const { persona, transport, target, clock, random, codec, audience } = options;
  const voice = createVoice(persona, codec, clock);
  const letters = createLetters(persona, options.cipher ?? (() => null), codec);
  /** Who writes sealed is answered sealed. */
  let isSecretive = false;
  const files =
    options.streams === undefined || persona.files === null
      ? null
      : createFilePartner(persona, persona.files, options.streams, codec, letters);
  const pictures = createPictureEar(clock);
  const timers = new Set<() => void>();
  const pending = new Map<string, () => void>();
  const heardNumbers: string[] = [];
  let isRunning = false;
  let hasGreeted = false;
  let wasAnswered = true;
  let waiting = 0;
  let remarksInARow = 0;
  let awayText: string | null = null;
  const last = { shake: -Infinity, autoReply: -Infinity };

  const after = (ms: number, act: () => void): (() => void) => {
    const cancel = clock.at(clock.now() + ms, () => {
      timers.delete(cancel);
      if (isRunning) act();
    });
    timers.add(cancel);
    return () => {
      timers.delete(cancel);
      cancel();
    };
  };
  const chance = (below: number): number => random.uint32() % below;
  const pick = (choices: readonly string[]): string => choices[chance(choices.length)] ?? "";

  const announce = (mode: number, to: Endpoint): void => {
    const bytes = voice.buildEntry(mode, awayText);
    if (bytes !== null) transport.send(bytes, to);
  };

  const write = (command: number, sections: readonly string[], to: Endpoint): void => {
    transport.send(voice.build(command, sections).bytes, to);
  };

  const say = (text: string, bits = 0): void => {
    const mustSeal = isSecretive && letters.canSeal() && (bits & optionBits.AUTORETOPT) === 0;
    const message = voice.buildMessage(text, bits, mustSeal ? letters.seal : undefined);
    transport.send(message.bytes, target);
    if (message.isChecked) repeat(message.packetNo, message.bytes, target, persona.repeats.times);
  };

  const sayDict = (text: string): void => {
    const packetNo = voice.takeNumber();
    const bytes = letters.sealDict(text, packetNo);
    if (bytes === null) {
      say(text);
      return;
    }
    transport.send(bytes, target);
    repeat(packetNo, bytes, target, persona.repeats.times);
  };

  const offer = (text: string): void => {
    if (files === null) return;
    const message = voice.buildOffer(text, (packetNo) => files.buildOffer(packetNo));
    transport.send(message.bytes, target);
    if (message.isChecked) repeat(message.packetNo, message.bytes, target, persona.repeats.times);
  };

  const repeat = (packetNo: string, bytes: Uint8Array, to: Endpoint, times: number): void => {
    if (times === 0) {
      pending.delete(packetNo);
      return;
    }
    const cancel = after(persona.repeats.intervalMs, () => {
      transport.send(bytes, to);
      repeat(packetNo, bytes, to, times - 1);
    });
    pending.set(packetNo, cancel);
  };

  const perform = (deeds: readonly Deed[]): void => {
    const [deed, ...others] = deeds;
    if (deed === undefined) {
      waiting -= 1;
      return;
    }
    switch (deed.kind) {
      case "say":
        if (persona.isLively) write(modes.typing, [""], target);
        after(timing.typeMs + chance(900), () => {
          say(deed.text, deed.isSealed === true ? optionBits.SECRETOPT | optionBits.READCHECKOPT : 0);
          perform(others);
        });
        return;
      case "say-dict":
        sayDict(deed.text);
        perform(others);
        return;
      case "shake":
        if (clock.now() - last.shake >= timing.shakeMs) {
          last.shake = clock.now();
          write(modes.shake, [""], target);
        }
        perform(others);
        return;
      case "offer":
        offer(deed.text);
        perform(others);
        return;
      case "leave-desk":
        awayText = deed.text;
        announce(modes.absence, target);
        after(timing.deskMs, () => {
          awayText = null;
          announce(modes.absence, target);
        });
        perform(others);
        return;
      default: {
        const never: never = deed;
        return never;
      }
    }
  };

  const hear = (text: string): void => {
    meet();
    remarksInARow = 0;
    if (awayText !== null) {
      if (clock.now() - last.autoReply < timing.autoReplyMs) return;
      last.autoReply = clock.now();
      say(awayText, optionBits.AUTORETOPT);
      return;
    }
    if (waiting >= mostWaiting) return;
    waiting += 1;
    const deeds = answerTo(text, {
      talk: persona.talk,
      isLively: persona.isLively,
      opensSealed: persona.opensSealed,
      writesDicts: persona.writesDicts,
      hasFiles: files !== null,
      pick,
    });
    after(timing.thinkMs + chance(700), () => perform(deeds));
  };

  const meet = (): void => {
    wasAnswered = true;
    audience.arrived();
  };

  const greet = (): void => {
    if (hasGreeted) return;
    hasGreeted = true;
    after(options.greetAfterMs, () => say(pick(persona.talk.greetings)));
    remarkLater();
  };

  const remarkLater = (): void => {
    after(timing.remarkMs + chance(timing.remarkMs), () => {
      if (audience.isPresent() && remarksInARow < mostRemarks && awayText === null && waiting === 0) {
        remarksInARow += 1;
        say(pick(persona.talk.remarks));
      }
      remarkLater();
    });
  };

  const groupTalk = createGroupTalk({
    persona,
    voice,
    send: (bytes) => transport.send(bytes, target),
    later: (act) => void after(timing.thinkMs + chance(700), act),
    pick,
  });

  const announceRepeatedly = (): void => {
    // Nobody answered the last one: a program that ended without a goodbye to us.
    if (!wasAnswered) audience.left();
    wasAnswered = false;
    announce(modes.entry, target);
    groupTalk.announce();
    const pauseMs = audience.isPresent() ? timing.announceAgainMs : timing.announceMs;
    after(pauseMs, announceRepeatedly);
  };

  const isRepeat = (packetNo: string): boolean => {
    if (heardNumbers.includes(packetNo)) return true;
    heardNumbers.push(packetNo);
    if (heardNumbers.length > rememberedNumbers) heardNumbers.shift();
    return false;
  };

  /** What came sealed is opened first; without the key it is neither read nor acknowledged. */
  const openMessage = (packet: Packet, from: Endpoint): Packet | null => {
    if (!packet.options.includes("ENCRYPTOPT")) return packet;
    const opened = letters.open(packet);
    if (opened === null) return null;
    isSecretive = true;
    if (!letters.canSeal() && letters.question !== null) write(modes.getKey, [letters.question], from);
    return opened;
  };

  const heardMessage = (sealed: Packet, from: Endpoint): void => {
    const packet = openMessage(sealed, from);
    if (packet === null) return;
    const reply = requiredReply(packet);
    if (reply !== null) write(modes.received | persona.receiptBits, [packet.packetNo], from);
    if (packet.body.kind !== "message" || isRepeat(packet.packetNo)) return;
    if (packet.options.includes("AUTORETOPT")) return;
    if (packet.options.includes("SECRETOPT") && persona.opensSealed) {
      const check = packet.options.includes("READCHECKOPT") ? optionBits.READCHECKOPT : 0;
      after(timing.sealMs, () => write(modes.read | check, [packet.packetNo], from));
    }
    if (packet.body.files.length > 0 && files !== null) {
      void files.take(packet, packet.body.files, from).then((line) => {
        if (isRunning) say(line);
        return undefined;
      });
      meet();
    } else hear(packet.body.displayText);
  };

  const heardSlice = (slice: ImageSlice, from: Endpoint): void => {
    const heardOf = pictures.hear(slice, from);
    if (heardOf === null) return;
    write(modes.imageAck, [heardOf.answer], from);
    const { line } = heardOf;
    if (line !== null) after(timing.thinkMs, () => say(line));
  };

  const heard = (packet: Packet, from: Endpoint): void => {
    if (groupTalk.hear(packet)) return;
    switch (packet.modeName) {
      case "BR_ENTRY":
        announce(modes.answer, from);
        meet();
        return;
      case "ANSENTRY":
      case "BR_ABSENCE":
        meet();
        return;
      case "BR_EXIT":
        audience.left();
        return;
      case "SENDMSG":
        heardMessage(packet, from);
        return;
      case "RECVMSG":
        pending.get(packet.text)?.();
        pending.delete(packet.text);
        return;
      case "READMSG": {
        const reply = requiredReply(packet);
        if (reply?.extra !== undefined) write(modes.readAnswer, [reply.extra], from);
        return;
      }
      case "GETPUBKEY": {
        const answer = letters.answer(packet.text);
        if (answer !== null) write(modes.tellKey, [answer], from);
        return;
      }
      case "ANSPUBKEY":
        if (packet.body.kind === "public-key" && packet.body.key !== null) letters.heardKey(packet.body.key);
        return;
      case "GETINFO":
        if (persona.answersQueries) write(modes.versionInfo, [persona.program], from);
        return;
      case "GETABSENCEINFO":
        if (persona.answersQueries) write(modes.absenceInfo, [awayText ?? "Not absence mode"], from);
        return;
      case "FEIQ_SHAKE":
        if (!persona.isLively) return;
        write(modes.shakeAnswer, [""], from);
        hear("抖");
        return;
      case "FEIQ_IMAGE_SLICE": {
        const { body } = packet;
        if (persona.isLively && body.kind === "image-slice" && body.slice !== null)
          heardSlice(body.slice, from);
        return;
      }
      case "FEIQ_OPENCHAT":
        if (persona.isLively) write(modes.chatWindowAnswer, [""], from);
        return;
      default:
    }
  };

  const arrived = (bytes: Uint8Array, from: Endpoint): void => {
    if (!isRunning) return;
    const decoded = decode(bytes, codec, { legacyCharset: persona.charset }, crypto);
    if (persona.presence === null) {
      if (decoded.kind === "raw-text") hear(decoded.text);
    } else if (decoded.kind === "packet") heard(decoded, from);
  };

  return {
    start: async () => {
      isRunning = true;
      // Send problems are no news: until the user's program runs, nobody listens there.
      const network = await transport.open({
        arrived,
        problem: () => undefined,
        networkChanged: () => undefined,
      });
      // The port may be taken for TCP: then it gives nothing.
      await files?.open(network.port).catch(() => undefined);
      if (persona.presence !== null) {
        write(modes.noop, [""], target);
        announceRepeatedly();
      }
      audience.whenPresent(greet);
      return { address: target.address, port: network.port };
    },
    stop: async () => {
      if (!isRunning) return;
      announce(modes.exit, target);
      isRunning = false;
      for (const cancel of timers) cancel();
      timers.clear();
      await files?.close();
      await transport.close();
    },
  };
};
