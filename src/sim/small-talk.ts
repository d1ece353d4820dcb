// What the virtual peers say: greetings, remarks now and then, and answers to what the user says. Pure: chance comes in as a picker.
// Texts stay within what the speaker's charset carries; `{said}` becomes the user's own words.

export interface Talk {
  readonly greetings: readonly string[];
  /** Said unasked, now and then. */
  readonly remarks: readonly string[];
  /** To anything that no rule below fits. */
  readonly answers: readonly string[];
  /** What this peer suggests to try when asked for help. */
  readonly hint: string;
  /** Automatic answer while away; null for a peer that never leaves its desk. */
  readonly away: string | null;
}

/** What a peer does in answer, in order. */
export type Deed =
  | { readonly kind: "say"; readonly text: string; readonly isSealed?: true }
  /** As a dictionary, signed and encrypted. */
  | { readonly kind: "say-dict"; readonly text: string }
  | { readonly kind: "shake" }
  /** A file and a folder. */
  | { readonly kind: "offer"; readonly text: string }
  | { readonly kind: "leave-desk"; readonly text: string };

export const talks = {
  feiq: {
    greetings: ["你好，我是飞秋用户张伟。发个消息试试？", "在吗？我这边是飞秋 2013，消息都是 GBK 编码。"],
    remarks: ["报销单今天下班前交哦。", "中午一起吃面？", "打印机又卡纸了……"],
    answers: ["收到：“{said}”。", "好的好的。", "“{said}”？没问题。", "行，我记一下。", "哈哈，有道理。"],
    hint: "跟我说“抖一下”，我会抖你的窗口；我打字的时候你能看到“正在输入”；/join-group 3b199b07 进群聊。",
    away: null,
  },
  ipmsg: {
    greetings: ["你好！我用的是 IP Messenger，会 UTF-8，可以发表情 😀", "Hi, 小林在此。emoji 也没问题 🎉"],
    remarks: ["编译通过了 ✅", "周五的代码评审别忘了 📝", "Anyone up for coffee? ☕"],
    answers: ["“{said}” 👍", "OK, got it 🙂", "嗯嗯，我看看。", "有意思，然后呢？", "{said}？我查一下 🔍"],
    hint: "对我说“离开”，我会离开一会儿并自动回复；也可以发几个表情看看 🐧🦆",
    away: "去开会了，半分钟后回来",
  },
  iptux: {
    greetings: ["大家好，我是 iptux 上的老陈（Linux）。", "老陈上线。服务器一切正常。"],
    remarks: ["备份跑完了，用时 12 分钟。", "今晚 22:00 机房断电演练。", "uptime 400 天了，舍不得重启。"],
    answers: [
      "收到：{said}",
      "嗯。",
      "man 手册里有写。",
      "“{said}” 我这边显示正常，UTF-8 无标志。",
      "重启试试？",
    ],
    hint: "在详情里看看我的数据报：包号从 1 开始，文字是没有标志的 UTF-8。",
    away: null,
  },
  feige: {
    greetings: ["你好，飞鸽传书的李芳。海报初稿发你看看？", "李芳来啦，今天也要好好画图。"],
    remarks: ["配色用青绿好还是橙黄好？", "新图标画好了，下午给大家看。", "谁借走了我的数位笔？"],
    answers: ["好呀。", "“{said}”，我记在便签上了。", "嗯，听你的。", "哈哈哈。", "稍等，我存一下文件。"],
    hint: "我的名片有十四项，打开详情能看到。",
    away: null,
  },
  raw: {
    greetings: ["这是网络调试助手发来的一行文字，没有协议头。"],
    remarks: ["AT+STATUS=OK", "temperature 23.5 humidity 41"],
    answers: ["echo: {said}", "收到 {said}"],
    hint: "我只会收发裸文本：你发什么，我就收到什么字节。",
    away: null,
  },
} as const satisfies Readonly<Record<string, Talk>>;

/** Longer words of the user are not repeated in full. */
const mostEchoed = 30;

export interface Listener {
  readonly talk: Talk;
  readonly isLively: boolean;
  /** Its program knows sealed messages. */
  readonly opensSealed?: boolean;
  readonly writesDicts?: boolean;
  readonly hasFiles?: boolean;
  /** One of these, by chance. */
  readonly pick: (choices: readonly string[]) => string;
}

/**
 * What a peer does when it hears `said`.
 *
 * @example answerTo("抖一下", feiqListener) // [{ kind: "shake" }, { kind: "say", text: "…" }]
 */
export const answerTo = (
  said: string,
  { talk, isLively, opensSealed, writesDicts, hasFiles = false, pick }: Listener,
): readonly Deed[] => {
  const text = said.trim();
  const wants = (words: RegExp): boolean => words.test(text);
  if (isLively && wants(/抖|震|shake|knock/i)) {
    return [{ kind: "shake" }, { kind: "say", text: pick(["抖你一下！", "感觉到了吗？"]) }];
  }
  if (hasFiles && wants(/文件|资料|\bfiles?\b/i))
    return [{ kind: "offer", text: pick(["发你了，收一下。", "给你。"]) }];
  if (talk.away !== null && wants(/离开|再见|开会|\baway\b|\bbye\b/i)) {
    return [
      { kind: "say", text: pick(["我先离开一下。", "去去就回。"]) },
      { kind: "leave-desk", text: talk.away },
    ];
  }
  if (opensSealed === true && wants(/密封|信封|\bseal/i)) {
    return [
      { kind: "say", text: pick(["这是一封密封的信，拆开看看。", "悄悄话，别告诉别人。"]), isSealed: true },
    ];
  }
  if (writesDicts === true && wants(/字典|\bdict/i))
    return [{ kind: "say-dict", text: pick(["这一条写成了字典，签了名也加了密。", "字典里也能写中文。"]) }];
  if (wants(/帮助|怎么|help|^[?？]$/i)) return [{ kind: "say", text: talk.hint }];
  if (wants(/^(?:你好|您好|嗨|在吗|hi|hello|hey)/i)) {
    return [{ kind: "say", text: pick(["你好！", "你好你好，有什么事？", "在的。"]) }];
  }
  return [{ kind: "say", text: pick(talk.answers).replace("{said}", () => shorten(text)) }];
};

const shorten = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ");
  const characters = Array.from(line);
  return characters.length <= mostEchoed ? line : `${characters.slice(0, mostEchoed).join("")}…`;
};
