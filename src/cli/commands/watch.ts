// `feiyan watch`: every event as it happens, until Ctrl-C, `--count` or `--timeout`.
import type { Event } from "../../index.js";
import { listFlag, numberFlag, type CommandContext } from "../context.js";
import { describeEvent } from "../describe-event.js";
import { exitCodes } from "../exit-code.js";
import { eventObjects } from "../json.js";
import { CliProblem } from "../problem.js";
import { waitFor, withNode } from "../session.js";

const types = [
  "peer",
  "message",
  "delivery",
  "feiqGroup",
  "info",
  "offer",
  "transfer",
  "image",
  "typing",
  "knock",
  "alarm",
  "notice",
];

export const watch = async (context: CommandContext): Promise<number> => {
  const { output, text, surroundings } = context;
  const wanted = listFlag(context, "type");
  const strange = wanted.find((type) => !types.includes(type));
  if (strange !== undefined) {
    throw new CliProblem("bad-flag-value", { flag: "--type", got: strange, expected: types.join(", ") });
  }
  const count = numberFlag(context, "count") ?? Infinity;
  const timeout = numberFlag(context, "timeout");
  return await withNode(context, { keeps: "thread" }, async (node) => {
    let printed = 0;
    const shown = new Map<string, string>();
    const print = (event?: Event): true | undefined => {
      if (event === undefined) return undefined;
      for (const object of eventObjects(event, node)) {
        if (wanted.length > 0 && !wanted.includes(object.type)) continue;
        const line = describeEvent(event, text);
        const seen = output.json ? JSON.stringify(object.fields) : (line ?? "");
        if (event.kind === "peer" && !isNews(shown, event.peer.id, withoutTime(seen))) continue;
        // An offer stands in its message's line already.
        if (line !== undefined && (object.type !== "offer" || wanted.length > 0)) output.line(line);
        output.object(object.type, object.fields, object.at);
        printed += 1;
        if (printed >= count) return true;
      }
      return undefined;
    };
    output.remark(text("cli.watch.started", { port: node.network?.port }));
    await waitFor(node, print, timeout === undefined ? Infinity : timeout * 1000, surroundings.stop);
    return exitCodes.done;
  });
};

/** A line begins with its time, which is news of no kind. */
const withoutTime = (line: string): string => line.replace(/^\d\d:\d\d:\d\d /, "");

/** A peer changes with every word of it (unread, typing): only those changes are printed that can be seen. */
const isNews = (shown: Map<string, string>, id: string, now: string): boolean => {
  if (shown.get(id) === now) return false;
  shown.set(id, now);
  return true;
};
