// What became of an own message: one mark behind its text, and for several receivers a ledger of who has it and who has not.
import type { Delivery, Message } from "../../index.js";
import { shownName } from "../roster.js";
import type { World } from "../world.js";
import { span } from "./lines.js";
import type { Role, Span } from "./scene.js";

const defaultRepeats = 3;
/** Receivers that are listed by name; those without an answer come first. */
const listedReceivers = 12;

/** What is known of an own message, over all its receivers. */
export function deliveryMark(message: Message, world: World): Span | null {
  const { deliveries } = message;
  if (deliveries.length === 0) return null;
  if (deliveries.length === 1) {
    const [only] = deliveries;
    return only === undefined ? null : oneMark(only, world);
  }
  const done = deliveries.filter(isDone).length;
  const isFinal = deliveries.every((one) => one.final);
  const role: Role =
    done === deliveries.length ? "delivery.delivered" : isFinal ? "delivery.unconfirmed" : "delivery.sent";
  return span(world.text("delivery.many", { done, total: deliveries.length }), role);
}

/** Each receiver with its mark; none for a single one. */
export function ledgerPieces(message: Message, world: World): readonly Span[] {
  const { deliveries } = message;
  if (deliveries.length < 2) return [];
  const missing = deliveries.filter((one) => !isDone(one));
  const listed = [...missing, ...deliveries.filter(isDone)].slice(0, listedReceivers);
  const pieces = listed.flatMap((delivery, index): readonly Span[] => {
    const peer = world.node.peer(delivery.peerId);
    const name = peer === undefined ? "?" : shownName(peer);
    return [span(`${index === 0 ? "" : "  "}${name} `, "message.system"), oneMark(delivery, world)];
  });
  const left = deliveries.length - listed.length;
  return left > 0 ? [...pieces, span(` … +${left}`, "message.system")] : pieces;
}

function isDone(delivery: Delivery): boolean {
  return delivery.state === "delivered" || delivery.state === "opened";
}

function oneMark(delivery: Delivery, world: World): Span {
  const repeat = Math.max(1, delivery.attempt - 1);
  switch (delivery.state) {
    case "queued":
      return span(world.text("delivery.queued"), "delivery.queued");
    case "sent":
      return span(world.text("delivery.sent"), "delivery.sent");
    case "retried": {
      const values = { attempt: repeat, most: Math.max(defaultRepeats, repeat) };
      return span(world.text("delivery.retried", values), "delivery.retrying");
    }
    case "delivered":
      return span(deliveredText(delivery, world), "delivery.delivered");
    case "opened":
      return span(world.text("delivery.opened"), "delivery.delivered");
    case "unconfirmed":
      return span(world.text("delivery.unconfirmed"), "delivery.unconfirmed");
    case "refused":
      return span(world.text("delivery.refused"), "delivery.unconfirmed");
    case "cancelled":
      return span(world.text("delivery.cancelled"), "delivery.unconfirmed");
    default: {
      const unreachable: never = delivery.state;
      return unreachable;
    }
  }
}

/** With the time it took there and back: below a millisecond on a quiet wire. */
function deliveredText({ rttMs }: Delivery, world: World): string {
  if (rttMs === null) return world.text("delivery.delivered");
  return world.text("delivery.deliveredIn", { ms: rttMs < 1 ? "<1" : Math.round(rttMs) });
}
