// Every request of the control protocol, once: its name, what it takes, what it answers, and how an instance serves it. The server
// reads and serves from this table, the client's calls are typed by it, docs/control.md is written from it. A new request is a new entry.
import type { Event, MessageId, OfferId, PeerId, Receiver } from "../index.js";
import { snapshotOf } from "../index.js";
import type { Served } from "./host.js";
import { controlLimits } from "./limits.js";
import {
  branded,
  choice,
  either,
  flag,
  listOf,
  object,
  optional,
  orNull,
  text,
  whole,
  type Shape,
} from "./shape.js";

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

const request = <P, R>(spec: Omit<RequestSpec<P, R>, "answerTo">): RequestSpec<P, R> => ({
  ...spec,
  answerTo: (served, params) => spec.serve(served, spec.params.read(params, "params")),
});

const peerId: Shape<PeerId> = branded(400);
const messageId: Shape<MessageId> = branded(100);
const offerId: Shape<OfferId> = branded(100);
const path = text(4_096);
const overwrite = choice(["never", "rename", "replace"]);
const sizeBytes = whole(0, Number.MAX_SAFE_INTEGER);
const endpoint = object({ address: text(100), port: whole(1, 65_535) });
const receiver: Shape<Receiver> = either(object({ peer: peerId }), object({ endpoint }));
const charset = choice(["gbk", "utf-8", "gb18030", "big5", "cp932", "euc-kr", "ascii"]);
const name = text(400);
const nothing = object({});

/** Kinds of events and what they tell; every kind stands here, or it does not compile. */
export const eventKinds: Readonly<Record<Event["kind"], string>> = {
  peer: "`change` (`appeared`, `changed`, `left`), `peer`, `at`",
  "peer-merged": "`from` (the id that is gone), `into` (the peer), `at`",
  "peer-split":
    "`peer` (an entry of its own again), `from` (the id it was counted to), `moved` (ids of its messages), `at`",
  message: "`message`: received, or accepted for sending",
  "message-changed": "`message` (opened, taken back, or its signature was checked), `at`",
  alarm: "`alarm` (`reason`, fingerprints, `address`), `peer`, `at`: a key does not fit a known name",
  "knock-answered": "`peer`, `answered`, `at`: what came of a knock of ours",
  delivery: "`delivery`, `message` (as it is now)",
  duplicate: "`peerId`, `packetNo`, `at`: a repeat was dropped",
  knock: "`peer`, `at`",
  typing: "`peer`, `active`, `at`",
  info: "`peer`, `what` (`version`, `absence`), `text`, `at`",
  probe: "`token`, `step` (`begun`, `udp`, `tcp`), `tcp` (`open`, `refused`, `silent`, null), `from`, `at`",
  offer: "`change` (`appeared`, `changed`), `offer`, `at`",
  transfer: "`transfer` (as it is now), `at`",
  picture: "`picture`: of a message, received or sent, `at`",
  room: "`room` (`number`, `joined`, `members`, `unread`), `at`: a FeiQ group was heard, joined or left, or has another member",
  self: "`self`, `at`: name or absence changed",
  network: "`network`, `at`: interfaces changed",
  read: "`conversation`, `at`",
  reread: "`conversation`, `charset`, `at`: what came in it reads differently now",
  notice: "`code` (docs/errors.md), `fields`, `at`",
};

const kindNames = Object.keys(eventKinds).filter((kind): kind is Event["kind"] => kind in eventKinds);

const sayOptions = object({
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

export const requests = {
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
      "`self`, `network`, `peers`, `messages` (the newest, at most as many as asked for; default none), `unreadEveryone`, `rooms` (FeiQ groups), `diagnostics`, `offers`, `transfers`, `pictures`, `impairments` (lines that are bad on purpose)",
    serve(served, params) {
      const snapshot = snapshotOf(served.host.node, params.messages ?? 0);
      served.follow({
        kinds: params.events === undefined ? null : new Set(params.events),
        datagrams: params.datagrams ?? false,
        diagnostics: params.diagnostics ?? false,
      });
      return { ...snapshot, impairments: served.host.node.impairments() };
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
  say: request({
    summary:
      "Sends a message. `to` is a list of receivers, or names as `send --to` takes them, or `everyone`.",
    params: object({
      to: either(listOf(receiver, 65_536), text(10_000)),
      text: text(4_000_000),
      options: optional(sayOptions),
    }),
    answer: "list of the messages that were made; their `message` and `delivery` events come before it",
    serve: ({ host }, { to, text: words, options }) => host.node.say(to, words, options ?? {}),
  }),
  resend: request({
    summary: "Sends a message again to those receivers that are unconfirmed.",
    params: object({ id: messageId }),
    answer: "list with the message",
    serve: ({ host }, { id }) => host.node.resend(id),
  }),
  open: request({
    summary: "Opens a sealed message and reports that to its sender; a locked one needs the password.",
    params: object({ id: messageId, password: optional(text(1_000)) }),
    answer: "the message",
    serve: ({ host }, { id, password }) => host.node.open(id, password),
  }),
  recall: request({
    summary: "Takes a message back, where both sides can; what came of it is a `message-changed` event.",
    params: object({ id: messageId }),
    answer: "null",
    serve: ({ host }, { id }) => done(host.node.recall(id)),
  }),
  trust: request({
    summary: "Answers an alarm about a key, says that its fingerprint was compared, or forgets it.",
    params: object({ peer: peerId, answer: choice(["accept", "reject", "verify", "forget"]) }),
    answer: "null",
    serve: ({ host }, { peer, answer }) => done(host.node.answerTrust(peer, answer)),
  }),
  encrypt: request({
    summary: "Whether messages to a peer are encrypted; null as the settings say.",
    params: object({ peer: peerId, policy: orNull(choice(["auto", "always", "never"])) }),
    answer: "null",
    serve: ({ host }, { peer, policy }) => done(host.node.setEncrypt(peer, policy)),
  }),
  knock: request({
    summary: "Shakes the window of a peer; the answer is a `knock-answered` event.",
    params: object({ peer: peerId }),
    answer: "null",
    serve: ({ host }, { peer }) => done(host.node.knock(peer)),
  }),
  typing: request({
    summary: "Tells a peer that we type, or stopped.",
    params: object({ peer: peerId, active: flag }),
    answer: "null",
    serve: ({ host }, { peer, active }) => done(host.node.typing(peer, active)),
  }),
  "join-group": request({
    summary: "Belongs to a FeiQ group by its number from now on.",
    params: object({ number: text(32) }),
    answer: "null",
    serve: ({ host }, { number }) => done(host.node.joinGroup(number)),
  }),
  "leave-group": request({
    summary: "Belongs to a FeiQ group no longer.",
    params: object({ number: text(32) }),
    answer: "null",
    serve: ({ host }, { number }) => done(host.node.leaveGroup(number)),
  }),
  activity: request({
    summary: "Somebody is at the keyboard: puts off being away by itself.",
    params: nothing,
    answer: "null",
    serve({ host }) {
      host.node.noteActivity();
      return null;
    },
  }),
  fingerprint: request({
    summary: "The fingerprint of our own key.",
    params: nothing,
    answer: "64 hexadecimal digits, or null while there is no key",
    serve: ({ host }) => host.node.fingerprint,
  }),
  settled: request({
    summary: "Waits until every delivery of a message is final.",
    params: object({ id: messageId }),
    answer: "list of the deliveries",
    serve: ({ host }, { id }) => host.node.settled(id),
  }),
  offer: request({
    summary: "Offers files and folders; paths are the instance's, so they should be absolute.",
    params: object({
      to: either(listOf(receiver, 1_000), text(10_000)),
      paths: listOf(path, 1_000),
      text: optional(text(100_000)),
      as: optional(name),
      options: optional(sayOptions),
    }),
    answer: "the offer",
    serve: ({ host }, { to, paths, text: words, as, options }) =>
      host.node.offer(to, paths, {
        ...options,
        ...(words === undefined ? {} : { text: words }),
        ...(as === undefined ? {} : { as }),
      }),
  }),
  "offer-settled": request({
    summary: "Waits until every party of an offer is done with it.",
    params: object({ id: offerId }),
    answer: "the offer",
    serve: ({ host }, { id }) => host.node.offerSettled(id),
  }),
  accept: request({
    summary: "Fetches what is offered, or what failed of it.",
    params: object({
      id: offerId,
      fileIds: optional(listOf(text(20), 1_000)),
      dir: optional(path),
      overwrite: optional(overwrite),
      resume: optional(flag),
      maxSizeBytes: optional(orNull(sizeBytes)),
      anySize: optional(flag),
    }),
    answer: "the offer",
    serve: ({ host }, { id, ...options }) => host.node.accept(id, options),
  }),
  refuse: request({
    summary: "Tells the sender that nothing will be fetched.",
    params: object({ id: offerId }),
    answer: "the offer",
    serve: ({ host }, { id }) => host.node.refuse(id),
  }),
  "cancel-offer": request({
    summary: "Ends what moves of an offer; one of ours is withdrawn.",
    params: object({ id: offerId, fileId: optional(text(20)) }),
    answer: "null",
    serve: ({ host }, { id, fileId }) => done(host.node.cancelOffer(id, fileId)),
  }),
  "accept-policy": request({
    summary: "How offers are met from now on: of one peer, or (null) of all without a rule of their own.",
    params: object({
      peer: orNull(peerId),
      policy: orNull(
        object({
          accept: choice(["ask", "all", "known", "never"]),
          maxSizeBytes: orNull(sizeBytes),
          dir: path,
          overwrite,
          resume: flag,
        }),
      ),
    }),
    answer: "null",
    serve: ({ host }, { peer, policy }) => done(host.node.setAcceptPolicy(policy, peer)),
  }),
  "take-up": request({
    summary: "Makes offers again of what an earlier run left unfinished in a folder.",
    params: object({ dir: path }),
    answer: "list of the offers",
    serve: ({ host }, { dir }) => host.node.takeUp(dir),
  }),
  picture: request({
    summary: "Sends a picture: inside a message to FeiQ, as an attachment to others.",
    params: object({ peer: peerId, path, text: optional(text(100_000)) }),
    answer: "the offer; null when it goes inside a message",
    serve: ({ host }, params) => host.node.sendPicture(params.peer, params.path, params.text),
  }),
  look: request({
    summary: "What would be offered for a path.",
    params: object({ path }),
    answer: "`path`, `name`, `kind`, `sizeBytes`, `mtime`, `readOnly`",
    serve: ({ host }, params) => host.node.look(params.path),
  }),
  away: request({
    summary: "Absence mode with a text, or (null) back.",
    params: object({ text: orNull(text(1_000)) }),
    answer: "null",
    serve: ({ host }, params) => done(host.node.setAway(params.text)),
  }),
  rename: request({
    summary: "Another name or group for ourselves.",
    params: object({ nick: optional(name), group: optional(name) }),
    answer: "null",
    serve: ({ host }, names) => done(host.node.rename(names)),
  }),
  refresh: request({
    summary: "Announces us again; peers that do not answer are gone a few seconds later.",
    params: object({ hostList: optional(flag) }),
    answer: "null",
    serve: ({ host }, options) => done(host.node.refresh(options)),
  }),
  greet: request({
    summary: "Announces us to single addresses that broadcast may not reach.",
    params: object({ to: listOf(endpoint, 1_000) }),
    answer: "null",
    serve: ({ host }, { to }) => done(host.node.greet(to)),
  }),
  ask: request({
    summary: "Asks a peer for its version or absence text; the answer is an `info` event.",
    params: object({ peer: peerId, what: choice(["version", "absence"]) }),
    answer: "null",
    serve: ({ host }, { peer, what }) => done(host.node.ask(peer, what)),
  }),
  probe: request({
    summary:
      "Asks a feiyan peer to try whether it reaches us by UDP and by TCP; what comes of it are `probe` events.",
    params: object({ peer: peerId, token: text(32), tcpPort: whole(1, 65_535) }),
    answer: "null",
    serve: ({ host }, { peer, token, tcpPort }) => done(host.node.probe(peer, token, tcpPort)),
  }),
  read: request({
    summary: "Marks a conversation as read.",
    params: object({ conversation: peerId }),
    answer: "null",
    serve: ({ host }, { conversation }) => done(host.node.markRead(conversation)),
  }),
  charset: request({
    summary: "Fixes the charset of a peer, or (null) lets it be found out again.",
    params: object({ peer: peerId, charset: orNull(charset) }),
    answer: "null",
    serve: ({ host }, params) => done(host.node.setCharset(params.peer, params.charset)),
  }),
  redecode: request({
    summary: "Reads what came in a conversation again in a charset, in memory and in the history, for good.",
    params: object({ conversation: peerId, charset }),
    answer: "`changed`, `unchanged`: how many messages",
    serve: ({ host }, params) => host.node.redecode(params.conversation, params.charset),
  }),
  policy: request({
    summary: "What we decide about a peer; what is not given stays.",
    params: object({
      peer: peerId,
      policy: object({
        favourite: optional(flag),
        muted: optional(flag),
        blocked: optional(flag),
        unlogged: optional(flag),
        note: optional(text(2_000)),
        groups: optional(listOf(name, 100)),
        files: optional(
          orNull(
            object({
              accept: choice(["ask", "always", "never"]),
              maxSizeBytes: orNull(sizeBytes),
              dir: orNull(path),
            }),
          ),
        ),
      }),
    }),
    answer: "null",
    serve: ({ host }, { peer, policy }) => done(host.node.setPolicy(peer, policy)),
  }),
  merge: request({
    summary: "Counts one entry of the list to another, conversation and all.",
    params: object({ from: peerId, into: peerId }),
    answer: "null",
    serve: ({ host }, { from, into }) => done(host.node.mergePeers(from, into)),
  }),
  split: request({
    summary: "Undoes a merge.",
    params: object({ from: peerId }),
    answer: "null",
    serve: ({ host }, { from }) => done(host.node.splitPeer(from)),
  }),
  cancel: request({
    summary: "Takes a message back that waits for absent receivers.",
    params: object({ id: messageId }),
    answer: "null",
    serve: ({ host }, { id }) => done(host.node.cancel(id)),
  }),
  conversation: request({
    summary: "Messages of one conversation, the newest before a message.",
    params: object({ id: peerId, before: optional(messageId), limit: whole(1, 1_000) }),
    answer: "list of messages, oldest first",
    serve({ host }, { id, before, limit }) {
      const { messages } = host.node.conversation(id);
      const end = before === undefined ? messages.length : messages.indexOf(before);
      return messages.slice(Math.max(0, end - limit), Math.max(0, end));
    },
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
  diagnostics: request({
    summary: "Counters of what came, went and was dropped.",
    params: nothing,
    answer: "the counters",
    serve: ({ host }) => host.node.diagnostics(),
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

/** An answer that says only that it was done. */
async function done(work: Promise<unknown>): Promise<null> {
  await work;
  return null;
}

export type RequestName = keyof typeof requests;

export type ParamsOf<N extends RequestName> =
  (typeof requests)[N] extends RequestSpec<infer P, unknown> ? P : never;

export type AnswerOf<N extends RequestName> =
  (typeof requests)[N] extends RequestSpec<infer _P, infer R> ? R : never;

export const requestNames: readonly RequestName[] = Object.keys(requests).filter(
  (key): key is RequestName => key in requests,
);

export function isRequestName(value: string): value is RequestName {
  return Object.hasOwn(requests, value);
}
