// `feiyan lab handshake`: the states of one TCP connection from listen to TIME_WAIT; with `--backlog`, the queue before the door.
import { runBacklog } from "../../../lab/demos/backlog.js";
import { runHandshake, type HandshakeEvent } from "../../../lab/demos/handshake.js";
import { numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatTable } from "../../width.js";
import { emitReport } from "./demo-report.js";
import { durationFlag } from "./flags.js";
import { demoTexts, formatNumber, type DemoText } from "../../../lab/demo-texts.js";

export const handshake = async (context: CommandContext): Promise<number> =>
  numberFlag(context, "backlog") === undefined ? await showHandshake(context) : await showBacklog(context);

const showHandshake = async (context: CommandContext): Promise<number> => {
  const { output, language } = context;
  const text = demoTexts(language);
  const { port, source, events, bytesAfterEnd } = await runHandshake();
  output.line(text("handshake.heading", { port, source: text(`handshake.${source}`) }));
  if (source === "inferred") output.line(text("handshake.noTable"));
  const heading = (["time", "client", "server", "what"] as const).map((name) => text(`handshake.${name}`));
  for (const row of formatTable([heading, ...events.map((event) => rowOf(event, text))])) output.line(row);
  output.line(text("handshake.after", { bytes: bytesAfterEnd }));
  emitReport(context, {
    kind: "handshake",
    columns: ["atMs", "kind", "side", "value", "source"],
    rows: events.map(cellsOf),
    notes: [`port=${port}`],
  });
  return exitCodes.done;
};

/** Each side has a column; the listener stands with the server. */
const rowOf = (event: HandshakeEvent, text: DemoText): readonly string[] => {
  const time = event.atMs.toFixed(1);
  switch (event.kind) {
    case "action":
      return [time, "", "", text(`handshake.action.${event.action}`)];
    case "state": {
      const tag = `[${text(`handshake.${event.source}`)}]`;
      return event.side === "client" ? [time, event.state, "", tag] : [time, "", event.state, tag];
    }
    case "segment": {
      const arrow = event.from === "client" ? `-- ${event.flags} -->` : `<-- ${event.flags} --`;
      return [time, "", "", `${arrow} [${text("handshake.inferred")}]`];
    }
    default:
      return event satisfies never;
  }
};

const cellsOf = (event: HandshakeEvent): readonly (string | number | null)[] => {
  const atMs = Math.round(event.atMs * 10) / 10;
  switch (event.kind) {
    case "action":
      return [atMs, "action", null, event.action, null];
    case "state":
      return [atMs, "state", event.side, event.state, event.source];
    case "segment":
      return [atMs, "segment", event.from, event.flags, event.source];
    default:
      return event satisfies never;
  }
};

const showBacklog = async (context: CommandContext): Promise<number> => {
  const { output, language, surroundings } = context;
  const text = demoTexts(language);
  const [backlog, clients] = [numberFlag(context, "backlog"), numberFlag(context, "clients")];
  const blockedMs = durationFlag(context, "blocked");
  const result = await runBacklog({
    stop: surroundings.stop,
    ...(backlog === undefined ? {} : { backlog }),
    ...(clients === undefined ? {} : { clients }),
    ...(blockedMs === undefined ? {} : { blockedMs }),
  });
  output.line(
    text("backlog.result", { backlog: result.backlog, clients: result.clients, blocked: result.blockedMs }),
  );
  const waiting = result.waiting ?? text("notTold");
  output.line(text("backlog.entered", { count: result.enteredAtOnce, waiting }));
  output.line(
    text("backlog.times", { times: result.enteredMs.map((ms) => formatNumber(Math.round(ms))).join(" ") }),
  );
  emitReport(context, {
    kind: "backlog",
    columns: ["client", "connectedAfterMs"],
    rows: result.enteredMs.map((ms, index) => [index, Math.round(ms)]),
    notes: [
      `backlog=${result.backlog}`,
      `clients=${result.clients}`,
      `blockedMs=${result.blockedMs}`,
      `enteredAtOnce=${result.enteredAtOnce}`,
      `waiting=${result.waiting ?? "unknown"}`,
    ],
  });
  return surroundings.stop.aborted ? exitCodes.interrupted : exitCodes.done;
};
