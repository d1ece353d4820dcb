// What the system says when the disk refuses, as our codes. Called by every part that touches the disk.
import { FeiyanError, type ErrorCode } from "../ports/error.js";

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EFBIG: "disk-full",
  EACCES: "disk-not-writable",
  EPERM: "disk-not-writable",
  EROFS: "disk-not-writable",
  ENOENT: "disk-not-writable",
  ENOTDIR: "disk-not-writable",
  ENAMETOOLONG: "name-not-safe",
};

export function systemCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** A failed write, or whatever was in its way. */
export function toDiskError(cause: unknown, path: string): FeiyanError {
  if (cause instanceof FeiyanError) return cause;
  const code = systemCode(cause);
  const fields = { path, systemCode: code };
  return new FeiyanError(codes[code] ?? "disk-failed", "the disk refused", fields, { cause });
}

/** A failed look at a file of ours. */
export function toReadError(cause: unknown, path: string): FeiyanError {
  if (cause instanceof FeiyanError) return cause;
  const code = systemCode(cause);
  const ours: ErrorCode = code === "ENOENT" || code === "ENOTDIR" ? "file-not-found" : "file-not-readable";
  return new FeiyanError(ours, "cannot be read", { path, systemCode: code }, { cause });
}
