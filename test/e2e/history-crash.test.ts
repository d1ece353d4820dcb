// kill -9 at random moments while two peers send 200 messages a second: what was acknowledged is in the history, nothing is in it twice,
// and the file is sound each time. FEIYAN_KILLS sets how often (by hand: 100); FEIYAN_SEED repeats a run.
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadDriver } from "../../src/history/sqlite/driver.js";
import type { Database } from "../../src/history/sqlite/driver.js";
import { createSeededRandom } from "../../src/node/random.js";
import { talker } from "./talker.js";
import { freePort, newHome, removeHomes, start } from "./program.js";

const kills = Number(process.env["FEIYAN_KILLS"] ?? 3);
const seed = Number(process.env["FEIYAN_SEED"] ?? Date.now() % 1_000_000);
const perSecond = 100;

afterAll(removeHomes);

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
    const talkers = await Promise.all(["ann", "bob"].map((name) => talker(name, port, perSecond)));
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
