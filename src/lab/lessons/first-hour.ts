// The lesson of 45 minutes: from one datagram to the handshake of TCP. Data only; the times are those of docs/lab/teacher-guide.md.
import type { Lesson } from "./lesson.js";

export const firstHour: Lesson = {
  name: "first-hour",
  title: {
    "zh-CN": "第一课：网络不保证什么（45 分钟）",
    en: "First lesson: what a network does not promise (45 minutes)",
  },
  text: {
    "zh-CN":
      "每一步先猜，再做，再比。骰子有种子：同一个种子丢同样的包，所以猜错了可以再来一遍。全部在一台电脑上完成，不需要管理员权限。",
    en: "Each step: guess, run, compare. The dice have a seed, and the same seed loses the same datagrams, so a wrong guess can be tried again. All of it runs on one computer, without administrator rights.",
  },
  steps: [
    {
      name: "datagram",
      minute: 0,
      title: { "zh-CN": "什么是数据报", en: "What a datagram is" },
      question: {
        "zh-CN": "发出 50 个带编号的小包，线路是好的。会回来几个？",
        en: "Fifty small numbered datagrams go out over a good line. How many come back?",
      },
      prediction: { "zh-CN": "全部，编号 0 到 49。", en: "All of them, numbers 0 to 49." },
      command: "feiyan lab solo -n 50 --rate 10 --loss 0",
      experiment: { kind: "path", spec: "", datagrams: 50, seed: "1" },
      expected: [
        { what: "sent", lo: 50, hi: 50 },
        { what: "lostThere", lo: 0, hi: 0 },
        { what: "lostBack", lo: 0, hi: 0 },
        { what: "copies", lo: 0, hi: 0 },
      ],
      why: {
        "zh-CN": "数据报是一封单独的信：要么整封到，要么不到，谁也不记得前一封。",
        en: "A datagram is a letter of its own: it arrives whole or not at all, and nobody remembers the one before.",
      },
    },
    {
      name: "hand",
      minute: 3,
      title: { "zh-CN": "命运之手", en: "The hand of fate" },
      question: {
        "zh-CN": "有人在路上拿走 7 号、把 9 号复制一份。发送的程序会知道吗？",
        en: "Somebody on the way takes number 7 and copies number 9. Does the sending program learn of it?",
      },
      prediction: {
        "zh-CN": "不会。接收方少一个 7 号，看到两个 9 号。",
        en: "No. The receiver misses number 7 and sees number 9 twice.",
      },
      command: "feiyan lab solo --hand",
      experiment: { kind: "hand", datagrams: 12, kill: 7, double: 9 },
      expected: [
        { what: "arrivedNumbers", lo: 11, hi: 11 },
        { what: "lostNumber", lo: 7, hi: 7 },
        { what: "copiesOfDoubled", lo: 2, hi: 2 },
        { what: "timesSenderWasTold", lo: 0, hi: 0 },
      ],
      why: {
        "zh-CN": "“发送成功”只表示交给了系统；之后的事 UDP 不会告诉你。",
        en: '"Sent" only means that the system took it; of what happens then UDP says nothing.',
      },
    },
    {
      name: "chance",
      minute: 8,
      title: { "zh-CN": "丢包是随机的", en: "Loss is chance" },
      question: {
        "zh-CN": "丢包率 5%，发 500 个，种子 1、2、1 各一次。三次丢的一样多吗？",
        en: "At 5 % loss, 500 datagrams with the seeds 1, 2 and 1 again. Are equally many lost each time?",
      },
      prediction: {
        "zh-CN": "每次大约 25 个，16 到 35 个都正常；第三次和第一次一个不差。",
        en: "About 25 each, and 16 to 35 is normal; the third time exactly those of the first.",
      },
      command: "feiyan lab solo --loss 5% --seed 1",
      experiment: { kind: "seeds", spec: "loss=5%", datagrams: 500, seeds: ["1", "2", "1"] },
      expected: [
        { what: "lostFirst", lo: 13, hi: 39 },
        { what: "lostSecond", lo: 13, hi: 39 },
        { what: "firstAndSecondSame", lo: 0, hi: 0 },
        { what: "firstAndThirdSame", lo: 1, hi: 1 },
      ],
      why: {
        "zh-CN": "概率只定长期的比例，不定这一次的个数；四十个人各测一次，得到的是四十个不同的数。",
        en: "A probability fixes the share in the long run, not the number this time; forty students measure forty different numbers.",
      },
    },
    {
      name: "certainty",
      minute: 12,
      title: { "zh-CN": "我们有多确定", en: "How sure we are" },
      question: {
        "zh-CN": "只发 10 个，能分清丢包率是 30% 还是 36% 吗？要发多少个？",
        en: "Can 10 datagrams tell a loss of 30 % from one of 36 %? How many would?",
      },
      prediction: {
        "zh-CN":
          "不能：10 个时区间有几十个百分点宽。要准到上下 3 个百分点，大约要 900 个；个数乘以 100，宽度才除以 10。",
        en: "No: at 10 the interval is tens of points wide. For 3 points up or down it takes about 900; a hundred times as many make it a tenth as wide.",
      },
      command: "feiyan lab solo --loss 30% -n 1000",
      experiment: { kind: "certainty", spec: "loss=30%", datagrams: [10, 100, 1_000, 10_000], seed: "5" },
      expected: [
        { what: "widthAt10", lo: 35, hi: 60 },
        { what: "widthAt100", lo: 13, hi: 23 },
        { what: "widthAt1000", lo: 4.5, hi: 6.5 },
        { what: "widthAt10000", lo: 1.6, hi: 2 },
      ],
      why: {
        "zh-CN": "不确定的程度按个数的平方根变小：想准 10 倍，就要测 100 倍。",
        en: "Uncertainty shrinks with the root of the number: ten times better needs a hundred times as many.",
      },
    },
    {
      name: "bursts",
      minute: 16,
      title: { "zh-CN": "成串地丢", en: "Bursts" },
      question: {
        "zh-CN": "同样是 5%，但是平均五个一串地丢。看起来有什么不同？",
        en: "Again 5 %, but lost five in a row on average. What looks different?",
      },
      prediction: {
        "zh-CN": "总数差不多（起伏更大），最长的一串长得多，程序会说“成串”。",
        en: "About as many in all (with larger swings), a far longer longest run, and the tool says bursty.",
      },
      command: "feiyan lab solo --loss 5% --burst 5 -n 2000",
      experiment: { kind: "path", spec: "loss=5%,burst=5", datagrams: 2_000, seed: "4" },
      expected: [
        { what: "percentThere", lo: 2, hi: 8 },
        { what: "longestRun", lo: 8, hi: 60 },
        { what: "bursty", lo: 1, hi: 1 },
      ],
      why: {
        "zh-CN": "真实的网络一堵就连着丢：同样的比例，成串丢的时候，普通的误差公式不再成立。",
        en: "Real networks lose in a row when they are busy: at the same share, the plain formula for the error no longer holds.",
      },
    },
    {
      name: "order",
      minute: 19,
      title: { "zh-CN": "顺序和复本", en: "Order and copies" },
      question: {
        "zh-CN": "5% 的包被后面三个超过，5% 来两次，但一个也没丢。接收方数到多少？",
        en: "Of all datagrams 5 % are overtaken by three others and 5 % come twice, but none is lost. What does the receiver count?",
      },
      prediction: {
        "zh-CN": "收到的比发出的多；按编号数，丢失是 0。",
        en: "More arrive than were sent; counted by number, none is lost.",
      },
      command: "feiyan lab solo --reorder 5%:3 --dup 5%",
      experiment: { kind: "path", spec: "reorder=5%:3,dup=5%", datagrams: 500, seed: "3" },
      expected: [
        { what: "lostThere", lo: 0, hi: 0 },
        { what: "copies", lo: 12, hi: 40 },
        { what: "reordered", lo: 12, hi: 40 },
      ],
      why: {
        "zh-CN": "用“发出减收到”来算丢包会算错，只有编号说得清。",
        en: "Sent minus received is no measure of loss; only numbers tell.",
      },
    },
    {
      name: "slow-receiver",
      minute: 22,
      title: { "zh-CN": "真的丢了，没有人做手脚", en: "Real loss, and nobody cheated" },
      question: {
        "zh-CN": "每秒来 1000 个，接收程序每个要忙 2 毫秒。会怎样？",
        en: "A thousand arrive each second, and the receiver works 2 ms on each. What happens?",
      },
      prediction: {
        "zh-CN": "只来得及处理一半；另一半丢在自己的电脑里，内核数得清清楚楚。",
        en: "It manages half; the other half is lost inside your own computer, and the kernel counts every one.",
      },
      command: "feiyan lab overflow --service 2ms --rate 1000 --buffer 16k",
      experiment: {
        kind: "overflow",
        datagrams: 600,
        ratePps: 1_000,
        sizeBytes: 500,
        serviceMs: 2,
        bufferBytes: 16_384,
        burst: 1,
      },
      expected: [
        { what: "percentPredicted", lo: 50, hi: 50 },
        { what: "percentLost", lo: 30, hi: 80 },
        { what: "lostNotByKernel", lo: 0, hi: 0 },
      ],
      why: {
        "zh-CN": "接收缓冲区满了，后来的包就被内核丢掉：这是你自己的电脑干的，不是网络。",
        en: "The receive buffer was full and the kernel dropped what came: it was your own computer, not the network.",
      },
    },
    {
      name: "burst-buffer",
      title: { "zh-CN": "平均不忙，也会丢", en: "Loss without being busy on average" },
      question: {
        "zh-CN": "平均每秒只有 400 个（处理得过来），但是一次来 100 个。缓冲区很小。",
        en: "Only 400 a second on average, which the receiver manages, but 100 at once, and the buffer is small.",
      },
      prediction: {
        "zh-CN": "一串里只有放得下的十几个留下来，其余的丢掉。",
        en: "Of each hundred only the dozen or so that fit stay; the others are lost.",
      },
      command: "feiyan lab overflow --service 2ms --rate 400 --burst 100 --buffer 16k --size 1000",
      experiment: {
        kind: "overflow",
        datagrams: 200,
        ratePps: 400,
        sizeBytes: 1_000,
        serviceMs: 2,
        bufferBytes: 16_384,
        burst: 100,
      },
      expected: [
        { what: "percentLost", lo: 60, hi: 95 },
        { what: "lostNotByKernel", lo: 0, hi: 0 },
      ],
      why: {
        "zh-CN": "缓冲区管的是突发，不是平均：加大缓冲区，同样的突发就不丢了。",
        en: "A buffer is for bursts, not for averages: make it larger and the same burst loses nothing.",
      },
    },
    {
      name: "sizes",
      minute: 27,
      title: { "zh-CN": "一个数据报，许多个包", en: "One datagram, many packets" },
      question: {
        "zh-CN": "每个网络包丢 5%。1472 字节和 1473 字节的数据报，哪个丢得多？65507 字节的呢？",
        en: "Each packet is lost with 5 %. Which loses more, a datagram of 1472 bytes or of 1473? And one of 65507?",
      },
      prediction: {
        "zh-CN": "5%、9.8%、90%：多一个字节就变成两个包。",
        en: "5 %, 9.8 %, 90 %: one byte more makes it two packets.",
      },
      command: "feiyan lab sizes --loss 5%",
      experiment: { kind: "sizes", loss: 0.05, datagrams: 1_000, seed: "1" },
      expected: [
        { what: "percentAt1472", lo: 2.9, hi: 7.4 },
        { what: "percentAt1473", lo: 6.7, hi: 13.2 },
        { what: "percentAt8872", lo: 21.9, hi: 31.4 },
        { what: "percentAt65507", lo: 86.7, hi: 93.2 },
      ],
      why: {
        "zh-CN": "大的数据报被拆成几个包，丢一个就全丢：1-(1-p)^k。",
        en: "A large datagram travels in several packets, and one lost packet loses it all: 1-(1-p)^k.",
      },
    },
    {
      name: "borders",
      minute: 30,
      title: { "zh-CN": "边界：粘包", en: "Borders: sticky messages" },
      question: {
        "zh-CN": "UDP 发 1000 次，TCP 写 1000 次，都不停顿。对方读几次？",
        en: "A thousand UDP sends and a thousand TCP writes, without a pause. How often does the other end read?",
      },
      prediction: {
        "zh-CN": "UDP 到的每个都完整，但会少；TCP 一个字节不少，只读几次，还会把消息切断。",
        en: "Each UDP datagram that arrives is whole, but some are missing; TCP misses no byte, is read a few times, and cuts messages.",
      },
      command: "feiyan lab sticky",
      experiment: { kind: "sticky", messages: 1_000 },
      expected: [
        { what: "udpArrived", lo: 1, hi: 1_000 },
        { what: "udpNotWhole", lo: 0, hi: 0 },
        { what: "tcpMissingBytes", lo: 0, hi: 0 },
        { what: "tcpReads", lo: 1, hi: 200 },
        { what: "foundByLength", lo: 1_000, hi: 1_000 },
        { what: "foundByteByByte", lo: 1_000, hi: 1_000 },
      ],
      why: {
        "zh-CN": "TCP 传的是字节流，没有“一条消息”；要边界就自己写上长度。",
        en: "TCP carries a stream of bytes and knows no message; whoever needs borders writes the length in front.",
      },
    },
    {
      name: "repair",
      minute: 34,
      title: { "zh-CN": "把丢的补回来", en: "Repairing loss" },
      question: {
        "zh-CN": "丢包 10%，延迟 10 毫秒，300 条消息。停等、滑动窗口各要多久？",
        en: "At 10 % loss and 10 ms delay, 300 messages: how long do stop-and-wait and a sliding window take?",
      },
      prediction: {
        "zh-CN": "不补：到 270 条左右。停等：全到，十秒多。选择重传：全到，两秒左右，发的次数和停等一样多。",
        en: "Unrepaired about 270 arrive. Stop-and-wait: all, in ten seconds or so. Selective repeat: all in about two, with exactly as many sends.",
      },
      command: "feiyan lab race --loss 10% --delay 10ms --seed 7 --simulate",
      experiment: {
        kind: "race",
        lanes: ["udp", "saw", "gbn", "sr"],
        spec: "loss=10%,delay=10",
        messages: 300,
        seed: "7",
      },
      expected: [
        { what: "udpDelivered", lo: 254, hi: 285 },
        { what: "sawDelivered", lo: 300, hi: 300 },
        { what: "sawSeconds", lo: 9, hi: 11.3 },
        { what: "gbnDelivered", lo: 300, hi: 300 },
        { what: "srDelivered", lo: 300, hi: 300 },
        { what: "srSeconds", lo: 0.6, hi: 2.6 },
      ],
      why: {
        "zh-CN": "停等大部分时间在等；让许多消息同时在路上，等的时间就重叠了。",
        en: "Stop-and-wait mostly waits; with many messages under way the waiting overlaps.",
      },
    },
    {
      name: "unconfirmed",
      minute: 39,
      title: { "zh-CN": "没确认，不等于没送到", en: "Unconfirmed is not undelivered" },
      question: {
        "zh-CN": "两个方向都丢 30%，每条消息最多发四次。几条得不到确认？其中几条其实到了？",
        en: "Both ways lose 30 %, and each message is sent four times at most. How many stay unconfirmed, and how many of those had arrived?",
      },
      prediction: {
        "zh-CN": "300 条里大约 20 条没确认，其中大部分其实到了。",
        en: "About 20 of 300 stay unconfirmed, and most of those had arrived.",
      },
      command: "feiyan lab race --lanes ipmsg --loss 30% --seed 7 --simulate",
      experiment: { kind: "race", lanes: ["ipmsg"], spec: "loss=30%,delay=10", messages: 300, seed: "7" },
      expected: [
        { what: "unconfirmed", lo: 8, hi: 36 },
        { what: "unconfirmedArrived", lo: 4, hi: 36 },
        { what: "ipmsgDelivered", lo: 291, hi: 300 },
      ],
      why: {
        "zh-CN": "回执也会丢，再发一条“收到回执”也一样会丢：没有哪条消息能让双方都确定。",
        en: "Acknowledgements are lost too, and so would be the acknowledgement of those: no message can make both ends certain.",
      },
    },
    {
      name: "handshake",
      minute: 41,
      title: { "zh-CN": "握手和告别", en: "Handshake and goodbye" },
      question: {
        "zh-CN": "一方说“我说完了”，另一方还能继续说吗？最后谁要再等一分钟？",
        en: "One side says it is done: may the other go on talking? And who has to wait for a minute at the end?",
      },
      prediction: {
        "zh-CN": "能。先关闭的一方最后停在 TIME_WAIT。",
        en: "It may. The side that closed first ends in TIME_WAIT.",
      },
      command: "feiyan lab handshake",
      experiment: { kind: "handshake" },
      expected: [
        { what: "listening", lo: 1, hi: 1 },
        { what: "established", lo: 2, hi: 2 },
        { what: "finWait2", lo: 1, hi: 1 },
        { what: "closeWait", lo: 1, hi: 1 },
        { what: "bytesAfterEnd", lo: 1, hi: 100 },
        { what: "timeWaitAtClient", lo: 1, hi: 1 },
        { what: "timeWaitAtServer", lo: 0, hi: 0 },
      ],
      why: {
        "zh-CN": "TCP 的两个方向分开关闭；先关的一方留下来等一会儿，免得迟到的包弄错对象。",
        en: "The two directions of TCP close apart; whoever closes first stays for a while, so that late segments meet nobody else.",
      },
    },
    {
      name: "chat",
      minute: 44,
      title: { "zh-CN": "聊天", en: "The chat" },
      question: {
        "zh-CN": "线路丢 30%，小明给小红发 20 条。小红会看到重复的吗？",
        en: "The line loses 30 %, and Ming sends Hong 20 messages. Does Hong see any of them twice?",
      },
      prediction: {
        "zh-CN": "网上有的消息来了几次，屏幕上每条只出现一次。",
        en: "On the wire some come several times; on the screen each appears once.",
      },
      command: "feiyan lab relay --listen 2500 --to 127.0.0.1:2425 --loss 30%",
      experiment: { kind: "chat", spec: "loss=30%", messages: 20, seed: "3" },
      expected: [
        { what: "said", lo: 20, hi: 20 },
        { what: "shown", lo: 18, hi: 20 },
        { what: "shownTwice", lo: 0, hi: 0 },
        { what: "copies", lo: 1, hi: 40 },
      ],
      why: {
        "zh-CN": "收不到回执就再发，同一个编号只显示一次：重发和去重合起来，才成了聊天。",
        en: "Without an acknowledgement it is sent again, and one number is shown once: repeating and remembering together make a chat.",
      },
    },
  ],
};
