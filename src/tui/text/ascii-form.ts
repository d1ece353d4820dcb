// Stand-ins for rules, arrows, bars and bullets on terminals that draw ambiguous characters two columns wide: there a line of `─`
// would be twice as long as meant. Such a character counts one column everywhere and paint sends its ASCII form.
// Pure data; used by width.ts (count) and display.ts (replace).

const single: Readonly<Record<string, string>> = {
  "←": "<",
  "↑": "^",
  "→": ">",
  "↓": "v",
  "↔": "-",
  "↕": "|",
  "⇐": "<",
  "⇒": ">",
  "▲": "^",
  "△": "^",
  "▶": ">",
  "▷": ">",
  "▼": "v",
  "▽": "v",
  "◀": "<",
  "◁": "<",
  "●": "*",
  "○": "o",
  "◎": "o",
  "◆": "*",
  "◇": "o",
  "■": "#",
  "□": "o",
  "★": "*",
  "☆": "*",
  "•": "*",
  "·": ".",
  "‣": "*",
  "✓": "v",
  "✗": "x",
  "░": ".",
  "▒": ":",
  "▓": "#",
};

/** The one-column ASCII character that stands for this one, or undefined when it has none. */
export function asciiForm(character: string): string | undefined {
  const code = character.charCodeAt(0);
  if (code < 0xb7) return undefined;
  const known = single[character];
  if (known !== undefined) return known;
  if (character.length !== 1) return undefined;
  // Box drawing: rules, then everything with a corner or crossing.
  if (code >= 0x2500 && code <= 0x257f) {
    if ("─━┄┅┈┉╌╍═╴╶╸╺╼╾".includes(character)) return "-";
    if ("│┃┆┇┊┋╎╏║╵╷╹╻╽╿".includes(character)) return "|";
    return "+";
  }
  // Blocks: upper and lower eighths grow into each other, one step of three is enough.
  if (code >= 0x2581 && code <= 0x2588) return code <= 0x2582 ? "." : code <= 0x2585 ? "=" : "#";
  if (code >= 0x2580 && code <= 0x259f) return "#";
  return undefined;
}

export function hasAsciiForm(character: string): boolean {
  return asciiForm(character) !== undefined;
}
