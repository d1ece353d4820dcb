// Requests about the history of the instance: reading it page by page, finding messages in it, and what a screen keeps beside them. Knows
// neither file nor engine. Part of the table in requests.ts. Where the instance keeps none, each is refused with `history-off`.
import { FeiyanError, parseSearch, readDate, type HistoryView, type SearchQuery } from "../../index.js";
import type { Served } from "../host.js";
import { controlLimits } from "../limits.js";
import { either, object, optional, orNull, ShapeProblem, text, whole, type Shape } from "../shape.js";
import { done, messageId, peerId, request } from "./request.js";

const place = whole(0, Number.MAX_SAFE_INTEGER);
const limit = whole(1, controlLimits.pageMessages);
const valueName = text(100);

/** What `parseSearch` makes, to the depth it makes it; the instance must not be sent down further. */
const treeDepth = 80;
const treeParts = 1_000;
const words: readonly string[] = ["text", "from", "to", "group", "charset"];

const queryTree: Shape<SearchQuery> = {
  schema: {
    type: "object",
    properties: {
      kind: { enum: ["and", "or", "not", ...words, "has-file", "before", "after"] },
      parts: { type: "array", description: "of `and`, `or`: trees" },
      part: { type: "object", description: "of `not`: a tree" },
      text: { type: "string", description: `of ${words.map((word) => `\`${word}\``).join(", ")}` },
      at: { type: "number", description: "of `before`, `after`: milliseconds since 1970" },
    },
    required: ["kind"],
  },
  read(value, path) {
    let parts = 0;
    const fits = (tree: unknown, depth: number): boolean => {
      parts += 1;
      if (typeof tree !== "object" || tree === null || depth > treeDepth || parts > treeParts) return false;
      const of = (key: string): unknown => (Object.hasOwn(tree, key) ? Reflect.get(tree, key) : undefined);
      const [kind, inner] = [of("kind"), of("parts")];
      if (kind === "and" || kind === "or")
        return Array.isArray(inner) && inner.every((one) => fits(one, depth + 1));
      if (kind === "not") return fits(of("part"), depth + 1);
      if (kind === "before" || kind === "after") return Number.isFinite(of("at"));
      return (
        kind === "has-file" ||
        (typeof kind === "string" && words.includes(kind) && typeof of("text") === "string")
      );
    };
    if (!fits(value, 0)) throw new ShapeProblem(`${path} must be a query`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every part of the tree was looked at
    return value as SearchQuery;
  },
};

function historyOf({ host }: Served): HistoryView {
  const { history } = host.node;
  if (history === null) throw new FeiyanError("history-off", "this instance keeps no history");
  return history;
}

export const historyRequests = {
  "history-page": request({
    summary:
      "Kept messages of one conversation (null: of all): the newest, those before or after a place, or those from a moment on.",
    params: object({
      conversation: orNull(peerId),
      before: optional(place),
      after: optional(place),
      sinceMs: optional(whole(0, Number.MAX_SAFE_INTEGER)),
      limit,
    }),
    answer:
      "`messages` (oldest first, each with its `place` and the `group` of its peer), `hasOlder`, `hasNewer`",
    serve: (served, params) => historyOf(served).page(params),
  }),
  "history-search": request({
    summary: "Finds kept messages; `query` is what `feiyan history search` takes, or the tree made of it.",
    params: object({
      query: either(text(10_000), queryTree),
      conversation: optional(peerId),
      before: optional(place),
      limit,
    }),
    answer: "`hits` (newest first, as in a page), `next` (the `before` to go on with; null: that was all)",
    serve: (served, { query, ...rest }) =>
      historyOf(served).search({
        ...rest,
        query: typeof query === "string" ? parseSearch(query, (date) => readDate(date, Date.now())) : query,
      }),
  }),
  "history-message": request({
    summary: "One kept message.",
    params: object({ id: messageId }),
    answer: "the message with its `place` and `group`, or null",
    serve: (served, { id }) => historyOf(served).message(id),
  }),
  "history-value": request({
    summary: "What was kept under a name, such as the drafts of a screen.",
    params: object({ name: valueName }),
    answer: "a text, or null",
    serve: (served, { name }) => historyOf(served).value(name),
  }),
  "history-keep": request({
    summary: "Keeps a text under a name; null forgets it.",
    params: object({ name: valueName, value: orNull(text(controlLimits.valueCharacters)) }),
    answer: "null, once it is on the disk",
    serve: (served, { name, value }) => done(historyOf(served).write({ kind: "value", name, value })),
  }),
} as const;
