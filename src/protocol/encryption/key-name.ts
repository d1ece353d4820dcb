// User names that carry the fingerprint of a key (section 9.3): `alice-<f5c8dee47338ba54>`. Only the form; the digest is crypto's.

/** A name of that form, taken apart; null for any other. The user part may be empty and hold hyphens of its own. */
export function parseKeyName(user: string): { readonly name: string; readonly fingerprint: string } | null {
  const match = /^(.*)-<([0-9a-fA-F]{16})>$/s.exec(user);
  return match === null ? null : { name: match[1] ?? "", fingerprint: (match[2] ?? "").toLowerCase() };
}

/** @example buildKeyName("alice", "f5c8dee47338ba54") // "alice-<f5c8dee47338ba54>" */
export function buildKeyName(user: string, fingerprint: string): string {
  return `${user}-<${fingerprint}>`;
}
