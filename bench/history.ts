// What the history costs and gives: the receive path with the store against without it, then a million messages in one file: how fast
// they come in, how large they are, how long searches and pages take. `npm run bench -- history`; HISTORY_MESSAGES for fewer.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, MessageId, PeerId } from "../src/index.js";
import { openHistory, parseSearch } from "../src/index.js";
import { quantile } from "./figure.js";
import type { Figure } from "./figure.js";
import { historyTexts, needlesOf } from "./history-texts.js";
import { receiveRate } from "./receive.js";
import { compare } from "./ratio.js";
import type { Ratio } from "./ratio.js";

const total = Number(process.env["HISTORY_MESSAGES"] ?? 1_000_000);
const conversations = 200;
const day = 86_400_000;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids as good as any
const conversation = (run: number): PeerId => `user${run % conversations}@pc` as PeerId;

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "feiyan-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same messages through the same node: kept before each acknowledgement, against not kept at all. */
export async function benchReceiveStored(): Promise<Ratio> {
  return inFolder(async (folder) => {
    let files = 0;
    const stored = async (): Promise<number> => {
      files += 1;
      const { store } = await openHistory({ file: join(folder, `${files}.db`) });
      try {
        return await receiveRate(store);
      } finally {
        await store.close();
      }
    };
    return compare("receive: kept before it is acknowledged, against without a store", 5, stored, () =>
      receiveRate(null),
    );
  });
}

async function timed(runs: number, act: (run: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
    await act(run);
    times.push(performance.now() - start);
  }
  return times;
}

function figure(name: string, value: number, unit: string, target: number | null = null): Figure {
  return { name, value, unit, target };
}

function bothOf(name: string, times: readonly number[], target: number | null): Figure[] {
  return [
    figure(`${name}, median`, quantile(times, 0.5), "ms"),
    figure(`${name}, 95th percentile`, quantile(times, 0.95), "ms", target),
  ];
}

/** From the thread to what a start reads, and closed again. */
const openingMs = async (name: string): Promise<number> => {
  const beganAt = performance.now();
  const opened = await openHistory({ file: name });
  await opened.store.state(Date.now() - 600_000);
  await opened.store.close();
  return performance.now() - beganAt;
};

export async function benchHistory(out: (line: string) => void): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const file = join(folder, "history.db");
    const figures: Figure[] = [];
    const { store, driver } = await openHistory({ file });
    out(`history: ${total.toLocaleString("en-US")} messages with ${driver}`);
    const encoder = new TextEncoder();
    const start = 1_700_000_000_000;
    const step = Math.floor((365 * day) / total);
    const messageAt = (index: number, text: string): Message => {
      const peer = `user${index % conversations}@pc`;
      /* oxlint-disable typescript/no-unsafe-type-assertion -- ids as good as any */
      return {
        id: `01J${String(index).padStart(23, "0")}` as MessageId,
        direction: index % 3 === 0 ? "out" : "in",
        at: start + index * step,
        peerId: peer as PeerId,
        to: [],
        conversation: peer as PeerId,
        peerName: `同事${index % conversations}`,
        endpoint: { address: `10.0.0.${index % conversations}`, port: 2425 },
        packetNo: String(1_700_000_000 + index) as Message["packetNo"],
        dialect: "ipmsg",
        text,
        displayText: text,
        charset: "utf-8",
        charsetReason: "utf8-flag",
        options: ["SENDCHECKOPT"],
        sealed: false,
        locked: false,
        openedAt: null,
        encryption: null,
        recipients: [],
        recalled: null,
        broadcast: false,
        autoReply: false,
        raw: encoder.encode(`1:${1_700_000_000 + index}:user${index % conversations}:pc:8388896:${text}\0`),
        files: [],
        images: [],
        deliveries: [],
      };
      /* oxlint-enable typescript/no-unsafe-type-assertion */
    };

    const texts = historyTexts(total);
    const samples: string[] = [];
    const began = performance.now();
    let index = 0;
    for (let batch: Promise<void>[] = []; index < total; batch = []) {
      for (let count = 0; count < 2_000 && index < total; count++, index++) {
        const text = texts.next();
        if (index % Math.ceil(total / 2_000) === 0) samples.push(text);
        batch.push(store.write({ kind: "message", message: messageAt(index, text), group: "研发" }));
      }
      // oxlint-disable-next-line no-await-in-loop -- as fast as it takes them
      await Promise.all(batch);
    }
    figures.push(
      figure("history: messages written a second", total / ((performance.now() - began) / 1_000), "/s"),
    );
    const indexing = performance.now();
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- the thread goes on between two questions
      const { unindexed } = await store.sizes();
      if (unindexed === 0) break;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    figures.push(
      figure("history: seconds until all are in the index", (performance.now() - indexing) / 1_000, "s"),
    );
    const { bytes } = await store.sizes();
    figures.push(figure("history: file size per message", bytes / total, "bytes"));
    figures.push(figure("history: resident memory after writing", process.memoryUsage().rss / 2 ** 20, "MB"));

    for (const length of [1, 2, 3, 8]) {
      const needles = needlesOf(samples, length, 200);
      const search = (run: number): Promise<unknown> =>
        store.search({ query: parseSearch(`"${needles[run] ?? ""}"`, () => null), limit: 50 });
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
      const times = await timed(needles.length, search);
      figures.push(...bothOf(`search: ${length} characters`, times, length < 3 ? 60 : 20));
    }
    const absent = await timed(50, (run) =>
      store.search({ query: parseSearch(`无此${run}字`, () => null), limit: 50 }),
    );
    figures.push(...bothOf("search: what is not there", absent, 20));
    const from = await timed(50, (run) =>
      store.search({ query: parseSearch(`from:user${run} 的`, () => null), limit: 50 }),
    );
    figures.push(...bothOf("search: one character from one person", from, 60));

    const opening = await timed(200, (run) => store.page({ conversation: conversation(run), limit: 100 }));
    figures.push(...bothOf("history: a conversation's newest 100 messages", opening, null));
    let before: number | undefined;
    const paging = await timed(40, async () => {
      const page = await store.page({ conversation: conversation(1), before, limit: 100 });
      before = page.messages[0]?.place;
    });
    figures.push(...bothOf("history: the 100 messages before", paging, null));
    const jumping = await timed(100, (run) =>
      store.page({ conversation: conversation(run), sinceMs: start + run * 3 * day, limit: 100 }),
    );
    figures.push(...bothOf("history: 100 messages from a date on", jumping, null));
    const closing = performance.now();
    await store.close();
    figures.push(figure("history: closing", performance.now() - closing, "ms"));
    const small = join(folder, "small.db");
    await (await openHistory({ file: small })).store.close();
    // In turn, so that a noisy machine disturbs both alike.
    const starts: { small: number; large: number }[] = [];
    for (let round = 0; round < 15; round++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
      starts.push({ small: await openingMs(small), large: await openingMs(file) });
    }
    const smallMs = starts.map((pair) => pair.small);
    const largeMs = starts.map((pair) => pair.large);
    figures.push(figure("history: opening an empty one, with its state", quantile(smallMs, 0.5), "ms"));
    figures.push(figure("history: opening this one", quantile(largeMs, 0.5), "ms"));
    figures.push(figure("history: file on the disk", statSync(file).size / 2 ** 20, "MB"));
    return figures;
  });
}
