// What the terminal can do, asked of it: how wide it draws, and by mode and attribute requests whether it knows bracketed paste, the
// mouse in its modern form and the clipboard (OSC 52). A terminal that does not answer in time "does not say". Called by `doctor`.
import { terminalFacts } from "../tui/terminal-facts.js";
import { finding, type Finding } from "../doctor/finding.js";
import type { Surroundings } from "./context.js";

const patienceMs = 400;

// Row 2 is no place for a report that looks like a key; the samples are erased again.
const request = [
  "\u001b7",
  "\u001b[2;1H中\u001b[6n",
  "\u001b[2;1H“\u001b[6n",
  "\u001b[2;1H\u001b[K\u001b8",
  "\u001b[?2004$p",
  "\u001b[?1006$p",
  "\u001b[c",
].join("");

export const checkTerminal = async (surroundings: Surroundings): Promise<Finding> => {
  const { environment, stdin, stdout } = surroundings;
  const term = environment["TERM"] ?? "";
  if (stdin.isTTY !== true || stdout.isTTY !== true) return finding("doctor-no-terminal");
  const { problem, colours } = terminalFacts(environment);
  if (problem !== null) return finding("doctor-terminal-poor", { term });
  const answer = await ask(request);
  // oxlint-disable-next-line no-control-regex -- answers of a terminal begin with one
  const columns = Array.from(answer.matchAll(/\u001b\[\d+;(\d+)R/gu), (match) => Number(match[1]) - 1);
  return finding("doctor-terminal", {
    term,
    columns: process.stdout.columns,
    rows: process.stdout.rows,
    colours,
    hanzi: columns[0] ?? null,
    ambiguous: columns[1] ?? null,
    paste: modeIn(answer, 2004),
    mouse: modeIn(answer, 1006),
    // Attribute 52 of the device attributes is how newer terminals tell; silence is no "no".
    // oxlint-disable-next-line no-control-regex -- as above
    osc52: /\u001b\[\?[\d;]*\b52\b[\d;]*c/u.test(answer) ? "yes" : "?",
  });
};

const modeIn = (answer: string, mode: number): "yes" | "no" | "?" => {
  const state = new RegExp(String.raw`\u001b\[\?${mode};(\d)\$y`, "u").exec(answer)?.[1];
  if (state === undefined) return "?";
  return state === "0" || state === "4" ? "no" : "yes";
};

/** Raw mode for a moment: the answers come as if they had been typed. */
const ask = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const input = process.stdin;
    let answer = "";
    const end = (): void => {
      clearTimeout(timer);
      input.off("data", take);
      input.setRawMode(false);
      input.pause();
      resolve(answer);
    };
    const take = (chunk: Buffer): void => {
      answer += chunk.toString("latin1");
      // Device attributes come last, from every terminal.
      // oxlint-disable-next-line no-control-regex -- as above
      if (/\u001b\[\?[\d;]*c/u.test(answer)) end();
    };
    const timer = setTimeout(end, patienceMs);
    input.setRawMode(true);
    input.on("data", take);
    input.resume();
    process.stdout.write(text);
  });
