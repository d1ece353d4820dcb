// Requests about messages and the conversations they stand in. Part of the table in requests.ts.
import { either, listOf, object, optional, text, whole } from "../shape.js";
import { charset, done, messageId, peerId, receiver, request, sayOptions } from "./request.js";

export const messageRequests = {
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
  cancel: request({
    summary: "Takes a message back that waits for absent receivers.",
    params: object({ id: messageId }),
    answer: "null",
    serve: ({ host }, { id }) => done(host.node.cancel(id)),
  }),
  settled: request({
    summary: "Waits until every delivery of a message is final.",
    params: object({ id: messageId }),
    answer: "list of the deliveries",
    serve: ({ host }, { id }) => host.node.settled(id),
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
  read: request({
    summary: "Marks a conversation as read.",
    params: object({ conversation: peerId }),
    answer: "null",
    serve: ({ host }, { conversation }) => done(host.node.markRead(conversation)),
  }),
  redecode: request({
    summary: "Reads what came in a conversation again in a charset, in memory and in the history, for good.",
    params: object({ conversation: peerId, charset }),
    answer: "`changed`, `unchanged`: how many messages",
    serve: ({ host }, params) => host.node.redecode(params.conversation, params.charset),
  }),
} as const;
