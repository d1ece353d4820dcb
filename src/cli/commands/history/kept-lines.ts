// Kept messages as lines for people and objects for programs. Lines as in `watch`, with the day; the peer is as it was at the time.
import {
  formatEndpoint,
  isUnopened,
  roomNumberOf,
  safeText,
  type KeptMessage,
  type Message,
} from "../../../index.js";
import type { CommandContext } from "../../context.js";
import { messageFields } from "../../json.js";

const two = (value: number): string => String(value).padStart(2, "0");

export const formatMoment = (atMs: number): string => {
  const at = new Date(atMs);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

const safeName = (name: string): string => safeText(name, { newlines: "space", maxCharacters: 80 });

/** Further lines of a text are set off, so that no text can pretend to be a message of its own. */
export const keptLine = ({ message }: KeptMessage, { text }: CommandContext): string => {
  const body = isUnopened(message) ? text("cli.sealed") : safeText(message.displayText, { newlines: "keep" });
  const files = message.files.map((file) => text("cli.mark.file", { name: safeName(file.name) }));
  const lines = [body, ...files]
    .filter((part) => part !== "")
    .join("\n")
    .replaceAll("\n", "\n    ");
  const arrow = message.direction === "in" ? "" : "→ ";
  const name = message.peerName === "" ? text("cli.everyone") : safeName(message.peerName);
  const number = message.direction === "in" ? roomNumberOf(message.conversation) : null;
  const marks =
    number !== null
      ? text("cli.mark.group", { group: number })
      : message.broadcast && message.peerName !== ""
        ? text("cli.mark.broadcast")
        : "";
  return `${formatMoment(message.at)} ${arrow}${name}: ${marks}${lines}`;
};

/** The keys of a `message` object, with the peer as it was. */
export const keptFields = ({ message, group }: KeptMessage): Readonly<Record<string, unknown>> => {
  const several = message.direction === "out" && message.to.length > 1;
  const names = message.peerName.split(", ");
  return {
    ...messageFields(message, { peer: () => undefined }),
    peer: several || message.peerId === null ? null : { ...referenceOf(message), group },
    ...(several
      ? { to: message.to.map((id, index) => ({ id, nick: names[index] ?? "", address: null })) }
      : {}),
    ...(message.text === message.displayText || isUnopened(message) ? {} : { fullText: message.text }),
  };
};

const referenceOf = (message: Message): Readonly<Record<string, unknown>> => ({
  id: message.peerId,
  nick: message.peerName,
  address: message.endpoint === null ? null : formatEndpoint(message.endpoint),
});
