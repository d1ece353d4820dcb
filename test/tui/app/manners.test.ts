// What the screen tells others by itself: that somebody writes, that somebody is there again; what it asks when it is asked to; and FeiQ's
// groups, with a second machine.
import { expect, it } from "vitest";
import { everyone, type Event } from "../../../src/index.js";
import { startRobot } from "../support/robot.js";

it("a friend sees that we write, and that we stopped; a command is nobody's business", async () => {
  const robot = await startRobot();
  const friend = await robot.join("小红");
  const heard: boolean[] = [];
  friend.subscribe((event: Event) => {
    if (event.kind === "typing") heard.push(event.active);
  });
  await robot.until("小红");
  await robot.press("alt-2");
  await robot.type("/awa");
  await robot.settle(200);
  expect(heard).toEqual([]);
  await robot.press("ctrl-u");
  await robot.type("你");
  await robot.settle(200);
  expect(heard).toEqual([true]);
  await robot.press("backspace");
  await robot.settle(200);
  expect(heard).toEqual([true, false]);
  await robot.settle(4_000);
  await robot.type("你好");
  await robot.settle(200);
  await robot.press("enter");
  await robot.until("你好 [已送达");
  expect(heard.slice(0, 3)).toEqual([true, false, true]);
  expect(await robot.quit()).toBe(0);
});

it("away by itself after idle minutes, answers with brakes, and is back with the next key", async () => {
  const robot = await startRobot({ node: { idleMinutes: 1, idleText: "不在座位上" } });
  const friend = await robot.join("小红");
  await robot.until("小红");
  const me = friend.peers()[0]!.id;
  // A key every half minute keeps anybody here.
  for (let round = 0; round < 4; round++) {
    robot.clock.advance(30_000);
    await robot.type("x");
  }
  await robot.settle(200);
  expect(robot.node.self.away).toBeNull();
  await robot.press("ctrl-u");
  robot.clock.advance(61_000);
  await robot.settle(200);
  expect(robot.node.self.away).toBe("不在座位上");
  expect(friend.peer(me)).toMatchObject({ state: "away" });
  for (const text of ["在吗", "在吗？", "喂"]) await friend.say({ peer: me }, text);
  await robot.settle(2_000);
  const answers = () => [...friend.conversation(me).messages].filter(({ autoReply }) => autoReply);
  expect(answers().map(({ text }) => text)).toEqual(["不在座位上"]);
  await robot.press("down");
  await robot.settle(200);
  expect(robot.node.self.away).toBeNull();
  expect(friend.peer(me)).toMatchObject({ state: "online" });
  expect(await robot.quit()).toBe(0);
});

it("asks for version and absence text when told to, and the details show both", async () => {
  const robot = await startRobot({ columns: 120, rows: 40 });
  await robot.join("小红", { away: "开会到四点" });
  await robot.until("小红");
  await robot.press("alt-2");
  expect(robot.screen()).not.toMatch(/feiyan \d/u);
  await robot.type("/ask");
  await robot.press("enter");
  await robot.until(/feiyan \d+\.\d+/u);
  await robot.until("开会到四点");
  expect(await robot.quit()).toBe(0);
});

it("a FeiQ group is joined, talked in and left on the screen", async () => {
  const robot = await startRobot({ columns: 100, rows: 24 });
  const friend = await robot.join("小红", { feiqGroups: ["3b199b07"] });
  await robot.settle(4_000);
  await robot.until("听到飞秋群 3b199b07");
  await robot.type("/join-group 3b199b07");
  await robot.press("enter");
  await robot.until("# 群 3b199b07");
  await robot.type("大家好");
  await robot.press("enter");
  await robot.until("大家好 [已发");
  await friend.say("group:3b199b07", "欢迎");
  await robot.until(/小红 +欢迎/u);
  // Nobody confirms anything there, and nobody is blamed for it.
  await robot.settle(10_000);
  expect(robot.screen()).not.toContain("未确认");
  expect(robot.screen()).not.toContain("已送达");
  await robot.type("/leave-group");
  await robot.press("enter");
  await robot.until("已退出飞秋群 3b199b07");
  expect(robot.screen()).not.toContain("# 群 3b199b07");
  expect(await robot.quit()).toBe(0);
});

it("what goes to everyone is asked once, with how many they are", async () => {
  const robot = await startRobot();
  const [one, two] = [await robot.join("小红"), await robot.join("小李")];
  await robot.until("小李");
  const heard = (): readonly string[] =>
    [one, two].flatMap((node) => [...node.conversation(everyone).messages].map(({ text }) => text));
  await robot.type("手滑了");
  await robot.press("enter");
  await robot.until("这会发给网内所有 2 人：再按一次 Enter 就发");
  await robot.press("ctrl-u");
  await robot.type("明天放假");
  await robot.press("enter");
  await robot.settle(500);
  expect(heard()).toEqual([]);
  await robot.press("enter");
  await robot.until("明天放假 [已发");
  await robot.settle(500);
  expect(heard()).toEqual(["明天放假", "明天放假"]);
  // The answer was for that text.
  await robot.type("明天放假");
  await robot.press("enter");
  await robot.settle(500);
  expect(heard()).toHaveLength(2);
  expect(await robot.quit()).toBe(0);
});
