// Everything that came in, from everybody, newest first: time, name, address, charset and the beginning of the text.
import { formatEndpoint, safeText } from "../../index.js";
import type { Message } from "../../index.js";
import { viewList } from "../log/list.js";
import type { ListItems } from "../log/list.js";
import { receivedMessages } from "../received.js";
import { shownText } from "../roster.js";
import { displayText } from "../text/display.js";
import { fitText, truncateText } from "../text/fit.js";
import { cellWidth } from "../text/width.js";
import type { Dialog } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, fillLine, framed, span } from "./lines.js";
import { nameRoleOf } from "./message-lines.js";
import { formatMoment } from "./moment.js";
import type { Line, Pane, Rect } from "./scene.js";

export function receiveRect(layout: Layout): Rect {
  const { screen, kind } = layout;
  return kind === "narrow"
    ? { column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1 }
    : centered(screen, Math.min(116, screen.columns - 4), screen.rows - 4);
}

export function receivedItems(world: World): ListItems<Message> {
  return { items: receivedMessages(world), keyOf: (message) => message.id };
}

export function receivePopup(
  world: World,
  layout: Layout,
  dialog: Extract<Dialog, { kind: "receive" }>,
): Pane {
  const rect = receiveRect(layout);
  const items = receivedItems(world);
  const { visible, selectedRow } = viewList(items, dialog.list, rect.rows - 2);
  const inner = rect.columns - 2;
  const lines =
    items.items.length === 0
      ? [[span(` ${world.text("receive.empty")}`, "popup.hint")]]
      : visible.map((message, index) => receivedRow(message, world, inner, index === selectedRow));
  const key = world.keymap.keyOf("receive");
  return framed(
    "receive",
    rect,
    {
      title: world.text("receive.title", { count: items.items.length }),
      hint: world.text(inner < 50 ? "receive.hintShort" : "receive.hint", { key }),
    },
    lines,
  );
}

function receivedRow(message: Message, world: World, columns: number, isSelected: boolean): Line {
  const isWide = columns >= 60;
  const role = isSelected ? "popup.selected" : "popup";
  const time = formatMoment(message.at, world.now());
  const name = shownText(message.peerName, 80);
  const address =
    message.endpoint === null
      ? ""
      : isWide && columns >= 90
        ? formatEndpoint(message.endpoint)
        : message.endpoint.address;
  const nameRole = isSelected ? role : nameRoleOf(message.peerId ?? message.peerName);
  const hint = isSelected ? role : "popup.hint";
  const files = message.files.map((file) => `${world.text("log.file")} ${shownText(file.name, 100)}`);
  const text = displayText(safeText(message.displayText, { maxCharacters: 400 }));
  const head: Line = isWide
    ? [
        span(` ${time} `, hint),
        span(`${fitText(name, 10)} `, nameRole),
        span(`${fitText(address, columns >= 90 ? 21 : 15)} `, hint),
        span(`${fitText(message.charset.toUpperCase(), 6)} `, hint),
      ]
    : [span(`${time} `, hint), span(`${truncateText(name, 8)} `, nameRole)];
  const used = head.reduce((sum, piece) => sum + cellWidth(piece.text), 0);
  const body = truncateText(
    [text, ...files].filter((part) => part !== "").join(" "),
    Math.max(0, columns - used),
  );
  const line = fillLine([...head, span(body, role)], columns, role);
  return line;
}
