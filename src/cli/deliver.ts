// Sends one text to receivers and follows it until every receiver is settled: printing as things happen, pacing crowds, giving up
// at `--timeout`. Shared by `send` and `ask`.
import {
  everyone,
  roomNumberOf,
  formatEndpoint,
  peerName,
  safeText,
  type Charset,
  type Delivery,
  type Event,
  type Message,
  type MessageId,
  type Node,
  type Peer,
  type Receiver,
  type SayOptions,
} from "../index.js";
import { hasFlag, numberFlag, type CommandContext } from "./context.js";
import { exitCodeOfDeliveries } from "./exit-code.js";
import type { DeliveryOutcome } from "./exit-code.js";
import { queueExpiry, queuePrefix } from "./history.js";
import { deliveryFields, messageFields } from "./json.js";

/** Receivers in one go; crowds are sent in portions of a tenth of a second. */
const portionsPerSecond = 10;

export interface DeliverOptions {
  readonly to: readonly Receiver[] | "everyone";
  readonly text: string;
  readonly say: SayOptions;
  /** Receivers a second; undefined sends to all at once, as one message. */
  readonly rate?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What the message flags say. `--charset` names the charset of the message only when it stands on the command line. */
export const sayOptions = (context: CommandContext, checkByDefault: boolean): SayOptions => {
  const raw = hasFlag(context, "raw");
  const retries = numberFlag(context, "retries");
  const charset: Charset | undefined =
    context.loaded.origins.charset === "flag" ? context.settings.charset : undefined;
  const check = hasFlag(context, "no-check") ? false : checkByDefault && !raw ? true : undefined;
  return {
    ...(raw ? { raw } : {}),
    ...(charset === undefined ? {} : { charset }),
    ...(check === undefined ? {} : { check }),
    ...(retries === undefined ? {} : { retries }),
    ...(hasFlag(context, "queue")
      ? { queue: { prefix: queuePrefix(Date.now()), ...queueExpiry(context) } }
      : {}),
    lossy: hasFlag(context, "lossy"),
    split: hasFlag(context, "split"),
    seal: hasFlag(context, "seal") || hasFlag(context, "lock"),
    lock: hasFlag(context, "lock"),
    plain: hasFlag(context, "plain"),
    ...(context.loaded.origins.encrypt === "flag" ? { encrypt: context.settings.encrypt } : {}),
  };
};

/** Sends and follows; resolves with the exit code and the messages. */
export const deliver = async (
  context: CommandContext,
  node: Node,
  options: DeliverOptions,
): Promise<Delivered> => {
  const { surroundings } = context;
  return await followMessages(context, node, options, async (note) => {
    const messages: Message[] = [];
    for (const [index, to] of portionsOf(options).entries()) {
      if (index > 0) await pause(1000 / portionsPerSecond, surroundings.stop);
      if (surroundings.stop.aborted) break;
      const made = await node.say(to, options.text, options.say);
      note(made);
      messages.push(...made);
    }
    return messages;
  });
};

export interface Delivered {
  readonly code: number;
  readonly messages: readonly Message[];
}

/** Prints what becomes of the messages that `begin` makes and notes, until each is settled or the time is over. */
export const followMessages = async (
  context: CommandContext,
  node: Node,
  { timeoutMs }: { readonly timeoutMs?: number | undefined },
  begin: (note: (made: readonly Message[]) => void) => Promise<readonly Message[]>,
): Promise<Delivered> => {
  const { output, surroundings } = context;
  /** Others may be sending through the same instance: which are ours is known once they are made, a moment after their first events. */
  const ours = new Set<MessageId>();
  let early: Event[] | null = [];
  const print = (event: Event): void => {
    if (event.kind === "message" && ours.has(event.message.id)) {
      output.object("message", messageFields(event.message, node), event.message.at);
    }
    if (event.kind !== "delivery" || !ours.has(event.message.id)) return;
    output.object("delivery", deliveryFields(event.delivery, node), event.delivery.at);
    if (event.delivery.final) output.line(describeDelivery(context, node, event.delivery));
  };
  const unsubscribe = node.subscribe((event) => {
    if (event.kind !== "message" && event.kind !== "delivery") return;
    if (early === null) print(event);
    else early.push(event);
  });
  try {
    const messages = await begin((made) => {
      for (const message of made) ours.add(message.id);
      for (const event of early?.splice(0) ?? []) print(event);
    });
    early = null;
    const settled = Promise.all(messages.map((message) => settledOrQueued(context, node, message.id)));
    const givenUp = givingUp(timeoutMs, surroundings.stop);
    await Promise.race([settled, givenUp.promise]);
    givenUp.cancel();
    return { code: exitCodeOfDeliveries(outcomesOf(context, node, messages)), messages };
  } finally {
    unsubscribe();
  }
};

/**
 * All there is to wait for: the end of every delivery, or with `--queue` its place among what waits for absent people. What waits only
 * for the key of somebody who is there is `queued` too, and goes out in a moment.
 */
const settledOrQueued = (context: CommandContext, node: Node, id: MessageId): Promise<void> =>
  new Promise((resolve) => {
    const isKept = ({ state, attempt, peerId }: Delivery): boolean =>
      state === "queued" &&
      hasFlag(context, "queue") &&
      (attempt > 0 || node.peer(peerId)?.state === "offline");
    const isOver = (): boolean =>
      node.message(id)?.deliveries.every((delivery) => delivery.final || isKept(delivery)) ?? true;
    const unsubscribe = node.subscribe(() => {
      if (!isOver()) return;
      unsubscribe();
      resolve();
    });
    if (isOver()) {
      unsubscribe();
      resolve();
    }
  });

const portionsOf = ({ to, rate }: DeliverOptions): readonly (readonly Receiver[] | "everyone")[] => {
  if (to === "everyone" || rate === undefined) return [to];
  const size = Math.max(1, Math.round(rate / portionsPerSecond));
  return Array.from({ length: Math.ceil(to.length / size) }, (_, index) =>
    to.slice(index * size, (index + 1) * size),
  );
};

/** The state of every receiver now; one that was not settled in time is unconfirmed, and said to be so. */
const outcomesOf = (
  context: CommandContext,
  node: Node,
  messages: readonly Message[],
): readonly DeliveryOutcome[] =>
  messages.flatMap((message) => {
    const deliveries = node.message(message.id)?.deliveries ?? message.deliveries;
    return deliveries.map((delivery) => {
      if (delivery.state === "queued" && hasFlag(context, "queue")) {
        context.output.line(describeDelivery(context, node, delivery));
        return "done";
      }
      if (!delivery.final) {
        const unconfirmed: Delivery = { ...delivery, state: "unconfirmed", final: true };
        context.output.object("delivery", deliveryFields(unconfirmed, node));
        context.output.line(describeDelivery(context, node, unconfirmed));
        return "unconfirmed";
      }
      return delivery.state === "unconfirmed" || delivery.state === "cancelled" ? "unconfirmed" : "done";
    });
  });

/** Somebody without a name is an address, which is said once. */
const describeReceiver = (peer: Peer): string => {
  const [name, address] = [safeText(peerName(peer), { newlines: "space" }), formatEndpoint(peer.endpoint)];
  return name === address ? address : `${name} (${address})`;
};

/** `小明 (192.0.2.7:2425)  已送达  2.9 ms` */
const describeDelivery = ({ text }: CommandContext, node: Node, delivery: Delivery): string => {
  const peer = delivery.peerId === everyone ? undefined : node.peer(delivery.peerId);
  const isRoom = roomNumberOf(delivery.peerId) !== null;
  const who = peer === undefined ? (isRoom ? delivery.peerId : text("cli.everyone")) : describeReceiver(peer);
  const time = delivery.rttMs === null ? "" : `  ${delivery.rttMs.toFixed(1)} ms`;
  return `${who}  ${text(`delivery.${delivery.state}`)}${time}`;
};

const pause = (ms: number, stop: AbortSignal): Promise<void> => {
  const waiting = givingUp(ms, stop);
  return waiting.promise.then(waiting.cancel);
};

/** Resolves after a time or at a wish to stop; never without either. */
const givingUp = (
  ms: number | undefined,
  stop: AbortSignal,
): { readonly promise: Promise<void>; readonly cancel: () => void } => {
  const over = new AbortController();
  const promise = new Promise<void>((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
    stop.addEventListener("abort", () => resolve(), { signal: over.signal });
    over.signal.addEventListener("abort", () => clearTimeout(timer));
    if (stop.aborted) resolve();
  });
  return { promise, cancel: () => over.abort() };
};
