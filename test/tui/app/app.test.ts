// The whole UI with a real node on a network inside the process: keys in, screen out.
import { describe, expect, it } from "vitest";
import { everyone, FeiyanError } from "../../../src/index.js";
import type { Node } from "../../../src/index.js";
import { startRobot } from "../support/robot.js";

/** What a node has received, as texts. */
function inbox(node: Node): string[] {
  return node
    .conversations()
    .flatMap((id) => [...node.conversation(id).messages])
    .filter((message) => message.direction === "in")
    .map((message) => message.text);
}

describe("start", () => {
  it("paints before the node is there, keeps what was typed meanwhile, and does what was asked", async () => {
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const robot = await startRobot({
      begin: async (node) => {
        await gate;
        await node.start();
        return { remarks: ["换了新版本"], problems: ["旧的设置没用了"] };
      },
    });
    expect(robot.node.network).toBeNull();
    expect(robot.screen()).toContain("发给 全体>");
    expect(robot.screen()).toContain("正在打开网络");
    await robot.type("大家好");
    await robot.press("enter");
    await robot.type("第二句");
    release?.();
    await robot.until("换了新版本");
    expect(robot.screen()).toContain("旧的设置没用了");
    await robot.until("大家好");
    expect(robot.screen()).toContain("全体> 第二句");
    expect(robot.screen()).toContain("UDP 2425");
    expect(robot.node.conversation(everyone).messages.at(0)).toMatchObject({ text: "大家好" });
    expect(await robot.quit()).toBe(0);
  });

  it("ends with the fault when the node cannot be started, the terminal restored", async () => {
    let refuse: ((error: unknown) => void) | undefined;
    const begin = new Promise<never>((_resolve, reject) => {
      refuse = reject;
    });
    const robot = await startRobot({ begin: () => begin });
    refuse?.(new FeiyanError("port-in-use", "2425"));
    await expect(robot.ended).rejects.toMatchObject({ code: "port-in-use" });
    expect(robot.tty.takeBytes()).toContain("\u001b[?1049l");
  });

  it("does not ask for ever when what was read cannot be told", async () => {
    const robot = await startRobot();
    let asked = 0;
    robot.node.markRead = () => {
      asked += 1;
      return Promise.reject(new FeiyanError("control-lost", "the instance went away"));
    };
    const bob = await robot.join("Bob");
    await robot.until("Bob");
    await robot.press("alt-2");
    const us = bob.peers().find((peer) => peer.user === robot.node.self.user);
    await bob.say(us!.id, "在吗");
    await robot.until("在吗");
    await robot.settle(3_000);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(100);
    expect(robot.screen()).not.toContain("没有成功");
    expect(await robot.quit()).toBe(0);
  });

  it("says in plain words that nobody is there, with our address, and how to try it alone", async () => {
    const robot = await startRobot();
    expect(robot.screen()).toContain("正在局域网里找人…");
    await robot.until("还没有看到别人");
    expect(robot.screen()).toContain("用 UDP 端口 2425 向局域网打过招呼");
    expect(robot.screen()).toContain("192.168.1.10");
    expect(robot.screen()).toContain("按 F7（或在空的输入框里按 Enter）启动模拟好");
    expect(robot.screen()).toContain("feiyan --peer 192.168.2.30");
    expect(robot.row(0)).toMatch(/^ 飞雁 {2}1 发送 F2 {2}2 接收 F3 {2}3 退出 F10 /);
    expect(await robot.quit()).toBe(0);
  });

  it("speaks English when told so", async () => {
    const robot = await startRobot({ settings: { lang: "en" } });
    await robot.until("Nobody else is here yet");
    expect(robot.row(0)).toMatch(/^ feiyan {2}1 Send F2 {2}2 Receive F3 {2}3 Quit F10 /);
    expect(await robot.quit()).toBe(0);
  });

  it.each(["f7", "enter"] as const)("starts the virtual peers with %s, once", async (key) => {
    let starts = 0;
    let stops = 0;
    const robot = await startRobot({
      startSimulation: () => {
        starts += 1;
        return Promise.resolve({ count: 3, stop: async () => void (stops += 1) });
      },
    });
    await robot.press(key);
    await robot.until("3 个模拟好友来了");
    await robot.press("f7");
    await robot.until("模拟好友已经在运行");
    await robot.press("enter");
    expect(starts).toBe(1);
    expect(await robot.quit()).toBe(0);
    expect(stops).toBe(1);
  });

  it("says why the virtual peers did not start, and lets one try again", async () => {
    let starts = 0;
    const robot = await startRobot({
      startSimulation: () => {
        starts += 1;
        return starts === 1
          ? Promise.reject(new Error("no sockets left"))
          : Promise.resolve({ count: 1, stop: async () => undefined });
      },
    });
    await robot.press("f7");
    await robot.until("模拟好友没能启动: no sockets left");
    await robot.press("f7");
    await robot.until("1 个模拟好友来了");
    expect(await robot.quit()).toBe(0);
  });

  it("shows what is wrong with settings, keys and theme in the log", async () => {
    const robot = await startRobot({
      columns: 120,
      rows: 40,
      settings: { theme: "sepia", keys: { fly: ["f5"] } },
      configProblems: ["config.toml:3:1: 不认识的设置 prot"],
    });
    await robot.until("sepia");
    expect(robot.screen()).toContain("不认识的设置 prot");
    expect(robot.screen()).toContain("没有动作 fly");
    expect(await robot.quit()).toBe(0);
  });
});

describe("talking", () => {
  it("chats with a peer both ways and shows what became of the message", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("ctrl-n");
    expect(robot.screen()).toContain("发给 小明>");
    await robot.type("你好，三点开会 ok?");
    expect(robot.screen()).toContain("发给 小明> 你好，三点开会 ok?");
    await robot.press("enter");
    await robot.until("你好，三点开会 ok? [已送达]");
    expect(inbox(ming)).toEqual(["你好，三点开会 ok?"]);
    expect(robot.row(21)).toBe("发给 小明>");
    await ming.say("我", "收到，马上来");
    await robot.until("收到，马上来");
    // It was read as it came: no count, no line above it.
    expect(robot.screen()).toContain("未读0");
    expect(robot.screen()).not.toContain("条未读");
    expect(await robot.quit()).toBe(0);
  });

  it("counts what others write, leads there, and draws the line where reading stopped", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    const li = await robot.join("李芳");
    await robot.until((screen) => screen.includes("小明") && screen.includes("李芳"));
    await robot.press("ctrl-n");
    await robot.press("ctrl-n");
    expect(robot.screen()).toContain("发给 小明>");
    await li.say("我", "第一条");
    await li.say("我", "第二条");
    await robot.until("未读2");
    expect(robot.row(3)).toMatch(/^\* 李芳 +2/);
    await robot.type("/unread");
    await robot.press("enter");
    await robot.until("发给 李芳>");
    expect(robot.screen()).toMatch(/─ 2 条未读 ─[^]*第一条[^]*第二条/);
    await robot.until("未读0");
    expect(inbox(ming)).toEqual([]);
    expect(await robot.quit()).toBe(0);
  });

  it("keeps one draft for each conversation", async () => {
    const robot = await startRobot();
    await robot.join("小明");
    await robot.join("李芳");
    await robot.until((screen) => screen.includes("小明") && screen.includes("李芳"));
    await robot.press("ctrl-n");
    await robot.type("给李芳的");
    await robot.press("ctrl-n");
    expect(robot.row(21)).toBe("发给 小明>");
    await robot.type("给小明的");
    await robot.press("ctrl-p");
    expect(robot.row(21)).toBe("发给 李芳> 给李芳的");
    await robot.press("alt-1");
    expect(robot.row(21)).toBe("发给 全体>");
    expect(await robot.quit()).toBe(0);
  });

  it("refuses what the charset cannot carry, says so while typing, and gives the text back", async () => {
    const robot = await startRobot();
    const old = await robot.join("老机器", { announceUtf8: false, versionItem: "feiq" });
    await robot.until("老机器");
    await robot.press("ctrl-n");
    await robot.type("表情😀");
    await robot.until("GBK 发不出 1 个字符: 😀");
    await robot.press("enter");
    await robot.until(/! gbk 编码里没有这些字：😀/);
    expect(robot.row(21)).toBe("发给 老机器> 表情😀");
    await robot.press("backspace", "enter");
    await robot.until("表情 [已送达]");
    expect(inbox(old)).toEqual(["表情"]);
    expect(await robot.quit()).toBe(0);
  });

  it("pastes lines without sending them, and asks before a large paste", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("ctrl-n");
    await robot.paste("一\n二\n三");
    expect(robot.screen()).toContain("粘贴了 3 行，没有发送");
    expect(robot.row(19)).toBe("发给 小明> 一");
    await robot.press("enter");
    await robot.until("三 [已送达]");
    expect(inbox(ming)).toEqual(["一\n二\n三"]);
    await robot.paste(Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n"));
    expect(robot.screen()).toContain("要粘贴 30 行");
    await robot.press("ctrl-c");
    expect(robot.screen()).not.toContain("要粘贴");
    expect(robot.row(21)).toBe("发给 小明>");
    expect(await robot.quit()).toBe(0);
  });

  it("tells everyone, and marks a knock and our name", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.type("大家好");
    expect(robot.screen()).toContain("这会发给网内所有 1 人");
    await robot.press("enter");
    await robot.until("大家好 [已发送]");
    await robot.until(() => inbox(ming).length === 1);
    await ming.say("我", "@我 作业呢？");
    await robot.until(/\* 小明 +1!/);
    expect(robot.tty.takeBytes()).toContain("\u0007");
    expect(await robot.quit()).toBe(0);
  });

  it("shows unconfirmed messages and sends them again on request", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("ctrl-n");
    // It leaves, and nobody answers at its address any more.
    void ming.close();
    await robot.until("小明 下线了");
    await robot.settle(400);
    await robot.type("在吗");
    await robot.until("小明 不在线，发出后可能没有人收到");
    await robot.press("enter");
    await robot.until("[重发 1/3]");
    await robot.until("[未确认]");
    expect(robot.screen()).toMatch(/丢包(?!0%)\d+%/);
    await robot.type("/resend");
    await robot.press("enter");
    await robot.until("已重发");
    expect(await robot.quit()).toBe(0);
  });
});

describe("send form and received messages", () => {
  it("sends to any address and port, and opens that conversation", async () => {
    const robot = await startRobot();
    const far = await robot.join("远方", { presence: false });
    await robot.press("f2");
    expect(robot.screen()).toContain("发送消息");
    await robot.press("enter");
    await robot.press("enter");
    // The fault is named, and the cursor stands where it can be mended.
    await robot.until("请填写收件人");
    await robot.type("192.168.1.11");
    await robot.press("tab", "tab", "tab");
    await robot.type("你好远方");
    await robot.press("enter");
    await robot.until(/我 +你好远方 \[已/);
    expect(inbox(far)).toEqual(["你好远方"]);
    expect(robot.screen()).not.toContain("发送消息");
    expect(await robot.quit()).toBe(0);
  });

  it("completes names from the list and sends bare text", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("f9");
    await robot.type("1");
    await robot.type("小");
    await robot.until(/小明 +192\.168\.1\.11/);
    await robot.press("tab");
    expect(robot.screen()).toContain("用好友自己的端口");
    await robot.type(" ");
    expect(robot.screen()).toContain("(*) 裸文本");
    await robot.press("tab");
    await robot.type("bare 你好");
    await robot.press("enter");
    await robot.until("发给 小明>");
    await robot.until(() => inbox(ming).length === 1);
    expect(inbox(ming)).toEqual(["bare 你好"]);
    expect(await robot.quit()).toBe(0);
  });

  it("says in place what is wrong", async () => {
    const robot = await startRobot();
    await robot.press("f2");
    await robot.type("没有这个人");
    await robot.press("enter");
    await robot.type("喂");
    await robot.press("enter");
    await robot.until("没有叫“没有这个人”的好友");
    await robot.press("ctrl-u");
    await robot.type("192.168.1.99");
    await robot.press("tab", "ctrl-u");
    await robot.type("99999");
    await robot.press("enter");
    await robot.until("端口应为 1 到 65535 的数字");
    await robot.press("ctrl-c");
    expect(robot.screen()).not.toContain("端口应为");
    expect(await robot.quit()).toBe(0);
  });

  it("lists what came in from everybody, newest first, and leads to it", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    const li = await robot.join("李芳");
    await robot.until((screen) => screen.includes("小明") && screen.includes("李芳"));
    await ming.say("我", "早");
    await robot.settle(100);
    await li.say("我", "晚");
    await robot.until("未读2");
    await robot.press("f3");
    await robot.until(/收到的消息 \(2\)[^]*李芳[^]*晚[^]*小明[^]*早/);
    await robot.press("down", "enter");
    await robot.until("发给 小明>");
    expect(await robot.quit()).toBe(0);
  });
});

describe("moving about", () => {
  it("finds a peer by a part of the name", async () => {
    const robot = await startRobot();
    await robot.join("小明");
    await robot.join("王老师");
    await robot.until((screen) => screen.includes("小明") && screen.includes("王老师"));
    await robot.press("ctrl-g");
    await robot.type("老");
    expect(robot.row(1)).toMatch(/^找: 老/);
    expect(robot.screen()).not.toContain("* 小明");
    await robot.press("enter");
    expect(robot.screen()).toContain("发给 王老师>");
    await robot.type("/go 小");
    await robot.until(/补全[^]*小明/);
    await robot.press("enter");
    await robot.until("发给 小明>");
    expect(await robot.quit()).toBe(0);
  });

  it("stays where the reader is while messages come, and follows again at the end", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("ctrl-n");
    for (let index = 0; index < 40; index += 1) await ming.say("我", `第${index}条`);
    await robot.until("第39条");
    await robot.press("page-up");
    const before = robot.row(5);
    expect(robot.screen()).toContain("↓0");
    await ming.say("我", "新的");
    await robot.until("↓ 1 新消息");
    expect(robot.row(5)).toBe(before);
    await robot.press("ctrl-home");
    await robot.until("第0条");
    await robot.press("ctrl-end");
    await robot.until("新的");
    expect(robot.screen()).toContain("跟随");
    expect(await robot.quit()).toBe(0);
  });

  it("changes shape with the window and keeps the draft", async () => {
    const robot = await startRobot();
    await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("ctrl-n");
    await robot.type("没写完");
    for (const [columns, rows] of [
      [40, 12],
      [200, 60],
      [10, 3],
      [1, 1],
      [120, 40],
    ] as const) {
      robot.tty.resize(columns, rows);
      await robot.settle(80);
      expect(robot.screen().includes("小明> 没写完")).toBe(columns >= 20);
    }
    expect(robot.screen()).toContain("详情");
    await robot.press("f8");
    expect(robot.row(1)).not.toContain("详情");
    expect(await robot.quit()).toBe(0);
  });

  it("shows the help, the palette and the menu over everything and closes them", async () => {
    const robot = await startRobot({ columns: 40, rows: 12 });
    await robot.press("f1");
    expect(robot.screen()).toContain("帮助");
    await robot.press("page-down", "escape");
    expect(robot.screen()).not.toContain("滚动");
    await robot.press("f9");
    expect(robot.screen()).toMatch(/1 发送 +F2/);
    await robot.type("2");
    expect(robot.screen()).toContain("收到的消息 (0)");
    await robot.press("f3", "ctrl-x");
    await robot.type("simu");
    expect(robot.screen()).toContain("启动模拟好友");
    await robot.press("ctrl-c");
    expect(await robot.quit()).toBe(0);
  });

  it("opens a conversation with a click and scrolls with the wheel", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    for (let index = 0; index < 40; index += 1) await ming.say("我", `第${index}条`);
    // Column 3, row 4, as the terminal counts.
    await robot.type("\u001b[<0;3;4M\u001b[<0;3;4m");
    await robot.until("发给 小明>");
    await robot.until("第39条");
    await robot.type("\u001b[<64;40;10M");
    await robot.until((screen) => !screen.includes("第39条") && screen.includes("第36条"));
    expect(await robot.quit()).toBe(0);
  });
});

describe("commands", () => {
  it("completes and carries out commands, and names what is none", async () => {
    const robot = await startRobot();
    await robot.join("小明");
    await robot.until("* 小明");
    await robot.type("/aw");
    await robot.until(/补全[^]*\/away 说明/);
    await robot.press("tab");
    expect(robot.row(21)).toBe("发给 全体> /away");
    await robot.type("开会去了");
    await robot.press("enter");
    await robot.until("离开中");
    expect(robot.node.self.away).toBe("开会去了");
    await robot.type("/back");
    await robot.press("enter");
    await robot.until(() => robot.node.self.away === null);
    await robot.type("/name 小李");
    await robot.press("enter");
    await robot.until("小李@192.168.1.10");
    await robot.type("/nonsense");
    await robot.press("enter");
    await robot.until("没有命令 /nonsense");
    expect(robot.row(21)).toContain("/nonsense");
    await robot.press("ctrl-u");
    await robot.type("/charset big5");
    await robot.press("enter");
    await robot.until("先选一个好友");
    await robot.press("ctrl-n");
    await robot.type("/charset big5");
    await robot.press("enter");
    await robot.until("BIG5  在线");
    expect(await robot.quit()).toBe(0);
  });

  it("sends what only looks like a command", async () => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    await robot.press("ctrl-n");
    for (const text of ["/:) 笑", "//quit"]) {
      await robot.type(text);
      await robot.press("enter");
    }
    await robot.until(() => inbox(ming).length === 2);
    expect(inbox(ming)).toEqual(["/:) 笑", "/quit"]);
    expect(await robot.quit()).toBe(0);
  });
});

describe("the end", () => {
  it.each([
    ["F10", ["f10"]],
    ["Ctrl-Q", ["ctrl-q"]],
    ["Ctrl-C twice", ["ctrl-c", "ctrl-c"]],
  ] as const)("%s", async (_name, keys) => {
    const robot = await startRobot();
    await robot.press(...keys);
    await robot.settle(400);
    expect(await robot.ended).toBe(0);
    expect(robot.tty.xterm.buffer.active.type).toBe("normal");
    expect(robot.tty.input.isRaw).toBe(false);
    expect(robot.node.network).not.toBeUndefined();
  });

  it("/quit, and the menu's 3", async () => {
    for (const last of ["/quit\r", "\u001b[20~3"]) {
      const robot = await startRobot();
      await robot.type(last);
      await robot.settle(400);
      expect(await robot.ended).toBe(0);
    }
  });

  it("Ctrl-C clears the input first; any key in between takes it back", async () => {
    const robot = await startRobot();
    await robot.type("abc");
    await robot.press("ctrl-c");
    expect(robot.row(21)).not.toContain("abc");
    await robot.type("d");
    await robot.press("backspace", "ctrl-c");
    await robot.until("再按一次 Ctrl-C 退出");
    await robot.press("ctrl-c");
    await robot.settle(400);
    expect(await robot.ended).toBe(0);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ])("%s ends with %i and says goodbye", async (signal, code) => {
    const robot = await startRobot();
    const ming = await robot.join("小明");
    await robot.until("* 小明");
    robot.tty.host.raise(signal);
    await robot.settle(400);
    expect(await robot.ended).toBe(code);
    expect(robot.tty.xterm.buffer.active.type).toBe("normal");
    expect(ming.peers()[0]?.state).toBe("offline");
  });

  it("a fault of the program restores the terminal and is reported", async () => {
    const robot = await startRobot();
    robot.tty.host.raise("uncaughtException", new Error("broken"));
    await robot.settle(400);
    await expect(robot.ended).rejects.toThrow("broken");
    expect(robot.tty.xterm.buffer.active.type).toBe("normal");
    expect(robot.node.conversation(everyone).messages).toHaveLength(0);
  });
});
