// The lab and bad lines through the whole UI: keys in, screen out, a lab on simulated time and a chat on a network inside the process.
import { expect, it } from "vitest";
import { startRobot } from "../support/robot.js";

it("runs an experiment from keys alone, and is still there after the chat was looked at", async () => {
  const robot = await startRobot({ hasLab: true });
  await robot.press("f4");
  await robot.until("先看上面的预测");
  await robot.press("down", "down");
  await robot.type("200");
  await robot.press("tab");
  await robot.type("500");
  await robot.press("enter");
  await robot.until(/进行中 \d+\/200/u);
  await robot.press("f4");
  await robot.until("发给 全体>");
  await robot.press("f4");
  await robot.until("完成 200/200");
  await robot.until("核对：一个不差");
  expect(robot.screen()).toContain("100 .....................d..d.......d.............uu..");
  await robot.press("f1");
  await robot.until("帮助");
  await robot.press("escape");
  await robot.until("完成 200/200");
  expect(await robot.quit()).toBe(0);
});

it("makes one peer's line bad and mends it", async () => {
  const robot = await startRobot();
  const ming = await robot.join("小明");
  await robot.until("小明");
  await robot.press("ctrl-g");
  await robot.type("小明");
  await robot.press("enter");
  await robot.type("/impair loss=100%,seed=42");
  await robot.press("enter");
  await robot.until("~100%");
  await robot.type("听得到吗");
  await robot.press("enter");
  await robot.settle(12_000);
  await robot.until("未确认");
  expect(ming.conversations()).toEqual([]);
  await robot.type("/impair");
  await robot.press("enter");
  // The word is whole, so Enter runs it: the form says what is in force.
  await robot.until("现在：loss=100%,seed=42");
  await robot.type("o");
  await robot.until((screen) => !screen.includes("~100%"));
  await robot.type("现在呢");
  await robot.press("enter");
  await robot.until("现在呢 [已送达]");
  expect(robot.node.impairments()).toEqual([]);
  await robot.quit();
});
