// JSON with the line of every key, for files that people write by hand: a message names the line to look at, which `JSON.parse`
// does not say for keys, nor on every version of Node for faults. Strict JSON; no comments. Called by theme.ts.

export type JsonLines =
  | {
      readonly kind: "read";
      readonly value: unknown;
      /** Line of a key by its path with points between (`roles.menu`), counted from 1; the first of the file for the empty path. */
      readonly lines: ReadonlyMap<string, number>;
    }
  | {
      readonly kind: "fault";
      readonly line: number;
      /** What stands there; empty at the end of the file. */
      readonly found: string;
    };

/** A file for people is never deeper than this. */
const depthLimit = 16;
const token =
  // oxlint-disable-next-line no-control-regex -- strings hold none
  /[\t\n\r ]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][-+]?\d+)?|true|false|null)(?![\w.]))/y;
const shownLength = 20;

/**
 * Reads JSON text.
 *
 * @example readJsonLines('{\n "a": 1 }') // value { a: 1 }, line of "a" 2
 */
export function readJsonLines(text: string): JsonLines {
  const lines = new Map<string, number>([["", 1]]);
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  let at = 0;
  /** Where the last token begins. */
  let start = 0;
  let line = 1;

  const fault = (): Fault => {
    const blanks = /^[\t\n\r ]*/.exec(source.slice(start))?.[0].length ?? 0;
    const found = source.slice(start + blanks).split("\n", 1)[0] ?? "";
    return new Fault(line + countLines(source, start, start + blanks), found.slice(0, shownLength));
  };
  const next = (): string => {
    start = at;
    token.lastIndex = at;
    const match = token.exec(source);
    if (match === null) throw fault();
    at = token.lastIndex;
    const found = match[1] ?? match[2] ?? match[3] ?? "";
    line += countLines(source, start, at);
    start = at - found.length;
    return found;
  };
  const list = (end: string, item: (first: string) => void): void => {
    let found = next();
    if (found === end) return;
    for (;;) {
      item(found);
      found = next();
      if (found === end) return;
      if (found !== ",") throw fault();
      found = next();
    }
  };
  const read = (found: string, path: string, depth: number): unknown => {
    if (depth > depthLimit) throw fault();
    if (found === "{") {
      const entries: [string, unknown][] = [];
      list("}", (first) => {
        if (!first.startsWith('"')) throw fault();
        const key = String(JSON.parse(first));
        const below = path === "" ? key : `${path}.${key}`;
        lines.set(below, line);
        if (next() !== ":") throw fault();
        entries.push([key, read(next(), below, depth + 1)]);
      });
      return Object.fromEntries(entries);
    }
    if (found === "[") {
      const items: unknown[] = [];
      list("]", (first) => items.push(read(first, `${path}.${items.length}`, depth + 1)));
      return items;
    }
    if (/^[}\],:]/.test(found)) throw fault();
    return JSON.parse(found);
  };

  try {
    const value = read(next(), "", 0);
    start = at;
    if (/[^\t\n\r ]/.test(source.slice(at))) throw fault();
    return { kind: "read", value, lines };
  } catch (error) {
    if (error instanceof Fault) return { kind: "fault", line: error.line, found: error.found };
    throw error;
  }
}

class Fault extends Error {
  readonly line: number;
  readonly found: string;
  constructor(line: number, found: string) {
    super(found);
    this.line = line;
    this.found = found;
  }
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
