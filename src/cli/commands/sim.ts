// `feiyan sim`: virtual peers on this machine, so that one person alone can try everything.
import { startSimulation } from "../../sim/simulation.js";
import { numberFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { formatTable } from "../width.js";

export const sim = async (context: CommandContext): Promise<number> => {
  const { output, text, settings, surroundings } = context;
  // Port 0 has no owner to announce anything to.
  if (settings.port === 0)
    throw new CliProblem("bad-flag-value", { flag: "--port", got: "0", expected: "1-65535" });
  const seconds = numberFlag(context, "for");
  const simulation = await startSimulation({ port: settings.port, binds: settings.bind });
  output.remark(text("cli.sim.started", { count: simulation.count, port: settings.port }));
  for (const peer of simulation.peers) {
    output.object("peer", { ...peer, state: "online" });
  }
  const rows = simulation.peers.map((peer) => [peer.nick, peer.program, peer.address, peer.charset]);
  for (const row of formatTable(rows)) output.line(row);
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    // Something must keep the process alive when no time was given.
    const timer = setTimeout(stop, seconds === undefined ? 2 ** 31 - 1 : seconds * 1000);
    surroundings.stop.addEventListener("abort", stop);
    if (surroundings.stop.aborted) stop();
  });
  await simulation.stop();
  return exitCodes.done;
};
