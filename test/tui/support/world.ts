// A world made of plain data, for views and updates: peers and messages as a test writes them, a clock that stands still.
import { createTranslate, hasText, translateFrom } from "../../../src/i18n/catalogue.js";
import { tuiEn } from "../../../src/i18n/tui-en.js";
import { tuiZhCN } from "../../../src/i18n/tui-zh-CN.js";
import { createTextCodec, defaultPolicy, everyone } from "../../../src/index.js";
import type {
  Delivery,
  Diagnostics,
  Message,
  MessageId,
  MessageList,
  Offer,
  PacketNo,
  Peer,
  Room,
  PeerId,
  Picture,
  Transfer,
} from "../../../src/index.js";
import { createKeymap } from "../../../src/tui/keymap.js";
import { createTimelines } from "../../../src/tui/timeline.js";
import { createUiState } from "../../../src/tui/ui-state.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { createWireLog } from "../../../src/tui/wire-log.js";
import type { NodeView, World } from "../../../src/tui/world.js";

/** 2026-11-20 14:00 on the clock of this computer, whatever its time zone. */
export const noon = new Date(2026, 10, 20, 14, 0).getTime();

export const minutes = (count: number): number => noon + count * 60_000;

export function peer(nick: string, more: Partial<Peer> = {}): Peer {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests make ids as they like
  const id = (more.id ?? `peer-${nick}`) as PeerId;
  const endpoint = more.endpoint ?? { address: "192.168.1.23", port: 2425 };
  return {
    id,
    state: "online",
    nick,
    group: "",
    user: "user",
    host: "host",
    endpoint,
    addresses: [{ endpoint, lastSeen: noon }],
    dialect: "ipmsg",
    version: "1",
    charset: "gbk",
    charsetReason: "default",
    charsetChosen: false,
    capabilities: [],
    feiyan: null,
    fingerprint: null,
    trust: "unknown",
    encrypt: null,
    acknowledges: true,
    firstSeen: minutes(-2),
    lastSeen: minutes(10),
    motto: "",
    versionText: null,
    absenceText: null,
    typingUntil: 0,
    unread: 0,
    duplicates: 0,
    policy: defaultPolicy,
    mergedIds: [],
    ...more,
  };
}

let number = 0;

export function message(conversation: PeerId, text: string, more: Partial<Message> = {}): Message {
  number += 1;
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    id: `message-${number}` as MessageId,
    direction: "in",
    at: noon,
    peerId: conversation,
    to: [],
    conversation,
    peerName: "小明",
    endpoint: { address: "192.168.1.23", port: 2425 },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    packetNo: String(number) as PacketNo,
    dialect: "ipmsg",
    text,
    displayText: text,
    charset: "gbk",
    charsetReason: "default",
    options: [],
    sealed: false,
    locked: false,
    openedAt: null,
    encryption: null,
    recipients: [],
    recalled: null,
    broadcast: false,
    autoReply: false,
    raw: new Uint8Array(),
    files: [],
    images: [],
    deliveries: [],
    ...more,
  };
}

/** A message of ours with what became of it. */
export function own(
  conversation: PeerId,
  text: string,
  state: Delivery["state"],
  more: Partial<Message> & { readonly attempt?: number } = {},
): Message {
  const made = message(conversation, text, { direction: "out", to: [conversation], ...more });
  const delivery: Delivery = {
    messageId: made.id,
    peerId: conversation,
    state,
    attempt: more.attempt ?? 1,
    rttMs: null,
    at: made.at,
    final: state === "delivered" || state === "unconfirmed",
    cipher: null,
  };
  return { ...made, deliveries: [delivery] };
}

/** Messages as the node shows them; `read` is called for each that is looked at. */
export function listOf(messages: readonly Message[], evicted = 0, read?: () => void): MessageList {
  return {
    get length() {
      return messages.length;
    },
    evicted,
    at(index) {
      read?.();
      return messages.at(index);
    },
    slice: (start, end) => messages.slice(start, end),
    indexOf: (id) => messages.findIndex((one) => one.id === id),
    [Symbol.iterator]: () => messages[Symbol.iterator](),
  };
}

export interface WorldParts {
  readonly peers?: readonly Peer[];
  readonly messages?: readonly Message[];
  readonly everyoneUnread?: number;
  readonly lang?: "zh-CN" | "en";
  readonly now?: number;
  readonly diagnostics?: Partial<Diagnostics>;
  readonly away?: string | null;
  readonly rooms?: readonly Room[];
  readonly offers?: readonly Offer[];
  readonly transfers?: readonly Transfer[];
  readonly pictures?: readonly Picture[];
  readonly drawsPictures?: boolean;
  readonly lab?: World["lab"];
  /** There is one to be opened. */
  readonly hasLab?: boolean;
  readonly impairments?: ReturnType<NodeView["impairments"]>;
  readonly readingsOf?: (name: string) => readonly string[];
  readonly keys?: Readonly<Record<string, readonly string[]>>;
}

export interface TestWorld extends World {
  readonly peers: Peer[];
  readonly messages: Message[];
  /** Says that peers or messages have changed. */
  touch(): void;
  clock: number;
}

export function world(parts: WorldParts = {}): TestWorld {
  const peers = [...(parts.peers ?? [])];
  const messages = [...(parts.messages ?? [])];
  const lang = parts.lang ?? "zh-CN";
  const texts = createTranslate(lang);
  let revision = 0;
  const node: NodeView = {
    rooms: () => parts.rooms ?? [],
    offers: () => parts.offers ?? [],
    transfers: () => parts.transfers ?? [],
    pictures: () => parts.pictures ?? [],
    self: { user: "li", host: "lab", nick: "我", group: "", away: parts.away ?? null },
    fingerprint: null,
    network: {
      port: 2425,
      mac: null,
      addresses: [
        {
          interfaceName: "eth0",
          address: "192.168.1.10",
          family: "IPv4",
          broadcast: "192.168.1.255",
          loopback: false,
        },
      ],
    },
    peers: () => peers,
    peer: (id) => peers.find((one) => one.id === id),
    conversation: (id) => ({
      id,
      unread:
        id === everyone ? (parts.everyoneUnread ?? 0) : (peers.find((one) => one.id === id)?.unread ?? 0),
      messages: listOf(messages.filter((one) => one.conversation === id)),
    }),
    conversations: () => [...new Set(messages.map((one) => one.conversation))],
    message: (id) => messages.find((one) => one.id === id),
    waiting: () => messages.filter((one) => one.deliveries.some(({ state }) => state === "queued")),
    impairments: () => parts.impairments ?? [],
    diagnostics: () => ({
      datagramsIn: 0,
      datagramsOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      dropped: {},
      sendProblems: 0,
      messagesSent: 0,
      messagesDelivered: 0,
      messagesUnconfirmed: 0,
      repeats: 0,
      packetsRemembered: 0,
      alarmsWaiting: 0,
      ...parts.diagnostics,
    }),
  };
  const made: TestWorld = {
    node,
    archive: null,
    peers,
    messages,
    clock: parts.now ?? minutes(10),
    timelines: createTimelines(node),
    keymap: createKeymap(parts.keys ?? {}).keymap,
    wire: createWireLog(),
    lab: parts.lab ?? null,
    drawsPictures: parts.drawsPictures ?? false,
    hasLab: parts.hasLab ?? parts.lab !== undefined,
    canReload: true,
    readingsOf: parts.readingsOf ?? (() => []),
    broadcastCharset: "gbk",
    text: translateFrom(lang === "en" ? tuiEn() : tuiZhCN(), lang),
    lang,
    codec: createTextCodec(),
    now: () => made.clock,
    get revision() {
      return revision;
    },
    touch() {
      revision += 1;
    },
    problem(code, fields) {
      const [words, remedy] = [`error.${code}.text`, `error.${code}.remedy`];
      return {
        text: hasText(words) ? texts(words, fields) : code,
        remedy: hasText(remedy) ? texts(remedy, fields) : "",
      };
    },
  };
  return made;
}

export function uiState(columns: number, rows: number, more: Partial<UiState> = {}): UiState {
  return { ...createUiState({ size: { columns, rows }, mouse: true, now: noon }), ...more };
}
