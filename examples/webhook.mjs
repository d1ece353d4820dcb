// Forwards every message to a webhook as JSON, one after another; what cannot be delivered is said and dropped.
//   feiyan watch --json --type message | node examples/webhook.mjs https://example.org/hook
import { createInterface } from "node:readline";

const [url] = process.argv.slice(2);
for await (const line of createInterface({ input: process.stdin })) {
  const { type, direction, id, at, text, peer, broadcast } = JSON.parse(line);
  if (type !== "message" || direction !== "in") continue;
  const body = JSON.stringify({
    id,
    at,
    from: peer?.nick ?? null,
    address: peer?.address ?? null,
    text,
    broadcast,
  });
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) console.error(`webhook: ${answer.status}`);
  } catch (error) {
    console.error(`webhook: ${error.message}`);
  }
}
