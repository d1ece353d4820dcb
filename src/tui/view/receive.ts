// Messages of all conversations, newest first, with a line to search them: what came in from everybody, or everything that holds the
// words. Time, name, address, charset and the text around the words.
import {
  everyone,
  formatEndpoint,
  isUnopened,
  parseSearch,
  roomNumberOf,
  safeText,
  searchWords,
} from "../../index.js";
import type { Message } from "../../index.js";
import { editorText } from "../edit/editor.js";
import { splitFaces } from "../faces.js";
import { findEverywhere, isFound, splitMatches } from "../find.js";
import { viewList } from "../log/list.js";
import type { ListItems } from "../log/list.js";
import { receivedMessages } from "../received.js";
import { shownName, shownText } from "../roster.js";
import { displayText } from "../text/display.js";
import { fitText, truncateText } from "../text/fit.js";
import { cellWidth } from "../text/width.js";
import type { Dialog } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, cutLine, fillLine, framed, lineWidth, queryLine, span } from "./lines.js";
import { nameRoleOf } from "./message-lines.js";
import { closedWords } from "./protection.js";
import { formatMoment } from "./moment.js";
import { conversationName } from "./peer-list.js";
import type { Line, Pane, Rect } from "./scene.js";

type Received = Extract<Dialog, { kind: "receive" }>;

export function receiveRect(layout: Layout): Rect {
  const { screen, kind } = layout;
  return kind === "narrow"
    ? { column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1 }
    : centered(screen, Math.min(116, screen.columns - 4), screen.rows - 4);
}

let kept: { readonly from: readonly Message[]; readonly query: string; readonly found: readonly Message[] } =
  {
    from: [],
    query: "",
    found: [],
  };

export function receivedItems(world: World, dialog: Pick<Received, "query" | "scope">): ListItems<Message> {
  const query = editorText(dialog.query).trim();
  if (dialog.scope === "waiting") {
    const waiting = world.node.waiting().filter((one) => query === "" || isFound(one, query));
    return { items: waiting, keyOf: (message) => message.id };
  }
  const from =
    dialog.scope === "all" && query !== ""
      ? (world.archive?.search(query) ?? findEverywhere(query, world))
      : receivedMessages(world);
  if (dialog.scope === "received" && query !== "" && (kept.from !== from || kept.query !== query)) {
    kept = { from, query, found: from.filter((one) => isFound(one, query) || one.peerName.includes(query)) };
  }
  const items = dialog.scope === "received" && query !== "" ? kept.found : from;
  return { items, keyOf: (message) => message.id };
}

/** What to mark in the texts: the first words of a search in its own language, else what was typed. */
function markedWords({ query, scope }: Received): string {
  const typed = editorText(query).trim();
  return scope === "all" ? (searchWords(parseSearch(typed, () => null))[0] ?? "") : typed;
}

export function receivePopup(world: World, layout: Layout, dialog: Received): Pane {
  const rect = receiveRect(layout);
  const items = receivedItems(world, dialog);
  const query = markedWords(dialog);
  const { visible, selectedRow } = viewList(items, dialog.list, rect.rows - 3);
  const inner = rect.columns - 2;
  const lines: Line[] = [queryLine(dialog.query, inner, world.text("receive.query"))];
  if (items.items.length === 0) {
    lines.push([span(` ${world.text(query === "" ? "receive.empty" : "receive.none")}`, "popup.hint")]);
  }
  for (const [index, message] of visible.entries()) {
    lines.push(receivedRow(message, world, inner, index === selectedRow, query));
  }
  const key = world.keymap.keyOf("receive");
  const find = world.keymap.keyOf("find");
  const count = items.items.length;
  return framed(
    "receive",
    rect,
    {
      title: world.text(titleKey(dialog), { count }),
      hint: world.text(inner < 50 ? "receive.hintShort" : "receive.hint", { key, find }),
    },
    lines,
  );
}

function titleKey({
  scope,
  query,
}: Received): "receive.titleWaiting" | "receive.titleFound" | "receive.title" {
  if (scope === "waiting") return "receive.titleWaiting";
  return scope === "all" && editorText(query).trim() !== "" ? "receive.titleFound" : "receive.title";
}

function receivedRow(
  message: Message,
  world: World,
  columns: number,
  isSelected: boolean,
  query: string,
): Line {
  const isWide = columns >= 60;
  const role = isSelected ? "popup.selected" : "popup";
  const time = formatMoment(message.at, world.now());
  const isOwn = message.direction === "out";
  const name = isOwn ? ownName(message, world) : shownText(message.peerName, 80);
  const address =
    message.endpoint === null
      ? ""
      : isWide && columns >= 90
        ? formatEndpoint(message.endpoint)
        : message.endpoint.address;
  const nameRole = isSelected
    ? role
    : isOwn
      ? "message.name.own"
      : nameRoleOf(message.peerId ?? message.peerName);
  const hint = isSelected ? role : "popup.hint";
  const files = message.files.map((file) => `${world.text("log.file")} ${shownText(file.name, 100)}`);
  const inside = isUnopened(message) ? closedWords(message, world) : message.displayText;
  const plain = displayText(safeText(inside, { maxCharacters: 2_000 }));
  const whole =
    message.dialect === "feiq"
      ? splitFaces(plain, world.lang)
          .map((part) => part.text)
          .join("")
      : plain;
  const head: Line = isWide
    ? [
        span(` ${time} `, hint),
        span(`${fitText(name, 10)} `, nameRole),
        span(`${fitText(address, columns >= 90 ? 21 : 15)} `, hint),
        span(`${fitText(message.charset.toUpperCase(), 6)} `, hint),
      ]
    : [span(`${time} `, hint), span(`${truncateText(name, 8)} `, nameRole)];
  const room = Math.max(0, columns - lineWidth(head));
  const text = aroundMatch(whole, query, room);
  const body = [text, ...files].filter((part) => part !== "").join(" ");
  const pieces = splitMatches(body, query).map((piece, index) =>
    span(piece, query !== "" && index % 2 === 1 ? "message.match" : role),
  );
  return fillLine([...head, ...cutLine(query === "" ? [span(body, role)] : pieces, room)], columns, role);
}

/** `我>小明` */
function ownName(message: Message, world: World): string {
  const peer = world.node.peer(message.conversation);
  const to =
    message.conversation === everyone || roomNumberOf(message.conversation) !== null
      ? conversationName(message, world)
      : peer === undefined
        ? ""
        : shownName(peer);
  return `${world.text("peer.self")}>${to}`;
}

/** The text from a little before the words, when they stand too far behind. */
function aroundMatch(text: string, query: string, columns: number): string {
  if (query === "" || cellWidth(text) <= columns) return text;
  const [before = ""] = splitMatches(text, query);
  if (cellWidth(before) + cellWidth(query) < columns - 4) return text;
  const start = Math.max(0, before.length - Math.floor(columns / 4));
  return `…${Array.from(text.slice(start)).join("")}`;
}
