// Two programs with one history: a message that waits goes out once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, expect, it } from "vitest";
import type { PacketNo } from "../../src/protocol/message.js";
import type { MessageId, PeerId } from "../../src/core/model.js";
import type { QueuedMessage } from "../../src/core/saved.js";
import { loadDriver } from "../../src/history/sqlite/driver.js";
import { openHistoryFile } from "../../src/history/sqlite/open.js";

const folder = mkdtempSync(join(tmpdir(), "feiyan-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const queued: QueuedMessage = {
  messageId: "M1" as MessageId,
  peerId: "bob@pc" as PeerId,
  at: 1_700_000_000_000,
  text: "later",
  prefix: "",
  packetNo: null,
  expiresAt: null,
  charset: null,
  lossy: false,
  retries: 3,
};
const numbered = (packetNo: string): QueuedMessage => ({ ...queued, packetNo: packetNo as PacketNo });

it("is claimed by one, kept from the other, and free again when its program is gone", async () => {
  const file = join(folder, "queue.db");
  const { engine: ours } = await openHistoryFile({ file });
  const { engine: theirs } = await openHistoryFile({ file });
  ours.write([{ kind: "queue", queued, claims: false }]);
  expect(theirs.waiting()).toEqual([{ queued, isTaken: false }]);
  ours.write([{ kind: "queue", queued: numbered("7"), claims: true }]);
  // Whoever has claimed it may do so again.
  ours.write([{ kind: "queue", queued: numbered("7"), claims: true }]);
  expect(ours.waiting()).toEqual([{ queued: numbered("7"), isTaken: false }]);
  expect(theirs.waiting()).toEqual([{ queued: numbered("7"), isTaken: true }]);
  expect(theirs.state().queue).toEqual([]);
  expect(() => theirs.write([{ kind: "queue", queued: numbered("8"), claims: true }])).toThrow(
    expect.objectContaining({ code: "queue-taken" }),
  );

  const gone = spawnSync(process.execPath, ["-e", ""]).pid;
  const driver = (await loadDriver())!;
  const db = driver.open(file);
  db.prepare("UPDATE queue SET item = json_set(item, '$.claim.pid', ?)").run(gone);
  db.close();
  expect(theirs.waiting()).toEqual([{ queued: numbered("7"), isTaken: false }]);
  theirs.write([{ kind: "queue", queued: numbered("7"), claims: true }]);
  theirs.write([{ kind: "unqueue", messageId: queued.messageId, peerId: queued.peerId }]);
  // Sent: nobody may send it again.
  expect(() => ours.write([{ kind: "queue", queued: numbered("7"), claims: true }])).toThrow(
    expect.objectContaining({ code: "queue-taken" }),
  );
  ours.close();
  theirs.close();
});
