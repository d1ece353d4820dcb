// A kept message read again from its bytes in another charset, for what came out garbled. The bytes say what belongs to the text, so
// reading it in the right charset gives what the right charset would have given at once.
import type { Message } from "./model.js";
import { decode } from "../protocol/decode.js";
import { parseIpDict } from "../protocol/ipdict.js";
import { parseStyledText } from "../protocol/text.js";
import type { Charset, TextCodec } from "../protocol/text-codec.js";

export interface Rereading {
  readonly text: string;
  readonly displayText: string;
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
