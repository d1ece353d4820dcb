// A record of somebody's file list as a thing that is offered. What it says of itself are claims.
import { fileAttribute, fileType, unknownSize } from "../../protocol/attachments.js";
import type { FileRecord } from "../../protocol/message.js";
import type { OfferedFile } from "./model.js";

/** Sizes beyond what can be counted are as good as unknown. */
export function offeredFileOf(record: FileRecord): OfferedFile {
  const { id, name, sizeBytes, mtime, type, attr } = record;
  const isFolder = type === fileType.directory;
  const isKnown =
    sizeBytes !== unknownSize && sizeBytes !== 0xffff_ffffn && sizeBytes <= BigInt(Number.MAX_SAFE_INTEGER);
  return {
    fileId: id,
    name,
    kind: isFolder ? "folder" : type === fileType.clipboard ? "image" : "file",
    sizeBytes: isFolder || !isKnown ? null : Number(sizeBytes),
    mtime,
    readOnly: (attr & fileAttribute.readOnly) !== 0,
    path: null,
  };
}
