// Requests about the instance as a whole: attaching to it, its state and counters, lines that are bad on purpose, settings, its end.
// Knows no socket. Part of the table in requests.ts.
import { snapshotOf } from "../../index.js";
import { controlLimits } from "../limits.js";
import { kindNames } from "./event-kinds.js";
import { choice, flag, listOf, object, optional, orNull, text, whole } from "../shape.js";
import { endpoint, nothing, request } from "./request.js";

export const instanceRequests = {
  attach: request({
    summary:
      "What there is to see now; from this moment on events follow. Again at any time, e.g. after a gap.",
    params: object({
      events: optional(listOf(choice(kindNames), kindNames.length)),
      messages: optional(whole(0, controlLimits.snapshotMessages)),
      diagnostics: optional(flag),
      datagrams: optional(flag),
    }),
    answer:
      "`self`, `network`, `peers`, `messages` (the newest, at most as many as asked for; default none), `unreadEveryone`, `rooms` (FeiQ groups), `diagnostics`, `offers`, `transfers`, `pictures`, `impairments` (lines that are bad on purpose), `history` (whether the instance keeps one)",
    serve(served, params) {
      const snapshot = snapshotOf(served.host.node, params.messages ?? 0);
      served.follow({
        kinds: params.events === undefined ? null : new Set(params.events),
        datagrams: params.datagrams ?? false,
        diagnostics: params.diagnostics ?? false,
      });
      return {
        ...snapshot,
        impairments: served.host.node.impairments(),
        history: served.host.node.history !== null,
      };
    },
  }),
  status: request({
    summary: "The instance itself.",
    params: nothing,
    answer:
      "`kind`, `startedAt`, `network`, `counts` (clients, those that follow events, refused connections, missed events), `rssBytes`",
    serve: (served) => ({
      kind: served.host.kind,
      startedAt: served.startedAt,
      network: served.host.node.network,
      counts: served.counts(),
      rssBytes: process.memoryUsage.rss(),
    }),
  }),
  diagnostics: request({
    summary: "Counters of what came, went and was dropped.",
    params: nothing,
    answer: "the counters",
    serve: ({ host }) => host.node.diagnostics(),
  }),
  impair: request({
    summary:
      "Makes the line to an endpoint (null: to everybody without an entry) bad on purpose, as `--impair` does; null ends it.",
    params: object({ to: orNull(endpoint), spec: orNull(text(1_000)) }),
    answer: "list of what is impaired now",
    serve({ host }, { to, spec }) {
      host.node.impair(to, spec);
      return host.node.impairments();
    },
  }),
  reload: request({
    summary: "Reads the settings again.",
    params: nothing,
    answer: "`applied`, `waiting` (only the next start takes them), `problems` (then nothing was changed)",
    serve: ({ host }) => host.reload?.() ?? null,
  }),
  stop: request({
    summary: "Ends the instance in order. Only a daemon does that for others.",
    params: nothing,
    answer: "true, or false when it does not",
    serve({ host }) {
      if (host.stop === undefined) return false;
      // The answer goes first.
      setTimeout(host.stop, 10);
      return true;
    },
  }),
} as const;
