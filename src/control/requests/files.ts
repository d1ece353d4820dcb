// Requests about files, folders and pictures: giving, taking, and how offers are met. Part of the table in requests.ts.
import { choice, either, flag, listOf, object, optional, orNull, text } from "../shape.js";
import { done, name, offerId, path, peerId, receiver, request, sayOptions, sizeBytes } from "./request.js";

const overwrite = choice(["never", "rename", "replace"]);

export const fileRequests = {
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
} as const;
