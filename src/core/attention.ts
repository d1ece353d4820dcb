// What deserves attention: words to look out for, and rules about who may ring. Pure look-up; how it rings is the front ends' business.
import { foldText } from "./fold-text.js";
import type { Message, Peer } from "./model.js";
import { everyone } from "./model.js";

export type NotifyWay = "desktop" | "bell" | "off";

/** Who is meant, and how they make themselves known. */
export interface NotifyRule {
  readonly who: string;
  readonly way: NotifyWay;
}

const ways: readonly string[] = ["desktop", "bell", "off"] satisfies readonly NotifyWay[];
const isWay = (text: string): text is NotifyWay => ways.includes(text);

/**
 * `WHO=WAY`: a nickname, `@group`, `everyone`, `group:<number>` (a FeiQ group), `highlight` or `*`, and `desktop`, `bell` or `off`; null for anything else.
 *
 * @example parseNotifyRule("@研发=bell") // { who: "@研发", way: "bell" }
 */
export function parseNotifyRule(text: string): NotifyRule | null {
  const at = text.lastIndexOf("=");
  const who = text.slice(0, Math.max(at, 0)).trim();
  const way = text.slice(at + 1).trim();
  return who === "" || !isWay(way) ? null : { who, way };
}

/** It names us (`@` and our nickname), or holds one of the words, in whatever case or width. */
export function isHighlight(text: string, nick: string, words: readonly string[]): boolean {
  if (nick !== "" && text.includes(`@${nick}`)) return true;
  // Nobody asked for words as a rule, and messages come by the thousand.
  if (words.length === 0) return false;
  const folded = foldText(text);
  return words.some((word) => word.trim() !== "" && folded.includes(foldText(word.trim())));
}

/** The way of the first rule that fits; null when none does. */
export function notifyWayOf(
  rules: readonly NotifyRule[],
  conversation: Message["conversation"],
  peer: Pick<Peer, "nick" | "group"> | undefined,
  isHighlighted: boolean,
): NotifyWay | null {
  const fits = ({ who }: NotifyRule): boolean => {
    if (who === "*") return true;
    if (who === "highlight") return isHighlighted;
    if (who === "everyone") return conversation === everyone;
    // A FeiQ group by the name of its conversation, whoever speaks.
    if (who === conversation) return true;
    if (peer === undefined) return false;
    return who.startsWith("@") ? peer.group === who.slice(1) : foldText(peer.nick) === foldText(who);
  };
  return rules.find(fits)?.way ?? null;
}
