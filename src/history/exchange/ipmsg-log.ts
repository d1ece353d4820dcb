// The text log of IP Messenger (ipmsg.log), as its version 4 writes it: blocks of a head with senders or receivers and the time, a rule,
// the text. Lines end in CR LF. Written by `history export --format ipmsg`, read by `history import`.
//
//   =====================================
//    From: 小明 (研发/pc-ming/192.168.1.7/ming)
//     at Fri Nov 20 14:02:00 2026
//   -------------------------------------
//   三点开会
import { isUnopened } from "../../core/selectors.js";
import type { KeptMessage } from "../../ports/history-store.js";
import type { ForeignMessage } from "./foreign-message.js";

const top = "=====================================";
const rule = "-------------------------------------";
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** `Fri Nov 20 14:02:00 2026`, in local time as IP Messenger writes it. */
function formatTime(atMs: number): string {
  const at = new Date(atMs);
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${days[at.getDay()]} ${months[at.getMonth()]} ${two(at.getDate())} ${clock} ${at.getFullYear()}`;
}

function parseTime(text: string): number | null {
  const match = /^\S+ (\w{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})/u.exec(text);
  const month = months.indexOf(match?.[1] ?? "");
  if (match === null || month < 0) return null;
  const [, , day, hour, minute, second, year] = match.map(Number);
  return new Date(year ?? 0, month, day, hour, minute, second).getTime();
}

/** One message as a block. Names, one line each, and the text as it is shown. */
export function formatIpmsgLog({ message, group }: KeptMessage): string {
  const { peerName, peerId, endpoint, direction, displayText, files } = message;
  const [user = "", host = ""] = (peerId ?? "").replace(/#.*$/u, "").split("@");
  const place = [group, host, endpoint?.address ?? "", user].filter((part) => part !== "").join("/");
  const names = direction === "out" && message.to.length > 1 ? peerName.split(", ") : [peerName];
  const marks = [message.broadcast ? "(broadcast)" : "", message.sealed ? "(sealed)" : ""].join("");
  const head = names.map((name) => {
    const shown = name === "" ? "everyone" : name;
    return `${direction === "in" ? " From: " : " To: "}${shown} (${names.length > 1 ? "" : place})`;
  });
  const fileLine = files.length === 0 ? [] : [`  (files) ${files.map((file) => file.name).join(", ")}`];
  return [
    top,
    ...head,
    `  at ${formatTime(message.at)} ${marks}`.trimEnd(),
    ...fileLine,
    rule,
    isUnopened(message) ? "" : displayText,
    "",
    "",
  ]
    .join("\n")
    .replaceAll(/\r?\n/gu, "\r\n");
}

/** A block begins with a rule of `=` and a line that names somebody; a text may hold such a rule too, but hardly both. */
const blockStart = /^={30,}\r?\n(?= (?:From|To): )/mu;

export function isIpmsgLog(text: string): boolean {
  return blockStart.test(text);
}

export function parseIpmsgLog(text: string): readonly ForeignMessage[] {
  return text.split(new RegExp(blockStart, "gmu")).slice(1).flatMap(parseBlock);
}

function parseBlock(block: string): readonly ForeignMessage[] {
  const lines = block.split(/\r?\n/u);
  const ruleAt = lines.findIndex((line) => /^-{30,}$/u.test(line));
  const head = lines.slice(0, ruleAt);
  const from = head.find((line) => line.startsWith(" From: "));
  const to = head.filter((line) => line.startsWith(" To: "));
  const at = parseTime((head.find((line) => line.startsWith("  at ")) ?? "").slice(5));
  const other = (from ?? to[0] ?? "").replace(/^ (?:From|To):\s*/u, "");
  if (ruleAt < 0 || at === null || other === "") return [];
  const body = lines.slice(ruleAt + 1).join("\n");
  const names =
    from === undefined ? to.map((line) => nameOf(line.replace(/^ To:\s*/u, ""))) : [nameOf(other)];
  return [
    {
      direction: from === undefined ? "out" : "in",
      at,
      name: names.join(", "),
      ...placeOf(other),
      // One empty line ends a block.
      text: body.replace(/\n+$/u, ""),
      isBroadcast: names[0] === "everyone",
    },
  ];
}

/** `小明 (研发/pc-ming/192.168.1.7/ming)`: the last bracket; older versions write fewer parts. */
function nameOf(who: string): string {
  return who.replace(/ ?\*?\([^()]*\)\s*$/u, "").trim();
}

function placeOf(who: string): Pick<ForeignMessage, "group" | "host" | "user" | "address"> {
  const parts = (/\(([^()]*)\)\s*$/u.exec(who)?.[1] ?? "").split("/").filter((part) => part !== "");
  const addressAt = parts.findIndex((part) => /^(?:\d{1,3}\.){3}\d{1,3}$|:.*:/u.test(part));
  const address = addressAt < 0 ? "" : (parts[addressAt] ?? "");
  const user = addressAt >= 0 ? (parts[addressAt + 1] ?? "") : parts.length > 2 ? (parts.at(-1) ?? "") : "";
  const rest = addressAt >= 0 ? parts.slice(0, addressAt) : user === "" ? parts : parts.slice(0, -1);
  return { group: rest.length > 1 ? (rest[0] ?? "") : "", host: rest.at(-1) ?? "", user, address };
}
