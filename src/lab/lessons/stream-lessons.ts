// Short lessons about TCP and servers, one behaviour of a sockets course each. Data only.
import type { Lesson } from "./lesson.js";

export const streamLessons: readonly Lesson[] = [
  {
    name: "half-character",
    title: { "zh-CN": "TCP 里的半个汉字", en: "Half a Chinese character in a stream" },
    text: {
      "zh-CN": "每次 recv(10)，再用 GBK 解码，为什么有乱码？换成 UTF-8 也一样。",
      en: "recv(10) and decode as GBK: why is there garbage? UTF-8 would not help.",
    },
    steps: [
      {
        name: "half",
        title: { "zh-CN": "切在字中间", en: "Cut inside a character" },
        question: {
          "zh-CN": "“A网络实验课程真有趣”，每次读 10 个字节就解码，读出来对吗？",
          en: "A letter and nine Chinese characters, read and decoded ten bytes at a time: is the text right?",
        },
        prediction: {
          "zh-CN": "第 10 个字节正好在字中间：分段解码是乱码，合起来解码是对的。",
          en: "Byte ten is inside a character: piece by piece it is garbage, decoded as a whole it is right.",
        },
        command: "feiyan lab lesson half-character",
        experiment: { kind: "behaviour", name: "half-character" },
        expected: [
          { what: "reads", lo: 2, hi: 10 },
          { what: "firstBytes", lo: 10, hi: 10 },
          { what: "brokenPieces", lo: 1, hi: 10 },
          { what: "wholeIsRight", lo: 1, hi: 1 },
        ],
        why: {
          "zh-CN": "流可以切在任何地方：先把字节攒够（长度前缀或换行），再解码。",
          en: "A stream may be cut anywhere: collect the bytes first, by length or line end, then decode.",
        },
      },
    ],
  },
  {
    name: "sticky",
    title: { "zh-CN": "粘包", en: "Sticky messages" },
    text: {
      "zh-CN": "“粘包”不是 TCP 的毛病，是忘了它是字节流。治法：每条消息前面写上长度。",
      en: "Sticky messages are no fault of TCP; it is a stream of bytes. The cure is a length in front of each message.",
    },
    steps: [
      {
        name: "cure",
        title: { "zh-CN": "治粘包", en: "The cure" },
        question: {
          "zh-CN": "写 500 次，对方读几次？按长度切，能找回几条？",
          en: "How many reads do 500 writes become? And how many messages are found again by length?",
        },
        prediction: {
          "zh-CN": "读几次就完了；按长度切，一条不少，哪怕一个字节一个字节地喂。",
          en: "A few reads; by length every message is found, even when fed byte by byte.",
        },
        command: "feiyan lab sticky -n 500",
        experiment: { kind: "sticky", messages: 500 },
        expected: [
          { what: "tcpReads", lo: 1, hi: 100 },
          { what: "tcpMissingBytes", lo: 0, hi: 0 },
          { what: "foundByLength", lo: 500, hi: 500 },
          { what: "foundByteByByte", lo: 500, hi: 500 },
        ],
        why: {
          "zh-CN": "读的次数由系统和时机决定，和写的次数无关。",
          en: "How many reads there are depends on the system and on timing, not on how many writes there were.",
        },
      },
    ],
  },
  {
    name: "one-at-a-time",
    title: { "zh-CN": "一次一个，还是一起", en: "One client at a time, or many" },
    text: {
      "zh-CN": "服务器处理完一个再处理下一个，后面的人就得等。",
      en: "A server that finishes one client before it takes the next lets the others wait.",
    },
    steps: [
      {
        name: "queue",
        title: { "zh-CN": "四个客户，每个 40 毫秒", en: "Four clients of 40 ms each" },
        question: {
          "zh-CN": "一个一个来要多久？一起来呢？",
          en: "How long does it take one after the other, and how long all together?",
        },
        prediction: { "zh-CN": "大约 160 毫秒，和大约 40 毫秒。", en: "About 160 ms, and about 40 ms." },
        command: "feiyan lab tcp-echo",
        experiment: { kind: "behaviour", name: "one-at-a-time" },
        expected: [
          { what: "clients", lo: 4, hi: 4 },
          { what: "oneAfterTheOtherMs", lo: 150, hi: 1_500 },
          { what: "allTogetherMs", lo: 35, hi: 1_000 },
          { what: "timesFaster", lo: 1.5, hi: 10 },
        ],
        why: {
          "zh-CN": "大部分时间在等，不在算；会同时等的服务器（事件循环、线程）才不让别人等。",
          en: "Most of the time is waiting, not computing; a server that can wait for several at once lets nobody else wait.",
        },
      },
    ],
  },
  {
    name: "time-wait",
    title: { "zh-CN": "TIME_WAIT 和地址重用", en: "TIME_WAIT and address reuse" },
    text: {
      "zh-CN":
        "重启服务器时报“地址已被使用”？先关闭的一方要在 TIME_WAIT 里待一分钟，除非监听时设了 SO_REUSEADDR。",
      en: "Address in use after a restart? Who closes first stays in TIME_WAIT for a minute, unless the listener asked for SO_REUSEADDR.",
    },
    steps: [
      {
        name: "restart",
        title: { "zh-CN": "关了再开", en: "Close and open again" },
        question: {
          "zh-CN": "服务器先关连接，然后马上在同一个端口再听，行吗？",
          en: "The server closes first and listens on the same port again at once. Does it work?",
        },
        prediction: {
          "zh-CN": "旧连接停在 TIME_WAIT，但 Node 默认设了 SO_REUSEADDR，所以行。",
          en: "The old connection is in TIME_WAIT, but Node asks for SO_REUSEADDR by itself, so it does.",
        },
        command: "feiyan lab lesson time-wait",
        experiment: { kind: "behaviour", name: "time-wait" },
        expected: [
          { what: "inTimeWait", lo: 1, hi: 1 },
          { what: "couldListenAgain", lo: 1, hi: 1 },
        ],
        why: {
          "zh-CN":
            "TIME_WAIT 挡的是旧连接的迟到包，不是新的监听；对 TCP 监听设 SO_REUSEADDR 是安全的，对 UDP 不是。",
          en: "TIME_WAIT guards against late segments, not against a new listener; for a TCP listener SO_REUSEADDR is safe, for UDP it is not.",
        },
      },
    ],
  },
  {
    name: "backlog",
    title: { "zh-CN": "门口的队", en: "The queue at the door" },
    text: {
      "zh-CN": "listen(2) 的 2 是什么？服务器不 accept 的时候，内核替它收几个，其余的在门外重试。",
      en: "What is the 2 in listen(2)? While the server does not accept, the kernel takes a few in, and the others keep knocking.",
    },
    steps: [
      {
        name: "knock",
        title: { "zh-CN": "五个人敲门", en: "Five knock" },
        question: {
          "zh-CN": "backlog 是 2，服务器不接待。五个客户里几个能连上？",
          en: "The backlog is 2 and the server accepts nobody. How many of five clients get in?",
        },
        prediction: {
          "zh-CN": "Linux 上三个连上，两个停在 SYN_SENT，服务器醒来后再进来。",
          en: "On Linux three get in, two stay in SYN_SENT and enter after the server wakes.",
        },
        command: "feiyan lab handshake --backlog 2",
        experiment: { kind: "backlog", backlog: 2, clients: 5, blockedMs: 200 },
        expected: [
          { what: "enteredAtOnce", lo: 3, hi: 3 },
          { what: "waiting", lo: 2, hi: 2 },
          { what: "enteredInTheEnd", lo: 5, hi: 5 },
        ],
        why: {
          "zh-CN":
            "握手由内核完成，accept 只是把排好队的领走；队满了，SYN 就被丢掉，客户端隔一秒、两秒、四秒再试。",
          en: "The kernel shakes hands, accept only fetches who stands in the queue; when it is full the SYN is dropped and repeated after one, two, four seconds.",
        },
      },
    ],
  },
  {
    name: "long-and-short",
    title: { "zh-CN": "长连接和短连接", en: "Long and short connections" },
    text: {
      "zh-CN": "二十个请求，每个一次连接，或者都用一条。",
      en: "Twenty requests, each on a connection of its own, or all on one.",
    },
    steps: [
      {
        name: "twenty",
        title: { "zh-CN": "二十个请求", en: "Twenty requests" },
        question: { "zh-CN": "两种做法各要几次握手？", en: "How many handshakes does each way need?" },
        prediction: { "zh-CN": "20 次和 1 次。", en: "Twenty, and one." },
        command: "feiyan lab http",
        experiment: { kind: "behaviour", name: "long-and-short" },
        expected: [
          { what: "shortConnections", lo: 20, hi: 20 },
          { what: "longConnections", lo: 1, hi: 1 },
          { what: "answers", lo: 20, hi: 20 },
        ],
        why: {
          "zh-CN": "每条连接都要握手和告别，还留下 TIME_WAIT；常说话就别每次都重新认识。",
          en: "Every connection costs a handshake, a goodbye and a TIME_WAIT; whoever talks often should not introduce himself each time.",
        },
      },
    ],
  },
  {
    name: "path-traversal",
    title: { "zh-CN": "文件服务器的漏洞", en: "The hole in a file server" },
    text: {
      "zh-CN": "天真的文件服务器把客户端写的路径接在文件夹后面。../ 会走出去，指向外面的链接也会。",
      en: "A naive file server puts what the client wrote behind its folder. ../ leads out, and so does a link.",
    },
    steps: [
      {
        name: "escape",
        title: { "zh-CN": "走出文件夹", en: "Out of the folder" },
        question: {
          "zh-CN": "三种请求，天真的和仔细的服务器各漏几个？",
          en: "Three requests: how many leak from a naive server, and how many from a careful one?",
        },
        prediction: {
          "zh-CN": "天真的全漏；仔细的一个不漏，正常文件照样给。",
          en: "The naive one leaks all; the careful one none, and still serves honest files.",
        },
        command: "feiyan lab file-server --root .",
        experiment: { kind: "behaviour", name: "path-traversal" },
        expected: [
          { what: "tried", lo: 3, hi: 3 },
          // Two where the system makes no links.
          { what: "naiveLeaks", lo: 2, hi: 3 },
          { what: "carefulLeaks", lo: 0, hi: 0 },
          { what: "honestServed", lo: 1, hi: 1 },
        ],
        why: {
          "zh-CN": "先解码一次，再把链接走完，最后看它是否还在文件夹里面：顺序错一步就有洞。",
          en: "Decode once, follow all links, then ask whether it is still inside: one step out of order and there is a hole.",
        },
      },
    ],
  },
];
