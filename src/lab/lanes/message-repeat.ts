// Lane `ipmsg`: what a LAN chat does. Each message is on its own, is repeated a few times at a fixed interval until its
// acknowledgement comes, and is then given up as unconfirmed. Messages do not wait for each other.
import type { LanePlan, LaneSender, SenderEffect, SenderEvent } from "./lane.js";

interface Pending {
  attempts: number;
  dueMs: number;
}

/**
 * The sender; its receiver is `createSelectiveReceiver`.
 *
 * @example createMessageSender({ messages: 300, intervalMs: 5, repeat: { sends: 4, intervalMs: 75 } })
 */
export function createMessageSender(plan: Pick<LanePlan, "messages" | "intervalMs" | "repeat">): LaneSender {
  const { sends, intervalMs } = plan.repeat;
  const pending = new Map<number, Pending>();
  let startMs = 0;
  let next = 0;
  let finished = false;

  function repeatDue(nowMs: number, effects: SenderEffect[], events: SenderEvent[]): void {
    for (const [seq, one] of pending) {
      if (one.dueMs > nowMs) continue;
      if (one.attempts >= sends) {
        pending.delete(seq);
        events.push({ kind: "unconfirmed", seq, attempts: one.attempts });
        continue;
      }
      one.attempts += 1;
      one.dueMs = nowMs + intervalMs;
      effects.push({ kind: "send", seq, attempt: one.attempts });
    }
  }

  function beginDue(nowMs: number, effects: SenderEffect[]): void {
    for (; next < plan.messages && startMs + next * plan.intervalMs <= nowMs; next += 1) {
      pending.set(next, { attempts: 1, dueMs: nowMs + intervalMs });
      effects.push({ kind: "send", seq: next, attempt: 1 });
    }
  }

  return {
    handle: (input, nowMs) => {
      const effects: SenderEffect[] = [];
      const events: SenderEvent[] = [];
      if (input.kind === "start") startMs = nowMs;
      if (input.kind === "ack") {
        const one = pending.get(input.seq);
        if (one !== undefined) {
          pending.delete(input.seq);
          events.push({ kind: "confirmed", seq: input.seq, attempts: one.attempts });
        }
      } else {
        repeatDue(nowMs, effects, events);
        beginDue(nowMs, effects);
      }
      const dues = [...pending.values()].map((one) => one.dueMs);
      if (next < plan.messages) dues.push(startMs + next * plan.intervalMs);
      if (dues.length > 0) effects.push({ kind: "wake", atMs: Math.min(...dues) });
      else if (!finished) {
        finished = true;
        events.push({ kind: "finished" });
      }
      return { effects, events };
    },
  };
}
