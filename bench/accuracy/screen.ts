// A20: the lab's screen in a pseudo terminal while it measures 1,000 a second: how many frames it paints, what share of a core it
// takes, and whether the account is still exact.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { type Finding, notHere } from "./finding.js";
import { feiyan } from "./program.js";

const seconds = 5;
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

export async function measureScreen(): Promise<Finding> {
  if (process.platform !== "linux") return notHere("processor times are read from Linux's tables");
  const home = mkdtempSync(join(tmpdir(), "feiyan-accuracy-"));
  const [node = "", ...words] = feiyan("--home", home, "lab");
  const { NO_COLOR: _noColor, ...env } = process.env;
  const pty = spawn(node, words, { cols: 80, rows: 24, env: { ...env, TERM: "xterm-256color" } });
  let output = "";
  let isOver = false;
  pty.onData((text) => {
    output += text;
  });
  pty.onExit(() => {
    isOver = true;
  });
  const until = async (text: string, mostMs: number): Promise<boolean> => {
    for (let waitedMs = 0; waitedMs < mostMs && !isOver; waitedMs += 50) {
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
    const before = processorSeconds(pty.pid);
    const startMs = performance.now();
    await pause((seconds - 1.5) * 1_000);
    const tookSeconds = (performance.now() - startMs) / 1_000;
    const share = (processorSeconds(pty.pid) - before) / tookSeconds;
    const frames = (output.split(frameMark).length - 1) / tookSeconds;
    const isExact = await until("exact", 10_000);
    return {
      measured: `${frames.toFixed(1)} frames a second, ${(100 * share).toFixed(0)} % of a core with sender, relay, echo and screen in one process; account ${isExact ? "exact" : "NOT exact"}`,
      holds: frames > 0 && frames <= 10 && share < 0.2 && isExact,
    };
  } finally {
    pty.kill();
    rmSync(home, { recursive: true, force: true });
  }
}
