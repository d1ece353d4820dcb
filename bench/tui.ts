// The screen: appending behind a long log and replacing a long list against the toolkit's own widgets, what a key costs, and a flood of
// messages. Everything ends as bytes on a terminal that counts them.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemTimer } from "../src/tui/input/timer.js";
import { type Figure, quantile } from "./figure.js";
import { compare, type Ratio, rate } from "./ratio.js";
import { createHandTimer, createStage, entryOf, messageOf, type Stage } from "./tui-stage.js";
import { createStockScreen, stockLine } from "./tui-stock.js";

const frameMs = 34;

/** Lets `count` messages of one peer arrive, whose conversation is then open. */
async function fill(stage: Stage, count: number): Promise<void> {
  stage.arrive(entryOf("小明", "ming"), "192.168.1.23");
  await stage.turn();
  stage.type("\u001b2");
  await stage.turn();
  for (let index = 0; index < count; index += 1) {
    stage.arrive(messageOf(index, "ming"), "192.168.1.23");
    // oxlint-disable-next-line no-await-in-loop -- as datagrams come
    if (index % 500 === 499) await stage.turn();
  }
  await stage.turn();
}

/** A message and the frame that shows it, again and again: times a second. */
export async function benchAppend(count: number): Promise<{ ratio: Ratio; figure: Figure }> {
  const timer = createHandTimer();
  const stage = await createStage(timer);
  await fill(stage, count);
  timer.advance(frameMs);
  const stock = createStockScreen();
  const log = stock.log();
  log.setContent(Array.from({ length: count }, (_, index) => stockLine(index)).join("\n"));
  stock.render();
  let next = count;
  const times: number[] = [];
  const ours = async (): Promise<number> => {
    const rounds = 300;
    let spent = 0;
    for (let round = 0; round < rounds; round += 1) {
      const frames = stage.written.frames;
      next += 1;
      const start = performance.now();
      stage.arrive(messageOf(next, "ming"), "192.168.1.23");
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
      await stage.turn();
      timer.advance(frameMs);
      const time = performance.now() - start;
      spent += time;
      times.push(time);
      if (stage.written.frames === frames) throw new Error("no frame");
    }
    return rounds / (spent / 1e3);
  };
  const theirs = (): number =>
    rate(count > 50_000 ? 1 : count > 5_000 ? 3 : 20, (index) => {
      log.add(stockLine(index));
      stock.render();
    });
  const name = `${count.toLocaleString("en-US")} messages`;
  const ratio = await compare(`append and frame behind ${name}, against Log`, 3, ours, theirs);
  stock.close();
  await stage.close();
  const figure = {
    name: `append and frame behind ${name}, median`,
    value: quantile(times, 0.5),
    unit: "ms",
    target: 0.5,
  };
  return { ratio, figure };
}

/** All names of a list of 10,000 peers change, and it is painted. */
export async function benchList(): Promise<Ratio> {
  const count = 10_000;
  const timer = createHandTimer();
  const stage = await createStage(timer);
  for (let index = 0; index < count; index += 1) {
    stage.arrive(entryOf(`同学${index}`, `u${index}`), `10.1.${index >> 8}.${index & 255}`);
    // oxlint-disable-next-line no-await-in-loop -- as datagrams come
    if (index % 500 === 499) await stage.turn();
  }
  await stage.turn();
  timer.advance(frameMs);
  const stock = createStockScreen();
  const list = stock.list();
  let round = 0;
  const ours = async (): Promise<number> => {
    const rounds = 5;
    let spent = 0;
    for (let index = 0; index < rounds; index += 1) {
      const frames = stage.written.frames;
      round += 1;
      const start = performance.now();
      // One change is enough to make the whole list anew: order, filter and rows come from the peers each time.
      stage.arrive(entryOf(`同学甲${round}`, `u${round}`), `10.1.0.${round & 255}`);
      // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
      await stage.turn();
      timer.advance(frameMs);
      spent += performance.now() - start;
      if (stage.written.frames === frames) throw new Error("no frame");
    }
    return rounds / (spent / 1e3);
  };
  const theirs = (): number =>
    rate(1, () => {
      round += 1;
      list.setItems(Array.from({ length: count }, (_, index) => `同学${index} ${round}`));
      stock.render();
    });
  const result = await compare("a list of 10,000 peers replaced and painted, against List", 3, ours, theirs);
  stock.close();
  await stage.close();
  return result;
}

/** From the bytes of a key to the bytes of its frame, and how many these are. */
export async function benchKeys(): Promise<Figure[]> {
  const timer = createHandTimer();
  const stage = await createStage(timer);
  await fill(stage, 10_000);
  timer.advance(frameMs);
  const text = "好的，下午三点到机房。I will bring the laptop, 请等我一下 ";
  const times: number[] = [];
  const sizes: number[] = [];
  const rounds = 3_000;
  for (let round = 0; round < rounds; round += 1) {
    // A new line now and then, as people do: the input must not grow without end.
    const key = round % 40 === 39 ? "\u0015" : (Array.from(text)[round % 40] ?? "x");
    const { bytes, frames } = { ...stage.written };
    const start = performance.now();
    stage.type(key);
    // oxlint-disable-next-line no-await-in-loop -- one key after the other
    for (let tick = 0; tick < 20 && stage.written.frames === frames; tick += 1) await Promise.resolve();
    const time = performance.now() - start;
    if (round < 300) continue;
    times.push(time);
    if (key !== "\u0015") sizes.push(stage.written.bytes - bytes);
    timer.advance(frameMs);
  }
  await stage.close();
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return [
    { name: "key to paint, median", value: quantile(times, 0.5), unit: "ms", target: null },
    { name: "key to paint, 95th percentile", value: quantile(times, 0.95), unit: "ms", target: 1 },
    { name: "bytes for a typed character, mean", value: mean, unit: "bytes", target: 40 },
    {
      name: "bytes for a typed character, 95th percentile",
      value: quantile(sizes, 0.95),
      unit: "bytes",
      target: null,
    },
  ];
}

/** A thousand messages a second for five seconds, in real time. */
export async function benchFlood(): Promise<Figure[]> {
  const seconds = 5;
  const perSecond = 1_000;
  const stage = await createStage(systemTimer);
  await fill(stage, 1_000);
  const delay = monitorEventLoopDelay({ resolution: 2 });
  const before = stage.written.frames;
  const start = performance.now();
  delay.enable();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const wanted = Math.min(
        seconds * perSecond,
        Math.floor(((performance.now() - start) / 1e3) * perSecond),
      );
      for (; sent < wanted; sent += 1) stage.arrive(messageOf(sent, "ming"), "192.168.1.23");
      if (sent < seconds * perSecond) return;
      clearInterval(tick);
      resolve();
    }, 5);
  });
  delay.disable();
  const elapsed = performance.now() - start;
  const frames = (stage.written.frames - before) / (elapsed / 1e3);
  const kept = stage.node.conversations().map((id) => stage.node.conversation(id).messages.length);
  if (Math.max(...kept) !== 1_000 + sent) throw new Error(`${Math.max(...kept)} of ${1_000 + sent} kept`);
  await stage.close();
  return [
    {
      name: "1,000 messages a second: delay of the event loop, p99",
      value: delay.percentile(99) / 1e6,
      unit: "ms",
      target: 20,
    },
    { name: "1,000 messages a second: frames a second", value: frames, unit: "", target: null },
  ];
}
