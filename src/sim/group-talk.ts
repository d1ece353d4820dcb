// What a virtual FeiQ does in its group: it tells that it belongs to it, and answers what is said there. Real ones do so by multicast;
// here by unicast to the user's port, as everything of the simulation goes. Used by `virtual-peer.ts`.
import type { Packet } from "../protocol.js";
import type { Persona } from "./persona.js";
import type { Voice } from "./voice.js";

export interface GroupTalk {
  announce(): void;
  /** Shows whether the packet was of a group. */
  hear(packet: Packet): boolean;
}

interface GroupTalkOptions {
  readonly persona: Persona;
  readonly voice: Voice;
  readonly send: (bytes: Uint8Array) => void;
  /** After thinking. */
  readonly later: (act: () => void) => void;
  readonly pick: (choices: readonly string[]) => string;
}

const answers = ["群里收到：“{said}”。", "“{said}”，大家都看到了。", "好的，群里说一声。"] as const;

/** Longer words are not repeated. */
const mostEchoed = 30;
const rememberedNumbers = 32;

export const createGroupTalk = ({ persona, voice, send, later, pick }: GroupTalkOptions): GroupTalk => {
  const heard: string[] = [];

  const write = (text: string): void => {
    const bytes = voice.buildGroup(text);
    if (bytes !== null) send(bytes);
  };

  return {
    announce: () => write(""),
    hear: ({ body, packetNo }) => {
      if (body.kind !== "group") return false;
      const { group, step } = body;
      if (group === null || group.groupId !== persona.feiqGroup || step === "announce") return true;
      if (heard.includes(packetNo)) return true;
      heard.push(packetNo);
      if (heard.length > rememberedNumbers) heard.shift();
      const said = Array.from(group.displayText).slice(0, mostEchoed).join("");
      later(() => write(pick(answers).replace("{said}", () => said)));
      return true;
    },
  };
};
