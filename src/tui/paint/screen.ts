// A toolkit screen cut off from the world: its input never speaks, its output is a buffer we empty, its draw method is ours. What is
// left of it are the cell arrays, the boxes' coordinates and order, and the sequences that enter and leave the alternate screen.

import type { Size } from "../view/scene.js";
import { clusterWidth } from "../text/width.js";
import { describeTerminal, type TerminalDescription } from "./description.js";
import { systemHost } from "./process-host.js";
import type { CellRow, Toolkit, ToolkitScreen } from "./toolkit.js";

export interface ScreenOptions {
  readonly toolkit: Toolkit;
  /** The TERM of the user; only `linux` has a description of its own here. */
  readonly term: string;
  readonly size: Size;
  /** Called by the toolkit's render with the rows to compare. */
  readonly draw: (wanted: readonly CellRow[], painted: readonly CellRow[]) => void;
}

export interface PaintScreen {
  readonly screen: ToolkitScreen;
  /** Bytes the toolkit wanted to write since the last call. */
  takeBytes(): string;
  /** New cell arrays of this size; both wanted and painted are blank afterwards, as on a cleared terminal. */
  reset(size: Size): void;
  /** Ends the screen; returns the bytes that leave the alternate screen. */
  close(): string;
}

/** An emitter that never emits: enough of a stream for the toolkit to attach itself to. */
function createMuteStream(): Record<string, unknown> {
  const stream: Record<string, unknown> = {
    isTTY: true,
    isRaw: false,
    writable: true,
    listeners: () => [],
    listenerCount: () => 0,
  };
  for (const name of [
    "on",
    "once",
    "addListener",
    "removeListener",
    "off",
    "emit",
    "pause",
    "resume",
    "setRawMode",
  ]) {
    stream[name] = () => stream;
  }
  return stream;
}

/**
 * The toolkit hangs its own listeners on the process when its first screen is made. Its signal handlers end the process with status 0
 * as soon as they find themselves alone, even in the middle of our own handling; leaving is lifecycle.ts's business.
 */
function withoutListeners<T>(create: () => T): T {
  const events = ["uncaughtException", "SIGTERM", "SIGINT", "SIGQUIT", "exit"];
  const before = new Set(events.flatMap((event) => systemHost.listeners(event)));
  const made = create();
  for (const event of events) {
    for (const listener of systemHost.listeners(event)) {
      if (!before.has(listener)) systemHost.removeListener(event, listener);
    }
  }
  return made;
}

/** The toolkit reads the description while it makes a screen, and only then. */
function withDescription<T>(toolkit: Toolkit, description: TerminalDescription, create: () => T): T {
  const { prototype } = toolkit.tput;
  const own = prototype.compileTerminfo;
  prototype.compileTerminfo = () => description;
  try {
    return withoutListeners(create);
  } finally {
    prototype.compileTerminfo = own;
  }
}

/** Opens the screen. `takeBytes` then holds what enters the alternate screen. */
export function openScreen(options: ScreenOptions): PaintScreen {
  const { toolkit } = options;
  let held = "";
  const output = createMuteStream();
  output["columns"] = options.size.columns;
  output["rows"] = options.size.rows;
  output["write"] = (text: unknown) => {
    held += String(text);
    return true;
  };
  toolkit.unicode.charWidth = (text, index = 0) =>
    clusterWidth(String.fromCodePoint(typeof text === "number" ? text : (text.codePointAt(index) ?? 0x20)));
  const screen = withDescription(toolkit, describeTerminal(options.term), () =>
    toolkit.screen({
      input: createMuteStream(),
      output,
      terminal: describeTerminal(options.term).name,
      fullUnicode: true,
      forceUnicode: true,
      smartCSR: false,
      autoPadding: false,
    }),
  );
  screen.draw = () => options.draw(screen.lines, screen.olines);

  const takeBytes = (): string => {
    screen.program.flush();
    const bytes = held;
    held = "";
    return bytes;
  };

  let isNew = true;
  return {
    screen,
    takeBytes,
    reset(size) {
      // Its cells were made a moment ago, of this size, and nothing has been put in them.
      const isBlank = isNew && screen.program.cols === size.columns && screen.program.rows === size.rows;
      isNew = false;
      if (isBlank) return;
      screen.program.cols = size.columns;
      screen.program.rows = size.rows;
      screen.alloc();
      // The toolkit clears the terminal itself here; the frame that follows does it inside its own bytes.
      takeBytes();
    },
    close() {
      takeBytes();
      screen.destroy();
      return takeBytes();
    },
  };
}
