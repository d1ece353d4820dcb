// kill -9 at random moments while two peers send 200 messages a second: what was acknowledged is in the history, nothing is in it twice,
// and the file is sound each time. FEIYAN_KILLS sets how often (by hand: 100); FEIYAN_SEED repeats a run.
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadDriver } from "../../src/history/sqlite/driver.js";
import type { Database } from "../../src/history/sqlite/driver.js";
import { createSeededRandom } from "../../src/node/random.js";
import { freePort, newHome, removeHomes, start } from "./program.js";

const kills = Number(process.env["FEIYAN_KILLS"] ?? 3);
const seed = Number(process.env["FEIYAN_SEED"] ?? Date.now() % 1_000_000);
const perSecond = 100;
const repeatMs = 400;

afterAll(removeHomes);

interface Talker {
  readonly name: string;
  /** Packet numbers whose acknowledgement was seen. */
  readonly acknowledged: Set<number>;
  sent: number;
  stop(): void;
}

/** A client that sends a new message every ten milliseconds, and each again until it is acknowledged, as clients do. */
async function talker(name: string, port: number): Promise<Talker> {
  const socket: Socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const waiting = new Map<number, number>();
  const acknowledged = new Set<number>();
  const first = 1_700_000_000;
  const send = (no: number): void => {
    socket.send(
      `1:${no}:${name}:pc-${name}:288:消息 ${no} from ${name}\0`,
      port,
      "127.0.0.1",
      () => undefined,
    );
  };
  // Nobody listens between a kill and the next start.
  socket.on("error", () => undefined);
  socket.on("message", (bytes) => {
    const [, , , , command, extra = ""] = bytes.toString("latin1").split(":");
    if ((Number(command) & 0xff) !== 0x21) return;
    const no = Number.parseInt(extra, 10);
    waiting.delete(no);
    acknowledged.add(no);
  });
  const talk: Talker = { name, acknowledged, sent: 0, stop: () => undefined };
  const began = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    for (const due = ((now - began) / 1_000) * perSecond; talk.sent < due; talk.sent += 1) {
      waiting.set(first + talk.sent, now);
      send(first + talk.sent);
    }
    for (const [no, at] of waiting) {
      if (now - at < repeatMs) continue;
      waiting.set(no, now);
      send(no);
    }
  }, 5);
  talk.stop = () => {
    clearInterval(timer);
    socket.close();
  };
  return talk;
}

function rowsOf(db: Database): readonly { name: string; packet: number }[] {
  return db
    .prepare("SELECT f.peer AS name, m.packet FROM messages m JOIN faces f ON f.id = m.face")
    .all()
    .map((row) => ({
      name: String(Reflect.get(row, "name")).split("@")[0] ?? "",
      packet: Number(Reflect.get(row, "packet")),
    }));
}

it(
  `survives kill -9: ${kills} times, seed ${seed}`,
  async () => {
    const random = createSeededRandom(seed);
    const home = newHome();
    const port = await freePort();
    const driver = (await loadDriver())!;
    const talkers = await Promise.all(["ann", "bob"].map((name) => talker(name, port)));
    const words = [
      "watch",
      "--home",
      home,
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--no-ipv6",
      "--quiet",
    ];
    let kept = 0;
    for (let round = 0; round < kills; round++) {
      const running = start(words, null);
      await running.printed("消息");
      await new Promise((resolve) => setTimeout(resolve, random.uint32() % 500));
      running.child.kill("SIGKILL");
      await running.ended;
      const acknowledged = talkers.map(({ acknowledged: numbers }) => new Set(numbers));
      const db = driver.open(join(home, "data", "history.db"));
      try {
        expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
        const rows = rowsOf(db);
        kept = rows.length;
        const keys = new Set(rows.map(({ name, packet }) => `${name} ${packet}`));
        expect(keys.size).toBe(rows.length);
        for (const [index, { name }] of talkers.entries()) {
          const lost = [...acknowledged[index]!].filter((no) => !keys.has(`${name} ${no}`));
          expect(lost).toEqual([]);
        }
      } finally {
        db.close();
      }
    }
    for (const one of talkers) one.stop();
    const sum = talkers.reduce((total, { acknowledged }) => total + acknowledged.size, 0);
    expect(sum).toBeGreaterThan(kills);
    if (process.env["FEIYAN_KILLS"] !== undefined) {
      process.stdout.write(`${kills} kills: ${sum} acknowledged, ${kept} kept\n`);
    }
  },
  30_000 + 10_000 * kills,
);
