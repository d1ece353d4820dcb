// What changes from run to run, taken out of a transcript: times, ids, ports, processes, folders, measured values.
const textRules: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?/g, "<time>"],
  [/\b\d\d:\d\d:\d\d\b/g, "<time>"],
  [/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, "<id>"],
  [/\b(127\.0\.0\.1|0\.0\.0\.0):\d{4,5}\b/g, "$1:<port>"],
  [/\b(?:daemon|cli)-\d+\b/g, "<user>"],
  [/\bport \d{4,5}\b/g, "port <port>"],
  [/\bpid \d+\b/g, "pid <pid>"],
  [/[\d.]+ ms\b/g, "<ms>"],
  [/[\d.]+ MB\b/g, "<MB>"],
  [/ {2,}/g, "  "],
];

const maskedKeys = new Set(
  "at id messageId offerId packetNo raw rttMs pid port rssBytes addresses sha256 bytesPerSecond version capabilities fingerprint path".split(
    " ",
  ),
);

/** Text with the values of the scene as `{name}` again. */
export function maskText(text: string, values: ReadonlyMap<string, string>): string {
  let masked = text;
  // The longest first: a folder is the beginning of a file.
  const known = [...values].toSorted(([, a], [, b]) => b.length - a.length);
  for (const [name, value] of known) masked = masked.replaceAll(value, `{${name}}`);
  for (const [pattern, mask] of textRules) masked = masked.replace(pattern, mask);
  return masked;
}

/** A line of JSON with what changes named instead; keys and everything else as they are. */
export function maskLine(object: unknown, values: ReadonlyMap<string, string>): string {
  const mask = (value: unknown, key: string): unknown => {
    if (maskedKeys.has(key) && value !== null) return `<${key}>`;
    if (typeof value === "string") return maskText(value, values);
    if (Array.isArray(value)) return value.map((one) => mask(one, ""));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner, name)]));
  };
  return JSON.stringify(mask(object, ""));
}
