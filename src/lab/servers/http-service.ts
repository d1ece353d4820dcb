// The HTTP servers: `http` answers every request with what it understood of it, `file-server` serves a folder. Node's parser reads
// the requests, with small limits; connections are counted and watched as those of the TCP servers are.
import { createServer, type IncomingMessage } from "node:http";
import { safeText, type Endpoint } from "../../index.js";
import { createFileHandler } from "./file-handler.js";
import { answerText, type HttpHandler } from "./http-answer.js";
import type { LabServer, ServerListener } from "./server-event.js";
import { serverLimits } from "./server-limits.js";
import { createGate, listenWith } from "./tcp-service.js";

export interface HttpServiceOptions {
  readonly listen: Endpoint;
  readonly listener: ServerListener;
  /** Null: no files, tell about the request. */
  readonly root: string | null;
  /** Name of the charset of text files, for their header. */
  readonly charset: string;
}

/** Opens it; rejects with a FeiyanError when the port cannot be had. */
export async function openHttpService(options: HttpServiceOptions): Promise<LabServer> {
  const { listener } = options;
  const gate = createGate(listener);
  const handle = options.root === null ? tellRequest : createFileHandler(options.root, options.charset);
  const server = createServer({
    maxHeaderSize: serverLimits.headerBytes,
    headersTimeout: serverLimits.requestMs,
    requestTimeout: serverLimits.requestMs,
    keepAliveTimeout: serverLimits.requestMs,
    connectionsCheckingInterval: 5_000,
  });
  server.maxRequestsPerSocket = serverLimits.requestsPerConnection;
  // A client that says "that was all I ask" still gets its answer; the property has no place in the options.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on("connection", (socket) => gate.admit(socket));
  server.on("clientError", (_error, socket) => {
    // No HTTP: told in HTTP all the same, since a student's program may be what is wrong.
    if (socket.writable)
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });
  server.on("request", (request, response) => {
    const { socket } = request;
    const connection = gate.idOf(socket);
    if (connection === null) {
      socket.destroy();
      return;
    }
    const remote = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    const before = socket.bytesWritten;
    response.on("error", () => response.destroy());
    response.on("finish", () => {
      listener({
        kind: "answered",
        connection,
        remote,
        method: request.method ?? "",
        target: request.url ?? "",
        status: response.statusCode,
        sizeBytes: socket.bytesWritten - before,
      });
    });
    drainBody(request);
    handle(request, response).catch(() => {
      // A fault of ours must not leave the client waiting.
      if (!response.headersSent) answerText(response, 500, "internal fault\n");
      else response.destroy();
    });
  });
  return await listenWith(server, options.listen, listener, gate);
}

/** Bodies are read and forgotten; one that does not end is broken off. */
function drainBody(request: IncomingMessage): void {
  let bodyBytes = 0;
  request.on("error", () => request.destroy());
  request.on("data", (bytes: Buffer) => {
    bodyBytes += bytes.length;
    if (bodyBytes > serverLimits.bodyBytes) request.destroy();
  });
}

const tellRequest: HttpHandler = async (request, response) => {
  const lines = [`${request.method ?? ""} ${request.url ?? ""} HTTP/${request.httpVersion}`];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    lines.push(`${request.rawHeaders[at] ?? ""}: ${request.rawHeaders[at + 1] ?? ""}`);
  }
  answerText(response, 200, `${lines.map((line) => safeText(line)).join("\n")}\n`);
};
