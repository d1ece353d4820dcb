// What a user does over several screens, with a real node and a headless terminal: keys in, screen and bytes out.
import { describe, expect, it } from "vitest";
import type { AppMemory } from "../../../src/tui/app-options.js";
import { startRobot } from "../support/robot.js";

function memory(value: unknown, more: Partial<AppMemory> = {}): { memory: AppMemory; kept: object[] } {
  const kept: object[] = [];
  return {
    kept,
    memory: {
      value,
      keep: (next) => {
        kept.push(next);
        return Promise.resolve();
      },
      asksName: false,
      fixed: [],
      ...more,
    },
  };
}

describe("first run", () => {
  it("asks for a name once, announces it, and remembers both", async () => {
    const { memory: file, kept } = memory(null, { asksName: true });
    const robot = await startRobot({ memory: file });
    await robot.until("欢迎使用飞雁");
    expect(robot.screen()).toContain("使用 UDP 端口 2425");
    await robot.press("ctrl-u");
    await robot.type("小李");
    await robot.press("enter");
    await robot.until("小李@192.168.1.10");
    expect(robot.node.self.nick).toBe("小李");
    expect(kept.at(-1)).toMatchObject({ isWelcomed: true, nick: "小李", theme: null, lang: null });
    expect(await robot.quit()).toBe(0);

    const again = await startRobot({ memory: memory(kept.at(-1), { asksName: true }).memory });
    await again.until("发给 全体>");
    expect(again.screen()).not.toContain("欢迎");
    expect(await again.quit()).toBe(0);
  });
});

describe("settings", () => {
  it("switches language and theme live, remembers them, and starts in them", async () => {
    const { memory: file, kept } = memory(null);
    const robot = await startRobot({ memory: file });
    await robot.join("小明");
    await robot.until("* 小明");
    await robot.type("/lang en");
    await robot.press("enter");
    await robot.until("Language: English");
    expect(robot.row(0)).toContain("1 Send F2");
    await robot.type("/theme");
    await robot.press("enter");
    await robot.until("Themes");
    robot.tty.takeBytes();
    await robot.press("down");
    // The whole screen in other colours, once the file is read.
    let written = 0;
    await robot.until(() => (written += robot.tty.takeBytes().length) > 500);
    await robot.press("enter");
    await robot.until("Theme: feiyan-light");
    expect(kept.at(-1)).toMatchObject({ lang: "en", theme: "feiyan-light" });
    expect(await robot.quit()).toBe(0);

    const again = await startRobot({ memory: memory(kept.at(-1)).memory });
    await again.until("1 Send F2");
    expect(await again.quit()).toBe(0);
    const fixed = await startRobot({ memory: memory(kept.at(-1), { fixed: ["lang"] }).memory });
    await fixed.until("1 发送 F2");
    expect(await fixed.quit()).toBe(0);
  });

  it("changes the cursor's shape and says so to the terminal", async () => {
    const robot = await startRobot();
    await robot.type("/cursor underline");
    await robot.press("enter");
    await robot.until("光标: 下划线");
    expect(robot.tty.takeBytes()).toContain("\u001b[4 q");
    expect(await robot.quit()).toBe(0);
  });
});

describe("messages", () => {
  it("are chosen, copied through the terminal, quoted and taken apart", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    const [me] = ming.peers();
    await ming.say([{ peer: me!.id }], "明天三点，实验楼");
    await robot.until("小明           1");
    await robot.press("alt-2");
    await robot.until("明天三点，实验楼");
    await robot.press("alt-m");
    await robot.until("14:02>小明");
    await robot.type("c");
    await robot.until("已复制 8 个字");
    const base64 = Buffer.from("明天三点，实验楼").toString("base64");
    expect(robot.tty.takeBytes()).toContain(`\u001b]52;c;${base64}\u0007`);
    await robot.type("p");
    await robot.until("两种编码对照");
    expect(robot.screen()).toContain("SENDMSG (0x20)");
    await robot.press("escape");
    await robot.type("q");
    await robot.until("> 明天三点，实验楼");
    expect(await robot.quit()).toBe(0);
  });

  it("go to several marked peers at once, and the log says who has them", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    const li = await robot.join("李芳");
    await robot.until("* 李芳");
    await robot.until("* 小明");
    await robot.type("/mark 小明");
    await robot.press("enter");
    await robot.type("/mark 李芳");
    await robot.press("enter");
    await robot.until("发给 2 人>");
    await robot.type("开会");
    await robot.press("enter");
    await robot.until("[已送达 2/2]");
    for (const other of [ming, li]) {
      const heard = other.conversations().flatMap((id) => [...other.conversation(id).messages]);
      expect(heard.map((one) => one.text)).toEqual(["开会"]);
      expect(heard[0]?.options).toContain("MULTICASTOPT");
    }
    expect(robot.screen()).not.toContain("发给 2 人>");
    expect(await robot.quit()).toBe(0);
  });

  it("tell the desktop while the window is out of sight", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    robot.tty.type("\u001b[O");
    await robot.settle();
    robot.tty.takeBytes();
    await ming.say([{ peer: ming.peers()[0]!.id }], "在吗");
    await robot.until("小明           1");
    expect(robot.tty.takeBytes()).toContain("\u0007");
    expect(await robot.quit()).toBe(0);
  });
});

describe("searching and the wire", () => {
  it("finds peers by how their names are read", async () => {
    const robot = await startRobot();
    await robot.join("张三");
    await robot.join("李四");
    await robot.until("* 张三");
    await robot.press("ctrl-g");
    await robot.type("zs");
    await robot.until((screen) => screen.includes("* 张三") && !screen.includes("李四"));
    await robot.press("enter");
    await robot.until("发给 张三>");
    expect(await robot.quit()).toBe(0);
  });

  it("shows datagrams as they pass, and one of them taken apart", async () => {
    const robot = await startRobot();
    await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("alt-w");
    await robot.until("ANSENTRY");
    expect(robot.screen()).toContain("BR_ENTRY");
    await robot.join("李芳");
    await robot.until("李芳");
    await robot.press("down", "enter");
    await robot.until("报文");
    await robot.press("escape");
    await robot.until("线上数据");
    await robot.press("escape");
    await robot.until("发给 全体>");
    expect(await robot.quit()).toBe(0);
  });

  it("searches with Ctrl-R, marks what it finds, and goes on over all conversations", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    for (const text of ["实验 A", "别的", "实验 B"]) await ming.say([{ peer: ming.peers()[0]!.id }], text);
    await robot.press("alt-2");
    await robot.until("实验 B");
    await robot.press("ctrl-r");
    await robot.type("实验");
    await robot.until("2/2");
    await robot.press("up");
    await robot.until("1/2");
    await robot.press("ctrl-r");
    await robot.until("找到的消息 (2)");
    await robot.press("enter");
    await robot.until("14:02>小明");
    expect(await robot.quit()).toBe(0);
  });
});
