// A token bucket with a bounded queue, as arithmetic: says when a datagram may leave, or that the queue is full. Pure; has
// no timer, so no rounding of timers can change the rate. Called by `impaired-path`.

export interface RateSpec {
  readonly bitsPerSecond: number;
  readonly burstBytes: number;
  readonly queueBytes: number;
}

export interface RateLimit {
  readonly spec: RateSpec;
  /** When a datagram that comes now leaves; null: the queue is full and it is dropped (tail drop). */
  admit(lengthBytes: number, nowMs: number): number | null;
}

export function createRateLimit(spec: RateSpec): RateLimit {
  const bytesPerMs = spec.bitsPerSecond / 8_000;
  const queue: { readonly departMs: number; readonly lengthBytes: number }[] = [];
  let queuedBytes = 0;
  // The bucket is full again at this moment; before it, (fullMs - now) * rate bytes are missing from it.
  let fullMs = Number.NEGATIVE_INFINITY;
  let lastDepartMs = Number.NEGATIVE_INFINITY;

  return {
    spec,
    admit: (lengthBytes, nowMs) => {
      for (let head = queue[0]; head !== undefined && head.departMs <= nowMs; head = queue[0]) {
        queue.shift();
        queuedBytes -= head.lengthBytes;
      }
      // A datagram longer than the bucket leaves when the bucket is full, and its excess is owed.
      const spareMs = (spec.burstBytes - Math.min(lengthBytes, spec.burstBytes)) / bytesPerMs;
      const departMs = Math.max(nowMs, lastDepartMs, fullMs - spareMs);
      if (departMs > nowMs) {
        if (queuedBytes + lengthBytes > spec.queueBytes) return null;
        queue.push({ departMs, lengthBytes });
        queuedBytes += lengthBytes;
      }
      lastDepartMs = departMs;
      fullMs = Math.max(fullMs, departMs) + lengthBytes / bytesPerMs;
      return departMs;
    },
  };
}
