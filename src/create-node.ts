// Default wiring: real sockets, the system's clock and chance, charsets from iconv-lite. Everything can be replaced by an option.
import { hostname, userInfo } from "node:os";
import { createTextCodec } from "./charset/codecs.js";
import { formatEndpoint, parseEndpoint } from "./core/endpoint.js";
import type { Message } from "./core/model.js";
import type { EncryptPolicy } from "./core/model.js";
import type { TrustRecord } from "./core/trust.js";
import { openKeys, readKeys } from "./crypto/key-file.js";
import { createKeyRing } from "./crypto/key-ring.js";
import type { KeyPairs, KeyRing } from "./crypto/key-ring.js";
import { createMessageCipher } from "./crypto/message-cipher.js";
import { readTrust, writeTrust } from "./crypto/trust-file.js";
import type { MessageCipher } from "./protocol/encryption/message-cipher.js";
import { resolveTarget } from "./core/selectors.js";
import { createPacketCrypto } from "./crypto/group.js";
import { readGroups } from "./files/group-file.js";
import { readFeiqGroups, writeFeiqGroups } from "./files/feiq-group-file.js";
import { createDiskStore } from "./files/disk-store.js";
import { openPacketNumberFile } from "./files/packet-number-file.js";
import { impaired } from "./net/impaired.js";
import { createImpairmentBook } from "./net/impairment-book.js";
import { parseImpairmentLines } from "./net/impairment-lines.js";
import type { ImpairmentWish } from "./net/impairment-lines.js";
import type { ImpairedLine, ImpairmentBook } from "./net/impairment-book.js";
import type { Impairment } from "./net/impairment.js";
import { isSafeName } from "./files/safe-name.js";
import { createTap } from "./net/tap.js";
import type { TapRecord } from "./net/tap.js";
import { createTcpStreams } from "./net/tcp.js";
import { tryReach } from "./net/reachability.js";
import { createUdpTransport } from "./net/udp.js";
import { createSystemClock } from "./node/clock.js";
import { createNodeOf } from "./node/node.js";
import type { Node } from "./node/node-api.js";
import { createSystemRandom } from "./node/random.js";
import { createPictureDesk } from "./pictures/picture-desk.js";
import type { Clock } from "./ports/clock.js";
import type { HistoryStore } from "./ports/history-store.js";
import type { Random } from "./ports/random.js";
import type { FileStore } from "./ports/file-store.js";
import type { StreamTransport } from "./ports/streams.js";
import type { DatagramTransport, Endpoint } from "./ports/transport.js";
import type { PacketCrypto } from "./protocol/message.js";
import type { Charset, TextCodec } from "./protocol/text-codec.js";
import { version } from "./version.js";

export interface CreateNodeOptions {
  /** Shown to others; default the user's name. */
  readonly nick?: string;
  readonly group?: string;
  /** Who we are on the wire; default the system's user and host name. */
  readonly user?: string;
  readonly host?: string;
  /** UDP port, default 2425; 0 for any free one. */
  readonly port?: number;
  /** Addresses to bind; default every interface. */
  readonly bind?: readonly string[];
  /** Hosts that broadcast does not reach: announcements go to them directly. */
  readonly peers?: readonly Endpoint[];
  /** Addresses of whole segments that broadcast does not reach: greeted a few at a time, and only who answers is written to again. */
  readonly segments?: readonly Endpoint[];
  /** For peers of unknown charset; default `gbk`. */
  readonly charset?: Charset;
  /** What we look like: `ipmsg` sends version `1`, `feiq` FeiQ's version item. Default `ipmsg`. */
  readonly versionItem?: "ipmsg" | "feiq";
  /** Number of the picture that FeiQ shows for us when `versionItem` is `feiq`; default 0. */
  readonly avatar?: number;
  /** Announce that we read UTF-8; default true. */
  readonly announceUtf8?: boolean;
  /** Absence text to start with; default null, here. */
  readonly away?: string | null;
  /** False: nobody is told that we are here; messages only. Default true. */
  readonly presence?: boolean;
  /** Ask for a host list at the start. Default false. */
  readonly hostList?: boolean;
  /** Give a host list to who asks. Default false. */
  readonly hostListServer?: boolean;
  /** Tell other feiyan that do the same whom we heard, and greet whom they heard: for several segments. Default false. */
  readonly sharePeers?: boolean;
  /** FeiQ groups to belong to, by number, besides those joined in earlier runs (`stateDir`). Default none. */
  readonly feiqGroups?: readonly string[];
  readonly ipv6?: boolean;
  /** Try for feiyan peers that ask (their `doctor`) whether we reach them. Default true with real sockets. */
  readonly probes?: boolean;
  /**
   * Loses, doubles, delays and reorders datagrams on purpose, e.g. `loss=30%,seed=42`, or for one peer only `小明=loss=30%` (a name or an
   * address; several divided by semicolons). A missing seed is drawn by chance.
   */
  readonly impair?: string | Impairment;
  /** Hears every datagram in and out, with what impairment on purpose does to it: also those that it drops. */
  readonly onDatagram?: (record: TapRecord) => void;
  /** Folder for the packet number that must grow across restarts; default none. */
  readonly stateDir?: string;
  /** Encrypt where the peer can (`auto`), only so (`always`), or not (`never`); needs `stateDir`, where the keys are. Default `auto`. */
  readonly encrypt?: EncryptPolicy;
  /** Tie our user name to our key (`li-<16 digits>`) for programs that look for it; never towards FeiQ. Default true. */
  readonly keyName?: boolean;
  /** What locked messages ask for before they open; default nothing. */
  readonly lockPassword?: string;
  /** Away by itself after so many minutes without `noteActivity`, with this text; default never. */
  readonly idleMinutes?: number;
  readonly idleText?: string;
  /** Peers may take back what they sent; default true. */
  readonly allowRecall?: boolean;
  /** Keys to use instead of those of `stateDir`. */
  readonly keys?: KeyPairs;
  /** Keeps received messages; each is acknowledged when its promise resolves. Default none. */
  readonly store?: (message: Message) => Promise<void>;
  /** False: no files, neither given nor taken. Default true with real sockets, false with a `transport` and no `streams`. */
  readonly files?: boolean;
  /** Where files are read and written; default the disk. */
  readonly fileStore?: FileStore;
  /** Bytes a second for all files together, each way; default no limit. */
  readonly fileLimit?: number;
  /** Keeps messages (each is acknowledged when it is on the disk) and what outlives the program; closed by whoever opened it. */
  readonly history?: HistoryStore;
  readonly transport?: DatagramTransport;
  /** Connections for files; default TCP on the port of the datagrams. */
  readonly streams?: StreamTransport;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly codec?: TextCodec;
  readonly crypto?: PacketCrypto;
}

export const defaultPort = 2425;

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user table, as in some containers.
    return "user";
  }
}

/** A node whose lines can be made bad on purpose while it runs. */
export interface ChatNode extends Node {
  /**
   * Loses, doubles, delays and reorders what goes to and comes from an endpoint, repeatably by its seed; `to` null means everybody without
   * an entry, `spec` null ends it. A missing seed is drawn. Gives what is in force now; throws `impairment-invalid`.
   *
   * @example node.impair(peer.endpoint, "loss=30%,seed=42");
   */
  impair(to: Endpoint | null, spec: string | Impairment | null): Impairment | null;
  /** What is impaired now. */
  impairments(): readonly ImpairedLine[];
}

interface Keyring {
  readonly cipher: MessageCipher;
  readonly trust: readonly TrustRecord[];
  /** Reads our keys, or makes them; rejects also when what is known of others could not be read. */
  readonly open: () => Promise<void>;
  readonly keep: (records: readonly TrustRecord[]) => void;
}

/** Our keys and what is known of others', from the state folder; null where there is no place for them. */
function openKeyring({ stateDir, keys }: CreateNodeOptions): Keyring | null {
  if (stateDir === undefined && keys === undefined) return null;
  const ring = createKeyRing(keys ?? null);
  // What cannot be read must not keep anybody from chatting: it is said when the node runs.
  let trust: readonly TrustRecord[] = [];
  let fault: unknown = null;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids that were kept were peers' ids
    trust = stateDir === undefined ? [] : (readTrust(stateDir) as unknown as readonly TrustRecord[]);
  } catch (cause) {
    fault = cause;
  }
  return {
    cipher: createMessageCipher(ring),
    trust,
    open: async () => {
      // The first fault is the one that is told.
      const filling = keys !== undefined || stateDir === undefined ? null : fillRing(ring, stateDir);
      if (fault === null) await filling;
      else {
        filling?.catch(() => undefined);
        throw toError(fault);
      }
    },
    keep: (records) => {
      if (stateDir !== undefined && fault === null) writeTrust(stateDir, records);
    },
  };
}

function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

async function fillRing(ring: KeyRing, stateDir: string): Promise<void> {
  ring.pairs = readKeys(stateDir);
  ring.pairs ??= await openKeys(stateDir);
}

/**
 * A chat node, not yet started.
 *
 * @example
 * const node = createNode({ nick: "小道士" });
 * node.subscribe((event) => { if (event.kind === "message") console.log(event.message.text); });
 * await node.start();
 */
export function createNode(options: CreateNodeOptions = {}): ChatNode {
  const clock = options.clock ?? createSystemClock();
  const random = options.random ?? createSystemRandom();
  const port = options.port ?? defaultPort;
  const user = options.user ?? systemUser();
  const numbers =
    options.stateDir === undefined ? null : openPacketNumberFile(options.stateDir, `packet-number-${port}`);

  const plain =
    options.transport ??
    createUdpTransport({
      port,
      ...(options.bind === undefined ? {} : { binds: options.bind }),
      ...(options.ipv6 === undefined ? {} : { ipv6: options.ipv6 }),
    });
  const line = impaired(plain, {
    clock,
    spec: null,
    specFor: (address, _direction, peerPort) => book.of(address, peerPort),
    isPerPort: true,
    ...(options.onDatagram === undefined ? {} : { show: createTap(options.onDatagram, { clock }) }),
  });
  const book = createImpairmentBook(random, (spec) => line.setSpec(spec));
  const wishes =
    typeof options.impair === "string"
      ? parseImpairmentLines(options.impair)
      : [{ target: null, spec: options.impair ?? {} }];
  for (const { target, spec } of wishes) if (target === null) book.set(null, spec);

  const safe = openKeyring(options);
  const givenGroups = options.feiqGroups ?? [];
  const { stateDir } = options;
  const keptGroups = stateDir === undefined ? [] : readFeiqGroups(stateDir);

  const hasFiles = options.files ?? (options.transport === undefined || options.streams !== undefined);
  const streams =
    options.streams ?? createTcpStreams(options.bind === undefined ? {} : { binds: options.bind });
  const platform = process.platform === "win32" ? "windows" : "posix";

  const node = createNodeOf({
    ...(hasFiles
      ? {
          files: {
            store: options.fileStore ?? createDiskStore(),
            streams,
            isSafeName: (name: string) => isSafeName(name, platform),
            toJpeg: (bytes: Uint8Array, limit: number) => createPictureDesk().toJpeg(bytes, limit),
            limitBytesPerSecond: options.fileLimit ?? null,
          },
        }
      : {}),
    machine: {
      self: {
        user,
        host: options.host ?? hostname(),
        nick: options.nick ?? user,
        group: options.group ?? "",
        away: options.away ?? null,
      },
      legacyCharset: options.charset ?? "gbk",
      codec: options.codec ?? createTextCodec(),
      crypto: options.crypto ?? createPacketCrypto(),
      cipher: safe?.cipher,
      trust: safe?.trust,
      encrypt: options.encrypt,
      keyName: options.keyName,
      allowRecall: options.allowRecall,
      idleMinutes: options.idleMinutes,
      idleText: options.idleText,
      random,
      versionItem: options.versionItem ?? "ipmsg",
      avatar: options.avatar,
      announceUtf8: options.announceUtf8 ?? true,
      presence: options.presence ?? true,
      hostList: options.hostList ?? false,
      hostListServer: options.hostListServer,
      segments: options.segments,
      sharePeers: options.sharePeers,
      feiqGroups: [...givenGroups, ...keptGroups],
      staticPeers: options.peers ?? [],
      firstPacketNo: numbers?.first ?? 1,
      versionText: `feiyan ${version}`,
    },
    transport: line,
    clock,
    defaultPort: port === 0 ? defaultPort : port,
    groups: () => new Map(Object.entries(options.stateDir === undefined ? {} : readGroups(options.stateDir))),
    store: options.store,
    ...(safe === null ? {} : { openKeys: safe.open, keepTrust: safe.keep }),
    ...(options.lockPassword === undefined || options.lockPassword === ""
      ? {}
      : { isPassword: (password: string) => password === options.lockPassword }),
    history: options.history,
    tryReach: options.transport === undefined && (options.probes ?? true) ? tryReach : undefined,
    ...(stateDir === undefined
      ? {}
      : {
          // Those of the settings stay there: who takes one out of them belongs to it no longer.
          keepRooms: (all: readonly string[]) =>
            writeFeiqGroups(
              stateDir,
              all.filter((number) => !givenGroups.includes(number)),
            ),
        }),
    ...(numbers === null ? {} : { reserve: (below) => numbers.write(below) }),
  });
  impairNamed(node, book, wishes, port === 0 ? defaultPort : port);
  // Not spread: `self` and `network` are read anew each time.
  return Object.assign(node, {
    impair: (to: Endpoint | null, spec: string | Impairment | null) => book.set(to, spec),
    impairments: () => book.list(),
  });
}

/** Lines of one peer: an address at once, a name as soon as somebody is called so. */
function impairNamed(
  node: Node,
  book: ImpairmentBook,
  wishes: readonly ImpairmentWish[],
  peerPort: number,
): void {
  const named: { readonly target: string; readonly spec: Impairment }[] = [];
  for (const { target, spec } of wishes) {
    const endpoint = target === null ? null : parseEndpoint(target, peerPort);
    if (endpoint !== null) book.set(endpoint, spec);
    else if (target !== null) named.push({ target, spec });
  }
  if (named.length === 0) return;
  // Once for each endpoint: what a person sets later is not undone by the peer's next word.
  const known = new Set<string>();
  node.subscribe((event) => {
    if (event.kind !== "peer" || event.change === "left") return;
    const { peer } = event;
    const wish = named.find(({ target }) => resolveTarget(target, [peer], peerPort).ok);
    const key = formatEndpoint(peer.endpoint);
    if (wish === undefined || known.has(key)) return;
    known.add(key);
    book.set(peer.endpoint, wish.spec);
  });
}
