// A message read again in another charset, from its bytes: for conversations that came out garbled. Changes nothing but what is shown.
import { rereadMessage } from "../index.js";
import type { Charset, Message, TextCodec } from "../index.js";

/** The charsets to try, in the order of likelihood in our field. */
export const readingOrder: readonly Charset[] = ["utf-8", "gbk", "gb18030", "big5", "cp932", "euc-kr"];

/** The text of a message as it reads in a charset; what was sealed, sent or kept without bytes stays as it is. */
export function readAs(message: Message, charset: Charset, codec: TextCodec): string {
  return rereadMessage(message, charset, codec)?.displayText ?? message.displayText;
}
