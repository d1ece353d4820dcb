// Sizes as people write them in flags: `500K`, `2G`. How they are shown stands in tui/text/byte-size.ts.
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
