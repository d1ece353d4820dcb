// The chat log of iptux (communicate.log): a rule of `=`, a head with the time and who it was, the text, a rule of `-`, an empty line.
// The head is written in the language of the desktop, its time by the desktop's rules. Read by `history import`.
//
//   =====================================
//   (Fri 20 Nov 2026 02:02:00 PM CST) Recevied-From: Nickname:小明 User:ming Host:pc-ming:
//   三点开会
//   -------------------------------------
import type { ForeignMessage } from "./foreign-message.js";

const blockStart = /^={30,}\r?\n(?=\()/mu;
const head = /^\(([^)]*)\) (.*):\s*$/u;
const who =
  /(?:Nickname|昵称|暱稱|名称)[:：](.*?) (?:User|用户|使用者)[:：](.*?) (?:Host|主机|主機)[:：](.*)$/u;

export function isIptuxLog(text: string): boolean {
  return blockStart.test(text);
}

export function parseIptuxLog(text: string): readonly ForeignMessage[] {
  return text.split(new RegExp(blockStart, "gmu")).slice(1).flatMap(parseBlock);
}

function parseBlock(block: string): readonly ForeignMessage[] {
  const lines = block.split(/\r?\n/u);
  const match = head.exec(lines[0] ?? "");
  const at = parseTime(match?.[1] ?? "");
  const end = lines.findLastIndex((line) => /^-{30,}$/u.test(line));
  if (match === null || at === null || end < 1) return [];
  const words = match[2] ?? "";
  const names = who.exec(words);
  const isBroadcast = names === null;
  return [
    {
      direction: /^(?:Rec|收|接|来自|來自)/u.test(words) ? "in" : "out",
      at,
      name: names?.[1] ?? "",
      user: names?.[2] ?? "",
      host: names?.[3] ?? "",
      group: "",
      address: "",
      text: lines.slice(1, end).join("\n"),
      isBroadcast,
    },
  ];
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const monthName = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu;

/** `Fri 20 Nov 2026 02:02:00 PM CST`, `Fri Nov 20 14:02:00 2026`, `2026年11月20日 星期五 14时02分00秒`: what `%c` gives here and there. */
function parseTime(text: string): number | null {
  const clock = /(\d{1,2})[:时時](\d{2})[:分](\d{2})秒?\s*(AM|PM|上午|下午)?/iu.exec(text);
  const chinese = /(\d{4}) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2})/u.exec(text);
  const year = Number(/\b(\d{4})(?!\d)/u.exec(text)?.[1] ?? chinese?.[1]);
  if (clock === null) return null;
  const half = clock[4]?.toUpperCase() ?? /[上下]午/u.exec(text)?.[0] ?? "";
  const isAfternoon = half === "PM" || half === "下午";
  const isMorning = half === "AM" || half === "上午";
  const given = Number(clock[1]);
  const hour = isAfternoon && given < 12 ? given + 12 : isMorning && given === 12 ? 0 : given;
  const at = (month: number, day: number): number =>
    new Date(year, month, day, hour, Number(clock[2]), Number(clock[3])).getTime();
  if (chinese !== null) return at(Number(chinese[2]) - 1, Number(chinese[3]));
  const month = monthNames.indexOf((monthName.exec(text)?.[1] ?? "").toLowerCase());
  const day = Number(/(?:^|\s)(\d{1,2})(?=\s|$)/u.exec(text)?.[1]);
  return month < 0 || Number.isNaN(day) ? null : at(month, day);
}
