// Short lessons about UDP, one behaviour of a sockets course each. Data only.
import type { Lesson } from "./lesson.js";

export const datagramLessons: readonly Lesson[] = [
  {
    name: "udp-echo",
    title: { "zh-CN": "收到什么，发回什么", en: "Receive and send back" },
    text: {
      "zh-CN": "最小的服务器：收一个数据报，原样发回它来的地方。先开 feiyan lab echo，再写自己的客户端。",
      en: "The smallest server: take a datagram and send it back where it came from. Open feiyan lab echo, then write a client of your own.",
    },
    steps: [
      {
        name: "echo",
        title: { "zh-CN": "回声", en: "Echo" },
        question: {
          "zh-CN": "服务器从没见过客户端，怎么知道往哪里回？",
          en: "The server has never met the client. How does it know where to answer?",
        },
        prediction: {
          "zh-CN": "地址和数据报一起到达；三个都原样回来。",
          en: "The address comes with the datagram; all three come back unchanged.",
        },
        command: "feiyan lab echo --listen 127.0.0.1:7007",
        experiment: { kind: "behaviour", name: "udp-echo" },
        expected: [
          { what: "sent", lo: 3, hi: 3 },
          { what: "same", lo: 3, hi: 3 },
        ],
        why: {
          "zh-CN": "每个数据报都带着发送方的地址和端口，回信写那个地址就行。",
          en: "Every datagram carries its sender's address and port; the answer goes there.",
        },
      },
    ],
  },
  {
    name: "udp-upper",
    title: { "zh-CN": "变成大写", en: "The upper-casing server" },
    text: {
      "zh-CN":
        "把收到的字母变成大写再发回去。字节和文字不是一回事：GBK 汉字的第二个字节看起来可能像小写字母。",
      en: "Answers with the letters in capitals. Bytes are not text: the second byte of a Chinese character in GBK may look like a small letter.",
    },
    steps: [
      {
        name: "upper",
        title: { "zh-CN": "大写服务器", en: "Capitals" },
        question: {
          "zh-CN": "逐个字节把 a–z 改成 A–Z，汉字“碼”会怎样？",
          en: "Who turns a–z into A–Z byte by byte: what happens to the character 碼?",
        },
        prediction: {
          "zh-CN": "这个服务器认得编码，所以字母变大写，汉字不变。",
          en: "This server knows the charset, so letters change and Chinese stays.",
        },
        command: "feiyan lab upper --charset gbk",
        experiment: { kind: "behaviour", name: "udp-upper" },
        expected: [
          { what: "capitals", lo: 2, hi: 2 },
          { what: "chineseWhole", lo: 2, hi: 2 },
        ],
        why: {
          "zh-CN": "先按编码分清字符，再改文字；直接改字节会毁掉汉字。",
          en: "Cut into characters by the charset first, then change text; changing bytes ruins Chinese.",
        },
      },
    ],
  },
  {
    name: "short-buffer",
    title: { "zh-CN": "缓冲区太短，后面的没了", en: "A short receive buffer cuts" },
    text: {
      "zh-CN":
        "recvfrom 只给 10 个字节的地方，来了 26 个字节。Node 自己总是给 64 KiB，所以这里绕过它，直接读套接字（读不了的系统上由程序照样切断）；Python 的 sock.recvfrom(10) 也一样（在 Windows 上会报错 10040）。",
      en: "recvfrom offers room for 10 bytes and 26 arrive. Node itself always offers 64 KiB, so the socket is read past it (where a system does not allow that, the demonstration makes the same cut); sock.recvfrom(10) in Python does the same (on Windows as error 10040).",
    },
    steps: [
      {
        name: "cut",
        title: { "zh-CN": "截断", en: "The cut" },
        question: {
          "zh-CN": "剩下的 16 个字节，下一次能读到吗？",
          en: "Can the other 16 bytes be read with the next call?",
        },
        prediction: {
          "zh-CN": "不能，它们没了；下一次读到的是下一个数据报。",
          en: "No, they are gone; the next call gets the next datagram.",
        },
        command: "feiyan lab lesson short-buffer",
        experiment: { kind: "behaviour", name: "short-buffer" },
        expected: [
          { what: "firstBytes", lo: 10, hi: 10 },
          { what: "lostBytes", lo: 16, hi: 16 },
          { what: "nextIsNext", lo: 1, hi: 1 },
        ],
        why: {
          "zh-CN": "UDP 一次给一个数据报，装不下的就扔掉；TCP 则留着下次读。",
          en: "UDP gives one datagram per call and drops what does not fit; TCP keeps it for the next read.",
        },
      },
    ],
  },
  {
    name: "empty-send",
    title: { "zh-CN": "发送空内容", en: "Sending nothing" },
    text: {
      "zh-CN": "UDP 可以发长度为 0 的数据报，TCP 写 0 个字节什么也不会发生。",
      en: "UDP can send a datagram of length 0; writing 0 bytes to TCP does nothing at all.",
    },
    steps: [
      {
        name: "empty",
        title: { "zh-CN": "空的也算一个", en: "Empty is one too" },
        question: { "zh-CN": "对方会收到什么？", en: "What does the other end get?" },
        prediction: {
          "zh-CN": "UDP：一个长度为 0 的数据报。TCP：一次也不读。",
          en: "UDP: one datagram of length 0. TCP: not a single read.",
        },
        command: "feiyan lab lesson empty-send",
        experiment: { kind: "behaviour", name: "empty-send" },
        expected: [
          { what: "udpArrived", lo: 1, hi: 1 },
          { what: "udpBytes", lo: 0, hi: 0 },
          { what: "tcpReads", lo: 0, hi: 0 },
        ],
        why: {
          "zh-CN": "数据报有边界，空的也有；字节流里 0 个字节就是没有。recv 返回 0 在 TCP 里表示对方说完了。",
          en: "A datagram has borders even when empty; in a stream zero bytes are nothing, and a read of 0 means that the other side is done.",
        },
      },
    ],
  },
  {
    name: "no-connection",
    title: { "zh-CN": "UDP 不需要连接", en: "UDP needs no connection" },
    text: {
      "zh-CN": "没有 listen，没有 accept，没有 connect：一个套接字就能和很多人说话。",
      en: "No listen, no accept, no connect: one socket talks to many.",
    },
    steps: [
      {
        name: "strangers",
        title: { "zh-CN": "和陌生人说话", en: "Talking to strangers" },
        question: {
          "zh-CN": "要和三个接收方说话，需要几个套接字、几次握手？",
          en: "How many sockets and handshakes does it take to talk to three receivers?",
        },
        prediction: {
          "zh-CN": "一个套接字，没有握手，三个都收到，三个都能回。",
          en: "One socket and no handshake; all three hear it, and all three can answer.",
        },
        command: "feiyan lab lesson no-connection",
        experiment: { kind: "behaviour", name: "no-connection" },
        expected: [
          { what: "sockets", lo: 1, hi: 1 },
          { what: "arrived", lo: 3, hi: 3 },
          { what: "answers", lo: 3, hi: 3 },
        ],
        why: {
          "zh-CN": "地址写在每个数据报上，不写在套接字上；所以也没有人替你记住谁还在。",
          en: "The address stands on each datagram, not on the socket; so nobody keeps track of who is still there either.",
        },
      },
    ],
  },
  {
    name: "reuse-steals",
    title: { "zh-CN": "端口重用会抢走消息", en: "Address reuse steals traffic" },
    text: {
      "zh-CN":
        "两个程序都打开 SO_REUSEADDR，绑定同一个 UDP 端口：都成功，但只有一个收得到。飞雁因此从不这样绑定。",
      en: "Two programs bind one UDP port with SO_REUSEADDR: both succeed, but only one hears. That is why feiyan never binds that way.",
    },
    steps: [
      {
        name: "steal",
        title: { "zh-CN": "后来的拿走", en: "The later one takes it" },
        question: {
          "zh-CN": "后来的绑定成功以后，10 个数据报归谁？",
          en: "After the second bind succeeded, who gets the ten datagrams?",
        },
        prediction: {
          "zh-CN": "在 Linux 上全归后来的；先来的只有它来之前的那一个，而且不知道。",
          en: "On Linux all go to the later one; the first has only the one from before, and does not know.",
        },
        command: "feiyan lab lesson reuse-steals",
        experiment: { kind: "behaviour", name: "reuse-steals" },
        expected: [
          { what: "secondCouldBind", lo: 1, hi: 1 },
          { what: "first", lo: 1, hi: 1 },
          { what: "second", lo: 10, hi: 10 },
        ],
        why: {
          "zh-CN": "单播数据报只交给一个套接字，系统选最后绑定的；没有错误提示。",
          en: "A unicast datagram goes to one socket, and the system takes the one bound last; nobody is told.",
        },
      },
    ],
  },
  {
    name: "closed-port",
    title: { "zh-CN": "关着的端口", en: "A closed port" },
    text: {
      "zh-CN": "没有程序在听的端口：UDP 的，系统回一个 ICMP“端口不可达”；TCP 的，回一个 RST。谁能听到？",
      en: "For a port where nobody listens the system answers UDP with an ICMP message and TCP with a reset (RST). Who gets to hear of it?",
    },
    steps: [
      {
        name: "told",
        title: { "zh-CN": "谁被告知", en: "Who is told" },
        question: {
          "zh-CN": "往关着的端口发：没 connect 的 UDP、connect 过的 UDP、TCP，哪个程序知道？",
          en: "Sending to a closed port: which program learns of it, with unconnected UDP, connected UDP, TCP?",
        },
        prediction: {
          "zh-CN": "connect 过的 UDP 和 TCP 得到 ECONNREFUSED，没 connect 的什么也听不到。",
          en: "Connected UDP and TCP get ECONNREFUSED; the unconnected one hears nothing.",
        },
        command: "feiyan lab errors",
        experiment: {
          kind: "errors",
          cases: ["closed-port-unconnected", "closed-port-connected", "closed-port-tcp"],
        },
        expected: [
          { what: "closedPortUnconnected", lo: 0, hi: 0 },
          { what: "closedPortConnected", lo: 1, hi: 1 },
          { what: "closedPortTcp", lo: 1, hi: 1 },
        ],
        why: {
          "zh-CN":
            "RST 属于这条连接；ICMP 只交给认得对方的套接字；而且远处的可能被防火墙拦掉，所以它只是提示，不是保证。",
          en: "A reset belongs to its connection; the ICMP message is given only to a socket that knows its peer, and a firewall may swallow it: a hint, not a promise.",
        },
      },
    ],
  },
  {
    name: "broadcast",
    title: { "zh-CN": "广播要先申请", en: "Broadcast needs permission" },
    text: {
      "zh-CN": "发广播前要设 SO_BROADCAST，不是为了安全，是为了不手滑。这里只用回环网络的广播地址。",
      en: "A socket must ask for SO_BROADCAST before it may send one: not for security, but against slips. Only the broadcast address of loopback is used here.",
    },
    steps: [
      {
        name: "permission",
        title: { "zh-CN": "申请以前和以后", en: "Before and after asking" },
        question: {
          "zh-CN": "不申请就发广播，会怎样？",
          en: "What happens when a program broadcasts without asking?",
        },
        prediction: {
          "zh-CN": "send 报 EACCES；申请以后就没有错误。",
          en: "The send fails with EACCES; after asking there is no error.",
        },
        command: "feiyan lab errors",
        experiment: {
          kind: "errors",
          cases: ["broadcast-without-permission", "broadcast-with-permission"],
        },
        expected: [
          { what: "broadcastWithoutPermission", lo: 1, hi: 1 },
          { what: "broadcastWithPermission", lo: 0, hi: 0 },
        ],
        why: {
          "zh-CN": "一封广播会打扰所有人，所以系统要你明说。",
          en: "A broadcast disturbs everybody, so the system wants to hear it said.",
        },
      },
    ],
  },
];
