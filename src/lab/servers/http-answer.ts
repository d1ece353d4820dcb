// A handler of requests, and the short plain answer that all of them give when there is nothing better. Types and one function.
import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers one request; what it throws becomes an answer too. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function answerText(response: ServerResponse, status: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": bytes.length,
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
