// A kept message read again from its bytes in another charset, for what came out garbled. The bytes say what belongs to the text, so
// reading it in the right charset gives what the right charset would have given at once.
import type { MessageLog } from "./conversations.js";
import type { Message, PeerId } from "./model.js";
import { decode } from "../protocol/decode.js";
import { parseIpDict } from "../protocol/ipdict.js";
import { parseStyledText } from "../protocol/text.js";
import type { Charset, TextCodec } from "../protocol/text-codec.js";

export interface Rereading {
  readonly text: string;
  readonly displayText: string;
}

/** A message as it reads in a charset; null when that is no change. */
export function rereadAs(message: Message, charset: Charset, codec: TextCodec): Message | null {
  // What is ASCII reads the same in all of them.
  const reading = message.charset === "ascii" ? null : rereadMessage(message, charset, codec);
  if (reading === null || (reading.text === message.text && message.charset === charset)) return null;
  return { ...message, ...reading, charset, charsetReason: "peer-choice" };
}

/** Reads the messages of a conversation anew in the log; gives those that changed. */
export function rereadLog(
  log: MessageLog,
  conversation: PeerId,
  charset: Charset,
  codec: TextCodec,
): readonly Message[] {
  const changed: Message[] = [];
  for (const message of log.messages(conversation)) {
    const reread = rereadAs(message, charset, codec);
    if (reread === null) continue;
    log.replace(reread);
    changed.push(reread);
  }
  return changed;
}

/**
 * How a received message reads in a charset; null for what has no bytes to read: own messages, encrypted ones, dictionaries
 * (always UTF-8), those taken back or brought from elsewhere.
 */
export function rereadMessage(message: Message, charset: Charset, codec: TextCodec): Rereading | null {
  if (message.direction === "out" || message.recalled === "done" || message.raw.length === 0) return null;
  if (parseIpDict(message.raw) !== null) return null;
  const decoded = decode(message.raw, codec, {
    legacyCharset: charset,
    peerCharset: charset,
    peerCharsetChosen: true,
  });
  switch (decoded.kind) {
    case "raw-text": {
      const text = codec.decode(message.raw, charset);
      return { text, displayText: text };
    }
    case "dropped":
      return null;
    case "packet": {
      const [section] = decoded.sections;
      const isReadable = decoded.body.kind === "message" && !decoded.options.includes("ENCRYPTOPT");
      if (section === undefined || !isReadable) return null;
      // Also where the packet says what it is in: a flag may lie, and the user says otherwise.
      const text = codec.decode(message.raw.subarray(section.start, section.end), charset);
      return { text, displayText: parseStyledText(text, decoded.dialect).displayText };
    }
    default: {
      const never: never = decoded;
      return never;
    }
  }
}
