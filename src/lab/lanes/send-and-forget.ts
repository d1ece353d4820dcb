// Lane `udp`: every message goes out once, at its time, and that is all. Nobody hears whether it arrived.
import type { LanePlan, LaneReceiver, LaneSender, SenderEffect, SenderEvent } from "./lane.js";

/**
 * Sends message i at start + i x interval, however late the tick comes.
 *
 * @example createForgetfulSender({ messages: 3, intervalMs: 1 }).handle({ kind: "start" }, 0)
 */
export function createForgetfulSender(plan: Pick<LanePlan, "messages" | "intervalMs">): LaneSender {
  let startMs = 0;
  let next = 0;

  return {
    handle: (input, nowMs) => {
      const effects: SenderEffect[] = [];
      const events: SenderEvent[] = [];
      if (input.kind === "start") startMs = nowMs;
      if (input.kind === "ack" || next >= plan.messages) return { effects, events };
      while (next < plan.messages && startMs + next * plan.intervalMs <= nowMs) {
        effects.push({ kind: "send", seq: next, attempt: 1 });
        next += 1;
      }
      if (next < plan.messages) effects.push({ kind: "wake", atMs: startMs + next * plan.intervalMs });
      else events.push({ kind: "finished" });
      return { effects, events };
    },
  };
}

/** Counts; answers nothing. */
export function createSilentReceiver(): LaneReceiver {
  const seen = new Set<number>();
  return {
    handle: (seq) => {
      if (seen.has(seq)) return { ack: null, event: { kind: "duplicate", seq } };
      seen.add(seq);
      return { ack: null, event: { kind: "delivered", seq } };
    },
  };
}
