// The few members of the terminal's streams that we use, so that tests can pass their own, and the private switch between blocking
// and queued writes of a Unix terminal.

export interface TerminalInput {
  readonly isTTY?: boolean;
  on(event: string, listener: (value: unknown) => void): unknown;
  removeListener(event: string, listener: (value: unknown) => void): unknown;
  setRawMode?(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface TerminalOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Bytes accepted and not yet taken by the terminal. */
  readonly writableLength: number;
  write(text: string): boolean;
  on(event: string, listener: (value: unknown) => void): unknown;
  removeListener(event: string, listener: (value: unknown) => void): unknown;
}

/**
 * Writes to a Unix terminal block the process; a terminal that stops reading would stop the network too. The switch is not public,
 * so its absence is no error: then writes simply block as before. Blocking comes back only with an empty queue, because a blocking
 * handle with queued bytes would hang in the middle of the event loop.
 */
export function setBlockingWrites(output: TerminalOutput, isBlocking: boolean): void {
  if (isBlocking && output.writableLength > 0) return;
  const handle: unknown = Reflect.get(output, "_handle");
  if (typeof handle !== "object" || handle === null) return;
  const setBlocking: unknown = Reflect.get(handle, "setBlocking");
  if (typeof setBlocking !== "function") return;
  try {
    Reflect.apply(setBlocking, handle, [isBlocking]);
  } catch {
    // A closed handle: there is nothing left to write to.
    return;
  }
}
