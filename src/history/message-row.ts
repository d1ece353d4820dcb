// A message as the flat row that is written to disk and handed to the writing thread: strings and numbers, its bytes apart. Knows no
// database; the engines and the thread's letters are made of these rows.
import { formatEndpoint } from "../core/endpoint.js";
import type { Delivery, Message, MessageId, PeerId } from "../core/model.js";
import { faceTextOf, searchTextOf } from "../core/search-match.js";
import type { SearchSubject } from "../core/search-match.js";
import { foldText } from "../core/fold-text.js";

export interface MessageRow {
  readonly id: string;
  readonly at: number;
  readonly flags: number;
  readonly packetNo: string;
  /** Empty: several receivers, or everyone. */
  readonly peerId: string;
  readonly conversation: string;
  readonly peerName: string;
  readonly group: string;
  /** Empty: unknown. */
  readonly address: string;
  readonly port: number;
  readonly dialect: string;
  readonly charset: string;
  readonly reason: string;
  /** With blanks between them. */
  readonly options: string;
  readonly text: string;
  /** Null: as the text. */
  readonly shown: string | null;
  readonly raw: Uint8Array;
  /** Receivers, files, images, and what became of an envelope, as JSON; null: none. */
  readonly more: string | null;
  readonly deliveries: readonly Delivery[];
}

export const rowFlags = {
  out: 1,
  sealed: 2,
  broadcast: 4,
  autoReply: 8,
  files: 16,
  several: 32,
  recalled: 64,
} as const;

/** Dates that fit the place of a message; the far future of a broken clock is brought down to it. */
const latestMs = 100_000_000_000_000;

export function rowOf(message: Message, group: string): MessageRow {
  const { to, files } = message;
  const flags =
    (message.direction === "out" ? rowFlags.out : 0) |
    (message.sealed ? rowFlags.sealed : 0) |
    (message.broadcast ? rowFlags.broadcast : 0) |
    (message.autoReply ? rowFlags.autoReply : 0) |
    (files.length > 0 ? rowFlags.files : 0) |
    (to.length > 1 ? rowFlags.several : 0) |
    (message.recalled === "done" ? rowFlags.recalled : 0);
  return {
    id: message.id,
    at: Math.min(latestMs, Math.max(0, message.at)),
    flags,
    packetNo: message.packetNo,
    peerId: message.peerId ?? "",
    conversation: message.conversation,
    peerName: message.peerName,
    group,
    address: message.endpoint?.address ?? "",
    port: message.endpoint?.port ?? 0,
    dialect: message.dialect,
    charset: message.charset,
    reason: message.charsetReason,
    options: message.options.join(" "),
    text: withoutNul(message.text),
    shown: message.displayText === message.text ? null : withoutNul(message.displayText),
    raw: message.raw,
    more: formatMore(message),
    deliveries: message.deliveries,
  };
}

/** SQLite's texts end at a NUL, and it is no character of a text; the bytes keep it. */
function withoutNul(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text;
}

type More = Pick<
  Message,
  "to" | "files" | "images" | "locked" | "openedAt" | "encryption" | "recipients" | "recalled"
>;

const nothingMore: More = {
  to: [],
  files: [],
  images: [],
  locked: false,
  openedAt: null,
  encryption: null,
  recipients: [],
  recalled: null,
};

/** What differs from nothing. */
function formatMore(message: Message): string | null {
  const { to, files, images, locked, openedAt, encryption, recipients, recalled } = message;
  const more = {
    ...(to.length === 0 ? {} : { to }),
    ...(files.length === 0 ? {} : { files }),
    ...(images.length === 0 ? {} : { images }),
    ...(locked ? { locked } : {}),
    ...(openedAt === null ? {} : { openedAt }),
    ...(encryption === null ? {} : { encryption }),
    ...(recipients.length === 0 ? {} : { recipients }),
    ...(recalled === null ? {} : { recalled }),
  };
  if (Object.keys(more).length === 0) return null;
  return JSON.stringify(more, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

function parseMore(text: string | null): More {
  if (text === null) return nothingMore;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by formatMore
  const more = { ...nothingMore, ...(JSON.parse(text) as Partial<More>) };
  if (more.files.length === 0) return more;
  const files = more.files.map((file) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as formatMore wrote it
    const written = file.sizeBytes as unknown as string;
    return { ...file, sizeBytes: BigInt(written.slice(0, -1)) };
  });
  return { ...more, files };
}

/** The message of a row, with the latest delivery of each receiver. */
export function messageOf(row: MessageRow): Message {
  const { to, files, images, locked, openedAt, encryption, recipients, recalled } = parseMore(row.more);
  const has = (flag: number): boolean => (row.flags & flag) !== 0;
  // What was written came from a message: the brands and unions of its fields are those of then.
  /* oxlint-disable typescript/no-unsafe-type-assertion */
  return {
    id: row.id as MessageId,
    direction: has(rowFlags.out) ? "out" : "in",
    at: row.at,
    peerId: row.peerId === "" ? null : (row.peerId as PeerId),
    to,
    conversation: row.conversation as PeerId,
    peerName: row.peerName,
    endpoint: row.address === "" ? null : { address: row.address, port: row.port },
    packetNo: row.packetNo as Message["packetNo"],
    dialect: row.dialect as Message["dialect"],
    text: row.text,
    displayText: row.shown ?? row.text,
    charset: row.charset as Message["charset"],
    charsetReason: row.reason as Message["charsetReason"],
    options: row.options === "" ? [] : row.options.split(" "),
    sealed: has(rowFlags.sealed),
    locked,
    openedAt,
    encryption,
    recipients,
    recalled,
    broadcast: has(rowFlags.broadcast),
    autoReply: has(rowFlags.autoReply),
    raw: row.raw,
    files,
    images,
    deliveries: row.deliveries,
  };
  /* oxlint-enable typescript/no-unsafe-type-assertion */
}

/** The text kept is not the one it came with: its repeat is known by its bytes. */
export function hasOtherText(row: Pick<MessageRow, "flags" | "options">): boolean {
  return (row.flags & rowFlags.recalled) !== 0 || row.options.split(" ").includes("ENCRYPTOPT");
}

/** The conversations a message stands in: with each of its receivers when there are several. */
export function conversationsOf(row: MessageRow): readonly string[] {
  if ((row.flags & rowFlags.several) === 0) return [row.conversation];
  return [...new Set([row.conversation, ...parseMore(row.more).to])];
}

/** What search looks at. */
export function subjectOf(row: MessageRow): SearchSubject {
  const { to, files, openedAt } = parseMore(row.more);
  const direction = (row.flags & rowFlags.out) === 0 ? "in" : "out";
  const sealed = (row.flags & rowFlags.sealed) !== 0;
  return {
    text: foldText(searchTextOf({ displayText: row.shown ?? row.text, files, direction, sealed, openedAt })),
    direction,
    face: faceTextOf({ peerName: row.peerName, peerId: row.peerId, address: addressOf(row), to }),
    group: foldText(row.group),
    charset: row.charset,
    hasFile: (row.flags & rowFlags.files) !== 0,
    broadcast: (row.flags & rowFlags.broadcast) !== 0,
    at: row.at,
  };
}

/** `192.0.2.7:2425`; empty when unknown. */
export function addressOf({ address, port }: Pick<MessageRow, "address" | "port">): string {
  return address === "" ? "" : formatEndpoint({ address, port });
}

/** Places of one millisecond. */
export const placesPerMs = 64;
/** How far past its time a message may stand when many have the same: an hour of places. */
export const placeMargin = 3_600_000 * placesPerMs;

/** The first place of a moment. */
export function placeAt(atMs: number): number {
  return Math.floor(Math.min(latestMs, Math.max(0, atMs)) * placesPerMs);
}
