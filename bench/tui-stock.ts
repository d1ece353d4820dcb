// The same work done with the toolkit's own widgets, on an output that only counts: what the screen would cost without our log, list
// and drawing. Used by tui.ts.
import blessed from "neo-blessed";
import { sentences } from "./tui-stage.js";

interface StockWidget {
  setContent(text: string): void;
  setItems(items: readonly string[]): void;
  add(line: string): void;
}

export interface StockScreen {
  readonly bytes: () => number;
  log(): StockWidget;
  list(): StockWidget;
  render(): void;
  close(): void;
}

/** A stream that takes notes. */
function createSink(columns: number, rows: number) {
  let bytes = 0;
  const sink: Record<string, unknown> = { isTTY: true, isRaw: false, writable: true, columns, rows };
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
  ])
    sink[name] = () => sink;
  sink["listeners"] = () => [];
  sink["listenerCount"] = () => 0;
  sink["write"] = (text: unknown) => {
    bytes += Buffer.byteLength(String(text));
    return true;
  };
  return { sink, bytes: () => bytes };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what is used
const asWidget = (widget: unknown): StockWidget => widget as StockWidget;

export function createStockScreen(columns = 120, rows = 40): StockScreen {
  const { sink, bytes } = createSink(columns, rows);
  // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unsafe-type-assertion -- streams that are none
  const stream = sink as any;
  const screen = blessed.screen({
    input: stream,
    output: stream,
    terminal: "xterm-256color",
    fullUnicode: true,
    smartCSR: false,
  });
  const place = { parent: screen, left: 22, top: 1, width: columns - 22, height: rows - 5 };
  return {
    bytes,
    log: () => asWidget(blessed.log({ ...place, scrollback: 1e9 })),
    list: () => asWidget(blessed.list({ ...place, left: 0, width: 22 })),
    render: () => screen.render(),
    close: () => screen.destroy(),
  };
}

/** A line of the log as the toolkit would be given it. */
export function stockLine(index: number): string {
  return `14:02 小明    ${index} ${sentences[index % sentences.length] ?? ""}`;
}
