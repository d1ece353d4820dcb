// What the toolkit is told about the terminal, instead of what it would read from a terminfo file: the few sequences its screen sends
// when it is entered and left. Everything else is drawn by draw.ts, so no more is needed; compiling the four hundred strings of a
// full description took a tenth of the time to the first frame. Descriptions of modern terminals it misreads, or prints an error dump.

import { alternateOff, alternateOn, cursorHide, cursorShow } from "./modes.js";

/** A capability as the toolkit calls it: all arguments in one list. */
type Method = (values: readonly number[]) => string;

/** The toolkit's own form of a compiled description; keys are terminfo's short or long names, whichever it calls. */
export interface TerminalDescription {
  readonly name: string;
  readonly names: readonly string[];
  readonly bools: Readonly<Record<string, boolean>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly strings: Readonly<Record<string, string>>;
  readonly all: Readonly<Record<string, unknown>>;
  readonly features: Readonly<Record<string, boolean>>;
  readonly methods: Readonly<Record<string, Method | number>>;
}

/** Two numbers that count from 0 here and from 1 on the wire. */
const pair =
  (final: string): Method =>
  ([first = 0, second = 0]) =>
    `\u001b[${first + 1};${second + 1}${final}`;
const fixed =
  (bytes: string): Method =>
  () =>
    bytes;

/** The console of Linux has no alternate screen and no keypad mode; every other terminal of today is close enough to xterm. */
export function describeTerminal(term: string): TerminalDescription {
  const isConsole = term === "linux";
  const name = isConsole ? "linux" : "xterm-256color";
  const onXterm = (bytes: string): Method => fixed(isConsole ? "" : bytes);
  return {
    name,
    names: [name],
    bools: {},
    numbers: {},
    strings: {},
    all: {},
    // No padding, and line drawing as UTF-8.
    features: { unicode: true, brokenACS: true, padding: false },
    methods: {
      smcup: onXterm(alternateOn),
      rmcup: onXterm(alternateOff),
      keypad_xmit: onXterm("\u001b[?1h\u001b="),
      keypad_local: onXterm("\u001b[?1l\u001b>"),
      csr: pair("r"),
      cup: pair("H"),
      civis: fixed(cursorHide),
      cnorm: fixed(cursorShow),
      clear: fixed("\u001b[H\u001b[2J"),
      colors: isConsole ? 8 : 256,
    },
  };
}
