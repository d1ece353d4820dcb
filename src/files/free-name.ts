// "name (2)", "name (3)", …: what a received thing is called when its name is taken. Our own addition is the only thing that may
// shorten a name, by characters at the end of its stem.
const mostBytes = 255;

/** The name with its number; 1 is the name itself. */
export function numberedName(name: string, number: number): string {
  if (number <= 1) return name;
  const dot = name.lastIndexOf(".");
  // ".profile" has no ending, and one of many characters is no ending but part of the name.
  const hasEnding = dot > 0 && name.length - dot <= 16;
  const ending = hasEnding ? name.slice(dot) : "";
  const mark = ` (${number})`;
  let stem = Array.from(hasEnding ? name.slice(0, dot) : name);
  while (stem.length > 1 && Buffer.byteLength(stem.join("") + mark + ending) > mostBytes)
    stem = stem.slice(0, -1);
  return stem.join("") + mark + ending;
}

/** Numbers tried before it is given up. */
export const mostNumbers = 10_000;
