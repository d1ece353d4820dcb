// A20: the lab's screen in a pseudo terminal while it measures 1,000 a second: how many frames it paints, what share of a core it
// takes, and whether the account is still exact.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { type Finding, notHere } from "./finding.js";
import { feiyan, start } from "./program.js";

const seconds = 6;
const watchMs = 3_500;
/** Every frame begins with it. */
const frameMark = "\u001b[?2026h";

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Processor time of a process so far, in seconds. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 and 15, in hundredths: they are the 12th and 13th behind the name.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const shown = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Share of a core over a while. */
async function shareOf(pid: number, ms: number): Promise<number> {
  const before = processorSeconds(pid);
  const startMs = performance.now();
  await pause(ms);
  return (processorSeconds(pid) - before) / ((performance.now() - startMs) / 1_000);
}

/** The same measurement without a screen: sender, relay and echo alone. */
async function shareWithoutScreen(): Promise<number> {
  const words = ["-n", 1_000 * seconds, "--rate", 1_000, "--loss", "5%", "--json"];
  const plain = start(feiyan("lab", "solo", ...words));
  await plain.until((line) => (line.includes("lab-tick") ? true : null));
  const share = await shareOf(plain.pid, watchMs);
  await plain.ended;
  return share;
}

export async function measureScreen(): Promise<Finding> {
  if (process.platform !== "linux") return notHere("processor times are read from Linux's tables");
  const home = mkdtempSync(join(tmpdir(), "feiyan-accuracy-"));
  const [node = "", ...words] = feiyan("--home", home, "lab");
  const { NO_COLOR: _noColor, ...env } = process.env;
  const pty = spawn(node, words, { cols: 100, rows: 30, env: { ...env, TERM: "xterm-256color" } });
  let output = "";
  pty.onData((text) => {
    output += text;
  });
  const until = async (text: string, mostMs: number): Promise<boolean> => {
    for (let waitedMs = 0; waitedMs < mostMs; waitedMs += 50) {
      if (output.includes(text)) return true;
      // oxlint-disable-next-line no-await-in-loop -- waiting is the point
      await pause(50);
    }
    return output.includes(text);
  };
  try {
    if (!(await until(frameMark, 5_000))) return notHere("`feiyan lab` shows no screen");
    await pause(500);
    // Down to the row of count and rate; typing replaces what stands there.
    for (const keys of ["\u001b[B", "\u001b[B", String(1_000 * seconds), "\t", "1000", "\r"]) {
      pty.write(keys);
      // oxlint-disable-next-line no-await-in-loop -- as fast as a person
      await pause(150);
    }
    await pause(500);
    output = "";
    const share = await shareOf(pty.pid, watchMs);
    const frames = (output.split(frameMark).length - 1) / (watchMs / 1_000);
    const isExact = await until("exact", 10_000);
    pty.kill();
    const alone = await shareWithoutScreen();
    return {
      measured: `${frames.toFixed(1)} frames a second; ${shown(share)} of a core with sender, relay, echo and screen in one process, ${shown(alone)} without the screen; account ${isExact ? "exact" : "NOT exact"}`,
      // A window of some seconds may hold one frame more than its length says.
      holds:
        frames > 0 &&
        frames * (watchMs / 1_000) <= 10 * (watchMs / 1_000) + 1 &&
        share - alone < 0.2 &&
        isExact,
    };
  } finally {
    pty.kill();
    rmSync(home, { recursive: true, force: true });
  }
}
