// What a served file is called in a header, and what a folder looks like as a page. Names of files are text of strangers too:
// they are escaped for HTML and for addresses. Pure; called by `file-handler`.
import { extname } from "node:path";
import { safeText } from "../../index.js";
import type { FolderEntry } from "./served-path.js";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".htm": "text/html",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".md": "text/plain",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".webp": "image/webp",
};

/** The type by the end of the name; text gets the charset, the unknown is bytes. */
export function contentType(path: string, charset: string): string {
  const type = types[extname(path).toLowerCase()] ?? "application/octet-stream";
  return type.startsWith("text/") ? `${type}; charset=${charset}` : type;
}

/** Text as HTML, harmless in every place of a page. */
export function escapeHtml(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return safeText(text).replace(/[&<>"']/gu, (character) => escapes[character] ?? "");
}

/** A page of links. */
export function buildListing(title: string, entries: readonly FolderEntry[]): string {
  const rows = entries.map(({ name, isFolder }) => {
    const end = isFolder ? "/" : "";
    return `<li><a href="./${encodeURIComponent(name)}${end}">${escapeHtml(name)}${end}</a></li>`;
  });
  return [
    '<!doctype html><meta charset="utf-8">',
    `<title>${escapeHtml(title)}</title><h1>${escapeHtml(title)}</h1>`,
    `<ul>${rows.join("")}</ul>\n`,
  ].join("\n");
}
