// The pictures in docs/pictures are what the program draws: a chat among friends on a network inside the process, on a clock that stands
// where we put it. `npm run pictures` makes them anew; this test fails when they are stale.
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Node } from "../../../src/index.js";
import { openStudent } from "../../../src/lab/class/student-run.js";
import { startRobot, type Robot } from "../support/robot.js";
import { formatSvg } from "./svg.js";

const folder = join(import.meta.dirname, "..", "..", "..", "docs", "pictures");

/** The id by which somebody knows us. */
async function us(robot: Robot, friend: Node) {
  for (let turns = 0; turns < 100; turns += 1) {
    const found = friend.peers().find((peer) => peer.user === robot.node.self.user);
    if (found !== undefined) return found.id;
    await robot.settle(40);
  }
  throw new Error("nobody saw us");
}

async function says(robot: Robot, friend: Node, text: string): Promise<void> {
  await friend.say(await us(robot, friend), text);
  await robot.settle(80);
}

/** Some time passes between two lines of a talk. */
function pass(robot: Robot, minutes: number): void {
  robot.clock.advance(minutes * 60_000);
}

const delivered = { "zh-CN": "已送达", en: "delivered" } as const;
type Language = keyof typeof delivered;

/** Five friends, a talk with one of them, an unread line from others. */
async function chat(robot: Robot, lang: Language): Promise<void> {
  const ming = await robot.join("小明", { host: "LAB-PC23" });
  const wang = await robot.join("王老师", { versionItem: "feiq", host: "OFFICE-2" });
  const alice = await robot.join("Alice", { host: "thinkpad" });
  await robot.join("机房03", { versionItem: "feiq", group: "教研室", host: "LAB-PC03" });
  await robot.join("李娜", { group: "教研室", host: "li-na" });
  await robot.until("李娜");
  await robot.press("ctrl-g");
  await robot.type("小明");
  await robot.press("enter");
  await says(robot, ming, "你好，今天下午三点在机房开会，请大家带上笔记本电脑。Please be on time!");
  pass(robot, 1);
  await robot.type("收到");
  await robot.press("enter");
  await robot.until(new RegExp(delivered[lang]));
  pass(robot, 2);
  await says(
    robot,
    ming,
    "课程设计报告放在 http://192.168.1.11:8000/share/report-final.pdf 了，看完告诉我一声",
  );
  pass(robot, 1);
  await robot.paste("第一行：我来带投影仪\n第二行：会议室钥匙在王老师那里");
  await robot.press("enter");
  await robot.settle(400);
  await says(robot, ming, "好的 👍 emoji 😀 也要对齐");
  await says(robot, wang, "同学们，课程设计报告什么时候交？");
  await says(robot, wang, "收到请回复");
  await says(robot, alice, "Lunch at 12?");
  await robot.type("三点到，");
  await robot.settle(200);
}

/** A run with a seed that everybody can do again; a little delay, so that there are round trips to see. */
async function measure(robot: Robot): Promise<void> {
  await robot.press("f4");
  await robot.settle(100);
  await robot.press("tab", "tab");
  await robot.type("3");
  await robot.press("tab", "tab", "tab");
  await robot.type("20");
  // Past the way back: how many, how fast; past size and seed: the guess.
  await robot.press("tab", "tab", "tab", "tab");
  await robot.type("400");
  await robot.press("tab");
  await robot.type("1000");
  await robot.press("tab", "tab", "tab");
  await robot.type("18");
  await robot.press("enter");
  await robot.until(/一个不差|exact/u);
}

/** Three students on lines of their own, one of them a bad one. */
async function teach(robot: Robot, lang: Language): Promise<void> {
  await robot.press("f4");
  await robot.settle(100);
  await robot.press("down", "down");
  await robot.type("200");
  await robot.press("tab");
  await robot.type("500");
  await robot.type("t");
  await robot.type(lang === "en" ? "Networks 101" : "计算机网络 三班");
  await robot.press("enter");
  await robot.settle(200);
  const to = { address: robot.lab.network.loopback, port: 2_426 };
  for (const name of ["小明", "小红", "Alice", "王芳"]) {
    await openStudent(robot.lab, {
      to,
      name,
      code: null,
      isSimulated: true,
      consent: async () => true,
      event: () => undefined,
    });
    await robot.settle(80);
  }
  await robot.type("i");
  await robot.press("enter");
  await robot.until(/测完了|done/u);
}

const scenes: Readonly<Record<string, (robot: Robot, lang: Language) => Promise<void>>> = {
  chat,
  start: (robot, lang) => robot.until(lang === "en" ? "Nobody" : "还没有看到别人"),
  lab: measure,
  class: teach,
  send: async (robot, lang) => {
    await chat(robot, lang);
    await robot.press("ctrl-u", "f2");
    await robot.settle(40);
  },
};

const shots = (["zh-CN", "en"] as const).flatMap((lang) => [
  { name: "chat", lang, columns: 80, rows: 24 },
  { name: "chat", lang, columns: 120, rows: 40 },
  { name: "start", lang, columns: 80, rows: 24 },
  { name: "send", lang, columns: 80, rows: 24 },
  { name: "lab", lang, columns: 80, rows: 24 },
  ...(lang === "en" ? [] : [{ name: "lab", lang, columns: 120, rows: 40 }]),
  { name: "class", lang, columns: 80, rows: 24 },
]);

it.each(shots)("$name-$columns-$lang is what the program draws", async ({ name, lang, columns, rows }) => {
  const robot = await startRobot({ columns, rows, settings: { lang }, hasLab: true });
  await scenes[name]?.(robot, lang);
  const svg = formatSvg(robot.tty.xterm, `feiyan, ${columns}x${rows}`);
  expect(await robot.quit()).toBe(0);
  await expect(svg).toMatchFileSnapshot(join(folder, `${name}-${columns}x${rows}-${lang}.svg`));
});
