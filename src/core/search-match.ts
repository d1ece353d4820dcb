// What a search finds, as a plain filter over one message: the meaning of every query, which any index must agree with. Called by the
// stores for each message that may fit, and by the tests for all of them.
import { foldText } from "./fold-text.js";
import { isUnopened } from "./selectors.js";
import type { Message } from "./model.js";
import type { SearchQuery } from "./search-query.js";

/** What of a message takes part in a search; every text folded. */
export interface SearchSubject {
  /** The text and the names of its files. */
  readonly text: string;
  readonly direction: "in" | "out";
  /** Names, ids and addresses of the other side. */
  readonly face: string;
  readonly group: string;
  readonly charset: string;
  readonly hasFile: boolean;
  readonly broadcast: boolean;
  readonly at: number;
}

/** The text that is searched: what is shown, and what files are called; nothing of an envelope that nobody opened. */
export function searchTextOf(
  message: Pick<Message, "direction" | "displayText" | "files" | "openedAt" | "sealed">,
): string {
  if (isUnopened(message)) return "";
  if (message.files.length === 0) return message.displayText;
  return `${message.displayText}\n${message.files.map((file) => file.name).join("\n")}`;
}

export interface Face {
  readonly peerName: string;
  readonly peerId: string | null;
  readonly address: string;
  readonly to: readonly string[];
}

/** Names, ids and addresses in one text; a line break keeps them apart. */
export function faceTextOf({ peerName, peerId, address, to }: Face): string {
  return foldText([peerName, peerId ?? "", address, ...to].join("\n"));
}

/** How to say "us" in from: and to:. */
const ourselves = new Set(["me", "我", "self"]);
const everybody = new Set(["all", "everyone", "所有人", "大家"]);

export function matchesSearch(query: SearchQuery, subject: SearchSubject): boolean {
  switch (query.kind) {
    case "text":
      return subject.text.includes(foldText(query.text));
    case "from":
      return isSide(query.text, subject, "in");
    case "to":
      if (subject.broadcast && everybody.has(foldText(query.text))) return true;
      return isSide(query.text, subject, "out");
    case "group":
      return subject.group.includes(foldText(query.text));
    case "charset":
      return subject.charset.replaceAll("-", "") === foldText(query.text).replaceAll(/[-_]/gu, "");
    case "has-file":
      return subject.hasFile;
    case "before":
      return subject.at < query.at;
    case "after":
      return subject.at >= query.at;
    case "and":
      return query.parts.every((part) => matchesSearch(part, subject));
    case "or":
      return query.parts.some((part) => matchesSearch(part, subject));
    case "not":
      return !matchesSearch(query.part, subject);
    default: {
      const never: never = query;
      return never;
    }
  }
}

/** The other side is the sender of what came in and the receiver of what went out; we are the other one. */
function isSide(text: string, subject: SearchSubject, direction: "in" | "out"): boolean {
  const wanted = foldText(text);
  if (ourselves.has(wanted)) return subject.direction !== direction;
  return subject.direction === direction && subject.face.includes(wanted);
}
