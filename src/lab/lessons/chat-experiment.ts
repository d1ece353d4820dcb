// Two chat nodes on the memory network with a bad line between them: what the protocol of the chat makes of loss. For lessons.
import { createNode, impaired, parseImpairment, type DatagramTransport } from "../../index.js";
import { createMemoryNetwork, createSeededRandom } from "../../testing.js";
import { createSimulatedTime } from "../lanes/simulated-time.js";
import type { Measurement } from "./lesson.js";

const far = { address: "10.0.0.2", port: 2425 };

/** Says so many messages and counts what was shown, what came twice, and what was never confirmed. */
export async function runChat(spec: string, messages: number, seed: string): Promise<Measurement> {
  const time = createSimulatedTime();
  const { clock } = time;
  const network = createMemoryNetwork();
  const line = impaired(network.transport({ address: "10.0.0.1" }), {
    clock,
    spec: { ...parseImpairment(spec), seed },
  });
  const make = (nick: string, transport: DatagramTransport, chance: number) =>
    createNode({
      nick,
      user: nick,
      host: `${nick}-pc`,
      clock,
      random: createSeededRandom(chance),
      transport,
    });
  const sender = make("ming", line, 1);
  const receiver = make("hong", network.transport({ address: far.address }), 2);
  const shown: string[] = [];
  let copies = 0;
  let delivered = 0;
  let unconfirmed = 0;
  receiver.subscribe((event) => {
    if (event.kind === "message" && event.message.direction === "in") shown.push(event.message.text);
    if (event.kind === "duplicate") copies += 1;
  });
  sender.subscribe((event) => {
    if (event.kind !== "delivery" || !event.delivery.final) return;
    if (event.delivery.state === "delivered") delivered += 1;
    else unconfirmed += 1;
  });
  const talk = (async () => {
    await sender.start();
    await receiver.start();
    for (let index = 0; index < messages; index += 1) await sender.say({ endpoint: far }, `message ${index}`);
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + 60_000, resolve);
    });
  })();
  await time.runUntil(talk);
  await talk;
  const closing = Promise.all([sender.close(), receiver.close()]);
  await time.runUntil(closing);
  await closing;
  return {
    said: messages,
    shown: shown.length,
    shownTwice: shown.length - new Set(shown).size,
    copies,
    delivered,
    unconfirmed,
  };
}
