// Who the virtual peers are: each the program of one dialect, as data. Packets follow docs/protocol.md (sections 12 to 14 and the
// lab notes of 24); the names are invented. What they say stands in `small-talk.ts`, what they do in `virtual-peer.ts`.
import type { Charset, Dialect } from "../index.js";
import { optionBits } from "../protocol.js";
import { habits, type FileHabits } from "./file-habits.js";
import { talks, type Talk } from "./small-talk.js";

export interface Persona {
  readonly dialect: Dialect;
  /** The program it plays, for the list that `feiyan sim` prints. */
  readonly program: string;
  readonly version: string;
  readonly user: string;
  readonly host: string;
  readonly nick: string;
  readonly group: string;
  readonly charset: Charset;
  /** Null: a debug tool that knows no packets. */
  readonly presence: Presence | null;
  /** Option bits of its messages. */
  readonly messageBits: number;
  /** Option bits of its acknowledgements: iptux asks for an acknowledgement even there. */
  readonly receiptBits: number;
  /** Numbers from 1 in each run, as iptux; otherwise the time of day in seconds. */
  readonly countsFromOne: boolean;
  readonly repeats: { readonly times: number; readonly intervalMs: number };
  /** What it can encrypt, as it writes it into GETPUBKEY; null: nothing. */
  readonly caps: number | null;
  /** Its program writes dictionaries too (section 10); on request here, as we do not announce that we read them. */
  readonly writesDicts: boolean;
  /** Opens sealed messages and says so. */
  readonly opensSealed: boolean;
  /** Answers version and absence queries. */
  readonly answersQueries: boolean;
  /** Typing notices and shakes. */
  readonly isLively: boolean;
  /** Number of the FeiQ group that it belongs to; null: none. */
  readonly feiqGroup: string | null;
  /** After every text, e.g. FeiQ's font. */
  readonly trailer: string;
  /** Empty sections at the end: FeiQ ends its texts in two NULs. */
  readonly extraNuls: number;
  /** Null: it knows no files. */
  readonly files: FileHabits | null;
  readonly talk: Talk;
}

export interface Presence {
  readonly entryBits: number;
  readonly answerBits: number;
  /** Sections behind nick and group. */
  readonly more: readonly string[];
  /** UTF-8 block with VS line. */
  readonly hasBlock: boolean;
}

const {
  ABSENCEOPT,
  SENDCHECKOPT,
  UTF8OPT,
  CAPUTF8OPT,
  FILEATTACHOPT,
  ENCRYPTOPT,
  ENCEXTMSGOPT,
  CAPFILEENCOPT,
} = optionBits;

const base: Pick<
  Persona,
  | "receiptBits"
  | "caps"
  | "writesDicts"
  | "opensSealed"
  | "files"
  | "countsFromOne"
  | "isLively"
  | "feiqGroup"
  | "trailer"
  | "extraNuls"
  | "messageBits"
> = {
  messageBits: SENDCHECKOPT,
  receiptBits: 0,
  caps: null,
  writesDicts: false,
  opensSealed: false,
  files: null,
  countsFromOne: false,
  isLively: false,
  feiqGroup: null,
  trailer: "",
  extraNuls: 0,
};

const feiq: Persona = {
  ...base,
  dialect: "feiq",
  program: "FeiQ 2013",
  version: "1_lbt6_0#128#02005E10A1B2#0#0#0#4001#9",
  user: "zhangwei",
  host: "ZHANGWEI-PC",
  nick: "张伟",
  group: "财务部",
  charset: "gbk",
  presence: {
    entryBits: FILEATTACHOPT | ENCRYPTOPT,
    answerBits: FILEATTACHOPT | ENCRYPTOPT,
    more: [],
    hasBlock: false,
  },
  repeats: { times: 3, intervalMs: 1_500 },
  // It names RSA-512 and RC2 too, and uses neither (section 9.1).
  caps: 0x21003,
  opensSealed: true,
  answersQueries: true,
  isLively: true,
  feiqGroup: "3b199b07",
  trailer: "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}",
  extraNuls: 1,
  files: habits.feiq,
  talk: talks.feiq,
};

const feige: Persona = {
  ...base,
  dialect: "feige5",
  program: "Feige 5.1",
  version: "5.1.180210",
  user: "lifang",
  host: "LIFANG-PC",
  nick: "李芳",
  group: "设计组",
  charset: "gbk",
  presence: {
    // Its own entries carry 0x400, which means nothing in an entry; answers do not.
    entryBits: 0x400,
    answerBits: 0,
    more: [
      "02005E10A1C3",
      "",
      "",
      "lifang@example.invalid",
      "",
      "5",
      "127.0.0.1",
      "",
      "10000001",
      "好好画图",
      "LIFANG-PC",
    ],
    hasBlock: false,
  },
  repeats: { times: 3, intervalMs: 1_500 },
  answersQueries: false,
  files: habits.feige,
  talk: talks.feige,
};

const ipmsg: Persona = {
  ...base,
  dialect: "ipmsg",
  program: "IP Messenger 4",
  version: "1",
  user: "kobayashi",
  host: "dev-07",
  nick: "小林",
  group: "研发部",
  charset: "utf-8",
  // Its packets to us carry UTF8: we announce that we can read it.
  messageBits: SENDCHECKOPT | UTF8OPT,
  presence: {
    entryBits: CAPUTF8OPT | FILEATTACHOPT | ENCRYPTOPT | ENCEXTMSGOPT | CAPFILEENCOPT,
    answerBits: CAPUTF8OPT | FILEATTACHOPT | ENCRYPTOPT | ENCEXTMSGOPT | CAPFILEENCOPT | UTF8OPT,
    more: [],
    hasBlock: true,
  },
  caps: 0x65920006,
  writesDicts: true,
  opensSealed: true,
  repeats: { times: 4, intervalMs: 1_000 },
  answersQueries: true,
  files: habits.ipmsg,
  talk: talks.ipmsg,
};

const iptux: Persona = {
  ...base,
  dialect: "iptux",
  program: "iptux 0.8.3",
  version: "1_iptux 0.8.3",
  user: "chen",
  host: "ops-server",
  nick: "老陈",
  group: "运维",
  charset: "utf-8",
  presence: {
    // Always with 0x100, which elsewhere says "absent" (vectors lab-001, lab-002).
    entryBits: ABSENCEOPT,
    answerBits: ABSENCEOPT,
    more: ["icon-tux.png", "utf-8"],
    hasBlock: false,
  },
  receiptBits: SENDCHECKOPT,
  countsFromOne: true,
  repeats: { times: 3, intervalMs: 1_000 },
  answersQueries: false,
  files: habits.iptux,
  talk: talks.iptux,
};

const rawTool: Persona = {
  ...base,
  dialect: "raw",
  program: "网络调试助手",
  version: "",
  user: "",
  host: "",
  nick: "",
  group: "",
  charset: "gbk",
  presence: null,
  messageBits: 0,
  repeats: { times: 0, intervalMs: 0 },
  answersQueries: false,
  talk: talks.raw,
};

/** In the order in which they say hello. */
export const personas: readonly Persona[] = [feiq, ipmsg, iptux, feige, rawTool];
