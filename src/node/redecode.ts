// Reads a kept conversation again in another charset and keeps the result, so that search finds it: page by page, from the bytes. What
// was sent by us, or has no bytes, stays.
import { rereadAs } from "../core/reread.js";
import type { PeerId } from "../core/model.js";
import type { HistoryStore, TextChange } from "../ports/history-store.js";
import type { Charset, TextCodec } from "../protocol/text-codec.js";

export interface RedecodeRequest {
  readonly conversation: PeerId;
  readonly charset: Charset;
  /** Only count what would change. */
  readonly dryRun?: boolean;
}

export interface RedecodeResult {
  readonly changed: number;
  readonly unchanged: number;
}

const pageSize = 500;

/**
 * Rewrites the texts of a conversation.
 *
 * @example await redecodeHistory(node.history, { conversation: "wang@pc", charset: "big5" }, createTextCodec());
 */
export async function redecodeHistory(
  history: HistoryStore,
  { conversation, charset, dryRun = false }: RedecodeRequest,
  codec: TextCodec,
): Promise<RedecodeResult> {
  let changed = 0;
  let unchanged = 0;
  let before: number | undefined;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page = await history.page({ conversation, before, limit: pageSize });
    const changes: TextChange[] = [];
    for (const { message } of page.messages) {
      const reread = rereadAs(message, charset, codec);
      if (reread === null) unchanged += 1;
      else changes.push(reread);
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (changes.length > 0 && !dryRun) await history.rewrite(changes);
    changed += changes.length;
    before = page.messages[0]?.place;
    if (!page.hasOlder || before === undefined) return { changed, unchanged };
  }
}
