// Lane `sr`: a window of messages under way, each with a timer and an acknowledgement of its own; only what is missing is sent
// again. The receiver keeps what comes out of order. It sends exactly as many datagrams as `saw` on the same dice.
import type { LanePlan, LaneReceiver, LaneSender, SenderEffect, SenderEvent } from "./lane.js";

interface UnderWay {
  attempts: number;
  dueMs: number;
}

/**
 * The sender. The window is counted from the oldest message without an acknowledgement.
 *
 * @example createSelectiveSender({ messages: 300, window: 16, rtoMs: 60 })
 */
export function createSelectiveSender(plan: Pick<LanePlan, "messages" | "window" | "rtoMs">): LaneSender {
  // In order of the number: the first key is the base of the window.
  const underWay = new Map<number, UnderWay>();
  let next = 0;
  let finished = false;

  function fill(nowMs: number, effects: SenderEffect[]): void {
    for (;;) {
      const base = underWay.keys().next().value ?? next;
      if (next >= plan.messages || next >= base + plan.window) return;
      underWay.set(next, { attempts: 1, dueMs: nowMs + plan.rtoMs });
      effects.push({ kind: "send", seq: next, attempt: 1 });
      next += 1;
    }
  }

  function repeatDue(nowMs: number, effects: SenderEffect[]): void {
    const due = [...underWay].filter(([, one]) => one.dueMs <= nowMs).toSorted(byDue);
    for (const [seq, one] of due) {
      one.attempts += 1;
      one.dueMs = nowMs + plan.rtoMs;
      effects.push({ kind: "send", seq, attempt: one.attempts });
    }
  }

  return {
    handle: (input, nowMs) => {
      const effects: SenderEffect[] = [];
      const events: SenderEvent[] = [];
      if (input.kind === "ack") {
        const one = underWay.get(input.seq);
        if (one !== undefined) {
          underWay.delete(input.seq);
          events.push({ kind: "confirmed", seq: input.seq, attempts: one.attempts });
        }
      }
      if (input.kind === "tick") repeatDue(nowMs, effects);
      fill(nowMs, effects);
      if (underWay.size > 0) {
        effects.push({ kind: "wake", atMs: Math.min(...[...underWay.values()].map((one) => one.dueMs)) });
      } else if (!finished) {
        finished = true;
        events.push({ kind: "finished" });
      }
      return { effects, events };
    },
  };
}

function byDue([seqA, a]: [number, UnderWay], [seqB, b]: [number, UnderWay]): number {
  return a.dueMs - b.dueMs || seqA - seqB;
}

/** Keeps everything, acknowledges every copy: the sender may not have heard the first time. Also for saw and ipmsg. */
export function createSelectiveReceiver(): LaneReceiver {
  const seen = new Set<number>();
  return {
    handle: (seq) => {
      if (seen.has(seq)) return { ack: seq, event: { kind: "duplicate", seq } };
      seen.add(seq);
      return { ack: seq, event: { kind: "delivered", seq } };
    },
  };
}
