// The screen on a history: old messages page by page, painted as a full repaint would; a date jumped to; drafts and what was typed before
// come back after a restart; what was read in a wrong charset follows on the screen.
import { expect, it } from "vitest";
import { createMemoryHistory } from "../../../src/history/open-history.js";
import type { HistoryStore, PeerId } from "../../../src/index.js";
import { messageLike, peerLike } from "../../contract/history-samples.js";
import { startRobot } from "../support/robot.js";
import type { Robot } from "../support/robot.js";

const ming = "ming@pc" as PeerId;
const start = new Date(2026, 10, 18, 9, 0).getTime();
const minute = 60_000;

async function talk(count: number): Promise<HistoryStore> {
  const history = createMemoryHistory();
  await history.write({ kind: "peer", peer: { ...peerLike(ming, start), nick: "小明" } });
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      history.write({
        kind: "message",
        group: "",
        message: messageLike({
          at: start + index * minute,
          peerId: ming,
          conversation: ming,
          peerName: "小明",
          displayText: `第${index}条${"，很长的一句话".repeat(index % 9)}`,
        }),
      }),
    ),
  );
  return history;
}

/** The numbers of the messages on the screen, from top to bottom. */
const shown = (robot: Robot): number[] =>
  [...robot.screen().matchAll(/第(\d+)条/gu)].map(([, number]) => Number(number));

it("loses no key that is pressed while the history is asked for the drafts", async () => {
  const history = createMemoryHistory();
  const value = history.value.bind(history);
  let answer: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  history.value = async (name) => {
    await gate;
    return await value(name);
  };
  const robot = await startRobot({ history });
  await robot.until("UDP 2425");
  await robot.type("大家");
  await robot.press("left");
  answer?.();
  await robot.settle();
  await robot.type("中");
  await robot.until("全体> 大中家");
  expect(await robot.quit()).toBe(0);
});

it("pages back to the first message, each in its place, painted as anew", async () => {
  const robot = await startRobot({ history: await talk(600), columns: 90, rows: 30 });
  await robot.until("小明");
  await robot.press("alt-2");
  await robot.until("第599条");
  const seen = new Set(shown(robot));
  const wrong: string[] = [];
  for (let page = 0; page < 120 && !seen.has(0); page += 1) {
    await robot.press("page-up");
    await robot.settle();
    const numbers = shown(robot);
    if (numbers.some((number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1)) {
      wrong.push(`page ${page}: ${numbers.join(" ")}`);
    }
    for (const number of numbers) seen.add(number);
    if (page % 10 !== 0) continue;
    const painted = JSON.stringify(robot.tty.cells());
    robot.tty.terminal.fullRepaint();
    await robot.tty.settle();
    if (JSON.stringify(robot.tty.cells()) !== painted) wrong.push(`page ${page}: painted otherwise`);
  }
  expect(wrong).toEqual([]);
  expect(seen.size).toBe(600);
  await robot.press("ctrl-end");
  await robot.until("第599条");
  expect(await robot.quit()).toBe(0);
});

it("jumps to a date and says so when nothing was said then", async () => {
  const robot = await startRobot({ history: await talk(600), columns: 90, rows: 30 });
  await robot.until("小明");
  await robot.press("alt-2");
  await robot.until("第599条");
  await robot.type("/date 2026-11-18 12:00");
  await robot.press("enter");
  await robot.until("第180条");
  await robot.type("/date 2026-11-30");
  await robot.press("enter");
  await robot.until("没有");
  expect(await robot.quit()).toBe(0);
});

it("gives drafts and what was typed before back after a restart", async () => {
  const history = await talk(3);
  const robot = await startRobot({ history });
  await robot.until("小明");
  await robot.press("alt-2");
  await robot.until("第2条");
  await robot.type("说过的话");
  await robot.press("enter");
  await robot.until("说过的话");
  await robot.type("没写完的");
  expect(await robot.quit()).toBe(0);

  const again = await startRobot({ history });
  await again.until("小明");
  await again.press("alt-2");
  await again.until("没写完的");
  await again.press("ctrl-u", "up");
  await again.until((screen) => screen.split("\n").slice(-4).join("").includes("说过的话"));
  expect(await again.quit()).toBe(0);
});
