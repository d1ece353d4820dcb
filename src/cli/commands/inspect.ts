// `feiyan inspect`: datagrams from the command line, a file or standard input, taken apart one after another.
import { readFileSync } from "node:fs";
import {
  createKeyRing,
  createMessageCipher,
  formatEndpoint,
  readPrivateKeys,
  safeText,
} from "../../index.js";
import type { Field, InspectedPacket, Inspection, MessageCipher } from "../../protocol.js";
import { hasText } from "../../i18n/catalogue.js";
import { textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import {
  inspectBytes,
  inspectKinds,
  inspectStream,
  parseContext,
  parseHex,
  parseHexLines,
  type InspectedStream,
} from "../inspect-bytes.js";
import { inspectSealed, type InspectedSeal } from "../inspect-sealed.js";
import { CliProblem } from "../problem.js";
import { readInput } from "../read-input.js";
import { readPcap, type CapturedDatagram } from "../read-pcap.js";
import { cutWidth, formatTable } from "../width.js";

export const inspectInput = async (context: CommandContext): Promise<number> => {
  const { output, settings } = context;
  const cipher = openKeys(context);
  const known = parseContext(textFlag(context, "context"), settings.charset);
  const kind = inspectKinds.find((each) => each === textFlag(context, "kind")) ?? "datagram";
  for (const [index, { bytes, ...way }] of (await readAll(context)).entries()) {
    if (index > 0) output.line("");
    const captured = describeWay(way);
    if (captured !== null) output.line(context.text("inspect.captured", captured));
    if (kind === "dir-stream") {
      const stream = inspectStream(bytes, known);
      output.object("dir-stream", { ...captured, ...stream });
      printStream(stream, context);
    } else {
      const inspection = inspectBytes(bytes, kind, known);
      const seal = kind === "datagram" ? inspectSealed(bytes, known, cipher) : null;
      output.object("datagram", { ...captured, ...inspection, ...(seal === null ? {} : { crypto: seal }) });
      printInspection(inspection, seal, context);
    }
  }
  return exitCodes.done;
};

/** The private keys of `--keys`; null without it. */
const openKeys = (context: CommandContext): MessageCipher | null => {
  const file = textFlag(context, "keys");
  if (file === undefined) return null;
  const pairs = readPrivateKeys(readBytes(file).toString("latin1"));
  if (pairs === null) throw new CliProblem("keys-not-usable", { file });
  return createMessageCipher(createKeyRing(pairs));
};

type Inspected = Pick<CapturedDatagram, "bytes"> & Partial<CapturedDatagram>;

/** Who sent it to whom, and when; null where that is not known. */
const describeWay = ({ at, from, to }: Partial<CapturedDatagram>) =>
  at === undefined || from === undefined || to === undefined
    ? null
    : { capturedAt: new Date(at).toISOString(), from: formatEndpoint(from), to: formatEndpoint(to) };

/** Larger captures are for a capture tool. */
const maxInputBytes = 64_000_000;

const readAll = async (context: CommandContext): Promise<readonly Inspected[]> => {
  const file = textFlag(context, "pcap");
  if (file === undefined) return (await readDatagrams(context)).map((bytes) => ({ bytes }));
  const { args, options, settings, surroundings } = context;
  if (args.length > 0) throw new CliProblem("excess-argument", { argument: args[0] });
  if (options["file"] !== undefined) throw new CliProblem("excess-argument", { argument: "--file" });
  const bytes = file === "-" ? await readInput(surroundings.stdin, maxInputBytes) : readBytes(file);
  const captured = readPcap(bytes);
  if (captured === null) throw new CliProblem("no-capture", { file });
  // Of what else is on a network only the chat is meant; --port names another one.
  const port = settings.port === 0 ? 2425 : settings.port;
  const found = captured.filter(({ from, to }) => from.port === port || to.port === port);
  if (found.length === 0)
    context.output.remark(context.text("inspect.noneCaptured", { port, all: captured.length }));
  return found;
};

const readDatagrams = async (context: CommandContext): Promise<readonly Uint8Array[]> => {
  const { args, surroundings } = context;
  const file = textFlag(context, "file");
  if (file !== undefined && args.length > 0) throw new CliProblem("excess-argument", { argument: args[0] });
  if (file !== undefined && file !== "-") return parseHexLines(readBytes(file).toString("latin1"));
  if (args.length > 0 && !(args.length === 1 && args[0] === "-")) {
    return args.map((arg, index) => parseHex(arg, index + 1));
  }
  if (args.length === 0 && file === undefined && surroundings.stdin.isTTY === true) {
    throw new CliProblem("missing-argument", { argument: "HEX" });
  }
  return parseHexLines((await readInput(surroundings.stdin, maxInputBytes)).toString("latin1"));
};

const readBytes = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliProblem("input-unreadable", { file, reason });
  }
};

const printInspection = (
  inspection: Inspection,
  seal: InspectedSeal | null,
  context: CommandContext,
): void => {
  const { output, text } = context;
  if (inspection.ok) printPacket(inspection, context);
  else {
    output.line(text("inspect.invalid", { reason: inspection.reason }));
    output.line(
      inspection.rawText === undefined
        ? text("inspect.dropped")
        : text("inspect.raw", { charset: inspection.charset, text: oneLine(inspection.rawText) }),
    );
  }
  if (seal !== null) printSeal(seal, context);
  printFields(inspection.fields, context);
};

const printSeal = (seal: InspectedSeal, { output, text }: CommandContext): void => {
  const way = [seal.rsaBits === null ? null : `RSA-${seal.rsaBits}`, seal.cipher, seal.encoding];
  const how = way.filter((part) => part !== null).join(" ");
  output.line(text("inspect.sealed", { how, status: text(`inspect.seal.${seal.status}`) }));
  if (seal.status !== "ok") return;
  const { charset = "", displayText, recipients = [], files = [] } = seal;
  if (displayText !== undefined) output.line(text("inspect.text", { charset, text: oneLine(displayText) }));
  if (recipients.length > 0) {
    const names = recipients.map(({ user, host }) => oneLine(`${user}@${host}`)).join(" ");
    output.line(text("inspect.recipients", { names }));
  }
  for (const { name, size } of files) output.line(text("inspect.file", { name: oneLine(name), size }));
};

const printPacket = (packet: InspectedPacket, { output, text }: CommandContext): void => {
  const dialectKey = `dialect.${packet.dialect}`;
  output.line(
    text("inspect.header", {
      mode: packet.modeName,
      packetNo: packet.packetNo,
      user: oneLine(packet.user),
      host: oneLine(packet.host),
      version: oneLine(packet.version),
      dialect: hasText(dialectKey) ? text(dialectKey) : packet.dialect,
    }),
  );
  if (packet.options.length > 0) output.line(text("inspect.options", { options: packet.options.join(" ") }));
  const shown = packet.displayText ?? packet.text ?? "";
  if (shown !== "") output.line(text("inspect.text", { charset: packet.charset, text: oneLine(shown) }));
  if (packet.reply === undefined) return;
  const reply =
    packet.reply === null ? "" : [packet.reply.mode, packet.reply.extra].filter(Boolean).join(" ");
  output.line(reply === "" ? text("inspect.noReply") : text("inspect.reply", { reply }));
};

const printStream = (stream: InspectedStream, context: CommandContext): void => {
  const { output, text } = context;
  output.line(`${text("inspect.tree")} ${text(stream.complete ? "inspect.complete" : "inspect.incomplete")}`);
  for (const item of stream.tree) output.line(`  ${oneLine(item.path)}${item.type === "dir" ? "/" : ""}`);
  if (stream.refused !== undefined) output.line(text("inspect.invalid", { reason: oneLine(stream.refused) }));
  printFields(stream.fields, context);
};

const printFields = (fields: readonly Field[], { output, text }: CommandContext): void => {
  if (fields.length === 0) return;
  const heading = (["bytes", "hex", "name", "meaning"] as const).map((column) => text(`inspect.${column}`));
  const rows = fields.map((field) => [
    `${field.start}-${field.end}`,
    cutWidth(field.hex, 32),
    field.name,
    oneLine(field.meaning),
  ]);
  for (const row of formatTable([heading, ...rows])) output.line(row);
};

const oneLine = (text: string): string => safeText(text, { newlines: "space" });
