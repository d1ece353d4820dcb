// How a message was protected, as marks before its text: a lock for what was encrypted, words for a wrong signature, for sealed, opened and
// taken back; and what the details say of a peer's key. Never by colour alone. Called by message-lines.ts, details.ts and screen.ts.
import { formatFingerprint } from "../../index.js";
import type { Message, Peer, PeerId } from "../../index.js";
import type { TuiTextKey } from "../../i18n/tui-zh-CN.js";
import { shownName } from "../roster.js";
import { wrapText } from "../text/wrap.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { lockOf, protectionWords } from "./lock.js";
import { centered, framed, span } from "./lines.js";
import { formatTime } from "./moment.js";
import type { Line, Pane, Span } from "./scene.js";

/** The marks before a text. */
export function protectionMarks(message: Message, world: World): readonly Span[] {
  const { encryption, sealed, locked, openedAt, recalled } = message;
  const marks: Span[] = [];
  if (encryption !== null) {
    // What is wrong is said; what is as it should be needs one column.
    const isBad = encryption.signature === "invalid";
    const mark = isBad ? world.text("log.signature.invalid") : lockOf(encryption);
    marks.push(span(`${mark} `, isBad ? "message.error" : "message.sealed"));
  }
  if (sealed) {
    const key = openedAt === null ? (locked ? "log.locked" : "log.sealed") : "log.openedAt";
    const time = openedAt === null ? "" : formatTime(openedAt);
    marks.push(span(`${world.text(key, { time })} `, "message.sealed"));
  }
  if (recalled !== null) marks.push(span(`${world.text(`log.recall.${recalled}`)} `, "message.system"));
  return marks;
}

/** What stands in the place of a text that is not to be seen yet. */
export function closedWords(message: Message, world: World): string {
  const key = world.keymap.keyOf("open");
  return world.text(message.locked ? "log.closedLocked" : "log.closed", { key });
}

/** Rows of the details about the key of a peer. */
export function keyFacts(peer: Peer, world: World): readonly (readonly [TuiTextKey, string])[] {
  const facts: (readonly [TuiTextKey, string])[] = [];
  const latest = world.node.conversation(peer.id).messages.at(-1)?.encryption ?? null;
  if (latest !== null)
    facts.push(["details.protection", `${lockOf(latest)} ${protectionWords(latest, world)}`]);
  if (peer.encrypt !== null) facts.push(["details.encrypt", world.text(`encrypt.${peer.encrypt}`)]);
  if (peer.fingerprint === null) return facts;
  return [
    ...facts,
    ["details.trust", world.text(`trust.${peer.trust}`)],
    ["details.fingerprint", fingerprintWords(peer.fingerprint, world)],
  ];
}

/** Words in the user's language, and the digits that are the same in every one. */
export function fingerprintWords(fingerprint: string, world: World): string {
  return `${formatFingerprint(fingerprint, world.lang)}\n${formatFingerprint(fingerprint, "digits")}`;
}

/** The question about a key that does not fit; Enter keeps the old one, which is never the wrong answer. */
export function alarmQuestion(world: World, layout: Layout, id: PeerId): Pane {
  const peer = world.node.peer(id);
  const columns = Math.min(60, layout.screen.columns);
  const name = peer === undefined ? "?" : shownName(peer);
  const known = peer?.fingerprint ?? null;
  const words = [
    world.text("alarm.question", { name }),
    "",
    ...(known === null ? [] : [world.text("alarm.known"), ...fingerprintWords(known, world).split("\n"), ""]),
    world.text("alarm.advice"),
  ].join("\n");
  const lines = wrapText(words, { columns: columns - 4 }).map((row): Line => [span(` ${row}`, "popup")]);
  const rect = centered(layout.screen, columns, lines.length + 4);
  return framed("question", rect, { title: world.text("alarm.title"), hint: world.text("alarm.hint") }, [
    [],
    ...lines,
  ]);
}
