// `feiyan away [TEXT]` and `feiyan back`: absence mode of the running instance.
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { withInstance } from "../session.js";

export const away = async (context: CommandContext): Promise<number> =>
  await setAway(
    context,
    "away",
    context.args.join(" ") || context.settings.awayTexts[0] || context.text("cli.away.text"),
  );

export const back = async (context: CommandContext): Promise<number> => await setAway(context, "back", null);

const setAway = async (context: CommandContext, command: string, words: string | null): Promise<number> =>
  await withInstance(context, command, async ({ node }) => {
    await node.setAway(words);
    context.output.object("status", { away: words });
    context.output.remark(
      words === null ? context.text("cli.away.back") : context.text("cli.away.done", { text: words }),
    );
    return exitCodes.done;
  });
