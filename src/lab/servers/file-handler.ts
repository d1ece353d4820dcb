// Answers requests from a folder: GET and HEAD only, files as they are, folders as a list or their index.html. Which file a target
// means is decided in `served-path`. Called by `http-service`.
import { join } from "node:path";
import type { ServerResponse } from "node:http";
import { buildListing, contentType } from "./file-answer.js";
import { answerText, type HttpHandler } from "./http-answer.js";
import { findServed, openServed } from "./served-path.js";

/** Nothing of the folder may run anything or be taken for something else. */
const guards = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'self'; script-src 'none'",
} as const;

const refusals: Readonly<Record<number, string>> = {
  400: "bad target",
  403: "not a file",
  404: "not found",
  413: "too large",
};

/** A handler for one folder. */
export function createFileHandler(root: string, charset: string): HttpHandler {
  return async (request, response) => {
    const target = request.url ?? "";
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      answerText(response, 405, "GET and HEAD only\n");
      return;
    }
    const served = await findServed(root, target);
    if (served.kind === "refused") {
      answerText(response, served.status, `${refusals[served.status] ?? ""}\n`);
      return;
    }
    if (served.kind === "file") {
      await answerFile(response, served.path, charset);
      return;
    }
    const path = target.split(/[?#]/u, 1)[0] ?? "/";
    if (!path.endsWith("/")) {
      // Relative links of the page need the slash. Built from our own names, so that nobody can point it elsewhere.
      response.setHeader(
        "Location",
        `./${encodeURIComponent(decodeURIComponent(path.split("/").at(-1) ?? ""))}/`,
      );
      answerText(response, 308, "with a slash at the end\n");
      return;
    }
    const hasIndex = served.entries.some((entry) => entry.name === "index.html" && !entry.isFolder);
    if (hasIndex) await answerFile(response, join(served.path, "index.html"), charset);
    else answerPage(response, buildListing(decodeURIComponent(path), served.entries));
  };
}

async function answerFile(response: ServerResponse, path: string, charset: string): Promise<void> {
  const handle = await openServed(path);
  if (handle === null) {
    answerText(response, 404, "not found\n");
    return;
  }
  try {
    const { size } = await handle.stat();
    response.writeHead(200, {
      ...guards,
      "Content-Type": contentType(path, charset),
      "Content-Length": size,
    });
    if (response.req.method === "HEAD" || size === 0) {
      response.end();
      return;
    }
    // Not a byte past the promised length: the file may grow while it is read.
    const stream = handle.createReadStream({ autoClose: false, start: 0, end: size - 1 });
    await new Promise<void>((resolve) => {
      stream.on("error", () => response.destroy());
      response.on("close", () => {
        stream.destroy();
        resolve();
      });
      stream.pipe(response);
    });
  } finally {
    await handle.close();
  }
}

function answerPage(response: ServerResponse, page: string): void {
  const bytes = Buffer.from(page, "utf8");
  response.writeHead(200, {
    ...guards,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": bytes.length,
  });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
