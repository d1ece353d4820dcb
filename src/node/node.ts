// The shell around the machine: turns the crank, runs the effects, wakes it in time, publishes its events.
// Front ends, bots and tests use what node-api.ts lists; no rule of the chat lives here.
import type { Effect } from "../core/effect.js";
import type { Answer, Receiver, Request } from "../core/input.js";
import { limits } from "../core/limits.js";
import { redecodeHistory } from "./redecode.js";
import { createMachine } from "../core/machine.js";
import type { Step } from "../core/machine.js";
import type { MachineOptions } from "../core/world.js";
import type { OwnGroups } from "../core/groups.js";
import { resolveTarget } from "../core/selectors.js";
import type { TrustRecord } from "../core/trust.js";
import { createCourier } from "./files/courier.js";
import type { FileParts } from "./files/courier.js";
import { createFileApi } from "./files/file-api.js";
import type { Node } from "./node-api.js";
import { createKeeper } from "./keeper.js";
import { createPublisher } from "./publisher.js";
import { createInbox } from "./inbox.js";
import type { Clock } from "../ports/clock.js";
import { FeiyanError } from "../ports/error.js";
import type { HistoryStore } from "../ports/history-store.js";
import type { Delivery, Message, MessageId } from "../core/model.js";
import type { DatagramTransport, Endpoint } from "../ports/transport.js";
import type { TcpReach } from "../protocol/probe.js";

/** Everything a node is made of; `createNode` fills in the real parts. */
export interface NodeParts {
  readonly machine: Omit<MachineOptions, "storing" | "messagesInMemory" | "answersProbes">;
  readonly transport: DatagramTransport;
  readonly clock: Clock;
  /** Our own groups, read when a target names one. */
  readonly groups?: (() => OwnGroups) | undefined;
  /** Port that names without one mean. */
  readonly defaultPort: number;
  /** What files need; absent: no files. */
  readonly files?: FileParts | undefined;
  /** Keeps received messages; its promise releases the acknowledgement. Absent: nothing is kept. */
  readonly store?: ((message: Message) => Promise<void>) | undefined;
  /** Reads or makes the keys of the cipher, asked once at the start; those that are read are there at once. */
  readonly openKeys?: (() => Promise<void>) | undefined;
  /** Keeps pinned keys and choices. What it throws becomes the notice `state-unreadable`, once. */
  readonly keepTrust?: ((records: readonly TrustRecord[]) => void) | undefined;
  /** Keeps the numbers of the FeiQ groups that we belong to. What it throws becomes the notice `state-unreadable`, once. */
  readonly keepRooms?: ((numbers: readonly string[]) => void) | undefined;
  /** Judges the password for locked messages; absent: none is set. */
  readonly isPassword?: ((password: string) => boolean) | undefined;
  /** Keeps everything that outlives the program; restored from before the start. Its `close` is its owner's. */
  readonly history?: HistoryStore | undefined;
  /** Sends the bytes from a new port and tries a TCP connection, for feiyan peers that ask; never rejects. Absent: nobody may ask. */
  readonly tryReach?: ((to: Endpoint, bytes: Uint8Array) => Promise<TcpReach>) | undefined;
  /** Packet numbers below `below` may be in use: keep it for the next start. What it throws becomes the notice `state-unreadable`, once. */
  readonly reserve?: ((below: number) => void) | undefined;
}

export function createNodeOf(parts: NodeParts): Node {
  const { transport, clock, store, history } = parts;
  const hasFiles = parts.files !== undefined;
  const machine = createMachine({
    ...parts.machine,
    files: hasFiles,
    storing: store !== undefined || history !== undefined,
    ...(history === undefined ? {} : { messagesInMemory: limits.messagesBeforeHistory }),
    answersProbes: parts.tryReach !== undefined,
  });
  const inbox = createInbox(machine, clock, run);
  const courier =
    parts.files === undefined
      ? null
      : createCourier({
          ...parts.files,
          clock,
          codec: parts.machine.codec,
          cipher: parts.machine.cipher,
          legacyCharset: parts.machine.legacyCharset,
          put: (input) => inbox.put({ kind: "files", input }),
          problem: (error) => inbox.put({ kind: "problem", code: error.code, fields: error.fields }),
        });
  const publisher = createPublisher(() => clock.now());
  const { subscribe } = publisher;
  const keeper = createKeeper({
    machine,
    clock,
    store,
    history,
    put: (input) => inbox.put(input),
    notice: publisher.notice,
  });
  /** Ends the waiting for deliveries that a closed node will not see. */
  const unsettled = new Set<() => void>();
  let cancelWake: (() => void) | null = null;
  let wakeAt: number | null = null;
  let opened = false;
  let closing: Promise<void> | null = null;
  let whenStopped: (() => void) | null = null;

  let filesProblem: FeiyanError | null = null;
  let stateFailed = false;

  function keepState(write: () => void): void {
    try {
      write();
    } catch (cause) {
      if (stateFailed) return;
      stateFailed = true;
      const text = cause instanceof Error ? cause.message : String(cause);
      publisher.notice("state-unreadable", { text });
    }
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        transport.send(effect.bytes, effect.to);
        return;
      case "broadcast":
        transport.broadcast(effect.bytes);
        return;
      case "hear-groups":
        transport.hearGroups(effect.groups);
        return;
      case "keep-rooms":
        keepState(() => parts.keepRooms?.(effect.numbers));
        return;
      case "store":
      case "write":
        keeper.perform(effect);
        return;
      case "probe":
        void tryProbe(effect);
        return;
      case "reserve-packet-numbers":
        keepState(() => parts.reserve?.(effect.below));
        return;
      case "keep-trust":
        keepState(() => parts.keepTrust?.(effect.records));
        return;
      case "files":
        courier?.perform(effect.effect);
        return;
      default: {
        const never: never = effect;
        return never;
      }
    }
  }

  async function tryProbe({ to, token, bytes }: Extract<Effect, { kind: "probe" }>): Promise<void> {
    const tcp = await parts.tryReach?.(to, bytes);
    if (tcp !== undefined) inbox.put({ kind: "probed", to, token, tcp });
  }

  function run(step: Step): void {
    for (const event of step.events) publisher.publish(event);
    for (const effect of step.effects) perform(effect);
    setWake();
    if (machine.stopped) whenStopped?.();
  }

  function setWake(): void {
    const next = machine.stopped ? null : machine.wakeAt();
    if (next === wakeAt) return;
    cancelWake?.();
    wakeAt = next;
    cancelWake = next === null ? null : clock.at(next, tick);
  }

  function tick(): void {
    wakeAt = null;
    cancelWake = null;
    inbox.put({ kind: "tick" });
  }

  function ask(body: Request): Promise<Extract<Answer, { ok: true }>> {
    return new Promise((resolve, reject) => {
      inbox.put({ kind: "request", request: body }, ({ answer }) => {
        if (answer === null) resolve({ ok: true, messages: [] });
        else if (answer.ok) resolve(answer);
        else reject(new FeiyanError(answer.code, answer.text, answer.fields));
      });
    });
  }

  async function request(body: Request): Promise<readonly Message[]> {
    return (await ask(body)).messages;
  }

  async function requestOnly(body: Request): Promise<void> {
    await request(body);
  }

  function receiversOf(to: Receiver | readonly Receiver[] | string): readonly Receiver[] | "everyone" {
    if (to === "everyone") return to;
    if (typeof to !== "string") return "peer" in to || "endpoint" in to ? [to] : to;
    const resolved = resolveTarget(to, machine.peers(), parts.defaultPort, groupsFor(to));
    if (resolved.ok) return resolved.receivers;
    const matches = resolved.matches.map((peer) => peer.id);
    throw new FeiyanError(resolved.code, `${resolved.target}: ${resolved.code}`, {
      target: resolved.target,
      matches,
    });
  }

  function groupsFor(to: string): OwnGroups | undefined {
    return /(?:^|[,，])\s*@/u.test(to) ? parts.groups?.() : undefined;
  }

  function settled(id: MessageId): Promise<readonly Delivery[]> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        stop();
        unsettled.delete(end);
        const message = machine.message(id);
        // A flood pushed it out of memory, or nothing more will be heard of it.
        if (message === undefined)
          reject(new FeiyanError("no-such-message", "no such message", { messageId: id }));
        else if (message.deliveries.every(({ final }) => final)) resolve(message.deliveries);
        else reject(new FeiyanError("node-closed", "the node was closed"));
      };
      const look = (): void => {
        if (machine.stopped || (machine.message(id)?.deliveries.every(({ final }) => final) ?? true)) end();
      };
      const stop = subscribe(look);
      unsettled.add(end);
      look();
    });
  }

  async function closeDown(): Promise<void> {
    keeper.stop();
    await new Promise<void>((resolve) => {
      whenStopped = resolve;
      inbox.put({ kind: "stop" });
    });
    cancelWake?.();
    await courier?.close();
    if (opened) await transport.close();
    publisher.end();
    for (const end of unsettled) end();
  }

  return {
    async start() {
      if (closing !== null) throw new FeiyanError("node-closed", "the node was closed");
      // Before the first word is said, which tells others whether we have keys.
      const keys = parts.openKeys?.();
      keys?.catch(() => undefined);
      await keeper.restore();
      const network = await transport.open({
        arrived: (bytes, from) => inbox.put({ kind: "datagram", bytes, from }),
        problem: (error, to) => inbox.put({ kind: "problem", code: error.code, fields: error.fields, to }),
        networkChanged: (changed) => inbox.put({ kind: "network", network: changed }),
      });
      if (closing !== null) {
        // Closed while the port was being opened.
        await transport.close();
        throw new FeiyanError("node-closed", "the node was closed");
      }
      opened = true;
      // Without it others cannot fetch from us; everything else works.
      await courier?.open(network.port).catch((error: unknown) => {
        if (!(error instanceof FeiyanError)) throw error;
        filesProblem = error;
      });
      inbox.put({ kind: "start", network });
      keeper.watchQueue();
      void keys?.then(
        () => inbox.put({ kind: "keys-ready" }),
        (cause: unknown) =>
          keepState(() => {
            throw cause;
          }),
      );
      if (filesProblem !== null) {
        inbox.put({ kind: "problem", code: filesProblem.code, fields: filesProblem.fields });
      }
      return network;
    },
    close() {
      closing ??= closeDown();
      return closing;
    },

    get self() {
      return machine.self;
    },
    get fingerprint() {
      const keys = parts.machine.cipher?.keys ?? null;
      return keys === null ? null : (parts.machine.cipher?.fingerprintOf(keys.rsa2048) ?? null);
    },
    get network() {
      return machine.network;
    },
    peers: () => machine.peers(),
    peer: (id) => machine.peer(id),
    conversation: (id) => machine.conversation(id),
    conversations: () => machine.conversations(),
    rooms: () => machine.rooms(),
    message: (id) => machine.message(id),
    diagnostics: () => machine.diagnostics(),

    async say(to, text, options = {}) {
      return request({ kind: "say", to: receiversOf(to), text, options });
    },
    resend: (id) => request({ kind: "resend", messageId: id }),
    settled,
    async open(id, password) {
      const unlocked =
        parts.isPassword === undefined || (password !== undefined && parts.isPassword(password));
      // After a start, or when a flood pushed it out of memory, only the history has it.
      const kept = machine.message(id) === undefined ? ((await history?.message(id))?.message ?? null) : null;
      const [message] = await request({ kind: "open", messageId: id, unlocked, kept });
      if (message === undefined)
        throw new FeiyanError("no-such-message", "no such message", { messageId: id });
      return message;
    },
    recall: (id) => requestOnly({ kind: "recall", messageId: id }),
    answerTrust: (peer, answer) => requestOnly({ kind: "trust", peer, answer }),
    setEncrypt: (peer, policy) => requestOnly({ kind: "set-encrypt", peer, policy }),
    knock: (peer) => requestOnly({ kind: "knock", peer }),
    typing: (peer, active) => requestOnly({ kind: "typing", peer, active }),
    joinGroup: (number) => requestOnly({ kind: "join-room", number }),
    leaveGroup: (number) => requestOnly({ kind: "leave-room", number }),
    noteActivity: () => inbox.put({ kind: "request", request: { kind: "activity" } }),
    setAway: (text) => requestOnly({ kind: "away", text }),
    rename: (names) => requestOnly({ kind: "rename", ...names }),
    greet: (to) => requestOnly({ kind: "greet", to }),
    probe: (peer, token, tcpPort) => requestOnly({ kind: "probe", peer, token, tcpPort }),
    refresh: (options = {}) => requestOnly({ kind: "refresh", hostList: options.hostList ?? false }),
    ask: (peer, what) => requestOnly({ kind: "ask", peer, what }),
    markRead: (conversation) => requestOnly({ kind: "read", conversation }),
    setCharset: (peer, charset) => requestOnly({ kind: "set-charset", peer, charset }),
    ...createFileApi({
      machine,
      store: parts.files?.store ?? null,
      toJpeg: (bytes, limit) => parts.files?.toJpeg(bytes, limit) ?? Promise.resolve(bytes),
      ask: async (body) => (await ask({ kind: "files", request: body })).offers ?? [],
      receiversOf,
      subscribe,
      untilClosed: (end) => {
        unsettled.add(end);
        return () => unsettled.delete(end);
      },
    }),
    async redecode(conversation, charset) {
      const codec = parts.machine.codec;
      const kept =
        history === undefined ? null : await redecodeHistory(history, { conversation, charset }, codec);
      const held = (await request({ kind: "reread", conversation, charset })).length;
      return kept === null
        ? { changed: held, unchanged: machine.conversation(conversation).messages.length - held }
        : { ...kept, changed: Math.max(kept.changed, held) };
    },
    setPolicy: (peer, policy) => requestOnly({ kind: "set-policy", peer, policy }),
    mergePeers: (from, into) => requestOnly({ kind: "merge-peers", from, into }),
    splitPeer: (from) => requestOnly({ kind: "split-peer", from }),
    cancel: (id) => requestOnly({ kind: "cancel", messageId: id }),
    waiting: () => machine.waiting(),
    offers: () => machine.offers(),
    transfers: () => machine.transfers(),
    pictures: () => machine.pictures(),
    history: history ?? null,

    subscribe,
    events: () => publisher.events(machine.stopped),
  };
}
