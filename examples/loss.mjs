// Two nodes on a network inside this process that loses 30 % each way, on a clock moved by hand: exact, instant, repeatable.
import { createNode } from "feiyan";
import {
  createManualClock,
  createMemoryNetwork,
  createSeededRandom,
  impaired,
  parseImpairment,
} from "feiyan/testing";

const clock = createManualClock(1_800_000_000_000);
const network = createMemoryNetwork({ clock, latencyMs: 1 });
const spec = parseImpairment("loss=30%,seed=42");
const make = (nick, transport, seed) =>
  createNode({ nick, user: nick, host: `${nick}-pc`, clock, random: createSeededRandom(seed), transport });

const sender = make("sender", impaired(network.transport({ address: "10.0.0.1" }), { spec, clock }), 1);
const receiver = make("receiver", network.transport({ address: "10.0.0.2" }), 2);
let shown = 0;
receiver.subscribe((event) => {
  if (event.kind === "message") shown += 1;
});
await sender.start();
await receiver.start();
const to = { endpoint: { address: "10.0.0.2", port: 2425 } };
for (let n = 0; n < 100; n += 1) await sender.say(to, `message ${n}`);
clock.advance(60_000);

const { messagesSent, messagesDelivered, messagesUnconfirmed, repeats } = sender.diagnostics();
console.log(
  `${messagesSent} sent, ${messagesDelivered} delivered, ${messagesUnconfirmed} unconfirmed, ${repeats} repeats`,
);
console.log(`${shown} shown at the receiver, each once`);
