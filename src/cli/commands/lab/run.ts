// `feiyan lab run HOST`: one measurement to another machine of the local network, or to a server on this one.
import { formatEndpoint } from "../../../index.js";
import { isLabAddress, scopeOf } from "../../../lab/address.js";
import { reduceExperiment } from "../../../lab/experiment.js";
import { createLabRun } from "../../../lab/lab-run.js";
import { labPort, limitOf } from "../../../lab/limits.js";
import { createLabParts } from "../../../lab/runner/lab-parts.js";
import { hasFlag, textFlag, type CommandContext } from "../../context.js";
import { CliProblem } from "../../problem.js";
import { exitCodes } from "../../exit-code.js";
import { isPreciseRun, sayReductions } from "./granted.js";
import { endpointOf, experimentOf } from "./lab-flags.js";
import { measure } from "./measure.js";
import { ownName } from "./own-name.js";

export const labRun = async (context: CommandContext): Promise<number> => {
  const to = endpointOf(context.args[0] ?? "", labPort);
  // Nothing of the lab leaves the local network.
  if (!isLabAddress(to.address, "lan")) {
    throw new CliProblem("target-invalid", { target: formatEndpoint(to) }, exitCodes.refused);
  }
  const code = textFlag(context, "code");
  const isNear = scopeOf(to.address) === "loopback";
  // Ours are the hard limits; what this network usually gets is for the person at the server to say.
  const mostPps = isNear ? undefined : limitOf("sessionPps", "loopback");
  const { experiment, reductions } = reduceExperiment(experimentOf(context), "loopback", mostPps);
  sayReductions(context, reductions);
  const parts = createLabParts({ precise: isPreciseRun(context, experiment) });
  const lab = createLabRun({
    parts,
    experiment,
    keepsDatagrams: textFlag(context, "csv") !== undefined || textFlag(context, "save") !== undefined,
    ...(hasFlag(context, "impair-control") ? { impairControl: true } : {}),
    target: {
      to,
      name: ownName(context),
      codeKey: code === undefined ? null : await parts.crypto.codeKey(code),
      ...(hasFlag(context, "strict") ? { strict: true } : {}),
    },
  });
  return await measure(context, lab, formatEndpoint(to));
};
