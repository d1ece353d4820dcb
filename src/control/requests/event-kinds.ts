// Kinds of events that a client can hear of, and what each tells: for the documentation and for the request `attach`.
import type { Event } from "../../index.js";

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

export const kindNames: readonly Event["kind"][] = Object.keys(eventKinds).filter(
  (kind): kind is Event["kind"] => kind in eventKinds,
);
