// Sealed messages (protocol.md section 6): an envelope until somebody opens it; then READMSG goes to its sender, again and again until
// the sender says that it heard. Locked ones ask for our own password first, which is a matter of this side alone.
import { trimOldest } from "./trim-oldest.js";
import { refuse } from "./compose.js";
import type { Answer } from "./input.js";
import { limits, timers } from "./limits.js";
import type { Message, MessageId } from "./model.js";
import { bareFor, buildPacket, changeMessage, sendBytes, userFor } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";
import { optionBits } from "../protocol/options.js";

/** A receipt that its sender has not heard of. */
interface OpenReceipt {
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
  attempt: number;
}

export interface Sealed {
  /** `unlocked`: the password was right, or none is set. `kept`: from the store, where memory has it no more. */
  open(id: MessageId, unlocked: boolean, kept: Message | null): Answer;
  /** ANSREADMSG came; `of` is the number of our READMSG. */
  heardAnswer(of: string, from: Endpoint): boolean;
  repeat(packetNo: string, attempt: number): void;
}

export function createSealed(world: World): Sealed {
  const { log } = world;
  const receipts = new Map<string, OpenReceipt>();

  function transmit(packetNo: string, receipt: OpenReceipt): void {
    sendBytes(world, receipt.bytes, receipt.to);
    world.alarms.set(world.now + timers.repeatMs, {
      kind: "read-receipt",
      packetNo,
      attempt: receipt.attempt,
    });
  }

  function tellSender(message: Message): void {
    // Where it came from: a peer may have moved, and the old place tells whoever is there nothing but a number.
    const peer = message.peerId === null ? undefined : world.peers.get(message.peerId);
    const to = peer?.endpoint ?? message.endpoint;
    if (to === null || message.dialect === "raw") return;
    const isChecked = message.options.includes("READCHECKOPT");
    const packetNo = world.numbers.next(world.now);
    const command = commands.READMSG.number | (isChecked ? optionBits.READCHECKOPT : 0);
    const bytes = buildPacket(
      world,
      { user: userFor(world, world.peers.at(to)), command, sections: [message.packetNo], packetNo },
      bareFor(world, to),
    );
    const receipt: OpenReceipt = { to, bytes, attempt: 1 };
    if (!isChecked) {
      sendBytes(world, bytes, to);
      return;
    }
    receipts.set(packetNo, receipt);
    trimOldest(receipts, limits.openReceipts);
    transmit(packetNo, receipt);
  }

  return {
    open(id, unlocked, kept) {
      const message = log.get(id) ?? kept ?? undefined;
      if (message === undefined || message.direction !== "in" || !message.sealed)
        return refuse("no-such-message", "no such sealed message", { messageId: id });
      if (message.openedAt !== null) return { ok: true, messages: [message] };
      if (message.locked && !unlocked)
        return refuse("password-wrong", "the message is locked", { messageId: id });
      const opened = { ...message, openedAt: world.now };
      changeMessage(world, opened);
      tellSender(message);
      return { ok: true, messages: [opened] };
    },

    heardAnswer(of, from) {
      const receipt = receipts.get(of);
      if (receipt === undefined || receipt.to.address !== from.address) return false;
      receipts.delete(of);
      return true;
    },

    repeat(packetNo, attempt) {
      const receipt = receipts.get(packetNo);
      if (receipt === undefined || receipt.attempt !== attempt) return;
      if (attempt > timers.readRepeats || world.stopping) {
        receipts.delete(packetNo);
        return;
      }
      receipt.attempt++;
      transmit(packetNo, receipt);
    },
  };
}
