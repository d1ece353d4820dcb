// Requests about ourselves as others see us: name, absence, key, announcements, groups. Part of the table in requests.ts.
import { flag, listOf, object, optional, orNull, text } from "../shape.js";
import { done, endpoint, name, nothing, request } from "./request.js";

export const presenceRequests = {
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
} as const;
