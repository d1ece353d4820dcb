// Which names from the wire may become names on the disk. Refuses, never repairs: a repaired name can collide or mislead. One
// path segment only; where it is put is the store's business. Called before every offer and every record is written.

/** Device names of Windows, with or without an extension. */
const reservedOnWindows = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

/** Most file systems take 255 bytes for one name. */
const maxNameBytes = 255;

/**
 * True when `name` may be used for a file or folder as it is.
 *
 * A backslash is refused everywhere: names come from Windows, where it separates. A colon is an ordinary character on POSIX
 * (vector file-003) and names a drive or a stream on Windows.
 *
 * @example
 * isSafeName("报告.doc"); // true
 * isSafeName("../../.ssh/authorized_keys"); // false
 */
export function isSafeName(name: string, platform: "posix" | "windows" = "posix"): boolean {
  if (name === "" || name === "." || name === "..") return false;
  if (/[/\\]/.test(name)) return false;
  // Control characters, and halves of surrogate pairs, which no file system name can hold.
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return false;
  if (Buffer.byteLength(name, "utf8") > maxNameBytes) return false;
  return platform === "posix" || isSafeOnWindows(name);
}

function isSafeOnWindows(name: string): boolean {
  if (/[<>:"|?*]/.test(name)) return false;
  // Windows drops blanks and dots at the end: "x." and "x" would be one file.
  if (/[ .]$/.test(name)) return false;
  return !reservedOnWindows.test(name);
}
