// The history of an instance in another process: each question goes over the socket, so that it is the one the instance keeps, wherever
// that lies and whether it is a file at all. Made by client.ts.
import type { HistoryView } from "../index.js";
import { FeiyanError } from "../light.js";
import { controlLimits } from "./limits.js";
import type { AnswerOf, ParamsOf, RequestName } from "./requests.js";

type Call = <N extends RequestName>(name: N, params: ParamsOf<N>) => Promise<AnswerOf<N>>;

export function createRemoteHistory(call: Call): HistoryView {
  return {
    page: ({ conversation, before, after, sinceMs, limit }) =>
      call("history-page", {
        conversation,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        ...(sinceMs === undefined ? {} : { sinceMs: Math.max(0, Math.ceil(sinceMs)) }),
        limit: Math.min(limit, controlLimits.pageMessages),
      }),
    search: ({ query, conversation, before, limit }) =>
      call("history-search", {
        query,
        ...(conversation === undefined ? {} : { conversation }),
        ...(before === undefined ? {} : { before }),
        limit: Math.min(limit, controlLimits.pageMessages),
      }),
    message: (id) => call("history-message", { id }),
    value: (name) => call("history-value", { name }),
    async write({ name, value }) {
      const limit = controlLimits.valueCharacters;
      if (value !== null && value.length > limit) {
        const reason = `${name}: ${value.length} characters, ${limit} are possible`;
        throw new FeiyanError("request-invalid", reason, { reason });
      }
      await call("history-keep", { name, value });
    },
  };
}
