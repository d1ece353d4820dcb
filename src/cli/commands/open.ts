// `feiyan open`: opens a sealed message of the running instance and reports that to its sender. A locked one asks for our own password,
// from the flag or from the first line of stdin.
import type { MessageId } from "../../index.js";
import { safeText } from "../../index.js";
import { textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { messageFields } from "../json.js";
import { withInstance } from "../session.js";

export const open = async (context: CommandContext): Promise<number> =>
  await withInstance(context, "open", async ({ node }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the instance says when there is no such message
    const id = (context.args[0] ?? "") as MessageId;
    const message = await node.open(id, textFlag(context, "password"));
    context.output.object("message", messageFields(message, node), message.at);
    context.output.line(safeText(message.displayText, { newlines: "keep" }));
    return exitCodes.done;
  });
