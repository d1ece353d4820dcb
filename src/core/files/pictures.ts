// FeiQ's pictures inside messages (docs/protocol.md section 12.6). Coming: every slice is acknowledged, also repeats, and a whole
// picture is handed out to be saved. Going: slices two milliseconds apart in windows, missing ones again, and the text with the mark
// when the last one is acknowledged.
import { trimOldest } from "../trim-oldest.js";
import { refuse } from "../compose.js";
import type { Outbox } from "../delivery.js";
import type { Answer } from "../input.js";
import { fileLimits, fileTimers, pictureWindow } from "../limits.js";
import type { PeerId } from "../model.js";
import { bareFor, buildPacket, drop, sendBytes, sendPacket } from "../world.js";
import type { World } from "../world.js";
import type { ErrorCode } from "../../ports/error.js";
import { formatEndpoint } from "../endpoint.js";
import type { Endpoint } from "../../ports/transport.js";
import { concatBytes } from "../../protocol/bytes.js";
import { commands } from "../../protocol/commands.js";
import { optionBits } from "../../protocol/options.js";
import { buildImageAck, buildImageSlice } from "../../protocol/image/slice.js";
import { createImageAssembler, sliceImage } from "../../protocol/image-slices.js";
import { limits as wireLimits } from "../../protocol/limits.js";
import { buildImageMark } from "../../protocol/text.js";
import type { ImageSlice } from "../../protocol/message.js";
import type { Picture } from "./model.js";

export interface Pictures {
  heardSlice(slice: ImageSlice, peerId: PeerId | undefined, from: Endpoint, dir: string): void;
  heardAck(id: string, index: number, from: Endpoint): void;
  send(peerId: PeerId, bytes: Uint8Array, text: string): Answer;
  again(key: string, round: number): void;
  saved(picture: Picture): void;
  /** The latest of both directions, as they are now. */
  all(): readonly Picture[];
}

interface Going {
  readonly id: string;
  readonly peerId: PeerId;
  readonly to: Endpoint;
  readonly text: string;
  readonly slices: readonly Omit<ImageSlice, "length">[];
  readonly sizeBytes: number;
  readonly acked: Set<number>;
  /** Slices below are acknowledged. */
  windowStart: number;
  /** Waiting to be sent, by index from 0. */
  queue: number[];
  rounds: number;
  /** Alarms count up; an old one means nothing. */
  step: number;
}

export function createPictures(world: World, outbox: Outbox): Pictures {
  const assembler = createImageAssembler();
  const going = new Map<string, Going>();

  const latest = new Map<string, Picture>();

  function publish(picture: Picture): void {
    const key = `${picture.peerId} ${picture.imageId}`;
    latest.delete(key);
    latest.set(key, picture);
    trimOldest(latest, fileLimits.picturesKept);
    world.events.push({ kind: "picture", picture, at: world.now });
  }

  function publishGoing(picture: Going, state: Picture["state"], reason: ErrorCode | null): void {
    const { id, peerId, sizeBytes } = picture;
    publish({ imageId: id, peerId, direction: "out", state, format: "jpeg", sizeBytes, path: null, reason });
  }

  function wakeAfter(picture: Going, ms: number): void {
    picture.step += 1;
    const alarm = { kind: "picture", key: picture.id, round: picture.step } as const;
    world.alarms.set(world.now + ms, { kind: "files", alarm });
  }

  function transmit(picture: Going, index: number): void {
    const slice = picture.slices[index];
    if (slice === undefined) return;
    const command = commands.FEIQ_IMAGE_SLICE.number | optionBits.FILEATTACHOPT;
    const head = buildPacket(world, { command, sections: [""] }, bareFor(world, picture.to));
    // The packet as built ends in the NUL of an empty section: the slice stands in its place.
    sendBytes(world, concatBytes([head.subarray(0, head.length - 1), buildImageSlice(slice)]), picture.to);
  }

  function missing(picture: Going): number[] {
    const end = Math.min(picture.slices.length, picture.windowStart + pictureWindow.slices);
    const found: number[] = [];
    for (let index = picture.windowStart; index < end; index++)
      if (!picture.acked.has(index)) found.push(index);
    return found;
  }

  function openWindow(picture: Going): void {
    picture.rounds = 0;
    picture.queue = missing(picture);
    step(picture);
  }

  function step(picture: Going): void {
    const next = picture.queue.shift();
    if (next === undefined) {
      wakeAfter(picture, fileTimers.pictureWaitMs);
      return;
    }
    if (!picture.acked.has(next)) transmit(picture, next);
    wakeAfter(picture, picture.queue.length === 0 ? fileTimers.pictureWaitMs : fileTimers.pictureSliceMs);
  }

  function finish(picture: Going): void {
    going.delete(picture.id);
    outbox.say(
      [{ peer: picture.peerId }],
      `${picture.text}${buildImageMark({ id: picture.id, kind: "B" })}`,
      {},
    );
    publishGoing(picture, "done", null);
  }

  return {
    heardSlice(slice, peerId, from, dir) {
      if (peerId === undefined) {
        drop(world, "stranger");
        return;
      }
      const outcome = assembler.accept(formatEndpoint(from), slice, world.now);
      if (outcome.kind === "refused") {
        drop(world, outcome.reason);
        return;
      }
      const command = commands.FEIQ_IMAGE_ACK.number;
      sendPacket(world, { command, sections: [buildImageAck(slice)] }, from, bareFor(world, from));
      if (outcome.kind !== "complete") return;
      const { imageId, picture } = outcome;
      const about = { imageId, peerId, direction: "in", path: null, format: picture.format } as const;
      if (picture.kind === "broken") {
        publish({
          ...about,
          state: "failed",
          sizeBytes: outcome.payload.length,
          reason: "picture-not-sendable",
        });
        return;
      }
      const { format, bytes } = picture;
      const name = `feiq-${imageId}.${extensionOf(format)}`;
      world.effects.push({
        kind: "files",
        effect: { kind: "save-image", imageId, peerId, dir, name, format, bytes },
      });
    },

    heardAck(id, index, from) {
      const picture = going.get(id);
      if (picture === undefined || picture.to.address !== from.address) return;
      picture.acked.add(index - 1);
      if (picture.queue.length > 0 || missing(picture).length > 0) return;
      picture.windowStart += pictureWindow.slices;
      if (picture.windowStart >= picture.slices.length) finish(picture);
      else openWindow(picture);
    },

    send(peerId, bytes, text) {
      const peer = world.peers.get(peerId);
      if (peer === undefined) return refuse("no-such-peer", "no such peer", { peer: peerId });
      const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
      if (!isJpeg || peer.dialect !== "feiq" || bytes.length > wireLimits.imageBytes) {
        const fields = { peer: peerId, dialect: peer.dialect, sizeBytes: bytes.length };
        return refuse("picture-not-sendable", "only JPEG pictures up to 20 MB, and only to FeiQ", fields);
      }
      if (going.size >= fileLimits.pictures) {
        return refuse("picture-not-sendable", "too many pictures on their way", { peer: peerId });
      }
      const id = world.options.random.uint32().toString(16).padStart(8, "0");
      const picture: Going = {
        id,
        peerId,
        to: peer.endpoint,
        text,
        slices: sliceImage(id, bytes),
        sizeBytes: bytes.length,
        acked: new Set(),
        windowStart: 0,
        queue: [],
        rounds: 0,
        step: 0,
      };
      going.set(id, picture);
      publishGoing(picture, "started", null);
      openWindow(picture);
      return { ok: true, messages: [] };
    },

    again(key, round) {
      const picture = going.get(key);
      if (picture === undefined || picture.step !== round) return;
      if (picture.queue.length > 0) {
        step(picture);
        return;
      }
      picture.rounds += 1;
      if (picture.rounds >= pictureWindow.rounds) {
        going.delete(picture.id);
        publishGoing(picture, "failed", "picture-not-confirmed");
        return;
      }
      picture.queue = missing(picture);
      step(picture);
    },

    saved: publish,
    all: () => [...latest.values()],
  };
}

function extensionOf(format: string): string {
  switch (format) {
    case "jpeg":
      return "jpg";
    case "png":
    case "gif":
      return format;
    case "bmp":
    case "dib":
    case "lzw-dib":
      return "bmp";
    default:
      return "bin";
  }
}
