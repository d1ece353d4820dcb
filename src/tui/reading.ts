// A message read again in another charset, from its bytes: for conversations that came out garbled. Changes nothing but what is shown.
import type { Charset, Message, TextCodec } from "../index.js";
import { decode, parseStyledText } from "../protocol.js";

/** The charsets to try, in the order of likelihood in our field. */
export const readingOrder: readonly Charset[] = ["utf-8", "gbk", "gb18030", "big5", "cp932", "euc-kr"];

/** The text of a message as it reads in a charset; what was sealed, sent or kept without bytes stays as it is. */
export function readAs(message: Message, charset: Charset, codec: TextCodec): string {
  if (message.direction === "out" || message.raw.length === 0) return message.displayText;
  const decoded = decode(message.raw, codec, {
    legacyCharset: charset,
    peerCharset: charset,
    peerCharsetChosen: true,
  });
  switch (decoded.kind) {
    case "raw-text":
      return codec.decode(message.raw, charset);
    case "dropped":
      return message.displayText;
    case "packet": {
      const [section] = decoded.sections;
      if (
        section === undefined ||
        decoded.body.kind !== "message" ||
        decoded.options.includes("ENCRYPTOPT")
      ) {
        return message.displayText;
      }
      const text = codec.decode(message.raw.subarray(section.start, section.end), charset);
      return parseStyledText(text, decoded.dialect).displayText;
    }
    default: {
      const unreachable: never = decoded;
      return unreachable;
    }
  }
}
