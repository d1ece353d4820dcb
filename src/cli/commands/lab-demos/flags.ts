// Values of the demonstrations' flags: shares, times, sizes with k and m, the impairments of a line. What does not fit is a slip of
// the person who typed, with the flag and what it may be. Seeds and times are those of the measuring commands.
import { parseImpairment, type Impairment } from "../../../index.js";
import { textFlag, type CommandContext } from "../../context.js";
import { CliProblem } from "../../problem.js";
import { seedOf, timeOf } from "../lab/lab-flags.js";

const bad = (flag: string, got: string, expected: string): CliProblem =>
  new CliProblem("bad-flag-value", { flag: `--${flag}`, got, expected });

/** `2ms`, `1.5s`, `20` (milliseconds). */
export const durationFlag = (context: CommandContext, flag: string): number | undefined => {
  const got = textFlag(context, flag);
  return got === undefined ? undefined : timeOf(flag, got);
};

/** `16k`, `4m`, `512` (bytes). */
export const bytesFlag = (context: CommandContext, flag: string): number | undefined => {
  const got = textFlag(context, flag);
  if (got === undefined) return undefined;
  const [, digits = "", unit = ""] = /^(\d{1,9})([km])?$/iu.exec(got) ?? [];
  const factor = { "": 1, k: 1_024, m: 1_024 * 1_024 }[unit.toLowerCase()];
  if (digits === "" || factor === undefined || Number(digits) === 0) throw bad(flag, got, "16k, 1m, 4096");
  return Number(digits) * factor;
};

/** `5%` or `0.05`; 0 to 1. */
export const shareFlag = (context: CommandContext, flag: string): number | undefined => {
  const got = textFlag(context, flag);
  if (got === undefined) return undefined;
  const [, digits = "", unit = ""] = /^(\d{1,3}(?:\.\d{1,6})?)(%)?$/u.exec(got) ?? [];
  const share = Number(digits) / (unit === "%" ? 100 : 1);
  if (digits === "" || share > 1) throw bad(flag, got, "0%-100%");
  return share;
};

const parts = ["loss", "burst", "dup", "reorder", "corrupt", "delay"] as const;

/** Both ways of a line: the flags of the parts for both; what `--up` or `--down` names replaces it for one way. */
export const lineFlags = (
  context: CommandContext,
  defaults: Readonly<Partial<Record<(typeof parts)[number], string>>>,
): { readonly there: Impairment; readonly back: Impairment; readonly seed: string } => {
  const seed = seedOf(context);
  const way = (flag: "up" | "down"): Impairment => {
    const own = textFlag(context, flag) ?? "";
    const named = new Set(own.split(",").map((item) => item.split("=", 1)[0]?.trim()));
    const general = parts.flatMap((part) => {
      const value = textFlag(context, part) ?? defaults[part];
      return value === undefined || named.has(part) ? [] : [`${part}=${value}`];
    });
    return { ...parseImpairment([...general, ...(own === "" ? [] : [own])].join(",")), seed };
  };
  return { there: way("up"), back: way("down"), seed };
};
