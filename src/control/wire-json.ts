// Values of the node as JSON and back: what JSON has no form for is an object with one key. Bytes are `{"$bytes": "<base64>"}`, whole
// numbers past JSON's are `{"$int": "<decimal>"}`, an object that happens to look like either is `{"$object": {…}}`. Knows no request and
// no event, so that new ones need nothing here. Used by both ends of the control socket.

/**
 * One line without its end.
 *
 * @example encodeLine({ event: { raw: new Uint8Array([1]), sizeBytes: 5n } }) // {"event":{"raw":{"$bytes":"AQ=="},"sizeBytes":{"$int":"5"}}}
 */
export function encodeLine(value: unknown): string {
  return JSON.stringify(toJson(value));
}

/** Reads a line; undefined when it is no JSON. */
export function decodeLine(line: string): unknown {
  try {
    return fromJson(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return { $int: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) {
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  }
  if (Array.isArray(value)) return value.map(toJson);
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) define(out, key, toJson(inner));
  return isMarked(value) ? { $object: out } : out;
}

function fromJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromJson);
  if (isMarked(value)) {
    const [[mark, inner] = ["", undefined]] = Object.entries(value);
    if (mark === "$bytes" && typeof inner === "string") return new Uint8Array(Buffer.from(inner, "base64"));
    if (mark === "$int" && typeof inner === "string" && /^-?\d{1,40}$/u.test(inner)) return BigInt(inner);
    if (mark === "$object" && typeof inner === "object" && inner !== null) return plain(inner);
  }
  return plain(value);
}

function plain(value: object): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) define(out, key, fromJson(inner));
  return out;
}

/** A key of hostile text such as `__proto__` is a key like any other. */
function define(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  else out[key] = value;
}

function isMarked(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] ?? "").startsWith("$");
}
