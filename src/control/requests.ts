// Every request of the control protocol, once: its name, what it takes, what it answers, and how an instance serves it. The server
// reads and serves from this table, the client's calls are typed by it, docs/control-requests.md is written from it. A new request is a new
// entry in one of its parts, which are by feature.
import { fileRequests } from "./requests/files.js";
import { historyRequests } from "./requests/history.js";
import { instanceRequests } from "./requests/instance.js";
import { messageRequests } from "./requests/messages.js";
import { peerRequests } from "./requests/peers.js";
import { presenceRequests } from "./requests/presence.js";
import type { RequestSpec } from "./requests/request.js";

export const requests = {
  ...instanceRequests,
  ...messageRequests,
  ...historyRequests,
  ...peerRequests,
  ...presenceRequests,
  ...fileRequests,
} as const;

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
