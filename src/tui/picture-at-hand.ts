// Which picture file "look at the picture" is about: that of the chosen row of the file list, of the chosen message, else the newest
// of the conversation that is on this disk. Reads the node; opens nothing.
import type { Message } from "../index.js";
import { fileRows } from "./file-rows.js";
import { messageAt, messageAtHand, nearestMessage } from "./pick.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

/** How many messages back one is looked for. */
const reach = 200;

const pictureName = /\.(?:png|jpe?g|bmp|dib)$/iu;

/** Its path, or null. */
export function pictureAtHand(state: UiState, world: World): string | null {
  const { dialog } = state;
  if (dialog?.kind === "files") {
    const { items } = fileRows(world, dialog.chosen);
    const row = items.find(({ key }) => key === dialog.list.selected) ?? items[0];
    const path = row?.kind === "chosen" ? row.file.path : (row?.transfer?.path ?? row?.file.path ?? null);
    return path !== null && pictureName.test(path) ? path : null;
  }
  const chosen = state.picked === null ? null : messageAtHand(state, world);
  if (chosen !== null) return pictureOf(chosen, world);
  let serial = nearestMessage(state, world, world.timelines.of(state.conversation).end - 1, -1);
  for (let count = 0; serial !== null && count < reach; count += 1) {
    const message = messageAt(state, world, serial);
    const path = message === null ? null : pictureOf(message, world);
    if (path !== null) return path;
    serial = nearestMessage(state, world, serial - 1, -1);
  }
  return null;
}

/** Where the picture of a message lies; null when it has none, or none is here yet. */
export function pictureOf(message: Message, world: World): string | null {
  for (const { id } of message.images) {
    const picture = world.node
      .pictures()
      .findLast((one) => one.imageId === id && one.peerId === message.conversation && one.path !== null);
    if (picture?.path != null) return picture.path;
  }
  if (message.files.length === 0) return null;
  const offer = world.node.offers().find(({ offerId }) => offerId === message.id);
  for (const file of offer?.files ?? []) {
    const transfer = world.node
      .transfers()
      .findLast((one) => one.offerId === message.id && one.fileId === file.fileId && one.path !== null);
    const isHere = offer?.direction === "out" || transfer?.state === "done";
    const path = transfer?.path ?? file.path;
    if (isHere && path !== null && (file.kind === "image" || pictureName.test(path))) return path;
  }
  return null;
}
