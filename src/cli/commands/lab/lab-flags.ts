// The flags that the measuring commands of the lab share, and what they mean as values: impairments, an experiment, where a report
// goes. Called by the commands beside it.
import {
  createSystemRandom,
  FeiyanError,
  type Impairment,
  parseEndpoint,
  parseImpairment,
  parseSeed,
} from "../../../index.js";
import type { Endpoint } from "../../../index.js";
import { defaultExperiment, type Experiment, labModes } from "../../../lab/experiment.js";
import { floodPps } from "../../../lab/limits.js";
import { numberFlag, textFlag, type CommandContext } from "../../context.js";
import { CliProblem } from "../../problem.js";

const oneWay = ["loss", "burst", "dup", "reorder", "corrupt", "delay", "mtu"] as const;

/** The impairments of both ways: the single flags for both, `--up` and `--down` on top for one. */
export function impairmentsOf(
  context: CommandContext,
  usual = "",
): {
  readonly up: Impairment;
  readonly down: Impairment;
} {
  const named = oneWay.flatMap((flag) => {
    const value = textFlag(context, flag);
    return value === undefined ? [] : [`${flag}=${value}`];
  });
  const line = lineFlag(context) ?? usual;
  const both = named.length > 0 || line === "" ? named : line.split(",").map((part) => part.trim());
  const spec = (flag: "up" | "down"): Impairment => {
    const own = textFlag(context, flag);
    const keys = new Set((own ?? "").split(",").map((part) => part.split("=", 1)[0]?.trim()));
    // What is said for one way replaces what was said for both.
    const general = both.filter((part) => !keys.has(part.split("=", 1)[0]));
    return parseImpairment([...general, ...(own === undefined ? [] : [own])].join(","));
  };
  return { up: spec("up"), down: spec("down") };
}

/** The chat's own flag, typed with a command of the lab, means the same line here; a settings file means the chat only. */
const lineFlag = ({ loaded, settings }: CommandContext): string | undefined =>
  loaded.origins.impair === "flag" ? settings.impair : undefined;

/** The seed of `--seed`, or one drawn by chance; it is always printed. */
export function seedOf(context: CommandContext): string {
  const given = textFlag(context, "seed") ?? /(?:^|,)\s*seed=(\d+)/u.exec(lineFlag(context) ?? "")?.[1];
  if (given !== undefined) {
    parseSeed(given);
    return BigInt(given).toString();
  }
  const random = createSystemRandom();
  return ((BigInt(random.uint32()) << 32n) | BigInt(random.uint32())).toString();
}

/** Whether any flag says something about the line. */
export function isLineNamed(context: CommandContext): boolean {
  return [...oneWay, "up", "down"].some((flag) => textFlag(context, flag) !== undefined);
}

export function experimentOf(context: CommandContext, usualLine = ""): Experiment {
  const mode = labModes.find((one) => one === textFlag(context, "mode")) ?? defaultExperiment.mode;
  const wait = textFlag(context, "wait") ?? "auto";
  const deadline = textFlag(context, "deadline");
  return {
    ...defaultExperiment,
    mode,
    n: numberFlag(context, "datagrams") ?? defaultExperiment.n,
    ratePps: rateOf(textFlag(context, "rate")),
    sizeBytes: numberFlag(context, "size") ?? defaultExperiment.sizeBytes,
    seed: seedOf(context),
    waitMs: wait === "auto" ? null : timeOf("wait", wait),
    deadlineMs: deadline === undefined ? defaultExperiment.deadlineMs : timeOf("deadline", deadline),
    ...impairmentsOf(context, usualLine),
  };
}

/** Datagrams a second, or `flood` for as many as go. */
function rateOf(text: string | undefined): number {
  if (text === undefined) return defaultExperiment.ratePps;
  if (text === "flood") return floodPps;
  const rate = /^\d{1,7}(?:\.\d{1,3})?$/u.test(text) ? Number(text) : Number.NaN;
  if (rate >= 0.01 && rate <= floodPps) return rate;
  throw new CliProblem("bad-flag-value", { flag: "--rate", got: text, expected: "0.01-1000000, flood" });
}

/** `2s`, `500ms`, or milliseconds. */
export function timeOf(flag: string, text: string): number {
  const [, digits, unit = "ms"] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)?$/u.exec(text) ?? [];
  const ms = digits === undefined ? Number.NaN : Number(digits) * (unit === "s" ? 1_000 : 1);
  if (ms <= 60_000) return ms;
  throw new CliProblem("bad-flag-value", { flag: `--${flag}`, got: text, expected: "0-60s" });
}

/** `2500`, `127.0.0.1:2500`, `[::1]:2500`; a bare port is loopback's. */
export function listenOf(flag: string, text: string): Endpoint {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return { address: "127.0.0.1", port };
  return endpointOf(text, Number.NaN, flag);
}

/** A literal address with a port, or with the usual one. */
export function endpointOf(text: string, defaultPort: number, flag?: string): Endpoint {
  const named = text === "localhost" ? "127.0.0.1" : text;
  const parsed = parseEndpoint(named, Number.isNaN(defaultPort) ? 0 : defaultPort);
  if (parsed !== undefined && parsed !== null && parsed.port > 0) return parsed;
  if (flag !== undefined)
    throw new CliProblem("bad-flag-value", { flag: `--${flag}`, got: text, expected: "ADDRESS:PORT" });
  throw new FeiyanError("address-invalid", `not a literal address: ${text}`, { address: text });
}
