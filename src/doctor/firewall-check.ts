// Asks the firewalls of this machine and says what they do with our port. Runs their own programs, each with a time limit and in the
// language their answers are read in.
import { execFile } from "node:child_process";
import type { Answered, Question } from "./answers.js";
import { finding, type Finding } from "./finding.js";
import { firewalls } from "./firewalls.js";

/** Runs one command; another one is for tests. */
export type Ask = (question: Question) => Promise<Answered>;

const patienceMs = 8_000;
const outputBytes = 16 * 1024 * 1024;

const askSystem: Ask = ({ file, args }) =>
  new Promise((resolve) => {
    // Administrators' programs are not on everybody's path.
    const path = `${process.env["PATH"] ?? ""}${process.platform === "win32" ? "" : ":/usr/sbin:/sbin"}`;
    const env = { ...process.env, LC_ALL: "C", LANG: "C", PATH: path };
    const options = { env, timeout: patienceMs, maxBuffer: outputBytes, windowsHide: true };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      // Not there, or not to be run by this user; killed after the patience has no number either.
      else if (error.killed === true) resolve({ code: -1, stdout: "", stderr: "no answer in time" });
      else resolve({ code: null, stdout: "", stderr: String(error.code) });
    });
  });

/** What stands in the way of UDP and TCP at this port. */
export async function checkFirewalls(
  port: number,
  ask: Ask = askSystem,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const covered = new Set<string>();
  const hidden: string[] = [];
  for (const firewall of firewalls.filter(({ platforms }) => platforms.includes(platform))) {
    if (covered.has(firewall.name)) continue;
    const answers: Answered[] = [];
    for (const question of firewall.questions) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time: some of them lock each other out
      answers.push(await ask(question));
    }
    const state = firewall.read(answers, port);
    const fields = { tool: firewall.name, port, command: firewall.allow(port, answers) };
    if (state.kind === "off") continue;
    for (const name of firewall.covers ?? []) covered.add(name);
    if (state.kind === "unreadable" && isForAdministrators(state.reason)) {
      hidden.push(firewall.name);
      continue;
    }
    if (state.kind === "unreadable") {
      found.push(finding("doctor-firewall-unknown", { ...fields, reason: state.reason }));
      continue;
    }
    const { udp, tcp } = state;
    const blocked = [...(udp === "blocked" ? ["UDP"] : []), ...(tcp === "blocked" ? ["TCP"] : [])];
    if (blocked.length > 0) found.push(finding("doctor-firewall-blocks", { ...fields, what: blocked }));
    else if (udp === "unknown" || tcp === "unknown") {
      const reason = `UDP ${udp}, TCP ${tcp}`;
      found.push(finding("doctor-firewall-unknown", { ...fields, reason }));
    } else found.push(finding("doctor-firewall-open", fields));
  }
  // Whether there are any rules at all is not told to everybody; that is no fault.
  if (hidden.length > 0) found.push(finding("doctor-firewall-hidden", { tools: hidden }));
  return found.length === 0 ? [finding("doctor-firewall-none")] : found;
}

function isForAdministrators(reason: string): boolean {
  return /permission denied|must be root|not permitted|need to be root|authorization/i.test(reason);
}
