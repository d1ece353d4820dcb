// Our own extension, spoken between feiyan peers only (docs/protocol.md section 23): command 15, section 0 `FY1 <kind>`, section 1 a
// JSON object. Here the kinds for files: asking for the list of an offered folder, one page of that list, and the word that everything is
// there. Whatever does not fit exactly is none of them.
//
//   1:1800000060:li:pc-li:8388879:FY1 manifest-request␀{"packetNo":"1800000030","fileId":"1000","page":0}␀    (vector feiyan-001)
import { parseJsonObject, type Fields } from "./json-object.js";
import type { Packet } from "./message.js";
import type { TextCodec } from "./text-codec.js";
import { isStrictUtf8 } from "./utf8.js";

/** Command number of everything private to feiyan. */
export const feiyanCommand = 15;

/** Bytes of the JSON object, and entries of one page: with long names a page holds fewer. */
export const manifestLimits = {
  pageBytes: 6 * 1024,
  pages: 50_000,
  entries: 1_000_000,
  pathParts: 65,
} as const;

export interface ManifestRequest {
  readonly packetNo: string;
  readonly fileId: string;
  /** From 0. */
  readonly page: number;
}

/** One file or folder inside an offered folder, folders before what is in them. */
export interface ManifestEntry {
  /** Names below the folder, its own not included. */
  readonly path: readonly string[];
  readonly isFolder: boolean;
  readonly sizeBytes: number;
  /** Unix seconds. */
  readonly mtime: number;
  /** Lower-case hex; null for folders and where it could not be read. */
  readonly sha256: string | null;
  /** Fetches this file alone, by GETFILEDATA with the packet number of the offer. */
  readonly fileId: number;
}

export type ManifestPage = ManifestRequest &
  (
    | { readonly state: "ready"; readonly pages: number; readonly entries: readonly ManifestEntry[] }
    /** The hashes are being made: ask again. */
    | { readonly state: "wait" }
    /** There is no such folder, or it cannot be read. */
    | { readonly state: "none" }
  );

export type FeiyanBody =
  | { readonly kind: "manifest-request"; readonly request: ManifestRequest }
  | { readonly kind: "manifest"; readonly page: ManifestPage }
  /** Everything of the folder is there and has the hashes of the list. */
  | { readonly kind: "manifest-done"; readonly packetNo: string; readonly fileId: string }
  /** Heard; the other side need not say it again. */
  | { readonly kind: "manifest-done-answer"; readonly packetNo: string; readonly fileId: string };

/** Sections 0 and 1 of a request. */
export function buildManifestRequest({ packetNo, fileId, page }: ManifestRequest): readonly [string, string] {
  return ["FY1 manifest-request", JSON.stringify({ packetNo, fileId, page })];
}

/** Sections 0 and 1 of a page. Entries are arrays, as a page should hold many: path (of a folder with a slash behind), size, … */
export function buildManifestPage(page: ManifestPage): readonly [string, string] {
  const { packetNo, fileId, page: number, state } = page;
  const body =
    state === "ready"
      ? { packetNo, fileId, page: number, state, pages: page.pages, entries: page.entries.map(toRow) }
      : { packetNo, fileId, page: number, state };
  return ["FY1 manifest", JSON.stringify(body)];
}

/** Sections 0 and 1: the folder is complete, or that was heard. */
export function buildManifestDone(
  kind: "manifest-done" | "manifest-done-answer",
  packetNo: string,
  fileId: string,
): readonly [string, string] {
  return [`FY1 ${kind}`, JSON.stringify({ packetNo, fileId })];
}

type Row = readonly [string, number, number, string | null, number];

function toRow({ path, isFolder, sizeBytes, mtime, sha256, fileId }: ManifestEntry): Row {
  return [isFolder ? `${path.join("/")}/` : path.join("/"), sizeBytes, mtime, sha256, fileId];
}

/** Cuts a list into pages that fit a datagram. */
export function paginateManifest(entries: readonly ManifestEntry[]): readonly (readonly ManifestEntry[])[] {
  const pages: ManifestEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    // Three bytes for each UTF-16 unit are enough for UTF-8.
    const size = 3 * JSON.stringify(entry.path).length + 120;
    if (room < size || pages.length === 0) {
      pages.push([]);
      room = manifestLimits.pageBytes;
    }
    pages.at(-1)?.push(entry);
    room -= size;
  }
  return pages.length === 0 ? [[]] : pages;
}

/** Reads a packet of command 15; null for anything that is not exactly one of the kinds. */
export function parseFeiyan(packet: Packet, codec: TextCodec): FeiyanBody | null {
  const range = packet.sections[1];
  if (packet.mode !== feiyanCommand || range === undefined) return null;
  const json = packet.bytes.subarray(range.start, range.end);
  const value = isStrictUtf8(json) ? parseJsonObject(codec.decode(json, "utf-8")) : null;
  if (value === null) return null;
  const kind = packet.text.replace(/^FY1 /, "");
  if (kind === "manifest-done" || kind === "manifest-done-answer") {
    const done = readRequest({ ...value, page: 0 });
    return done === null ? null : { kind, packetNo: done.packetNo, fileId: done.fileId };
  }
  const request = readRequest(value);
  if (request === null) return null;
  if (packet.text === "FY1 manifest-request") return { kind: "manifest-request", request };
  if (packet.text !== "FY1 manifest") return null;
  const page = readPage(value, request);
  return page === null ? null : { kind: "manifest", page };
}

function isCount(value: unknown, most = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
}

function readRequest({ packetNo, fileId, page }: Fields): ManifestRequest | null {
  if (typeof packetNo !== "string" || !/^\d{1,20}$/.test(packetNo)) return null;
  if (typeof fileId !== "string" || !/^\d{1,10}$/.test(fileId)) return null;
  return isCount(page, manifestLimits.pages) ? { packetNo, fileId, page } : null;
}

function readPage({ state, pages, entries }: Fields, request: ManifestRequest): ManifestPage | null {
  if (state === "wait" || state === "none") return { ...request, state };
  if (state !== "ready" || !isCount(pages, manifestLimits.pages) || !Array.isArray(entries)) return null;
  const read = entries.map(readEntry);
  const good = read.filter((entry) => entry !== null);
  return good.length === read.length ? { ...request, state, pages, entries: good } : null;
}

function readEntry(row: unknown): ManifestEntry | null {
  if (!Array.isArray(row)) return null;
  const [path, sizeBytes, mtime, sha256, fileId]: unknown[] = row;
  if (typeof path !== "string" || path === "") return null;
  const isFolder = path.endsWith("/");
  const parts = (isFolder ? path.slice(0, -1) : path).split("/", manifestLimits.pathParts + 1);
  if (parts.length > manifestLimits.pathParts || parts.includes("")) return null;
  if (!isCount(sizeBytes) || !isCount(mtime) || !isCount(fileId, 0xffff_ffff)) return null;
  if (sha256 !== null && (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))) return null;
  return { path: parts, isFolder, sizeBytes, mtime, sha256, fileId };
}
