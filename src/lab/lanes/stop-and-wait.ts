// Lane `saw`: one message under way; the next one leaves when this one is acknowledged, and a fixed timer sends it again until
// then. The simplest way to repair loss, and the slowest: the path is empty most of the time.
import type { LanePlan, LaneSender, SenderEffect, SenderEvent } from "./lane.js";

/**
 * The sender; its receiver is `createSelectiveReceiver`.
 *
 * @example createStopAndWaitSender({ messages: 300, rtoMs: 60 })
 */
export function createStopAndWaitSender(plan: Pick<LanePlan, "messages" | "rtoMs">): LaneSender {
  let current = 0;
  let attempts = 0;
  let dueMs = 0;

  function send(nowMs: number): SenderEffect[] {
    attempts += 1;
    dueMs = nowMs + plan.rtoMs;
    return [
      { kind: "send", seq: current, attempt: attempts },
      { kind: "wake", atMs: dueMs },
    ];
  }

  function advance(nowMs: number): { effects: SenderEffect[]; events: SenderEvent[] } {
    const events: SenderEvent[] = [{ kind: "confirmed", seq: current, attempts }];
    current += 1;
    attempts = 0;
    if (current < plan.messages) return { effects: send(nowMs), events };
    events.push({ kind: "finished" });
    return { effects: [], events };
  }

  return {
    handle: (input, nowMs) => {
      const idle = { effects: [], events: [] };
      if (current >= plan.messages) return idle;
      switch (input.kind) {
        case "start":
          return { effects: send(nowMs), events: [] };
        case "ack":
          // A late copy of an earlier acknowledgement says nothing about this message.
          return input.seq === current && attempts > 0 ? advance(nowMs) : idle;
        case "tick":
          return attempts > 0 && nowMs >= dueMs ? { effects: send(nowMs), events: [] } : idle;
        default:
          return input satisfies never;
      }
    },
  };
}
