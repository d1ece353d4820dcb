// The one table of command numbers (low 8 bits of the command word): number, our name, wire name, class, who defines it.
// The wire names are those of the vectors' `modeName`. Knows nothing of packets; asked by decode, reply and encode callers.
//
//   1:100:shirouzu:jupiter:32:Hello     32 = 0x20 = SENDMSG        (vector core-001-spec-example)
import type { Dialect } from "./message.js";

/** Which option bits mean what (options.ts), and how the argument is laid out (decode.ts). */
export type CommandClass =
  /** nick NUL group NUL [LF block] */
  | "entry"
  /** text [NUL file list] */
  | "message"
  /** packetNo(hex) ":" fileID(hex) … over TCP */
  | "file"
  /** one argument of text */
  | "text"
  /** bytes that are no text: cipher text, image slices, pictures */
  | "binary";

export interface CommandRow {
  readonly number: number;
  /** Our word for it. */
  readonly name: string;
  readonly class: CommandClass;
  /** Only for this dialect, where two programs use one number; otherwise whoever sends it. */
  readonly dialect?: Dialect;
  readonly source: string;
}

const spec = "protocol.txt draft-14";
const header = "shirouzu/ipmsg ipmsg.h 4.5";
const feiqEngine = "compilelife/feiq";
const feiqCapture = "captures of FeiQ";
const feiqGroup = "kevinlynx/luafeiq, youngtrips/iFreeChat";
const feige = "yamiYori/ipmsg-feige";
const iptux = "iptux-src/iptux";

/** Commands by wire name. */
export const commands = {
  NOOPERATION: { number: 0x00, name: "noop", class: "entry", source: spec },
  BR_ENTRY: { number: 0x01, name: "entry", class: "entry", source: spec },
  BR_EXIT: { number: 0x02, name: "exit", class: "entry", source: spec },
  ANSENTRY: { number: 0x03, name: "answer", class: "entry", source: spec },
  BR_ABSENCE: { number: 0x04, name: "absence", class: "entry", source: spec },
  // Ours, for feiyan peers only (docs/protocol.md section 23); used by no known client.
  FEIYAN: { number: 0x0f, name: "extension", class: "text", source: "docs/protocol.md section 23" },
  BR_ISGETLIST: { number: 0x10, name: "list-ask-old", class: "text", source: spec },
  OKGETLIST: { number: 0x11, name: "list-offer", class: "text", source: spec },
  GETLIST: { number: 0x12, name: "list-get", class: "text", source: spec },
  ANSLIST: { number: 0x13, name: "list", class: "text", source: spec },
  ANSLIST_DICT: { number: 0x14, name: "list-dict", class: "text", source: header },
  BR_ISGETLIST2: { number: 0x18, name: "list-ask", class: "text", source: spec },
  SENDMSG: { number: 0x20, name: "message", class: "message", source: spec },
  RECVMSG: { number: 0x21, name: "received", class: "text", source: spec },
  FEIQ_GROUPMSG: { number: 0x23, name: "group-message", class: "binary", source: feiqGroup },
  READMSG: { number: 0x30, name: "read", class: "text", source: spec },
  DELMSG: { number: 0x31, name: "deleted", class: "text", source: spec },
  ANSREADMSG: { number: 0x32, name: "read-answer", class: "text", source: spec },
  GETINFO: { number: 0x40, name: "version-query", class: "text", source: spec },
  SENDINFO: { number: 0x41, name: "version-info", class: "text", source: spec },
  GETABSENCEINFO: { number: 0x50, name: "absence-query", class: "text", source: spec },
  SENDABSENCEINFO: { number: 0x51, name: "absence-info", class: "text", source: spec },
  GETFILEDATA: { number: 0x60, name: "file-request", class: "file", source: spec },
  RELEASEFILES: { number: 0x61, name: "files-released", class: "text", source: spec },
  GETDIRFILES: { number: 0x62, name: "folder-request", class: "file", source: spec },
  DIRFILES_AUTH: { number: 0x63, name: "folder-auth", class: "text", source: header },
  DIRFILES_AUTHRET: { number: 0x64, name: "folder-auth-answer", class: "text", source: header },
  GETPUBKEY: { number: 0x72, name: "key-query", class: "text", source: spec },
  ANSPUBKEY: { number: 0x73, name: "key-answer", class: "text", source: spec },
  FEIQ_OPENCHAT: { number: 0x77, name: "chat-window", class: "text", source: feiqEngine },
  FEIQ_OPENCHAT_ACK: { number: 0x78, name: "chat-window-answer", class: "text", source: feiqEngine },
  FEIQ_TYPING: { number: 0x79, name: "typing", class: "text", source: feiqCapture },
  FEIQ_TYPING_END: { number: 0x7a, name: "typing-end", class: "text", source: feiqEngine },
  FEIGE_PREPARE: { number: 0x8b, name: "feige-prepare", class: "text", source: feige },
  FEIGE_CHATREADY: { number: 0x8e, name: "feige-chat-ready", class: "text", source: feige },
  FEIGE_SHARE: { number: 0x90, name: "feige-share-query", class: "text", source: feige },
  AGENT_REQ: { number: 0xa0, name: "agent-request", class: "text", source: header },
  AGENT_ANSREQ: { number: 0xa1, name: "agent-answer", class: "text", source: header },
  AGENT_PACKET: { number: 0xa2, name: "agent-packet", class: "text", source: header },
  AGENT_PROXYREQ: { number: 0xa3, name: "agent-proxy", class: "text", source: header },
  DIR_POLL: { number: 0xb0, name: "dir-poll", class: "entry", source: header },
  // The same number: remote help in FeiQ, to be refused silently (vector feiq-022-remote-not-dirpoll).
  FEIQ_REMOTE: { number: 0xb0, name: "remote-help", class: "text", dialect: "feiq", source: feiqEngine },
  DIR_POLLAGENT: { number: 0xb1, name: "dir-poll-agent", class: "text", source: header },
  DIR_BROADCAST: { number: 0xb2, name: "dir-broadcast", class: "text", source: header },
  DIR_ANSBROAD: { number: 0xb3, name: "dir-broadcast-answer", class: "text", source: header },
  DIR_PACKET: { number: 0xb4, name: "dir-packet", class: "text", source: header },
  DIR_REQUEST: { number: 0xb5, name: "dir-request", class: "text", source: header },
  DIR_AGENTPACKET: { number: 0xb6, name: "dir-agent-packet", class: "text", source: header },
  DIR_EVBROAD: { number: 0xb7, name: "dir-event", class: "text", source: header },
  DIR_AGENTREJECT: { number: 0xb8, name: "dir-agent-reject", class: "text", source: header },
  FEIQ_IMAGE_SLICE: { number: 0xc0, name: "image-slice", class: "binary", source: feiqCapture },
  FEIQ_IMAGE_ACK: { number: 0xc1, name: "image-ack", class: "text", source: feiqCapture },
  FEIQ_GROUP_ANNOUNCE: { number: 0xc9, name: "group-announce", class: "binary", source: feiqGroup },
  FEIQ_SHAKE: { number: 0xd1, name: "knock", class: "text", source: feiqCapture },
  FEIQ_SHAKE_ACK: { number: 0xd2, name: "knock-answer", class: "text", source: feiqCapture },
  FEIGE_REFUSE: { number: 0xe6, name: "feige-refuse-file", class: "text", source: feige },
  FEIGE_CHECKMAC: { number: 0xe7, name: "feige-check-mac", class: "text", source: feige },
  FEIGE_CANCEL: { number: 0xe8, name: "feige-cancel-file", class: "text", source: feige },
  IPTUX_SENDMSG: { number: 0xfb, name: "iptux-message", class: "text", source: iptux },
  IPTUX_SENDSIGN: { number: 0xfc, name: "iptux-signature", class: "text", source: iptux },
  IPTUX_SUBLAYER: { number: 0xfd, name: "iptux-sublayer", class: "binary", source: iptux },
  IPTUX_SENDICON: { number: 0xfe, name: "iptux-icon", class: "binary", source: iptux },
  IPTUX_ASKSHARED: { number: 0xff, name: "iptux-shared-query", class: "text", source: iptux },
} as const satisfies Readonly<Record<string, CommandRow>>;

/** Wire names; `UNKNOWN` for numbers that nobody is known to use. */
export type CommandName = keyof typeof commands | "UNKNOWN";

/** What is known of a number: its wire name and class. */
export interface CommandMeaning {
  readonly modeName: CommandName;
  readonly class: CommandClass;
}

const unknownCommand: CommandMeaning = { modeName: "UNKNOWN", class: "text" };
const forEveryone: CommandMeaning[] = Array.from({ length: 256 }, () => unknownCommand);
const forDialect = new Map<Dialect, Map<number, CommandMeaning>>();

function isCommandName(name: string): name is keyof typeof commands {
  return name in commands;
}

for (const modeName of Object.keys(commands).filter(isCommandName)) {
  const row: CommandRow = commands[modeName];
  const meaning: CommandMeaning = { modeName, class: row.class };
  if (row.dialect === undefined) {
    forEveryone[row.number] = meaning;
    continue;
  }
  const own = forDialect.get(row.dialect) ?? new Map<number, CommandMeaning>();
  forDialect.set(row.dialect, own.set(row.number, meaning));
}

/**
 * The meaning of a command number for a sender of this dialect.
 *
 * @example
 * commandMeaning(0xb0, "feiq").modeName // "FEIQ_REMOTE"
 * commandMeaning(0xb0, "ipmsg").modeName // "DIR_POLL"
 */
export function commandMeaning(mode: number, dialect: Dialect): CommandMeaning {
  return forDialect.get(dialect)?.get(mode) ?? forEveryone[mode] ?? unknownCommand;
}
