// The classic behaviours of a sockets course, each on real sockets of loopback, each giving a few numbers. Which file holds which
// stands here; called by `run-experiment`.
import {
  emptySend,
  noConnection,
  reuseSteals,
  shortBuffer,
  udpEcho,
  udpUpper,
} from "./datagram-behaviours.js";
import { halfCharacter, longAndShort, oneAtATime, timeWait } from "./stream-behaviours.js";
import type { Measurement } from "./lesson.js";
import { pathTraversal } from "./traversal-behaviour.js";

export const behaviours = {
  "udp-echo": udpEcho,
  "udp-upper": udpUpper,
  "short-buffer": shortBuffer,
  "empty-send": emptySend,
  "no-connection": noConnection,
  "reuse-steals": reuseSteals,
  "half-character": halfCharacter,
  "one-at-a-time": oneAtATime,
  "time-wait": timeWait,
  "long-and-short": longAndShort,
  "path-traversal": pathTraversal,
} as const satisfies Readonly<Record<string, () => Promise<Measurement>>>;

export type BehaviourName = keyof typeof behaviours;
