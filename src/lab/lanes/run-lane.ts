// Runs one lane of machines over two transports with an impaired line between them: the memory network with simulated time, or
// real loopback sockets. Turns arrivals and timers into inputs, effects into datagrams, events into counts. Called by `race`.
import { impaired, type Clock, type DatagramTransport, type Impairment } from "../../index.js";
import { buildAck, buildSegment, frameHeadBytes, parseLaneFrame } from "./lane-frames.js";
import type { LanePlan, MachineLaneName, SenderInput, SenderStep } from "./lane.js";
import { goodput, type LaneResult } from "./lane-result.js";
import { createLaneParts } from "./lane-table.js";

export interface LaneRunOptions {
  readonly lane: MachineLaneName;
  readonly plan: LanePlan;
  readonly clock: Clock;
  readonly sender: DatagramTransport;
  readonly receiver: DatagramTransport;
  readonly receiverAddress: string;
  readonly there: Impairment;
  readonly back: Impairment;
  /** How long after the sender is done datagrams may still be on their way. */
  readonly lingerMs: number;
  /** A lane that is not done by then is stopped: at 100 % loss stop-and-wait would go on for ever. */
  readonly limitMs: number;
  readonly stop?: AbortSignal;
  /** Called as messages arrive: for a picture of it. */
  readonly moved?: (delivered: number, sent: number) => void;
}

export type MeasuredLane = Omit<LaneResult, "theory">;

/** A promise and what keeps it; ending twice does nothing. */
function createEnding(): { readonly ended: Promise<void>; readonly end: () => void } {
  const waiting = new AbortController();
  const ended = new Promise<void>((resolve) => {
    waiting.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return { ended, end: () => waiting.abort() };
}

/** Runs a lane to its end or its limit; closes both transports. */
export async function runLane(options: LaneRunOptions): Promise<MeasuredLane> {
  const { lane, plan, clock } = options;
  const { sender, receiver, messages } = createLaneParts(lane, plan, plan.sizeBytes - frameHeadBytes);
  const line = impaired(options.sender, {
    clock,
    spec: null,
    specFor: (_address, direction) => (direction === "out" ? options.there : options.back),
  });
  const counts = { sent: 0, acknowledgements: 0, duplicates: 0, discarded: 0, confirmed: 0 };
  const delivered = new Set<number>();
  const unconfirmed: number[] = [];
  let to = { address: options.receiverAddress, port: 0 };
  let startMs = 0;
  let lastArrivalMs = 0;
  let doneMs: number | null = null;
  let cancelWake: (() => void) | null = null;
  const { ended, end } = createEnding();

  function perform(step: SenderStep): void {
    for (const event of step.events) {
      if (event.kind === "confirmed") counts.confirmed += 1;
      else if (event.kind === "unconfirmed") unconfirmed.push(event.seq);
      else {
        doneMs = clock.now();
        // What the line still holds back must not look like a loss.
        line.flush();
        clock.at(doneMs + options.lingerMs, end);
      }
    }
    for (const effect of step.effects) {
      if (effect.kind === "send") {
        counts.sent += 1;
        const payload = messages.build(effect.seq);
        line.send(buildSegment(effect.seq, effect.attempt, payload), to);
      } else {
        cancelWake?.();
        cancelWake = clock.at(effect.atMs, () => {
          input({ kind: "tick" });
        });
      }
    }
  }

  function input(given: SenderInput): void {
    if (doneMs === null) perform(sender.handle(given, clock.now()));
  }

  const quiet = { problem: () => undefined, networkChanged: () => undefined };
  try {
    const network = await options.receiver.open({
      ...quiet,
      arrived: (bytes, from) => {
        const frame = parseLaneFrame(bytes);
        const seq = frame?.kind === "seg" ? messages.read(frame.payload) : null;
        if (seq === null || seq >= plan.messages) return;
        const step = receiver.handle(seq, clock.now());
        if (step.event.kind === "delivered") {
          delivered.add(seq);
          lastArrivalMs = clock.now();
          options.moved?.(delivered.size, counts.sent);
        } else if (step.event.kind === "duplicate") counts.duplicates += 1;
        else counts.discarded += 1;
        if (step.ack === null) return;
        counts.acknowledgements += 1;
        options.receiver.send(buildAck(step.ack, messages.buildAck(step.ack)), from);
      },
    });
    to = { address: options.receiverAddress, port: network.port };
    await line.open({
      ...quiet,
      arrived: (bytes) => {
        const frame = parseLaneFrame(bytes);
        if (frame?.kind !== "ack") return;
        const seq = frame.payload.length === 0 ? frame.seq : messages.readAck(frame.payload);
        if (seq !== null) input({ kind: "ack", seq });
      },
    });
    startMs = clock.now();
    const cancelLimit = clock.at(startMs + options.limitMs, end);
    options.stop?.addEventListener("abort", end, { once: true });
    if (options.stop?.aborted === true) end();
    input({ kind: "start" });
    await ended;
    cancelLimit();
  } finally {
    options.stop?.removeEventListener("abort", end);
    (cancelWake as (() => void) | null)?.();
    doneMs ??= clock.now();
    await Promise.all([line.close(), options.receiver.close()]);
  }
  const isFinished = counts.confirmed + unconfirmed.length === plan.messages;
  const timeMs = (lane === "udp" ? lastArrivalMs || doneMs : doneMs) - startMs;
  const dropped = (direction: "out" | "in"): number =>
    line
      .truth()
      .filter((flow) => flow.direction === direction)
      .reduce((sum, flow) => sum + flow.dropped.loss + flow.dropped.queue, 0);
  return {
    lane,
    messages: plan.messages,
    ...counts,
    delivered: delivered.size,
    unconfirmed: unconfirmed.length,
    unconfirmedArrived: unconfirmed.filter((seq) => delivered.has(seq)).length,
    timeMs,
    goodputBitsPerSecond: goodput(delivered.size, plan.sizeBytes, timeMs),
    finished: lane === "udp" ? counts.sent === plan.messages : isFinished,
    droppedThere: dropped("out"),
    droppedBack: dropped("in"),
  };
}
