// Drawn screens of searching, choosing, packets, the wire, themes, the welcome, groups and marks, with Chinese, Japanese and emoji.
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/index.js";
import { emptyList } from "../../../src/tui/log/list.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { drawScreen, roleOf } from "../support/draw.js";
import { act, run, type } from "../support/steps.js";
import { message, minutes, noon, own, peer, uiState, world } from "../support/world.js";
import type { TestWorld, WorldParts } from "../support/world.js";

const ming = peer("小明", { dialect: "feiq" });
const codec = world().codec;

function classroom(more: WorldParts = {}): TestWorld {
  const raw = codec.encode("1_lbt6_0#128#0#0#0#0#4001#9:77:xm:PC:288:三点开会/:)", "gbk");
  const group = own(ming.id, "各位 😀 三点", "sent", { at: minutes(4) });
  const states: readonly Delivery["state"][] = ["delivered", "unconfirmed"];
  const deliveries = [ming, peer("田中さん")].map((one, index) => ({
    ...group.deliveries[0]!,
    peerId: one.id,
    state: states[index] ?? "sent",
    rttMs: index === 0 ? 3 : null,
    final: true,
  }));
  return world({
    peers: [
      ming,
      peer("王老师", { unread: 2, group: "教研室" }),
      peer("张三", { group: "教研室" }),
      peer("田中さん", { group: "教研室", state: "offline" }),
      peer("Bob", { dialect: "raw" }),
    ],
    messages: [
      message(ming.id, "三点开会/:)", { at: minutes(2), raw, dialect: "feiq" }),
      message(ming.id, "かな漢字 😀 ok？", { at: minutes(3) }),
      { ...group, to: deliveries.map((one) => one.peerId), deliveries },
    ],
    ...more,
  });
}

const open = (columns: number, rows: number, more: Partial<UiState> = {}): UiState =>
  uiState(columns, rows, { conversation: ming.id, ...more });

describe("searching", () => {
  it("at 80x24", () => {
    const w = classroom();
    const { state } = run(open(80, 24), w, act("find", "三点"));
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 4 在线       │小明  192.168.1.23  飞秋  GBK  在线
      > 全体 (广播)     │───────────────────── 2026-11-20 星期五 ─────────────────────
      * 王老师         2│14:02 小明    三点开会[微笑]
      * 小明     飞秋   │14:03 小明    かな漢字 😀 ok？
      * Bob      原始UDP│14:04>我      各位 😀 三点 [已送达 1/2]
      [-] 教研室     1/2│             >田中さん [未确认]  小明 [已送达] 3ms
      * 张三            │
        田中さん        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
      ────────────────────────────────────────────────────────────────────────────────
      查找> 三点                                                                   2/2

       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
    expect(roleOf(viewScreen(state, w), "三点开会")).toBe("message.match");
    expect(viewScreen(state, w).cursor).toEqual({ column: 10, row: 21 });
  });

  it("at 40x12, with nothing found", () => {
    const w = classroom();
    expect(drawScreen(run(open(40, 12), w, act("find", "没有 😀")).state, w)).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线             未读2 F6 好友
      ────────── 2026-11-20 星期五 ───────────
      14:02 小明 三点开会[微笑]
      14:03 小明 かな漢字 😀 ok？
      14:04 我 各位 😀 三点 [已送达 1/2]
            田中さん [未确认]  小明 [已送达]
            3ms



      查找> 没有 😀    没有；Ctrl-R 找全部对话
      在线4 UDP2425                    跟随 F1
      "
    `);
  });

  it("over all conversations at 80x24", () => {
    const w = classroom();
    expect(drawScreen(run(open(80, 24), w, act("find", "三点"), act("find")).state, w))
      .toMatchInlineSnapshot(`
        "
         飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
        好友 4 在线       │小明  192.168.1.23  飞秋  GBK  在线
        > ┌─ 找到的消息 (2) ─────────────────────────────────────────────────────────┐──
        * │ > 三点                                                                   │
        * │ 14:04 我>小明    192.168.1.23    GBK    各位 😀 三点                     │
        * │ 14:02 小明       192.168.1.23    GBK    三点开会[微笑]                   │
        [-│                                                                          │
        * │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
          │                                                                          │
        ──│                                                                          │──
        发└─ ↑↓ 选择  Enter 打开对话  Ctrl-R 收到/全部  F3 关闭 ─────────────────────┘

         我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
        "
      `);
  });
});

describe("the chosen message", () => {
  it("is marked without colour too, and the keys for it stand below", () => {
    const w = classroom();
    expect(drawScreen(run(open(80, 24), w, act("select"), act("up")).state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 4 在线       │小明  192.168.1.23  飞秋  GBK  在线
      > 全体 (广播)     │───────────────────── 2026-11-20 星期五 ─────────────────────
      * 王老师         2│14:02 小明    三点开会[微笑]
      * 小明     飞秋   │14:03>小明    かな漢字 😀 ok？
      * Bob      原始UDP│14:04 我      各位 😀 三点 [已送达 1/2]
      [-] 教研室     1/2│              田中さん [未确认]  小明 [已送达] 3ms
      * 张三            │
        田中さん        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 小明>
       ↑↓ 选择  Enter 菜单  c 复制  q 引用  r 重发  p 报文  d 换编码  Esc 返回
       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
  });

  it("lists what can be done with it at 40x12", () => {
    const w = classroom();
    expect(drawScreen(run(open(40, 12), w, act("select"), act("message-menu")).state, w))
      .toMatchInlineSnapshot(`
      "
      飞雁 小明 在线             未读2 F6 好友
      ┌─ 这条消息 ───────────────────────────┐
      │ > 输入一部分                         │
      │ 复制                 c  /copy        │
      │ 引用                 q  /quote       │
      │ 重发未确认的（只发…  r  /resend      │
      │ 拆开密封消息（对方…  o  /open        │
      │ 撤回消息（飞雁联系…  u  /recall      │
      │ 撤回一条待发的消息 … x  /unsend      │
      │ 看报文：字节和字段   p  /packet      │
      └──────────────────────────────────────┘
      在线4 UDP2425                    跟随 F1
      "
    `);
  });

  it("opens to its bytes at 80x24 and 40x12", () => {
    const w = classroom();
    const { state } = run(open(80, 24), w, act("select"), act("up"), act("up"), act("packet"));
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
       ┌─ 报文 52 字节 ─────────────────────────────────────────────────────────────┐
      >│ 14:02:00.000  收  192.168.1.23:2425  小明                                  │─
      *│ 命令  0x00000120 = SENDMSG (0x20)                                          │
      *│ 选项位  SENDCHECKOPT                                                       │
      *│ 协议  feiq                                                                 │
      [│ 编码  GBK                                                                  │
      *│                                                                            │
       │ 两种编码对照                                                               │
       │ GBK                                 │ UTF-8                                │
       │ 三点开会/:)                         │ ���㿪��/:)                           │
       │                                                                            │
       │ 0000  31 5f 6c 62 74 36 5f 30  23 31 32 38 23 30 23 30  1_lbt6_0#128#0#0   │
       │ 0010  23 30 23 30 23 34 30 30  31 23 39 3a 37 37 3a 78  #0#0#4001#9:77:x   │
       │ 0020  6d 3a 50 43 3a 32 38 38  3a c8 fd b5 e3 bf aa bb  m:PC:288:.......   │
       │ 0030  e1 2f 3a 29                                       ./:)               │
       │                                                                            │
       │ 字段                                                                       │
       │ 版本          0-26      1_lbt6_0#128#0#0#0#0#4001#9                        │
       │                         说的是哪种协议：1 是 IP Messenger；飞秋在后面加上  │
      ─│                         版本、头像和 MAC 地址                              │─
       │ 包编号        28-29     77                                                 │
       └─ ↑↓ 滚动  d 换编码显示  D 固定编码  Enter 关闭 ────────────────────────────┘
       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
    expect(drawScreen(run(state, w, act("last")).state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
       ┌─ 报文 52 字节 ─────────────────────────────────────────────────────────────┐
      >│                                                                            │─
      *│ 0000  31 5f 6c 62 74 36 5f 30  23 31 32 38 23 30 23 30  1_lbt6_0#128#0#0   │
      *│ 0010  23 30 23 30 23 34 30 30  31 23 39 3a 37 37 3a 78  #0#0#4001#9:77:x   │
      *│ 0020  6d 3a 50 43 3a 32 38 38  3a c8 fd b5 e3 bf aa bb  m:PC:288:.......   │
      [│ 0030  e1 2f 3a 29                                       ./:)               │
      *│                                                                            │
       │ 字段                                                                       │
       │ 版本          0-26      1_lbt6_0#128#0#0#0#0#4001#9                        │
       │                         说的是哪种协议：1 是 IP Messenger；飞秋在后面加上  │
       │                         版本、头像和 MAC 地址                              │
       │ 包编号        28-29     77                                                 │
       │                         这个包的编号；确认包写回它，重发时编号不变         │
       │ 用户名        31-32     xm                                                 │
       │                         发送者的登录名                                     │
       │ 主机名        34-35     PC                                                 │
       │                         发送者的计算机名                                   │
       │ 命令字        37-39     SENDMSG | SENDCHECKOPT                             │
       │                         低 8 位是命令，其余 24 位是选项                    │
      ─│ 正文          41-51     三点开会/:)                                        │─
       │                         说的话，到第一个 NUL 为止                          │
       └─ ↑↓ 滚动  d 换编码显示  D 固定编码  Enter 关闭 ────────────────────────────┘
       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
    expect(drawScreen({ ...state, size: { columns: 40, rows: 12 } }, w)).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线             未读2 F6 好友
      ┌─ 报文 52 字节 ───────────────────────┐
      │ 14:02:00.000  收  192.168.1.23:2425  │
      │ 小明                                 │
      │ 命令  0x00000120 = SENDMSG (0x20)    │
      │ 选项位  SENDCHECKOPT                 │
      │ 协议  feiq                           │
      │ 编码  GBK                            │
      │                                      │
      │ 两种编码对照                         │
      │ GBK                                  │
      └─ ↑↓ 滚动 Enter 关闭 ─────────────────┘
      "
    `);
    const scene = viewScreen(state, w);
    expect(roleOf(scene, "31 5f")).toBe("hex.field.1");
  });
});

describe("several receivers, groups and favourites", () => {
  it("at 80x24", () => {
    const w = classroom();
    const state = open(80, 24, {
      focus: "peers",
      checked: new Set([peer("张三").id, ming.id]),
      favourites: new Set([peer("Bob").id]),
      list: { ...emptyList, selected: peer("张三").id },
    });
    expect(drawScreen(run(state, w, type("好")).state, w)).toContain("找: 好");
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      已标记 2 人       │小明  192.168.1.23  飞秋  GBK  在线
      > 全体 (广播)     │───────────────────── 2026-11-20 星期五 ─────────────────────
      * 王老师         2│14:02 小明    三点开会[微笑]
      *^Bob      原始UDP│14:03 小明    かな漢字 😀 ok？
      *+小明     飞秋   │14:04 我      各位 😀 三点 [已送达 1/2]
      [-] 教研室     1/2│              田中さん [未确认]  小明 [已送达] 3ms
      *+张三            │
        田中さん        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 2 人>
       Enter 打开  空格 标记  Ctrl-F 收藏  ←→ 折叠分组  直接输入就查找
       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
    const writing = run(state, w, act("cancel"), type("一起去")).state;
    expect(drawScreen(writing, w).split("\n").slice(-5, -1).join("\n")).toMatchInlineSnapshot(`
      "────────────────────────────────────────────────────────────────────────────────
      发给 2 人> 一起去
       一起发给 2 人: 小明, 张三
       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随"
    `);
  });

  it("folded, at 40x12", () => {
    const w = classroom();
    const state = open(40, 12, { focus: "peers", folded: new Set(["教研室"]), checked: new Set([ming.id]) });
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线             未读2 F6 好友
      ────────── 2026-11-20 星期五 ───────────
      1┌─ 已标记 1 人 ──────────────────────┐
      1│> 全体 (广播)                       │
      1│* 王老师                           2│
       │*+小明                       飞秋   │
       │* Bob                        原始UDP│
       │[+] 教研室                       1/2│
       └─ 输入名字或拼音，空格标记 ─────────┘

      1人>
       一起发给 1 人: 小明
      "
    `);
  });
});

function busy(): TestWorld {
  const w = classroom();
  const from = { address: "192.168.1.23", port: 2425 };
  const note = (text: string, direction: "in" | "out", broadcast = false): void =>
    w.wire.note({
      at: noon + 1_234,
      direction,
      bytes: codec.encode(text, "gbk"),
      peer: from,
      broadcast,
      fate: null,
    });
  note("1:100:我:lab:6291457:我", "out", true);
  note("1:101:xm:PC:288:你好，三点", "in");
  note("1:102:我:lab:33:101", "out");
  note("没有协议头 かな", "in");
  note("\u001b]0;x\u0007\u0000\u0001", "in");
  return w;
}

describe("the wire", () => {
  it("as a view at 80x24 and 40x12, filtered and paused", () => {
    const w = busy();
    const state = run(open(80, 24), w, act("wire"), act("down")).state;
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
       ┌─ 线上数据 5 · 收发 ────────────────────────────────────────────────────────┐
      >│ > 输入地址或名字筛选                                                       │─
      *│ 14:00:01.234 <  192.168.1.23:2425     8 B     丢弃 fewer than five colons  │
      *│ 14:00:01.234 <  192.168.1.23:2425     15 B    裸文本 没有协议头 かな       │
      *│ 14:00:01.234 >  192.168.1.23:2425     19 B    RECVMSG 101                  │
      [│ 14:00:01.234 <  192.168.1.23:2425     26 B    SENDMSG SENDCHECK 你好，三点 │
      *│ 14:00:01.234 >  广播                  23 B    BR_ENTRY FILEATTACH ENCRYPT …│
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
      ─│                                                                            │─
       │                                                                            │
       └─ 空格 暂停  ←→ 收/发  Enter 拆开看  Esc 关闭 ──────────────────────────────┘
       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
    const narrow = {
      ...run(state, w, act("direction"), act("pause")).state,
      size: { columns: 40, rows: 12 },
    };
    expect(drawScreen(narrow, w)).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线             未读2 F6 好友
      ┌─ 线上数据 5 · 收 · 暂停，又有 0 个 ──┐
      │ > 输入地址或名字筛选                 │
      │00:01<  192.168.1.23 丢弃 fewer than …│
      │00:01<  192.168.1.23 裸文本 没有协议… │
      │00:01<  192.168.1.23 SENDMSG 你好，三…│
      │                                      │
      │                                      │
      │                                      │
      │                                      │
      │                                      │
      └─ 空格停 ←→收发 Enter看 ──────────────┘
      "
    `);
  });

  it("as the third column at 120x40", () => {
    const w = busy();
    const rows = drawScreen(run(open(120, 40), w, act("column")).state, w).split("\n");
    expect(
      rows
        .slice(2, 13)
        .map((row) => row.slice(-40))
        .join("\n"),
    ).toMatchInlineSnapshot(`
      "                            │线上数据 5 · 收发
      ────────────────│< 14:00:01 192.168.1.23
                     │  丢弃 fewer than five co…
                      │< 14:00:01 192.168.1.23
                               │  裸文本 没有协议头 かな
                      │> 14:00:01 192.168.1.23
                                │  RECVMSG 101
                      │< 14:00:01 192.168.1.23
                              │  SENDMSG 你好，三点
                                │> 14:00:01 广播
                                 │  BR_ENTRY 我"
    `);
  });
});

describe("settings on the screen", () => {
  it("shows the themes beside what they colour", () => {
    const w = classroom();
    const themes = { kind: "themes", names: ["feiyan-dark", "mono", "飞秋蓝"] } as const;
    expect(drawScreen(run(open(80, 24), w, themes, act("down")).state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 4 在线       │小明  192.168.1.23  飞秋  GBK  在┌─ 主题 ───────────────────┐
      > 全体 (广播)     │───────────────────── 2026-11-20 │   feiyan-dark            │
      * 王老师         2│14:02 小明    三点开会[微笑]     │   mono                   │
      * 小明     飞秋   │14:03 小明    かな漢字 😀 ok？   │   飞秋蓝                 │
      * Bob      原始UDP│14:04 我      各位 😀 三点 [已送 └─ ↑↓ 预览 Enter 用 Esc … ─┘
      [-] 教研室     1/2│              田中さん [未确认]  小明 [已送达] 3ms
      * 张三            │
        田中さん        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 小明>

       我@192.168.1.10 UDP 2425                                在线4 未读2 丢包0% 跟随
      "
    `);
  });

  it("welcomes at 80x24 in both languages, and at 40x12", () => {
    const w = world();
    const state = run(uiState(80, 24), w, { kind: "welcome" }).state;
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 0 在线       │全体  发给网内所有人（广播）
      > 全体 (广播)     │
      （还没有人）      │  还没有看到别人
                        │
                        │  一个人也能试：按 F7（或在空的输入框里按 Enter）启动模拟好
             ┌─ 欢迎使用飞雁 ─────────────────────────────────────────────────┐
             │ 同一局域网里的人会用这个名字看到你:                            │
             │                                                                │
             │ 昵称 我                                                        │
             │                                                                │
             │ 使用 UDP 端口 2425，地址:                                      │雁的电
             │   192.168.1.10  (eth0)                                         │
             │                                                                │
             │ 网上还没有人？开始以后按 F7，或在空的输入框里按 Enter，就有模  │动
             │ 拟好友陪你试。                                                 │
             │ F1 帮助，F9 菜单，/ 命令。                                     │
             └─ Enter 开始 ───────────────────────────────────────────────────┘
                        │  一直没有人？看看两台机器的防火墙是否都放行 UDP 2425。
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 全体> 按 Enter 启动模拟好友

       我@192.168.1.10 UDP 2425                                在线0 未读0 丢包0% 跟随
      "
    `);
    expect(viewScreen(state, w).cursor).not.toBeNull();
    expect(drawScreen(state, world({ lang: "en" }))).toMatchInlineSnapshot(`
      "
       feiyan  1 Send F2  2 Receive F3  3 Quit F10 │ Lab F4  Menu F9  Help F1
      Peers 0 online    │Everyone  to all on the network (broadcast)
      > Everyone        │
      (nobody yet)      │  Nobody else is here yet
                        │
                        │  Alone? F7 (or Enter in the empty input) starts virtual
             ┌─ Welcome to feiyan ────────────────────────────────────────────┐
             │ People on your network will see you by this name:              │
             │                                                                │ses of
             │ Name 我                                                        │
             │                                                                │
             │ On UDP port 2425, at:                                          │
             │   192.168.1.10  (eth0)                                         │IP
             │                                                                │
             │ Nobody there yet? Once started, F7 or Enter on the empty input │
             │ brings virtual peers to try with.                              │
             │ F1 help, F9 menu, / commands.                                  │art
             └─ Enter starts ─────────────────────────────────────────────────┘
                        │    feiyan --peer 192.168.2.30
                        │  Or press F2 and send straight to an address:port.
      ────────────────────────────────────────────────────────────────────────────────
      To Everyone> Enter starts virtual peers

       我@192.168.1.10 UDP 2425                       0 online 0 unread loss 0% follow
      "
    `);
    expect(drawScreen({ ...state, size: { columns: 40, rows: 12 } }, w)).toMatchInlineSnapshot(`
      "
      飞雁 全体                        F6 好友
      ┌─ 欢迎使用飞雁 ───────────────────────┐
      │ 昵称 我                              │
      │ 使用 UDP 端口 2425，地址:            │
      │   192.168.1.10  (eth0)               │
      │ 网上还没有人？开始以后按 F7，或在空  │
      │ 的输入框里按 Enter，就有模拟好友陪你 │
      │ 试。                                 │
      │ F1 帮助，F9 菜单，/ 命令。           │
      └─ Enter 开始 ─────────────────────────┘
      全体> 按 Enter 启动模拟好友
      在线0 UDP2425                    跟随 F1
      "
    `);
  });

  it("offers faces by code and by name where they are understood", () => {
    const w = classroom();
    const typed = run(open(80, 24), w, type("早[亲"), act("complete")).state;
    expect(drawScreen(run(open(80, 24), w, type("早/:k"), act("complete")).state, w)).toContain("/:kiss");
    expect(typed.drafts.get(ming.id)?.editor.clusters.join("")).toBe("早/:qinqin");
  });
});
