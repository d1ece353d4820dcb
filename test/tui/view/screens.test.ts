// Whole screens as text, at the sizes people use, with Chinese, Japanese and emoji. The pictures are read by eye when they change.
import { describe, expect, it } from "vitest";
import { everyone } from "../../../src/index.js";
import type { FileRecord } from "../../../src/index.js";
import { createEditor } from "../../../src/tui/edit/editor.js";
import { emptyList } from "../../../src/tui/log/list.js";
import { emptyDraft } from "../../../src/tui/ui-state.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { openForm } from "../../../src/tui/update/form.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { drawScreen, roleOf } from "../support/draw.js";
import { message, minutes, noon, own, peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";

const report: FileRecord = {
  id: "0",
  name: "课程设计报告(最终版).docx",
  sizeBytes: 1_258_291n,
  mtime: 0,
  type: 1,
  attr: 1,
  ext: {},
};

const ming = peer("小明", { dialect: "feiq", host: "LAB-PC23" });

function classroom(): TestWorld {
  return world({
    peers: [
      ming,
      peer("王老师", { unread: 3 }),
      peer("Alice", { dialect: "iptux" }),
      peer("ひらがな太郎", { state: "away" }),
      peer("机房03", { state: "away", dialect: "feiq" }),
      peer("教研室-李", { state: "offline", dialect: "feige5" }),
      peer("Bob", { dialect: "raw" }),
    ],
    messages: [
      message(ming.id, "你好，今天下午三点在机房开会，请大家带上笔记本电脑。Please be on time!", {
        at: minutes(2),
      }),
      own(ming.id, "收到", "delivered", { at: minutes(2) }),
      message(ming.id, "", { at: minutes(6), files: [report] }),
      own(ming.id, "第一行\n第二行", "retried", { at: minutes(7), attempt: 3 }),
      message(ming.id, "かな漢字まじり、ok？", { at: minutes(9) }),
      message(ming.id, "http://192.168.1.23:2425/path/to/some/very/long/resource/name?query=abcdefg", {
        at: minutes(10),
      }),
      message(ming.id, "emoji 😀 也要对齐", { at: minutes(10) }),
    ],
    everyoneUnread: 12,
    diagnostics: { messagesSent: 90, repeats: 10, messagesDelivered: 90 },
  });
}

function talk(columns: number, rows: number, more: Partial<UiState> = {}): string {
  const state = uiState(columns, rows, {
    conversation: ming.id,
    unreadLine: { serial: 4, count: 3 },
    drafts: new Map([[ming.id, { ...emptyDraft, editor: createEditor("好的，我三点到") }]]),
    marked: new Set([peer("王老师").id]),
    ...more,
  });
  return drawScreen(state, classroom());
}

describe("a conversation", () => {
  it("at 80x24", () => {
    expect(talk(80, 24)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 6 在线       │小明  192.168.1.23  飞秋  GBK  在线
      > 全体 (广播)   12│───────────────────── 2026-11-20 星期五 ─────────────────────
      * 王老师        3!│14:02 小明    你好，今天下午三点在机房开会，请大家带上笔记本
      * 小明     飞秋   │              电脑。Please be on time!
      * Alice    iptux  │14:02 我      收到 [已送达]
      * Bob      原始UDP│14:06 小明    [文件] 课程设计报告(最终版).docx  1.2 MB
      - 机房03   飞秋   │14:07 我      第一行
      - ひらがな太郎    │              第二行 [重发 2/3]
        教研室-李       │───────────────────────── 3 条未读 ──────────────────────────
                        │14:09 小明    かな漢字まじり、ok？
                        │14:10 小明    http://192.168.1.23:2425/path/to/some/very/long
                        │              /resource/name?query=abcdefg
                        │14:10 小明    emoji 😀 也要对齐
                        │
                        │
                        │
                        │
                        │
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 小明> 好的，我三点到

       我@192.168.1.10 UDP 2425                              在线6 未读15 丢包10% 跟随
      "
    `);
  });

  it("at 120x40, with details", () => {
    expect(talk(120, 40)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 Send F2   2 接收 Receive F3   3 退出 Quit F10 │ 文件 Ctrl-O  实验 F4  刷新 F5  详情 F8  菜单 F9  帮助 F1
      好友 6 在线 / 共 7    │小明  192.168.1.23:2425  飞秋  GBK  在线                              │详情
      > 全体 (广播)       12│───────────────────────── 2026-11-20 星期五 ──────────────────────────│昵称  小明
      * 王老师            3!│14:02 小明    你好，今天下午三点在机房开会，请大家带上笔记本电脑。    │用户  user
      * 小明         飞秋   │              Please be on time!                                      │主机  LAB-PC23
      * Alice        iptux  │14:02 我      收到 [已送达]                                           │地址  192.168.1.23:2425
      * Bob          原始UDP│14:06 小明    [文件] 课程设计报告(最终版).docx  1.2 MB                │状态  在线
      - 机房03       飞秋   │14:07 我      第一行                                                  │协议  飞秋
      - ひらがな太郎        │              第二行 [重发 2/3]                                       │版本  1
        教研室-李    飞鸽   │────────────────────────────── 3 条未读 ──────────────────────────────│编码  GBK (默认)
                            │14:09 小明    かな漢字まじり、ok？                                    │首次  13:58
                            │14:10 小明    http://192.168.1.23:2425/path/to/some/very/long/resource│最近  14:10
                            │              /name?query=abcdefg                                     │
                            │14:10 小明    emoji 😀 也要对齐                                       │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
                            │                                                                      │
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      发给 小明> 好的，我三点到

       我@192.168.1.10  UDP 2425  编码 GBK                                          在线 6  未读 15  丢包 10%  跟随最新  14:10
      "
    `);
  });

  it("at 40x12, one pane", () => {
    expect(talk(40, 12)).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线            未读15 F6 好友
            版).docx  1.2 MB
      14:07 我 第一行
            第二行 [重发 2/3]
      ─────────────── 3 条未读 ───────────────
      14:09 小明 かな漢字まじり、ok？
      14:10 小明 http://192.168.1.23:2425/path
            /to/some/very/long/resource/name?q
            uery=abcdefg
      14:10 小明 emoji 😀 也要对齐
      小明> 好的，我三点到
      在线6 UDP2425                    跟随 F1
      "
    `);
  });

  it("at 60x15, the smallest with a list", () => {
    expect(talk(60, 15)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 菜单 F9  帮助 F1
      好友 6 在线       │小明  192.168.1.23  飞秋  GBK  在线
      > 全体 (广播)   12│              版).docx  1.2 MB
      * 王老师        3!│14:07 我      第一行
      * 小明     飞秋   │              第二行 [重发 2/3]
      * Alice    iptux  │─────────────── 3 条未读 ────────────────
      * Bob      原始UDP│14:09 小明    かな漢字まじり、ok？
      - 机房03   飞秋   │14:10 小明    http://192.168.1.23:2425/pa
      - ひらがな太郎    │              th/to/some/very/long/resour
        教研室-李       │              ce/name?query=abcdefg
                        │14:10 小明    emoji 😀 也要对齐
      ────────────────────────────────────────────────────────────
      发给 小明> 好的，我三点到

       我@192.168.1.10 UDP 2425          在线6 未读15 丢包10% 跟随
      "
    `);
  });

  it("below 20x6 a line says so", () => {
    expect(talk(19, 5)).toMatchInlineSnapshot(`
      "
      窗口太小 (20x6)




      "
    `);
  });

  it("in English", () => {
    const w = world({ lang: "en", peers: [ming], messages: [own(ming.id, "hello", "unconfirmed")] });
    const state = uiState(80, 8 + 7, { conversation: ming.id });
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       feiyan  1 Send F2  2 Receive F3  3 Quit F10 │ Lab F4  Menu F9  Help F1
      Peers 1 online    │小明  192.168.1.23  FeiQ  GBK  online
      > Everyone        │───────────────────── 2026-11-20 Friday ─────────────────────
      * 小明     FeiQ   │14:00 me      hello [unconfirmed]
                        │
                        │
                        │
                        │
                        │
                        │
                        │
      ────────────────────────────────────────────────────────────────────────────────
      To 小明>

       我@192.168.1.10 UDP 2425                       1 online 0 unread loss 0% follow
      "
    `);
  });
});

describe("nobody there", () => {
  it("at 80x24", () => {
    expect(drawScreen(uiState(80, 24), world())).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 0 在线       │全体  发给网内所有人（广播）
      > 全体 (广播)     │
      （还没有人）      │  还没有看到别人
                        │
                        │  一个人也能试：按 F7（或在空的输入框里按 Enter）启动模拟好
                        │  友，也可以输入 /simulate。
                        │
                        │  飞雁已经用 UDP 端口 2425 向局域网打过招呼。本机地址:
                        │    192.168.1.10  (eth0)
                        │
                        │  同一局域网里运行飞秋、飞鸽、IP Messenger、iptux 或飞雁的电
                        │  脑会自动出现在好友列表里。
                        │
                        │  对方在别的网段时，广播到不了：退出后带上它的地址再启动
                        │    feiyan --peer 192.168.2.30
                        │  或者按 F2，直接给一个 地址:端口 发消息。
                        │
                        │  一直没有人？看看两台机器的防火墙是否都放行 UDP 2425。
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 全体> 按 Enter 启动模拟好友

       我@192.168.1.10 UDP 2425                                在线0 未读0 丢包0% 跟随
      "
    `);
  });

  it("at 40x12 the most useful lines remain", () => {
    expect(drawScreen(uiState(40, 12), world({ now: noon }))).toMatchInlineSnapshot(`
      "
      飞雁 全体                        F6 好友
        正在局域网里找人…
        一个人也能试：按 F7（或在空的输入框里
        按 Enter）启动模拟好友，也可以输入
        /simulate。
        飞雁已经用 UDP 端口 2425 向局域网打过
        招呼。本机地址:
          192.168.1.10  (eth0)
        同一局域网里运行飞秋、飞鸽、IP
        Messenger、iptux 或飞雁的电脑会自动出
      全体> 按 Enter 启动模拟好友
      在线0 UDP2425                    跟随 F1
      "
    `);
  });

  it("in English at 80x24", () => {
    expect(drawScreen(uiState(80, 24), world({ lang: "en" }))).toMatchInlineSnapshot(`
      "
       feiyan  1 Send F2  2 Receive F3  3 Quit F10 │ Lab F4  Menu F9  Help F1
      Peers 0 online    │Everyone  to all on the network (broadcast)
      > Everyone        │
      (nobody yet)      │  Nobody else is here yet
                        │
                        │  Alone? F7 (or Enter in the empty input) starts virtual
                        │  peers to try it with; /simulate does it too.
                        │
                        │  feiyan has announced itself on UDP port 2425. Addresses of
                        │  this computer:
                        │    192.168.1.10  (eth0)
                        │
                        │  Computers on the same network that run FeiQ, Feige, IP
                        │  Messenger, iptux or feiyan appear in the list by
                        │  themselves.
                        │
                        │  Broadcast does not reach other networks: quit and start
                        │  again with the address
                        │    feiyan --peer 192.168.2.30
                        │  Or press F2 and send straight to an address:port.
      ────────────────────────────────────────────────────────────────────────────────
      To Everyone> Enter starts virtual peers

       我@192.168.1.10 UDP 2425                       0 online 0 unread loss 0% follow
      "
    `);
  });
});

describe("what lies over the screen", () => {
  it("send form at 80x24", () => {
    const w = classroom();
    const state = openForm(uiState(80, 24));
    expect(drawScreen(state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 6 在线       │全体  发给网内所有人（广播）
      > 全体 (广播)   12│这里写的会发给网内所有人。Ctrl-N 换到下一个好友，Ctrl-G 按名
      * 王老师         3│字找人。
      * 小明  ┌─ 发送消息 ───────────────────────────────────────────────────┐
      * Alice │ 收件人                                                       │
      * Bob   │ 端口    2425                                                 │
      - 机房03│ 格式    (*) 带协议头 (IPMsg)  ( ) 裸文本                     │
      - ひらが│ 内容                                                         │
        教研室│                                                              │
              │                                                              │
              │                                                              │
              │                                                              │
              │ 王老师                   192.168.1.23                        │
              │ 小明                     192.168.1.23                        │
              │ Alice                    192.168.1.23                        │
              │ Bob                      192.168.1.23                        │
              │ 机房03                   192.168.1.23                        │
              │                                                              │
              └─ Tab 下一项  空格切换格式  Enter 发送  Ctrl-C 关闭 ──────────┘
      ────────────────────────────────────────────────────────────────────────────────
      发给 全体>

       我@192.168.1.10 UDP 2425                              在线6 未读15 丢包10% 跟随
      "
    `);
  });

  it("received messages at 120x40 and 40x12", () => {
    const dialog = {
      kind: "receive",
      query: createEditor(),
      scope: "received",
      list: { ...emptyList, selected: null },
    } as const;
    expect(talk(120, 20, { dialog })).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 Send F2   2 接收 Receive F3   3 退出 Quit F10 │ 文件 Ctrl-O  实验 F4  刷新 F5  详情 F8  菜单 F9  帮助 F1
      好友 6 在线 / 共 7    │小明  192.168.1.23:2425  飞秋  GBK  在线                              │详情
      > ┌─ 收到的消息 (5) ─────────────────────────────────────────────────────────────────────────────────────────────────┐
      * │ > 输入文字查找                                                                                                   │
      * │ 14:10 小明       192.168.1.23:2425     GBK    emoji 😀 也要对齐                                                  │
      * │ 14:10 小明       192.168.1.23:2425     GBK    http://192.168.1.23:2425/path/to/some/very/long/resource/name?quer…│
      * │ 14:09 小明       192.168.1.23:2425     GBK    かな漢字まじり、ok？                                               │
      - │ 14:06 小明       192.168.1.23:2425     GBK    [文件] 课程设计报告(最终版).docx                                   │
      - │ 14:02 小明       192.168.1.23:2425     GBK    你好，今天下午三点在机房开会，请大家带上笔记本电脑。Please be on t…│
        │                                                                                                                  │
        │                                                                                                                  │
        │                                                                                                                  │
        │                                                                                                                  │
        │                                                                                                                  │
        │                                                                                                                  │
        │                                                                                                                  │
      ──│                                                                                                                  │──
      发└─ ↑↓ 选择  Enter 打开对话  Ctrl-R 收到/全部  F3 关闭 ─────────────────────────────────────────────────────────────┘

       我@192.168.1.10  UDP 2425  编码 GBK                                          在线 6  未读 15  丢包 10%  跟随最新  14:10
      "
    `);
    expect(talk(40, 12, { dialog })).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线            未读15 F6 好友
      ┌─ 收到的消息 (5) ─────────────────────┐
      │ > 输入文字查找                       │
      │14:10 小明 emoji 😀 也要对齐          │
      │14:10 小明 http://192.168.1.23:2425/p…│
      │14:09 小明 かな漢字まじり、ok？       │
      │14:06 小明 [文件] 课程设计报告(最终版…│
      │14:02 小明 你好，今天下午三点在机房开…│
      │                                      │
      │                                      │
      │                                      │
      └─ Enter 打开 F3 关闭 ─────────────────┘
      "
    `);
  });

  it("completion at 80x24", () => {
    const drafts = new Map([[ming.id, { ...emptyDraft, editor: createEditor("/re") }]]);
    expect(talk(80, 24, { drafts }).split("\n").slice(15).join("\n")).toMatchInlineSnapshot(`
      "│ /recall   撤回消息（飞雁联系人）           │
      │ /receive  接收：看所有人发来的消息         │
      │ /refresh  刷新：重新找人                   │
      │ /reload   重新读设置                       │
      │ /reread   整个对话换一种编码显示           │
      │ /resend   重发未确认的（只发给没收到的人） │
      └────────────────────────────────────────────┘──────────────────────────────────
      发给 小明> /re

       我@192.168.1.10 UDP 2425                              在线6 未读15 丢包10% 跟随
      "
    `);
  });

  it("menu and peers at 40x12", () => {
    expect(talk(40, 12, { focus: "menu" })).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线            未读15 F6 好友
            版┌─ 菜单 ───────────────┐
      14:07 我│ 1 发送   F2          │
            第│ 2 接收   F3          │
      ────────│ 3 退出   F10         │────────
      14:09 小│   文件   Ctrl-O      │
      14:10 小│   实验   F4          │425/path
            /t│   刷新   F5          │e/name?q
            ue│   详情   F8          │
      14:10 小│   帮助   F1          │
      小明> 好└─ 1-3 ↑↓ Enter ───────┘
      在线6 UDP2425                    跟随 F1
      "
    `);
    expect(talk(40, 12, { focus: "peers", filter: "小" })).toMatchInlineSnapshot(`
      "
      飞雁 小明 在线            未读15 F6 好友
            版).docx  1.2 MB
      1┌─ 找: 小 ───────────────────────────┐
       │* 小明                       飞秋   │
      ─│                                    │─
      1│                                    │
      1│                                    │h
       │                                    │q
       └─ 输入名字或拼音，空格标记 ─────────┘
      14:10 小明 emoji 😀 也要对齐
      小明> 好的，我三点到
      在线6 UDP2425                    跟随 F1
      "
    `);
  });
});

describe("looks", () => {
  const w = classroom();
  const scene = viewScreen(uiState(80, 24, { conversation: ming.id }), w);
  it.each([
    ["[已送达]", "delivery.delivered"],
    ["[重发 2/3]", "delivery.retrying"],
    ["http://", "message.link"],
    ["[文件]", "message.file"],
    ["机房03", "peer.away"],
    ["教研室", "peer.offline"],
    ["Bob", "peer.raw"],
    ["2026-11-20", "line.day"],
  ] as const)("%s is %s", (text, role) => {
    expect(roleOf(scene, text)).toBe(role);
  });

  it("gives a peer the same name colour everywhere and ourselves another", () => {
    expect(roleOf(scene, "小明    你好")).toMatch(/^message\.name\.[1-8]$/);
    expect(roleOf(scene, "我      收到")).toBe("message.name.own");
    expect(roleOf(viewScreen(uiState(80, 24, { conversation: everyone }), w), "> 全体")).toBe(
      "peer.selected",
    );
  });
});
