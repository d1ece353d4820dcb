// How a program offers, asks for and gives files: the differences between the dialects as data (docs/protocol.md sections 8, 12.7, 13,
// 14 and 24). What is done with them stands in `file-partner.ts`.

export interface FileHabits {
  /** Number of the first file of an offer; `packet`: its packet number less one, as Feige does. */
  readonly firstId: number | "packet";
  /** Between the records of an offer. */
  readonly recordEnd: "\x07" | "\x07:" | "";
  /** Version of its TCP requests, where it differs. */
  readonly requestVersion: string | null;
  /** Behind the numbers of a request for a file, and for a folder. */
  readonly fileTail: string;
  readonly folderTail: string;
  readonly endsInNul: boolean;
  /** Option bits of its requests. */
  readonly requestBits: number;
  /** Digits of a size in a folder's stream. */
  readonly sizeDigits: number;
  /** Times of files in a folder's stream. */
  readonly writesTimes: boolean;
  /** iptux starts every file from its beginning, whatever it is asked for. */
  readonly honoursOffset: boolean;
  /** iptux takes what has no size for received. */
  readonly fetchesEmpty: boolean;
  readonly takesFolders: boolean;
  /** Asks under seal and wants encrypted bodies, where the offer came sealed and the other program can. */
  readonly encrypts: boolean;
}

export const habits = {
  feiq: {
    firstId: 0,
    recordEnd: "\x07",
    requestVersion: null,
    fileTail: ":0:",
    folderTail: ":",
    endsInNul: false,
    requestBits: 0,
    sizeDigits: 9,
    writesTimes: false,
    honoursOffset: false,
    fetchesEmpty: true,
    takesFolders: true,
    encrypts: false,
  },
  ipmsg: {
    firstId: 305_419_896,
    recordEnd: "\x07",
    requestVersion: null,
    fileTail: ":0:",
    folderTail: "",
    endsInNul: true,
    requestBits: 0,
    sizeDigits: 9,
    writesTimes: true,
    honoursOffset: false,
    fetchesEmpty: true,
    takesFolders: true,
    encrypts: true,
  },
  iptux: {
    firstId: 10_000,
    recordEnd: "\x07:",
    requestVersion: null,
    fileTail: ":0",
    folderTail: ":0",
    endsInNul: true,
    requestBits: 0x20_0000,
    sizeDigits: 1,
    writesTimes: true,
    honoursOffset: false,
    fetchesEmpty: false,
    takesFolders: true,
    encrypts: false,
  },
  feige: {
    firstId: "packet",
    recordEnd: "",
    requestVersion: "1.1.180210",
    fileTail: ":0:",
    folderTail: ":",
    endsInNul: true,
    requestBits: 0,
    sizeDigits: 1,
    writesTimes: false,
    honoursOffset: false,
    fetchesEmpty: true,
    takesFolders: false,
    encrypts: false,
  },
} as const satisfies Readonly<Record<string, FileHabits>>;
