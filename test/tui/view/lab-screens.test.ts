// Drawn screens of the lab at 80x24 and 120x40, with Chinese text, and what must be readable on a small one.
import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { StudentRow } from "../../../src/lab/class/teacher-types.js";
import { demoNames, stepKey, type DeskSnapshot } from "../../../src/lab/desk/desk-types.js";
import type { LaneResult } from "../../../src/lab/lanes/lane-result.js";
import { planRace } from "../../../src/lab/lanes/race-plan.js";
import { parseImpairment } from "../../../src/index.js";
import { labPages, type LabState } from "../../../src/tui/lab/lab-state.js";
import { lineWidth } from "../../../src/tui/view/lines.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { simulate, experiment } from "../../lab/runner/simulated.js";
import { desk, idleRun, runningRun } from "../support/desk.js";
import { drawScene, drawScreen, framed, roleOf } from "../support/draw.js";
import { act, run } from "../support/steps.js";
import { peer, uiState, world } from "../support/world.js";

interface Shot {
  readonly columns?: number;
  readonly rows?: number;
  readonly lang?: "zh-CN" | "en";
  readonly lab?: Partial<LabState>;
}

function scene(
  part: Partial<DeskSnapshot>,
  { columns = 80, rows = 24, lang = "zh-CN", lab = {} }: Shot = {},
) {
  const w = world({ lab: desk(part), lang });
  const { state } = run(uiState(columns, rows), w, { kind: "lab-open" });
  return viewScreen({ ...state, lab: { ...state.lab, ...lab } }, w);
}

const draw = (part: Partial<DeskSnapshot>, shot: Shot = {}): string => framed(scene(part, shot));

const student = (
  ordinal: number,
  name: string,
  lost: number,
  more: Partial<StudentRow> = {},
): StudentRow => ({
  ordinal,
  name,
  from: { address: `192.168.1.${20 + ordinal}`, port: 40_000 },
  consent: "yes",
  silentNs: 0,
  report: {
    id: 1,
    state: "final",
    sent: 1_000,
    up: { n: 1_000, lost, low: lost / 1_200, high: lost / 800, run: 2, copies: 0, reordered: 0 },
    down: { n: 1_000 - lost, lost: 3, low: 0, high: 0.01, run: 1, copies: 1, reordered: 0 },
    rttUs: 2_100,
    where: "network",
  },
  ...more,
});

const laneResult = (
  lane: LaneResult["lane"],
  delivered: number,
  sent: number,
  timeMs: number,
): LaneResult => ({
  lane,
  messages: 300,
  sent,
  acknowledgements: 0,
  delivered,
  duplicates: sent - 300,
  discarded: 0,
  confirmed: 0,
  unconfirmed: 0,
  unconfirmedArrived: 0,
  timeMs,
  goodputBitsPerSecond: 1e6,
  finished: true,
  droppedThere: 0,
  droppedBack: 0,
  theory: { delivered: 270, sent: 370, timeMs: 10_200, timeIsLeast: false, unconfirmed: null },
});

describe("the measurement", () => {
  it("explains itself before the first run", () => {
    expect(draw({})).toMatchInlineSnapshot(`
      "
      ┌─ 丢包实验：本机 ────────────────────────────────────────── 种子 42  F1 帮助 ─┐
      │ 去程<丢包 5%> 成串 -  重复 0%  乱序 0%  损坏 0%  时延 0 ms  ± 0 ms           │
      │ 回程 丢包 5%  成串 -                                                         │
      │ 发送 个数 500  速度 100/s  大小 128 B  种子 42  你猜 ?                       │
      │ 去的路上，每个包有多大可能被丢掉；←→ 改，也可以直接写数字                    │
      │ 预测：500 个里，去程丢 16..35，回程丢 15..33（100 次有 95 次如此）           │
      ├─ 就绪 ────────────────────────────── r 赛跑  m 演示  l 课程  t 开课  j 加入 ─┤
      │                                                                              │
      │  这里发出带编号的小包，到了对面再送回来；中间有一段会丢包的路。              │
      │  先看上面的预测，再猜一个数写在“你猜”里，然后按 Enter 开始。                 │
      │  每个包一个字母：. 回来了  u 去的路上丢了  d 回来的路上丢了                  │
      │  同一个种子丢同样的包，所以猜错了可以再来一遍。                              │
      │  全部在这台电脑上，用真的套接字。                                            │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├─────────────── . 回来  u 去丢  d 回丢  l 迟  2 重复  r 乱序  x 损坏  ? 未知 ─┤
      │ 去程       0/0       -  -                                                    │
      │ 回程       0/0       -  -                                                    │
      │ 往返  还没有                                                                 │
      │ 账目  还没有测                                                               │
      │ 先猜：去程会丢几个？走到“你猜”那一格，写一个数                               │
      └─ Enter 开始/停  Space 暂停  s 单步  h 手动  +/- 丢包  b 成串  n 换种子 ──────┘
      "
    `);
  });

  it("shows the strip and both ways while it runs", () => {
    expect(draw({ run: runningRun })).toMatchInlineSnapshot(`
      "
      ┌─ 丢包实验：本机 ────────────────────────────────────────── 种子 42  F1 帮助 ─┐
      │ 去程<丢包 5%> 成串 -  重复 0%  乱序 0%  损坏 0%  时延 0 ms  ± 0 ms           │
      │ 回程 丢包 5%  成串 -                                                         │
      │ 发送 个数 500  速度 100/s  大小 128 B  种子 42  你猜 ?                       │
      │ 去的路上，每个包有多大可能被丢掉；←→ 改，也可以直接写数字                    │
      │ 预测：500 个里，去程丢 16..35，回程丢 15..33（100 次有 95 次如此）           │
      ├─ 进行中 220/500 ──────────────────── r 赛跑  m 演示  l 课程  t 开课  j 加入 ─┤
      │     0 ..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.                     │
      │    50 l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?.                     │
      │   100 .u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.l                     │
      │   150 .2.?..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..u.d.l.2.?..                     │
      │   200 u.d.l.2.?..u.d.l.2.?                                                   │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├─────────────── . 回来  u 去丢  d 回丢  l 迟  2 重复  r 乱序  x 损坏  ? 未知 ─┤
      │ 去程    20/219   9.1 %  6.0..13.7 %                      预测 16..35         │
      │ 回程    19/199   9.5 %  6.2..14.4 %                      预测 15..33         │
      │ 往返 ms  中位 0.43  95% 1.29  最大 12   0.4|# 0.8|######## 1.6|###           │
      │ 账目  跑完再对                                                               │
      │ 先猜：去程会丢几个？走到“你猜”那一格，写一个数                               │
      └─ Enter 开始/停  Space 暂停  s 单步  h 手动  +/- 丢包  b 成串  n 换种子 ──────┘
      "
    `);
    expect(roleOf(scene({ run: runningRun }), "u.d")).toBe("lab.lost");
  });

  it("closes its account at the end, at 120x40 with gauges and shapes", async () => {
    const { report } = await simulate(experiment("loss=5%,delay=20+-5", "loss=5%", { seed: "42" }));
    const done = { ...idleRun, state: "done", report, strip: report.strip!, sent: 500 } as const;
    const rttUs = { p50: 20_100, p95: 24_300, max: 25_000 };
    const histogramUs = report.roundTrip!.histogramUs;
    const lab = { values: { "solo.guess": "20" } };
    expect(draw({ run: { ...done, rttUs, histogramUs } }, { columns: 120, rows: 40, lab }))
      .toMatchInlineSnapshot(`
      "
      ┌─ 丢包实验：本机 ────────────────────────────────────────────────────────────────────────────────── 种子 42  F1 帮助 ─┐
      │ 去程<丢包 5%> 成串 -  重复 0%  乱序 0%  损坏 0%  时延 0 ms  ± 0 ms                                                   │
      │ 回程 丢包 5%  成串 -                                                                                                 │
      │ 发送 个数 500  速度 100/s  大小 128 B  种子 42  你猜 20                                                              │
      │ 去的路上，每个包有多大可能被丢掉；←→ 改，也可以直接写数字                                                            │
      │ 预测：500 个里，去程丢 16..35，回程丢 15..33（100 次有 95 次如此）                                                   │
      ├─ 完成 500/500 ────────────────────────────────────────────────────────────── r 赛跑  m 演示  l 课程  t 开课  j 加入 ─┤
      │     0 d.............d..........................ud..........u............................d.u.............d.           │
      │   100 .....................d..d.......d.............uu................u..u...........u.......u........u.d.           │
      │   200 .............................u..................................u.........d...u............u..u.....           │
      │   300 .......................u..d..........................................u....uu.......d................           │
      │   400 .....u.............u...u.....d...d.......d....du............d..........u...........dd..d............           │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      ├──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┤
      │ 往返时间（不超过）                                       连着丢几个，有几次                                          │
      │  25.6 ms |#################################### 456                1 |#################################### 38         │
      │                                                                  2 |### 3                                            │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      │                                                                                                                      │
      ├───────────── . 到了并回来  u 去程丢  d 回程丢  l 迟到  2 到了两次  r 被超过  x 损坏  s 没发出  b 缓冲满  ? 还在路上 ─┤
      │ 去程    24/500   4.8 %  3.2..7.0 %   连丢 2 重 0 乱 0             预测 16..35 在内  0|.........(===#=====)..|8 %     │
      │ 回程    20/476   4.2 %  2.7..6.4 %   连丢 2 重 0 乱 0             预测 15..33 在内  0|........=(==#======)..|8 %     │
      │ 往返 ms  中位 20  95% 24  最大 25   25.6|########                                                                    │
      │ 账目  路上丢 44  接收缓冲 0  校验 0  损坏 0  不明 0   核对：一个不差                                                 │
      │ 你猜 20 个，丢了 24 个，差 4：在预测范围里，猜得有理                                                                 │
      └─ Enter 开始/停  Space 暂停  s 单步  h 手动  +/- 丢包  b 成串  n 换种子  e 导出  Esc 关闭 ────────────────────────────┘
      "
    `);
    const small = draw({ run: { ...done, rttUs, histogramUs } }, { lang: "en", lab });
    expect(small).toMatchInlineSnapshot(`
      "
      ┌─ lab: this computer ────────────────────────────────────── seed 42  F1 Help ─┐
      │ there<loss 5%> burst -  dup 0%  order 0%  damage 0%  delay 0 ms  +- 0 ms     │
      │ back  loss 5%  burst -                                                       │
      │ send  count 500  rate 100/s  size 128 B  seed 42  your guess 20              │
      │ chance of each one to be lost on the way there; ←→ or type a number          │
      │ predicted: of 500, lost there 16..35, lost back 15..33 (95 times in 100)     │
      ├─ done 500/500 ───────────────── r race  m demos  l lessons  t class  j join ─┤
      │     0 d.............d..........................ud.......                     │
      │    50 ...u............................d.u.............d.                     │
      │   100 .....................d..d.......d.............uu..                     │
      │   150 ..............u..u...........u.......u........u.d.                     │
      │   200 .............................u....................                     │
      │   250 ..............u.........d...u............u..u.....                     │
      │   300 .......................u..d.......................                     │
      │   350 ...................u....uu.......d................                     │
      │   400 .....u.............u...u.....d...d.......d....du..                     │
      │   450 ..........d..........u...........dd..d............                     │
      ├─ . back  u lost there  d lost back  l late  2 twice  r overtaken  x damaged ─┤
      │ there    24/500   4.8 %  3.2..7.0 %   run 2 dup 0 ord 0   expect 16..35 in   │
      │ back     20/476   4.2 %  2.7..6.4 %   run 2 dup 0 ord 0   expect 15..33 in   │
      │ rtt ms  median 20  95 % 24  max 25   25.6|########                           │
      │ where  line 44  buffer 0  checksum 0  damaged 0  unexplained 0   check: exact│
      │ You guessed 20, lost 24, 4 apart: inside the prediction, a sound guess       │
      └─ Enter start/stop  Space pause  s step  h hand  +/- loss  b burst  e export ─┘
      "
    `);
  });

  it("holds datagrams in the hand", () => {
    const held = [57, 58, 59].map((seq) => ({ id: seq, seq, sizeBytes: 128, direction: "there" as const }));
    const hand = draw({ run: { ...runningRun, isHandOn: true, held } }, { lab: { held: 1 } });
    expect(hand).toContain("> #58  128 B  去程");
    expect(hand).toContain("Enter 放行  k 丢掉  2 复制  d 晚走  c 弄坏");
  });

  it("keeps to what matters on a small screen", () => {
    expect(draw({ run: runningRun }, { columns: 40, rows: 12 })).toMatchInlineSnapshot(`
      "
      ┌─ 丢包实验：本机 ── 种子 42  F1 帮助 ─┐
      │ 去程<丢包 5%>                        │
      │ 预测：500 个里，去程丢 16..35，回程… │
      ├─ 进行中 220/500 ──────────── r 赛跑 ─┤
      │   100 .u.d.l.2.?..u.d.l.2.           │
      │   120 ?..u.d.l.2.?..u.d.l.           │
      │   140 2.?..u.d.l.2.?..u.d.           │
      │   160 l.2.?..u.d.l.2.?..u.           │
      │   180 d.l.2.?..u.d.l.2.?..           │
      │   200 u.d.l.2.?..u.d.l.2.?           │
      │ 去丢 20/219  回丢 19/199             │
      └─ Enter 开始/停  Space 暂停  6-11/11 ─┘
      "
    `);
  });
});

describe("the other pages", () => {
  it("a race, with what the formulas say", () => {
    const way = { ...parseImpairment("loss=10%,delay=10"), seed: "42" };
    const race = {
      wish: { lanes: [], there: way, back: way, messages: 300, window: 16, simulated: false },
      planned: planRace({ messages: 300 }, way, way),
      isRunning: true,
      current: { lane: "ipmsg", delivered: 120, sent: 130 },
      results: [laneResult("udp", 275, 300, 309), laneResult("saw", 300, 353, 9_200)],
    } as const;
    expect(draw({ race }, { lab: { page: "race" } })).toMatchInlineSnapshot(`
      "
      ┌─ 实验：几种传法赛跑 ────────────────────────────────────── 种子 42  F1 帮助 ─┐
      │<丢包 10%> 时延 10 ms  消息 300  窗口 16  种子 42  方式 真的套接字            │
      │ 两个方向上，每个包有多大可能被丢掉                                           │
      ├─ 进行中 ─────────────────────────────────────────────────────────────────────┤
      │ UDP           [################-]  275/300 发 300 重 0 309 ms 1.0 Mbit/s     │
      │               发了就不管                                     公式: 送到 270  │
      │ 停等          [#################]  300/300 发 353 重 53 9.2 s 1.0 Mbit/s     │
      │               收到确认才发下一条                     公式: 10.2 s  发出 370  │
      │ 飞鸽确认      [#######----------]  120/300                                   │
      │               每条自己等回执，最多发 4 次                                    │
      │ 回退 N        [                 ]                                            │
      │               一窗一起发，丢一条重发一窗                                     │
      │ 选择重传      [                 ]                                            │
      │               一窗一起发，丢哪条重发哪条                                     │
      │ TCP           [                 ]                                            │
      │               系统自带的，线路没有变坏：只作标尺                             │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├──────────────────────────────────────────────────────────────────────────────┤
      │ ipmsg 的重发：feiyan，共发 4 次，隔 75 ms（实际 1.5 s，演示快 20 倍）        │
      │ tcp 没有经过损伤：代理丢不了 TCP 段，它只是一把尺子。真的丢 TCP 段见 feiyan  │
      │ lab real。                                                                   │
      └─ Enter 开始/停  ←→ 改  n 换种子  e 导出  m 演示  l 课程  Esc 返回 ───────────┘
      "
    `);
  });

  it("a handshake in two columns, each line kernel or inferred", () => {
    const events = [
      { atMs: 1.2, kind: "action", action: "connect" },
      { atMs: 2.1, kind: "segment", from: "client", flags: "SYN", source: "inferred" },
      { atMs: 2.1, kind: "state", side: "client", state: "ESTABLISHED", source: "kernel" },
      { atMs: 2.2, kind: "state", side: "server", state: "ESTABLISHED", source: "kernel" },
    ] as const;
    const result = { port: 40_123, source: "kernel", events, bytesAfterEnd: 11 } as const;
    const shown = draw(
      { demos: new Map([["handshake", { kind: "handshake", result }]]) },
      { lab: { page: "demo" } },
    );
    expect(shown).toMatchInlineSnapshot(`
      "
      ┌─ 演示: TCP 握手和告别 ───────────────────────────────────────────── F1 帮助 ─┐
      │ 连接要几个包？一方说完了，另一方还能说吗？谁留在 TIME_WAIT？                 │
      ├─ 完成 ───────────────────────────────────────────────────────────────────────┤
      │ 端口 40123    来源：内核                                                     │
      │ 毫秒    客户端                          线上          服务器                 │
      │     1.2 * 程序：connect                                                      │
      │     2.1                          --- SYN --> [推断]                          │
      │     2.1 ESTABLISHED [内核]                                                   │
      │     2.2                                               ESTABLISHED [内核]     │
      │                                                                              │
      │ 客户端说完以后还收到 11 字节：TCP 的两个方向分开关闭。                       │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├──────────────────────────────────────────────────────────────────────────────┤
      │ 为什么：两个方向各开各关；先关的一方留在 TIME_WAIT，免得迟到的包闯进下一个连 │
      │ 接。                                                                         │
      └─ Enter 再做一遍  PgDn 翻页  Esc 返回 ────────────────────────────────────────┘
      "
    `);
  });

  it("real loss: asked for first, then the firewall's counts, or why it cannot be", () => {
    const lab = { page: "demo", demo: demoNames.indexOf("real") } as const;
    expect(draw({}, { lab, lang: "en" })).toContain("Press Enter to run it.");
    const refused = { kind: "refused", reason: "no-firewall", detail: "" } as const;
    const shown = draw(
      { demos: new Map([["real", { kind: "real", result: refused }]]) },
      { lab, lang: "en" },
    );
    expect(shown).toContain("the package nftables has the first");
    expect(shown).toContain("Take the relay instead");
    const counts = {
      tcpSentBytes: 300_000,
      tcpReceivedBytes: 300_000,
      tcpDropped: 28,
      tcpRetransmitted: 28,
      tcpTimeMs: 700,
      udpSent: 300,
      udpReceived: 275,
      udpDropped: 25,
    };
    const result = { kind: "done", firewall: "nft", counts } as const;
    const done = draw({ demos: new Map([["real", { kind: "real", result }]]) }, { lab });
    expect(done).toMatch(/UDP +\[.+\] 275\/300/u);
    expect(done).toContain("28");
  });

  it("a step of a lesson, with the student's guess beside what was measured", () => {
    const key = stepKey("first-hour", 0);
    const comparisons = [
      { what: "sent", lo: 50, hi: 50, measured: 50, holds: true },
      { what: "lostThere", lo: 0, hi: 0, measured: 1, holds: false },
    ];
    const outcome = {
      kind: "measured",
      measurement: { sent: 50, lostThere: 1 },
      strips: [{ seed: null, cells: `${".".repeat(30)}u${".".repeat(19)}` }],
      comparisons,
      holds: false,
    } as const;
    const lab = { page: "lesson", guesses: { [key]: "50 个都回来" } } as const;
    const shown = draw({ steps: new Map([[key, outcome]]) }, { lab });
    expect(shown).toContain("你猜： 50 个都回来");
    expect(shown).toMatch(/= 发出 +50 +应在 50 +在内/u);
    expect(shown).toMatch(/! 去路丢失 +1 +应在 0 +不在内！/u);
    expect(shown).toContain(`0 ${".".repeat(30)}u${".".repeat(19)}`);
    expect(scene({}, { lab }).cursor).toEqual({ column: 20, row: 5 });
    // The prediction waits for the guess, and the numbers for the run.
    expect(draw({}, { lab })).not.toContain("预测：");
    expect(draw({ runningStep: key }, { lab })).toMatch(/预测：.+/u);
  });

  it("the teacher's table, most loss first, the class in the last line", () => {
    const rows = [
      student(1, "小红", 3),
      student(2, "小明\u001b[31m", 52),
      student(3, "Alice", 0, { consent: "no", report: null }),
    ];
    const teaching = {
      name: "三班",
      code: "4711",
      port: 2_426,
      addresses: ["192.168.1.5"],
      rows,
      plan: "over",
      refused: 2,
    } as const;
    expect(draw({ teaching }, { lab: { page: "class" } })).toMatchInlineSnapshot(`
      "
      ┌─ 课堂：三班 ─────────────────────────────────────────────── 拒绝 2  F1 帮助 ─┐
      │ 学生加入：feiyan lab join 192.168.1.5   端口 2426   口令 4711                │
      │ Enter：全班测 500 个，每秒 100 个，128 字节，测的是真实的网络                │
      │                                                                              │
      ├─ 测完了  按“去丢”从多到少 ───────────────────────────────────────────────────┤
      │ 名字     地址             发   去丢       95%   回丢 连丢  重  往返 在哪里   │
      │ 小明     192.168.1.22   1000   5.2%   4.3-6.5   0.3%  2/1   1   2.1 网络     │
      │ 小红     192.168.1.21   1000   0.3%   0.3-0.4   0.3%  2/1   1   2.1 网络     │
      │ Alice    192.168.1.23      0      -         -      -  0/0   0     - 不参加   │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├──────────────────────────────────────────────────────────────────────────────┤
      │ 全班     3 人           2000   2.8%   2.1-3.6   0.3%        2     -          │
      │ 同一条路？不是（p < 0.001）：有人的路明显更差                                │
      └─ Enter 全班开始  o 排序  O 倒序  i 坏线  p 互测  e 导出  q 下课  Esc 回实验 ─┘
      "
    `);
    const byName = draw({ teaching }, { lab: { page: "class", order: "name", isReversed: true } });
    expect(byName.indexOf("小红")).toBeLessThan(byName.indexOf("Alice"));
    expect(byName).not.toContain("\u001b");
  });

  it("are readable in English, and say when nothing has been found", () => {
    const joining = {
      state: "choosing",
      classes: [],
      className: "",
      ordinal: null,
      plan: null,
      beginsInMs: null,
      isRefused: false,
      strip: "",
      report: null,
    } as const;
    expect(draw({ joining }, { lang: "en", lab: { page: "join" } })).toContain("None found");
    expect(draw({}, { lang: "en", lab: { page: "demos" } })).toContain("sticky messages");
    expect(draw({}, { lang: "en", lab: { page: "lessons" } })).toContain("16 lessons");
  });
});

describe("a bad line", () => {
  it("stands in the list, in the status row and in its form", () => {
    const ming = peer("小明");
    const spec = { loss: { kind: "independent", probability: 0.3 }, seed: "42" } as const;
    const w = world({ peers: [ming], impairments: [{ to: ming.endpoint, spec }] });
    const state = uiState(80, 24, { conversation: ming.id });
    const shown = drawScene(viewScreen(state, w));
    expect(shown).toContain("*~小明     ~30%");
    expect(shown).toContain("坏线 ~30%");
    expect(drawScene(viewScreen(uiState(80, 24), w))).toContain("坏线 ~30% 共1条");
    expect(drawScreen(run(state, w, act("impair")).state, w)).toMatchInlineSnapshot(`
      "
       飞雁  1 发送 F2  2 接收 F3  3 退出 F10 │ 实验 F4  刷新 F5  菜单 F9  帮助 F1
      好友 1 在线       │小明  192.168.1.23  IPMsg  GBK  在线
      > 全体 (广播)     │还没有消息。在下面输入，Enter 发送。
      *~小明     ~30%   │
             ┌─ 坏线：小明 ───────────────────────────────────────────────────┐
             │ 故意弄坏和小明之间的线，看看聊天怎么办：消息会重发，也可能“未  │
             │ 确认”。                                                        │
             │<丢包  30%>                                                     │
             │ 成串  -                                                        │
             │ 重复  0%                                                       │
             │ 乱序  0%                                                       │
             │ 损坏  0%                                                       │
             │ 时延  0 ms                                                     │
             │ 抖动  0 ms                                                     │
             │ 种子  42                                                       │
             │ 两个方向上，每个包有多大可能被丢掉                             │
             │ Enter 生效：loss=30%,seed=42                                   │
             │ 现在：loss=30%,seed=42                                         │
             └─ ↑↓ 选 ←→ 改 Enter 生效 o 修好 Esc 关闭 ───────────────────────┘
                        │
      ────────────────────────────────────────────────────────────────────────────────
      发给 小明>

       我@192.168.1.10 UDP 2425 坏线 ~30%                      在线1 未读0 丢包0% 跟随
      "
    `);
  });
});

it("fits any screen, on every page, whatever others call themselves", () => {
  const joining = {
    state: "asked",
    classes: [],
    className: "\u001b]0;x\u0007\u202e课",
    ordinal: 1,
    plan: null,
    beginsInMs: 900,
    isRefused: false,
    strip: runningRun.strip,
    report: null,
  } as const;
  const teaching = {
    name: "三班\u001b[2J",
    code: "4\u20667",
    port: 2_426,
    addresses: [],
    rows: [student(1, "\u202e\u001b[31m小明\n\u0007", 5)],
    plan: "running",
    refused: 0,
  } as const;
  const held = [{ id: 1, seq: null, sizeBytes: 128, direction: "back" as const }];
  const parts: readonly Partial<DeskSnapshot>[] = [
    {},
    { run: { ...runningRun, held, isHandOn: true }, teaching, joining },
    {
      joining: {
        ...joining,
        state: "choosing",
        classes: [{ name: "\u001b[5m班", port: 1, code: true, joined: 0, address: "10.0.0.1" }],
      },
    },
  ];
  assert(
    property(
      integer({ min: 1, max: 170 }),
      integer({ min: 1, max: 55 }),
      constantFrom(...labPages),
      constantFrom(...parts),
      integer({ min: 0, max: 9_000 }),
      (columns, rows, page, part, top) => {
        const { panes, cursor } = scene(part, { columns, rows, lab: { page, top } });
        const lab = panes.find((one) => one.id === "lab");
        const wide = lab?.lines.filter((line) => lineWidth(line) > columns) ?? [];
        expect(wide).toEqual([]);
        expect(cursor?.column ?? 0).toBeLessThan(columns);
        expect(cursor?.row ?? 0).toBeLessThan(rows);
        const shown = lab?.lines.flat().map((one) => one.text) ?? [];
        expect(shown.join("")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
      },
    ),
    { numRuns: 60 },
  );
});
