// While the screen is ours nobody else may print: console, stray writes and process warnings go to a callback instead. Used by
// terminal.ts between enter and leave; what is written there goes through the streams' own methods, taken before.

import type { ProcessHost } from "./process-host.js";

export interface StrayOutput {
  readonly source: "stdout" | "stderr" | "warning";
  readonly text: string;
}

/** Redirects; the returned function undoes it and may be called twice. */
export function captureStrayOutput(host: ProcessHost, onStray: (stray: StrayOutput) => void): () => void {
  const undo: (() => void)[] = [];
  for (const source of ["stdout", "stderr"] as const) {
    const stream = host[source];
    const isOwn = Object.hasOwn(stream, "write");
    const original = stream.write;
    stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
      onStray({ source, text: typeof chunk === "string" ? chunk : textOf(chunk) });
      const callback = rest.at(-1);
      if (typeof callback === "function") queueMicrotask(() => callback());
      return true;
    };
    undo.push(() => {
      if (isOwn) stream.write = original;
      else Reflect.deleteProperty(stream, "write");
    });
  }
  // Node's own listener prints past the streams, so it has to step aside.
  const listeners = host.listeners("warning");
  for (const listener of listeners) host.removeListener("warning", listener);
  const onWarning = (warning: unknown): void => {
    onStray({
      source: "warning",
      text: warning instanceof Error ? `${warning.name}: ${warning.message}` : String(warning),
    });
  };
  host.on("warning", onWarning);
  undo.push(() => {
    host.removeListener("warning", onWarning);
    for (const listener of listeners) host.on("warning", listener);
  });
  return () => {
    for (const step of undo.splice(0)) step();
  };
}

function textOf(chunk: unknown): string {
  return chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : String(chunk);
}
