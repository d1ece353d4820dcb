// Lane `gbn`: a window of messages under way, one timer for the oldest, acknowledgements that mean "everything before this".
// The receiver keeps only the one it waits for, so one loss sends the whole window again; in return it needs no memory, and a
// lost acknowledgement is covered by the next one.
import type { LanePlan, LaneReceiver, LaneSender, SenderEffect, SenderEvent } from "./lane.js";

/**
 * The sender; `seq` of its acknowledgements is the next number the receiver expects.
 *
 * @example createGoBackSender({ messages: 300, window: 16, rtoMs: 60 })
 */
export function createGoBackSender(plan: Pick<LanePlan, "messages" | "window" | "rtoMs">): LaneSender {
  let base = 0;
  let next = 0;
  let dueMs = 0;
  const attempts: number[] = [];

  function send(seq: number): SenderEffect {
    const attempt = (attempts[seq] ?? 0) + 1;
    attempts[seq] = attempt;
    return { kind: "send", seq, attempt };
  }

  function fill(effects: SenderEffect[]): void {
    for (; next < plan.messages && next < base + plan.window; next += 1) effects.push(send(next));
  }

  return {
    handle: (input, nowMs) => {
      const effects: SenderEffect[] = [];
      const events: SenderEvent[] = [];
      if (base >= plan.messages) return { effects, events };
      switch (input.kind) {
        case "start":
          fill(effects);
          dueMs = nowMs + plan.rtoMs;
          break;
        case "ack":
          // Outside the window: old news, or something nobody sent.
          if (input.seq <= base || input.seq > next) return { effects, events };
          for (; base < input.seq; base += 1)
            events.push({ kind: "confirmed", seq: base, attempts: attempts[base] ?? 0 });
          fill(effects);
          dueMs = nowMs + plan.rtoMs;
          break;
        case "tick":
          if (nowMs < dueMs) return { effects, events };
          for (let seq = base; seq < next; seq += 1) effects.push(send(seq));
          dueMs = nowMs + plan.rtoMs;
          break;
        default:
          input satisfies never;
      }
      if (base >= plan.messages) events.push({ kind: "finished" });
      else effects.push({ kind: "wake", atMs: dueMs });
      return { effects, events };
    },
  };
}

/** Takes the expected one, throws the others away, always answers with what it waits for. */
export function createInOrderReceiver(): LaneReceiver {
  let expected = 0;
  return {
    handle: (seq) => {
      if (seq === expected) {
        expected += 1;
        return { ack: expected, event: { kind: "delivered", seq } };
      }
      return { ack: expected, event: { kind: seq < expected ? "duplicate" : "discarded", seq } };
    },
  };
}
