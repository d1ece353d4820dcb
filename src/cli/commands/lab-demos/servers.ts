// `feiyan lab echo`, `upper`, `tcp-echo`, …: classroom servers for students' own programs, with a live view of every connection.
import { statSync } from "node:fs";
import { charsetNamed, formatEndpoint } from "../../../index.js";
import { eventFields, eventValues } from "../../../lab/servers/format-server-event.js";
import { labServerPorts, openLabServer, type LabServerName } from "../../../lab/servers/lab-server.js";
import { parseListenPlace } from "../../../lab/servers/listen-place.js";
import type { ServerEvent } from "../../../lab/servers/server-event.js";
import type { Charset } from "../../../index.js";
import type { Command } from "../../command-spec.js";
import { numberFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { demoTexts, type DemoText } from "../../../lab/demo-texts.js";

/** The command of one server. */
export const serve =
  (name: LabServerName): Command =>
  async (context) => {
    const { output, language } = context;
    const text = demoTexts(language);
    const place = textFlag(context, "listen");
    const listen = parseListenPlace(place, labServerPorts[name]);
    if (listen === null) {
      const expected = "127.0.0.1:7000, 192.168.1.5:7000";
      throw new CliProblem("bad-flag-value", { flag: "--listen", got: place, expected });
    }
    const charset = charsetOf(context);
    const server = await openLabServer(name, {
      listen,
      charset,
      root: rootOf(context),
      listener: (event) => {
        output.object("lab-server", eventFields(event));
        output.line(lineOf(event, charset, text));
      },
    });
    const address = formatEndpoint(server.local);
    output.object("lab-server", { event: "listening", name, local: address });
    output.remark(text("server.listening", { name, address }));
    await untilStopped(context, numberFlag(context, "for"));
    await server.close();
    return exitCodes.done;
  };

const lineOf = (event: ServerEvent, charset: Charset, text: DemoText): string => {
  const values = eventValues(event, charset);
  switch (event.kind) {
    case "bytes": {
      const isIn = event.direction === "in";
      if (event.connection === null) return text(isIn ? "server.datagramIn" : "server.datagramOut", values);
      return text(isIn ? "server.in" : "server.out", values);
    }
    case "closed":
    case "refused":
      return text(`server.${event.kind}`, { ...values, reason: text(`server.reason.${event.reason}`) });
    case "opened":
    case "half-closed":
    case "answered":
    case "problem":
      return text(`server.${event.kind}`, values);
    default:
      return event satisfies never;
  }
};

/** `--charset` is a setting; servers of a course speak UTF-8 unless it was said otherwise. */
const charsetOf = ({ loaded, settings }: CommandContext): Charset =>
  (loaded.origins.charset === "default" ? null : charsetNamed(settings.charset)) ?? "utf-8";

const rootOf = (context: CommandContext): string => {
  const root = textFlag(context, "root") ?? ".";
  const isFolder = statSync(root, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) throw new CliProblem("input-unreadable", { file: root, reason: "ENOTDIR" });
  return root;
};

const untilStopped = async (
  { surroundings: { stop } }: CommandContext,
  seconds: number | undefined,
): Promise<void> => {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, seconds === undefined ? 2 ** 31 - 1 : seconds * 1_000);
    stop.addEventListener("abort", done);
    if (stop.aborted) done();
  });
};
