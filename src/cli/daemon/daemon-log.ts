// What a daemon writes down: who came and went, that messages came and what became of ours, notices, and who was refused at the control
// socket. Never the words of a message, unless `logText` asks for them. pino is loaded here and nowhere else.
import type { Logger } from "pino";
import { formatEndpoint, type Event, type Node } from "../../index.js";
import type { Settings } from "../../config/schema.js";
import { eventObjects } from "../json.js";
import type { LogFile } from "./log-file.js";

export interface DaemonLog {
  event(event: Event, node: Node): void;
  info(text: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(text: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Takes the level and the wish for words from new settings. */
  adjust(settings: Settings): void;
}

/** Where words of somebody stand, or bytes that hold them. */
const secretPaths = ["message.text", "message.raw", "message.displayText", "peer.note"];
const censored = "[redacted]";

export async function createDaemonLog(file: LogFile, settings: Settings): Promise<DaemonLog> {
  const { pino } = await import("pino");
  const createLogger = ({ logLevel, logText }: Settings): Logger =>
    pino(
      {
        level: logLevel,
        base: { pid: process.pid },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: logText ? [] : secretPaths, censor: censored },
      },
      { write: (line: string) => file.write(line) },
    );
  let logger = createLogger(settings);
  return {
    event(event, node) {
      const level = levelOf(event);
      if (level === null || !logger.isLevelEnabled(level)) return;
      for (const { type, fields } of eventObjects(event, node)) {
        logger[level]({ [type]: fields }, type);
      }
      if (event.kind === "network") {
        const addresses = event.network.addresses.map(({ address }) => address);
        logger[level]({ port: event.network.port, addresses }, "network");
      }
      if (event.kind === "duplicate") logger[level]({ peer: event.peerId }, "duplicate");
      if (event.kind === "probe") logger[level]({ from: formatEndpoint(event.from) }, "probe");
    },
    info: (text, fields = {}) => logger.info(fields, text),
    warn: (text, fields = {}) => logger.warn(fields, text),
    adjust(next) {
      logger = createLogger(next);
    },
  };
}

function levelOf(event: Event): "debug" | "info" | "warn" | null {
  switch (event.kind) {
    case "notice":
      return "warn";
    case "alarm":
      return "warn";
    case "message":
    case "message-changed":
    case "knock-answered":
    case "network":
    case "knock":
    case "room":
    case "self":
      return "info";
    case "peer":
      return event.change === "changed" ? "debug" : "info";
    case "peer-merged":
    case "peer-split":
    case "reread":
      return "info";
    case "delivery":
      return event.delivery.final ? "info" : "debug";
    case "offer":
    case "picture":
      return "info";
    case "transfer":
      return event.transfer.endedAt === null ? "debug" : "info";
    case "duplicate":
    case "typing":
    case "info":
    case "probe":
      return "debug";
    case "read":
      return null;
    default: {
      const never: never = event;
      return never;
    }
  }
}
