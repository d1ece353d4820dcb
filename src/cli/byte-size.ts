// Sizes, speeds and durations as people write and read them: `2G`, `1.4 MB`, `3:07`.
import { CliProblem } from "./problem.js";

const powers: Readonly<Record<string, number>> = { "": 0, K: 1, M: 2, G: 3, T: 4 };

/**
 * A size of a flag: a number with K, M, G or T for powers of 1024.
 *
 * @example parseByteSize("--max-size", "2G") === 2 * 1024 ** 3
 */
export const parseByteSize = (flag: string, text: string): number => {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  const power = powers[(match?.[2] ?? "").toUpperCase()] ?? 0;
  const bytes = Math.round(Number(match?.[1]) * 1024 ** power);
  if (match === null || bytes < 1 || !Number.isSafeInteger(bytes)) {
    throw new CliProblem("bad-flag-value", { flag, got: text, expected: "500K, 20M, 2G" });
  }
  return bytes;
};

/** Three figures and a unit. */
export const formatByteSize = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = "B";
  for (const next of ["KB", "MB", "GB", "TB"]) {
    if (value < 1000) break;
    value /= 1024;
    unit = next;
  }
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
};

/** `0:07`, `12:30`, `3:00:00`. */
export const formatDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first = 0, ...others] = (parts[0] ?? 0) > 0 ? parts : parts.slice(1);
  return [String(first), ...others.map((part) => String(part).padStart(2, "0"))].join(":");
};
