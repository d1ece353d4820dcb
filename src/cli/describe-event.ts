// Events as lines for people: what `watch` prints. Everything from the network goes through `safeText`.
import type { Event, Message, Peer, Room, Transfer } from "../index.js";
import { formatEndpoint, isUnopened, peerName, roomNumberOf, safeText } from "../light.js";
import type { TextKey, Translate } from "../i18n/catalogue.js";
import { describeProblem } from "./problem-text.js";

/** A line for an event; undefined when there is nothing to tell a person. */
export const describeEvent = (event: Event, text: Translate<TextKey>): string | undefined => {
  switch (event.kind) {
    case "peer": {
      // That somebody blocked comes and goes is nothing to tell a person.
      if (event.peer.policy.blocked) return undefined;
      const state = event.change === "left" ? "offline" : event.peer.state;
      return remark(event.at, `${nameOf(event.peer)}  ${text(`state.${state}`)}${describeAbout(event.peer)}`);
    }
    case "peer-merged":
      return remark(event.at, text("cli.watch.merged", { name: nameOf(event.into) }));
    case "message":
      return describeMessage(event.message, text);
    case "message-changed":
      return describeChange(event.message, event.at, text);
    case "alarm": {
      const { reason, address } = event.alarm;
      const values = { name: nameOf(event.peer), address };
      return remark(event.at, text(`cli.alarm.${reason}`, values));
    }
    case "delivery":
      return event.delivery.final
        ? remark(
            event.delivery.at,
            `${safeName(event.message.peerName)}  ${text(`delivery.${event.delivery.state}`)}`,
          )
        : undefined;
    case "knock":
      return remark(event.at, text("cli.watch.knock", { name: nameOf(event.peer) }));
    case "knock-answered":
      return remark(
        event.at,
        `${nameOf(event.peer)}  ${text(event.answered ? "cli.knock.answered" : "cli.knock.silent")}`,
      );
    case "typing":
      return event.active
        ? remark(event.at, text("cli.watch.typing", { name: nameOf(event.peer) }))
        : undefined;
    case "notice":
      return remark(event.at, describeProblem(event.code, event.fields, text).text);
    case "info":
      return remark(
        event.at,
        `${nameOf(event.peer)}  ${text(`cli.info.${event.what}`)}  ${safeText(event.text, { newlines: "space" })}`,
      );
    case "room":
      return describeRoom(event.room, event.at, text);
    case "offer":
      return describeOffer(event, text);
    case "transfer":
      return describeTransfer(event.transfer, event.at, text);
    case "picture":
      return event.picture.path === null
        ? undefined
        : remark(event.at, text("cli.watch.picture", { path: event.picture.path }));
    case "peer-split":
      return remark(event.at, text("cli.watch.split", { name: nameOf(event.peer) }));
    case "duplicate":
    case "probe":
    case "self":
    case "network":
    case "read":
    case "reread":
      return undefined;
    default: {
      const never: never = event;
      return never;
    }
  }
};

/** What became of an offer; that it came is told with its message. */
const describeOffer = (
  event: Extract<Event, { kind: "offer" }>,
  text: Translate<TextKey>,
): string | undefined => {
  if (event.change === "appeared") return undefined;
  const names = event.offer.files.map(({ name }) => safeName(name)).join(", ");
  const states = [...new Set(event.offer.parties.map(({ state }) => text(`offer.${state}`)))].join(", ");
  return remark(event.at, `${names}  ${states}`);
};

const describeTransfer = (transfer: Transfer, at: number, text: Translate<TextKey>): string | undefined => {
  if (transfer.endedAt === null) return undefined;
  const reason =
    transfer.reason === null ? "" : `  ${describeProblem(transfer.reason, transfer.fields, text).text}`;
  const where = transfer.direction === "in" && transfer.path !== null ? `  ${safeName(transfer.path)}` : "";
  return remark(at, `${safeName(transfer.name)}  ${text(`transfer.${transfer.state}`)}${where}${reason}`);
};

/** A group that we do not belong to is told of once, by a notice. */
const describeRoom = (room: Room, at: number, text: Translate<TextKey>): string | undefined => {
  if (!room.joined) return undefined;
  const members = room.members.map(({ name }) => safeName(name)).join(", ");
  return remark(at, text("cli.watch.room", { group: room.number, members: members === "" ? "–" : members }));
};

/** `[群 3b199b07] ` before what was said there. */
const roomMark = (message: Message, text: Translate<TextKey>): string => {
  const number = message.direction === "in" ? roomNumberOf(message.conversation) : null;
  return number === null ? "" : text("cli.mark.group", { group: number });
};

const describeMessage = (message: Message, text: Translate<TextKey>): string => {
  const marks = [
    message.broadcast ? text("cli.mark.broadcast") : "",
    roomMark(message, text),
    message.autoReply ? text("cli.mark.autoReply") : "",
    message.encryption === null ? "" : text(`cli.mark.signature.${message.encryption.signature}`),
  ].join("");
  const body = isUnopened(message)
    ? text(message.locked ? "cli.locked" : "cli.sealed")
    : safeText(message.displayText, { newlines: "keep" });
  const files = message.files.map((file) => text("cli.mark.file", { name: safeName(file.name) }));
  const arrow = message.direction === "in" ? "" : "→ ";
  // Further lines of a text are set off, so that no text can pretend to be an event of its own.
  const lines = [body, ...files]
    .filter((part) => part !== "")
    .join("\n")
    .replaceAll("\n", "\n    ");
  return `${formatTime(message.at)} ${arrow}${safeName(message.peerName)}: ${marks}${lines}`;
};

/** What became of a message after it was shown: opened, taken back, or a signature that is wrong. */
const describeChange = (message: Message, at: number, text: Translate<TextKey>): string | undefined => {
  const name = safeName(message.peerName);
  if (message.recalled !== null) return remark(at, text(`cli.recall.${message.recalled}`, { name }));
  if (message.openedAt === at) return describeMessage(message, text);
  return message.encryption?.signature === "invalid"
    ? remark(at, text("cli.signature.invalid", { name }))
    : undefined;
};

const describeAbout = (peer: Peer): string => `  ${formatEndpoint(peer.endpoint)}  ${peer.dialect}`;

const remark = (at: number, line: string): string => `${formatTime(at)} * ${line}`;

const nameOf = (peer: Peer): string => safeName(peerName(peer));

const safeName = (name: string): string => safeText(name, { newlines: "space", maxCharacters: 80 });

/** Local time of day, as on a clock. */
const formatTime = (at: number): string => {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
};
