// The `Node` of somebody attached: reads from the mirror, asks over the socket. Opens nothing; made by client.ts. Paths are those of
// this process: they are made absolute before the instance hears of them.
import { resolve as absolute } from "node:path";
import type { ChatNode, Endpoint, Event, HistoryView, ImpairedLine, Mirror } from "../index.js";
import { createSystemRandom, FeiyanError, formatImpairment, parseImpairment } from "../light.js";
import type { AnswerOf, ParamsOf, RequestName } from "./requests.js";

export interface RemoteParts {
  readonly mirror: Mirror;
  /** Lines that are bad on purpose, as the instance told last. */
  readonly badLines: () => readonly ImpairedLine[];
  readonly setBadLines: (lines: readonly ImpairedLine[]) => void;
  readonly call: <N extends RequestName>(name: N, params: ParamsOf<N>) => Promise<AnswerOf<N>>;
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  readonly isClosed: () => boolean;
  readonly history: HistoryView | null;
  readonly close: () => Promise<void>;
}

function isSameEnd(a: Endpoint | null, b: Endpoint | null): boolean {
  if (a === null || b === null) return a === b;
  return a.address === b.address && a.port === b.port;
}

async function asked(work: Promise<unknown>): Promise<void> {
  await work;
}

/** Events kept for a reader of the iterator that does not come back for them. */
const backlog = 10_000;

export function createRemoteNode({
  mirror,
  badLines,
  setBadLines,
  call,
  subscribe,
  isClosed,
  history,
  close,
}: RemoteParts): ChatNode {
  const ends = new Set<() => void>();
  const random = createSystemRandom();
  return {
    start() {
      const { network } = mirror;
      if (network !== null && !isClosed()) return Promise.resolve(network);
      return Promise.reject(new FeiyanError("node-closed", "detached"));
    },
    async close() {
      for (const end of ends) end();
      await close();
    },
    get self() {
      return mirror.self;
    },
    // The instance tells it on request only; who is attached asks `fingerprint` for it.
    get fingerprint() {
      return null;
    },
    get network() {
      return mirror.network;
    },
    peers: () => mirror.peers(),
    peer: (id) => mirror.peer(id),
    conversation: (id) => mirror.conversation(id),
    conversations: () => mirror.conversations(),
    rooms: () => mirror.rooms(),
    message: (id) => mirror.message(id),
    diagnostics: () => mirror.diagnostics(),
    offers: () => mirror.offers(),
    transfers: () => mirror.transfers(),
    pictures: () => mirror.pictures(),

    say(to, text, options = {}) {
      const receivers = typeof to === "string" ? to : "peer" in to || "endpoint" in to ? [to] : to;
      return call("say", { to: receivers, text, options });
    },
    offer(to, paths, { text, as, ...options } = {}) {
      const receivers = typeof to === "string" ? to : "peer" in to || "endpoint" in to ? [to] : to;
      const own = paths.map((path) => absolute(path));
      return call("offer", {
        to: receivers,
        paths: own,
        options,
        ...(text === undefined ? {} : { text }),
        ...(as === undefined ? {} : { as }),
      });
    },
    offerSettled: (id) => call("offer-settled", { id }),
    accept: (id, options = {}) =>
      call("accept", {
        id,
        ...options,
        ...(options.dir === undefined ? {} : { dir: absolute(options.dir) }),
      }),
    refuse: (id) => call("refuse", { id }),
    cancelOffer: (id, fileId) =>
      asked(call("cancel-offer", { id, ...(fileId === undefined ? {} : { fileId }) })),
    setAcceptPolicy: (policy, peer = null) =>
      asked(
        call("accept-policy", {
          peer,
          policy: policy === null ? null : { ...policy, dir: absolute(policy.dir) },
        }),
      ),
    takeUp: (dir) => call("take-up", { dir: absolute(dir) }),
    sendPicture: (peer, path, text) =>
      call("picture", { peer, path: absolute(path), ...(text === undefined ? {} : { text }) }),
    look: (path) => call("look", { path: absolute(path) }),
    resend: (id) => call("resend", { id }),
    open: (id, password) => call("open", password === undefined ? { id } : { id, password }),
    recall: (id) => asked(call("recall", { id })),
    answerTrust: (peer, answer) => asked(call("trust", { peer, answer })),
    setEncrypt: (peer, policy) => asked(call("encrypt", { peer, policy })),
    knock: (peer) => asked(call("knock", { peer })),
    typing: (peer, active) => asked(call("typing", { peer, active })),
    joinGroup: (number) => asked(call("join-group", { number })),
    leaveGroup: (number) => asked(call("leave-group", { number })),
    noteActivity: () => void call("activity", {}).catch(() => undefined),
    settled: (id) => call("settled", { id }),
    setAway: (text) => asked(call("away", { text })),
    rename: (names) => asked(call("rename", names)),
    greet: (to) => asked(call("greet", { to })),
    probe: (peer, token, tcpPort) => asked(call("probe", { peer, token, tcpPort })),
    refresh: (options = {}) => asked(call("refresh", options)),
    ask: (peer, what) => asked(call("ask", { peer, what })),
    markRead: (conversation) => asked(call("read", { conversation })),
    setCharset: (peer, charset) => asked(call("charset", { peer, charset })),
    redecode: (conversation, charset) => call("redecode", { conversation, charset }),
    setPolicy(peer, { files, ...policy }) {
      const own = files?.dir == null ? files : { ...files, dir: absolute(files.dir) };
      return asked(
        call("policy", { peer, policy: { ...policy, ...(own === undefined ? {} : { files: own }) } }),
      );
    },
    mergePeers: (from, into) => asked(call("merge", { from, into })),
    splitPeer: (from) => asked(call("split", { from })),
    cancel: (id) => asked(call("cancel", { id })),
    waiting: () => mirror.waiting(),
    history,

    impair(to, spec) {
      const parsed = typeof spec === "string" ? parseImpairment(spec) : spec;
      // Drawn here, so that what is given back is what will be in force.
      const isEmpty = parsed === null || Object.keys(parsed).every((key) => key === "seed");
      const inForce = isEmpty ? null : { ...parsed, seed: parsed.seed ?? String(random.uint32()) };
      const others = badLines().filter((line) => !isSameEnd(line.to, to));
      setBadLines(inForce === null ? others : [...others, { to, spec: inForce }]);
      const text = inForce === null ? null : formatImpairment(inForce);
      void call("impair", { to, spec: text }).then(setBadLines, () => undefined);
      return inForce;
    },
    impairments: badLines,

    subscribe,
    async *events() {
      const queue: Event[] = [];
      let wake: (() => void) | null = null;
      let ended = isClosed();
      const end = (): void => {
        ended = true;
        wake?.();
      };
      ends.add(end);
      const stop = subscribe((event) => {
        if (queue.length >= backlog) queue.shift();
        queue.push(event);
        wake?.();
      });
      try {
        for (;;) {
          for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
          if (ended) return;
          // oxlint-disable-next-line no-await-in-loop -- one event after another is the point
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
        }
      } finally {
        ends.delete(end);
        stop();
      }
    },
  };
}
