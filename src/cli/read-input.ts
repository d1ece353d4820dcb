// Texts from standard input and answers from a person at the terminal. Bounded: a pipe may never end.
import { createInterface } from "node:readline";
import type { Surroundings } from "./context.js";
import { CliProblem } from "./problem.js";

/** Far more than any datagram carries, also after `--split`. */
const maxTextBytes = 4_000_000;

/** All of standard input as bytes. */
export const readInput = async (stdin: Surroundings["stdin"], maxBytes = maxTextBytes): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw new CliProblem("input-too-long", { max: maxBytes });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
};

/** A text from standard input, without the line end that `echo` adds. */
export const readInputText = async (stdin: Surroundings["stdin"]): Promise<string> => {
  const bytes = await readInput(stdin);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw new CliProblem("input-not-utf8");
  }
};

/** The text of a message: words, or standard input for `-` and for no words where input is piped. */
export const readMessageText = async (
  words: readonly string[],
  stdin: Surroundings["stdin"],
): Promise<string> => {
  const piped = words.length === 0 && stdin.isTTY !== true;
  if (piped || (words.length === 1 && words[0] === "-")) return await readInputText(stdin);
  if (words.length === 0) throw new CliProblem("missing-argument", { argument: "TEXT" });
  return words.join(" ");
};

/** Asks on stderr (stdout is for results); anything but yes is no. */
export const askPerson = async (question: string, surroundings: Surroundings): Promise<boolean> =>
  /^\s*(?:y|yes|是|好)\s*$/i.test((await askLine(question, surroundings)) ?? "");

/** One line of an answer; null where none comes. */
export const askLine = async (
  question: string,
  { stdin, stderr, stop }: Surroundings,
): Promise<string | null> => {
  stderr.write(question);
  const lines = createInterface({ input: stdin });
  const close = (): void => lines.close();
  stop.addEventListener("abort", close);
  try {
    for await (const line of lines) return line;
    return null;
  } finally {
    stop.removeEventListener("abort", close);
    lines.close();
  }
};
