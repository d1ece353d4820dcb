// `feiyan send`: one message to one or many, followed until every receiver is settled.
import { hasFlag, listFlag, numberFlag, type CommandContext } from "../context.js";
import { deliver, sayOptions } from "../deliver.js";
import { CliProblem } from "../problem.js";
import { readMessageText } from "../read-input.js";
import { checkTargets, chooseReceivers, isUnknown } from "../receivers.js";
import { offerPaths } from "./files-offer.js";
import { defaultPort, withNode } from "../session.js";
import { parseTargets } from "../targets.js";

const defaultRate = 100;

export const send = async (context: CommandContext): Promise<number> => {
  const { surroundings } = context;
  const targets = parseTargets(listFlag(context, "to"), defaultPort(context));
  const broadcast = hasFlag(context, "broadcast");
  checkTargets(targets, broadcast);
  const fromInput = context.args.length === 0 || context.args[0] === "-";
  const mustAsk = (broadcast || targets.wide.length > 0) && !hasFlag(context, "yes");
  // A pipe that brings the text cannot bring the answer too.
  if (mustAsk && (surroundings.stdin.isTTY !== true || fromInput)) {
    throw new CliProblem("confirmation-needed", { count: broadcast ? undefined : targets.wide.length });
  }
  const files = listFlag(context, "file");
  const text = await readMessageText(context.args, surroundings.stdin);
  if (files.length > 0) return await offerPaths(context, files, text);
  // A debug assistant would show our entry as rubbish: with `--raw` nothing but the text goes to an address.
  const announceTo = hasFlag(context, "raw") ? [] : targets.endpoints;
  return await withNode(context, { announceTo, keeps: "direct" }, async (node, used) => {
    const to = await chooseReceivers(context, used, targets, broadcast, mustAsk);
    const wide = broadcast || targets.wide.length > 0;
    const timeout = numberFlag(context, "timeout");
    const { code } = await deliver(context, node, {
      to,
      text,
      say: sayOptions(context, to !== "everyone" && to.some((receiver) => isUnknown(node, receiver))),
      rate: wide ? (numberFlag(context, "rate") ?? defaultRate) : undefined,
      timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    });
    return code;
  });
};
