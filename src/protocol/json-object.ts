// The JSON object in section 1 of our own packets (docs/protocol.md section 23), as names and values that nobody has looked at yet.

export type Fields = Readonly<Record<string, unknown>>;

/** Null for everything that is no object: somebody else may use the command. */
export function parseJsonObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
