// Sizes and durations as people read them: `1.43 MB`, `3:07`. Used by the file list and by the command line.

/** Three figures and a unit. */
export function formatByteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = "B";
  for (const next of ["KB", "MB", "GB", "TB"]) {
    if (value < 1000) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

/** `0:07`, `12:30`, `3:00:00`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first = 0, ...others] = (parts[0] ?? 0) > 0 ? parts : parts.slice(1);
  return [String(first), ...others.map((part) => String(part).padStart(2, "0"))].join(":");
}

const powers = ["", "K", "M", "G", "T"];

/** A size as people write it, `500K`, `2G`; null for anything else. */
export function readByteSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/iu.exec(text);
  if (match === null) return null;
  const bytes = Math.round(Number(match[1]) * 1024 ** powers.indexOf((match[2] ?? "").toUpperCase()));
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : null;
}
