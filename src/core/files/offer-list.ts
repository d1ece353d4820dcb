// What stands in the file list of an offer of ours: ids, sizes, kinds, and the names as the receivers can read them. Whether a name may
// be sent at all was asked before.
import type { Target } from "../compose.js";
import { fileLimits } from "../limits.js";
import type { LocalEntry } from "../../ports/file-store.js";
import { fileAttribute, fileType, type OutgoingFile } from "../../protocol/attachments.js";
import type { TextCodec } from "../../protocol/text-codec.js";
import { firstFileId } from "./offers.js";

/** One list for all receivers: what one of them cannot read is written for all as he can. */
export function buildOfferList(
  entries: readonly LocalEntry[],
  targets: readonly Target[],
  { asPicture, isLossy }: { readonly asPicture: boolean; readonly isLossy: boolean },
  codec: TextCodec,
): readonly OutgoingFile[] {
  const hasIptux = targets.some(({ peer }) => peer?.dialect === "iptux");
  return entries.map((entry, index) => {
    const asClipboard = asPicture && isForClipboard(entry, targets);
    const given = asClipboard ? clipboardFile(entry, index) : outgoingFile(entry, index);
    const known = isLossy ? withoutForeign(given, targets, codec) : given;
    return hasIptux ? withoutColon(known) : known;
  });
}

function outgoingFile(entry: LocalEntry, index: number): OutgoingFile {
  const type = entry.kind === "folder" ? fileType.directory : fileType.regular;
  return {
    id: String(firstFileId + index),
    name: entry.name,
    // iptux takes whatever has no size for received, folders too (protocol.md section 24).
    sizeBytes: BigInt(entry.kind === "folder" ? Math.max(1, entry.sizeBytes) : entry.sizeBytes),
    mtime: entry.mtime,
    attr: type | (entry.readOnly ? fileAttribute.readOnly : 0),
  };
}

/** What official takes for its input line: PNG of a bounded size, and only where the peer said that it can (section 8.1). */
function isForClipboard(entry: LocalEntry, targets: readonly Target[]): boolean {
  const isPng = entry.kind === "file" && /\.png$/iu.test(entry.name);
  const allCan = targets.every(({ peer }) => peer?.capabilities.includes("clipboard") ?? false);
  return isPng && entry.sizeBytes <= fileLimits.clipboardBytes && allCan;
}

/**
 * iptux counts the halves of a doubled colon as two, takes the time for the kind, and shows nothing of the whole offer (protocol.md
 * section 24): it gets a wide colon. Inside folders it reads them well.
 */
function withoutColon(file: OutgoingFile): OutgoingFile {
  return { ...file, name: file.name.replaceAll(":", "：") };
}

function clipboardFile(entry: LocalEntry, index: number): OutgoingFile {
  // `8` is the place in the text: at its end.
  return { ...outgoingFile(entry, index), attr: fileType.clipboard, ext: { "8": ["0"] } };
}

/** What a receiver's charset lacks becomes "_", as official and FeiQ write it: a "?" would be no name there. */
function withoutForeign(file: OutgoingFile, targets: readonly Target[], codec: TextCodec): OutgoingFile {
  let { name } = file;
  for (const { charset } of targets)
    for (const { character } of codec.unencodable(name, charset.charset))
      name = name.replaceAll(character, "_");
  return { ...file, name };
}
