// `feiyan lab relay`: puts a bad line between any two UDP programs, counts what it does to them, and says so when it is ended.
import { formatEndpoint, safeText } from "../../../index.js";
import { isLabAddress } from "../../../lab/address.js";
import { createLabParts } from "../../../lab/runner/lab-parts.js";
import { openRelay, type RelayFlow } from "../../../lab/runner/relay.js";
import { hasFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { endpointOf, impairmentsOf, listenOf, seedOf } from "./lab-flags.js";
import { labText } from "./measure.js";
import { impairmentText } from "./report-lines.js";

const tickMs = 1_000;

export const labRelay = async (context: CommandContext): Promise<number> => {
  const { output, surroundings } = context;
  const text = labText(context);
  const target = textFlag(context, "to");
  if (target === undefined) throw new CliProblem("missing-argument", { argument: "--to" });
  const listen = listenOf("listen", textFlag(context, "listen") ?? "0");
  const to = endpointOf(target, Number.NaN, "to");
  const scope = hasFlag(context, "lan") ? "lan" : "loopback";
  const isWildcard = listen.address === "0.0.0.0" || listen.address === "::";
  const strange = [to.address, ...(isWildcard && scope === "lan" ? [] : [listen.address])].find(
    (address) => !isLabAddress(address, scope),
  );
  if (strange !== undefined) {
    output.complain(text("relay.notLocal", { address: safeText(strange) }));
    return exitCodes.refused;
  }
  const parts = createLabParts();
  const seed = seedOf(context);
  const { up, down } = impairmentsOf(context);
  const relay = await openRelay({
    ...parts,
    listen,
    to,
    up,
    down,
    seed,
    scope,
    ...(hasFlag(context, "impair-control") ? { impairControl: true } : {}),
  });
  output.line(
    text("relay.open", {
      listen: formatEndpoint(relay.local),
      to: formatEndpoint(to),
      up: impairmentText(up, text),
      down: impairmentText(down, text),
      seed,
    }),
  );
  output.line(text("relay.buffer", { granted: relay.receiveBufferBytes ?? "-" }));
  const tick = (): void => {
    output.object("lab-tick", { listen: formatEndpoint(relay.local), flows: relay.flows().map(flowFields) });
  };
  tick();
  const ticking = setInterval(tick, tickMs);
  await new Promise<void>((resolve) => {
    surroundings.stop.addEventListener("abort", () => {
      resolve();
    });
    if (surroundings.stop.aborted) resolve();
  });
  clearInterval(ticking);
  relay.flush();
  for (const flow of relay.flows()) output.line(text("relay.flow", flowFields(flow)));
  const drops = relay.ownDropsUp() ?? 0;
  if (drops > 0) output.line(text("relay.own", { drops }));
  tick();
  await relay.close();
  return exitCodes.done;
};

const flowFields = ({ client, flow, up, down }: RelayFlow) => ({
  client: formatEndpoint(client),
  flow,
  upIn: up.in,
  upOut: up.out,
  upDropped: up.dropped,
  upDup: up.duplicated,
  downIn: down.in,
  downOut: down.out,
  downDropped: down.dropped,
  downDup: down.duplicated,
});
