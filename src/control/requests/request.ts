// What one request of the control protocol is, and the shapes that several of them share. Knows no request by name. Used by the parts of
// the table beside it.
import type { MessageId, OfferId, PeerId, Receiver } from "../../index.js";
import type { Served } from "../host.js";
import { branded, choice, either, flag, object, optional, text, whole, type Shape } from "../shape.js";

export interface RequestSpec<P, R> {
  /** One sentence for the documentation. */
  readonly summary: string;
  readonly params: Shape<P>;
  /** What the answer holds, for the documentation. */
  readonly answer: string;
  serve(served: Served, params: P): R | Promise<R>;
  /** Reads what came and serves it; a ShapeProblem is thrown when it does not fit. */
  answerTo(served: Served, params: unknown): R | Promise<R>;
}

export const request = <P, R>(spec: Omit<RequestSpec<P, R>, "answerTo">): RequestSpec<P, R> => ({
  ...spec,
  answerTo: (served, params) => spec.serve(served, spec.params.read(params, "params")),
});

export const peerId: Shape<PeerId> = branded(400);
export const messageId: Shape<MessageId> = branded(100);
export const offerId: Shape<OfferId> = branded(100);
export const path = text(4_096);
export const endpoint = object({ address: text(100), port: whole(1, 65_535) });
export const receiver: Shape<Receiver> = either(object({ peer: peerId }), object({ endpoint }));
export const charset = choice(["gbk", "utf-8", "gb18030", "big5", "cp932", "euc-kr", "ascii"]);
export const name = text(400);
export const sizeBytes = whole(0, Number.MAX_SAFE_INTEGER);
export const nothing = object({});

export const sayOptions = object({
  raw: optional(flag),
  charset: optional(charset),
  check: optional(flag),
  lossy: optional(flag),
  split: optional(flag),
  retries: optional(whole(0, 20)),
  encrypt: optional(choice(["auto", "always", "never"])),
  seal: optional(flag),
  lock: optional(flag),
  plain: optional(flag),
  queue: optional(
    object({ prefix: optional(text(100)), expiresAt: optional(whole(0, Number.MAX_SAFE_INTEGER)) }),
  ),
});

/** An answer that says only that it was done. */
export async function done(work: Promise<unknown>): Promise<null> {
  await work;
  return null;
}
