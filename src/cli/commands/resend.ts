// `feiyan resend MESSAGEID`: sends again to those receivers only that are unconfirmed, and follows it as `send` does.
import { FeiyanError, type MessageId } from "../../index.js";
import type { CommandContext } from "../context.js";
import { followMessages } from "../deliver.js";
import { findInstance } from "../session.js";
import { CliProblem } from "../problem.js";
import { exitCodes } from "../exit-code.js";

export const resend = async (context: CommandContext): Promise<number> => {
  const attached = await findInstance(context, { messages: 20_000 });
  if (attached === null) throw new CliProblem("needs-instance", { command: "resend" }, exitCodes.unavailable);
  const { node } = attached;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the instance says whether there is such a message
    const id = (context.args[0] ?? "") as MessageId;
    if (node.message(id) === undefined)
      throw new FeiyanError("no-such-message", "no such message", { messageId: id });
    return (
      await followMessages(context, node, {}, async (note) => {
        const made = await node.resend(id);
        note(made);
        return made;
      })
    ).code;
  } finally {
    await node.close();
  }
};
