// `feiyan ask`: sends one message and prints the first one that its receiver sends back.
import { isUnopened, safeText, type Event, type Message, type PeerId } from "../../index.js";
import { listFlag, numberFlag, type CommandContext } from "../context.js";
import { deliver, sayOptions } from "../deliver.js";
import { exitCodes } from "../exit-code.js";
import { messageFields } from "../json.js";
import { CliProblem } from "../problem.js";
import { readMessageText } from "../read-input.js";
import { findReceivers, ownGroups, waitForEndpoints } from "../find-receivers.js";
import { defaultPort, discoveryMs, waitFor, withNode } from "../session.js";
import { parseTargets } from "../targets.js";

const defaultTimeoutSeconds = 60;

export const ask = async (context: CommandContext): Promise<number> => {
  const { surroundings, settings } = context;
  const targets = parseTargets(listFlag(context, "to"), defaultPort(context));
  const count = targets.names.length + targets.endpoints.length;
  if (count === 0) throw new CliProblem("missing-target");
  if (count > 1 || targets.wide.length > 0) throw new CliProblem("too-many-receivers", { max: 1 });
  const text = await readMessageText(context.args, surroundings.stdin);
  const timeoutMs = (numberFlag(context, "timeout") ?? defaultTimeoutSeconds) * 1000;
  const raw = context.options["raw"] === true;
  return await withNode(
    context,
    { announceTo: raw ? [] : targets.endpoints, keeps: "direct" },
    async (node, { searchMs }) => {
      const named = await findReceivers(
        node,
        targets.names,
        searchMs,
        surroundings.stop,
        ownGroups(context, targets.names),
      );
      if (!raw && settings.port !== 0) {
        await waitForEndpoints(node, targets.endpoints, discoveryMs, surroundings.stop);
      }
      const to = [...named, ...targets.endpoints.map((endpoint) => ({ endpoint }))];
      // The answer may come before the acknowledgement, and from an address where another entry turns up: follow both.
      const partners = new Set<PeerId>();
      const answers: Message[] = [];
      const listen = (event: Event): void => {
        if (event.kind === "peer-merged" && partners.has(event.from)) partners.add(event.into.id);
        if (event.kind !== "message") return;
        const { message } = event;
        if (message.direction === "out") for (const id of message.to) partners.add(id);
        else if (message.peerId !== null && partners.has(message.peerId)) answers.push(message);
      };
      const unsubscribe = node.subscribe(listen);
      try {
        const quiet: CommandContext = { ...context, output: silent(context) };
        const say = sayOptions(context, named.length === 0);
        const first = waitFor(node, () => answers[0], timeoutMs, surroundings.stop);
        // An unconfirmed question may be answered all the same: UDP tells no one.
        await Promise.race([deliver(quiet, node, { to, text, say, timeoutMs }), first]);
        const answer = await first;
        if (answer === undefined) throw new CliProblem("no-answer", {}, exitCodes.unconfirmed);
        context.output.object("message", messageFields(answer, node), answer.at);
        context.output.line(
          safeText(isUnopened(answer) ? context.text("cli.sealed") : answer.displayText, {
            newlines: "keep",
          }),
        );
        return exitCodes.done;
      } finally {
        unsubscribe();
      }
    },
  );
};

/** The question itself is no result: only the answer is printed. */
const silent = ({ output }: CommandContext): CommandContext["output"] => ({
  ...output,
  line: () => undefined,
  object: () => undefined,
});
