// Requests about one peer: asking it things, and what we decide about it. Part of the table in requests.ts.
import { choice, flag, listOf, object, optional, orNull, text, whole } from "../shape.js";
import { charset, done, name, path, peerId, request, sizeBytes } from "./request.js";

export const peerRequests = {
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
  charset: request({
    summary: "Fixes the charset of a peer, or (null) lets it be found out again.",
    params: object({ peer: peerId, charset: orNull(charset) }),
    answer: "null",
    serve: ({ host }, params) => done(host.node.setCharset(params.peer, params.charset)),
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
} as const;
