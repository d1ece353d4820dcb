// The shell around the machine, and its public face: turns the crank, runs the effects, wakes it in time, publishes its events.
// Front ends, bots and tests use `Node`; no rule of the chat lives here.
import type { Effect } from "../core/effect.js";
import type { Event } from "../core/event.js";
import type { Answer, Receiver, Request, SayOptions } from "../core/input.js";
import { limits } from "../core/limits.js";
import { createMachine } from "../core/machine.js";
import type { Step } from "../core/machine.js";
import type { MachineOptions } from "../core/world.js";
import { resolveTarget } from "../core/selectors.js";
import { createCourier } from "./files/courier.js";
import type { FileParts } from "./files/courier.js";
import { createFileApi } from "./files/file-api.js";
import type { FileApi } from "./files/file-api.js";
import { createEventQueue } from "./event-queue.js";
import type { EventQueue } from "./event-queue.js";
import { createInbox } from "./inbox.js";
import type { Clock } from "../ports/clock.js";
import { FeiyanError } from "../ports/error.js";
import type { ErrorCode } from "../ports/error.js";
import type { HistoryStore } from "../ports/history-store.js";
import type { PeerPolicy } from "../core/saved.js";
import type {
  Conversation,
  Delivery,
  Diagnostics,
  Message,
  MessageId,
  Peer,
  PeerId,
  Self,
} from "../core/model.js";
import type { DatagramTransport, Endpoint, LocalNetwork } from "../ports/transport.js";
import type { TcpReach } from "../protocol/probe.js";
import type { Charset } from "../protocol/text-codec.js";

export interface Node extends FileApi {
  /** Binds the port, announces us. Rejects with a FeiyanError such as `port-in-use`. */
  start(): Promise<LocalNetwork>;
  /** Says goodbye (BR_EXIT, once more 100 ms later) and closes. Safe to call twice. */
  close(): Promise<void>;

  readonly self: Self;
  /** Null before `start`. */
  readonly network: LocalNetwork | null;
  /** Everyone known, in order of first sight. */
  peers(): readonly Peer[];
  peer(id: PeerId): Peer | undefined;
  conversation(id: PeerId): Conversation;
  /** Conversations that hold messages, latest message first. */
  conversations(): readonly PeerId[];
  message(id: MessageId): Message | undefined;
  diagnostics(): Diagnostics;

  /**
   * Queues a message and sends it; resolves with what was queued (several after `split`). Rejects with `no-such-peer`,
   * `peer-ambiguous`, `text-empty`, `text-not-encodable`, `text-too-long`. A string is `everyone`, or names as `resolveTarget` takes them.
   *
   * @example const [message] = await node.say("小明", "三点开会"); const [delivery] = await node.settled(message.id);
   */
  say(
    to: Receiver | readonly Receiver[] | string,
    text: string,
    options?: SayOptions,
  ): Promise<readonly Message[]>;
  /** Sends again to the receivers that are unconfirmed. */
  resend(id: MessageId): Promise<readonly Message[]>;
  /** Resolves when every delivery of the message is final; rejects with `no-such-message`, or `node-closed` at the end. */
  settled(id: MessageId): Promise<readonly Delivery[]>;
  setAway(text: string | null): Promise<void>;
  rename(names: { readonly nick?: string; readonly group?: string }): Promise<void>;
  refresh(options?: { readonly hostList?: boolean }): Promise<void>;
  /** Announces us to single addresses that broadcast may not reach; they hear our goodbye too. */
  greet(to: readonly Endpoint[]): Promise<void>;
  /**
   * Asks a feiyan peer to try whether it reaches us: by a datagram from another port, and by TCP at `tcpPort` (our own UDP port's
   * number). `token` is 16 hex digits by chance; `probe` events with it tell what came of it. Rejects with `peer-cannot-probe`.
   */
  probe(peer: PeerId, token: string, tcpPort: number): Promise<void>;
  /** Asks a peer for its version or absence text; the answer comes as an `info` event. */
  ask(peer: PeerId, what: "version" | "absence"): Promise<void>;
  markRead(conversation: PeerId): Promise<void>;
  /** Fixes a peer's charset, or (null) lets it be found out again. */
  setCharset(peer: PeerId, charset: Charset | null): Promise<void>;
  /** Favourite, muted, blocked, not logged, a note, own groups: what is not given stays. */
  setPolicy(peer: PeerId, policy: Partial<PeerPolicy>): Promise<void>;
  /** Counts one entry to another, conversation and all; `splitPeer` undoes it. */
  mergePeers(from: PeerId, into: PeerId): Promise<void>;
  splitPeer(from: PeerId): Promise<void>;
  /** Takes back what still waits for absent receivers. Rejects with `no-such-message` when nothing does. */
  cancel(id: MessageId): Promise<void>;
  /** Messages that wait for absent receivers, in the order of writing. */
  waiting(): readonly Message[];
  /** What was kept: pages, search, re-reading. Null without a history. */
  readonly history: HistoryStore | null;

  /** Calls `listener` for every event, in order; returns how to stop. A listener that throws is reported, the others go on. */
  subscribe(listener: (event: Event) => void): () => void;
  /** The same as an async iterator; ends when the node closes. Slow readers lose the oldest events past `limits.eventBacklog`. */
  events(): AsyncIterable<Event>;
}

/** Everything a node is made of; `createNode` fills in the real parts. */
export interface NodeParts {
  readonly machine: Omit<MachineOptions, "storing" | "answersProbes">;
  readonly transport: DatagramTransport;
  readonly clock: Clock;
  /** Port that names without one mean. */
  readonly defaultPort: number;
  /** What files need; absent: no files. */
  readonly files?: FileParts | undefined;
  /** Keeps received messages; its promise releases the acknowledgement. Absent: nothing is kept. */
  readonly store?: ((message: Message) => Promise<void>) | undefined;
  /** Keeps everything that outlives the program; restored from before the start. Its `close` is its owner's. */
  readonly history?: HistoryStore | undefined;
  /** Sends the bytes from a new port and tries a TCP connection, for feiyan peers that ask; never rejects. Absent: nobody may ask. */
  readonly tryReach?: ((to: Endpoint, bytes: Uint8Array) => Promise<TcpReach>) | undefined;
  /** Packet numbers below `below` may be in use: keep it for the next start. What it throws becomes the notice `state-unreadable`, once. */
  readonly reserve?: ((below: number) => void) | undefined;
}

/** Between two notices of writes that failed. */
const failurePauseMs = 10_000;

export function createNodeOf(parts: NodeParts): Node {
  const { transport, clock, store, history } = parts;
  const hasFiles = parts.files !== undefined;
  const machine = createMachine({
    ...parts.machine,
    files: hasFiles,
    storing: store !== undefined || history !== undefined,
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
          legacyCharset: parts.machine.legacyCharset,
          put: (input) => inbox.put({ kind: "files", input }),
          problem: (error) => inbox.put({ kind: "problem", code: error.code, fields: error.fields }),
        });
  const listeners = new Set<(event: Event) => void>();
  const queues = new Set<EventQueue>();
  /** Ends the waiting for deliveries that a closed node will not see. */
  const unsettled = new Set<() => void>();
  let cancelWake: (() => void) | null = null;
  let wakeAt: number | null = null;
  let opened = false;
  let closing: Promise<void> | null = null;
  let whenStopped: (() => void) | null = null;

  function publish(event: Event): void {
    let faults: unknown[] | null = null;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (cause) {
        (faults ??= []).push(cause);
      }
    }
    // After the event itself, so that everybody hears both in this order.
    if (faults !== null) for (const cause of faults) reportListener(cause, event);
  }

  /** A subscriber's fault must not stop the others; told to them once, and never about itself again. */
  function reportListener(cause: unknown, event: Event): void {
    if (event.kind === "notice" && event.code === "subscriber-failed") return;
    const text = cause instanceof Error ? cause.message : String(cause);
    publish({
      kind: "notice",
      code: "subscriber-failed",
      fields: { event: event.kind, text },
      at: clock.now(),
    });
  }

  let filesProblem: FeiyanError | null = null;
  let reserveFailed = false;

  function reserve(below: number): void {
    try {
      parts.reserve?.(below);
    } catch (cause) {
      if (reserveFailed) return;
      reserveFailed = true;
      const text = cause instanceof Error ? cause.message : String(cause);
      publish({ kind: "notice", code: "state-unreadable", fields: { text }, at: clock.now() });
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
      case "store":
        void keep(effect.message.id, () => keepMessage(effect.message, effect.group));
        return;
      case "write":
        void keep(effect.about, () => history?.write(effect.item));
        return;
      case "probe":
        void tryProbe(effect);
        return;
      case "reserve-packet-numbers":
        reserve(effect.below);
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

  function keepMessage(message: Message, group: string): Promise<void> | undefined {
    if (store === undefined) return history?.write({ kind: "message", message, group });
    if (history === undefined) return store(message);
    return store(message).then(() => history.write({ kind: "message", message, group }));
  }

  /** Tells the machine what became of it; without an id of nothing but a failure. */
  async function keep(messageId: MessageId | null, write: () => Promise<void> | undefined): Promise<void> {
    try {
      await write();
    } catch (cause) {
      // Whatever went wrong, the machine only needs to know that it is not kept.
      const code = cause instanceof FeiyanError ? cause.code : "store-failed";
      if (messageId === null) noteStoreFailure(code, cause);
      else inbox.put({ kind: "store-failed", messageId, code });
      return;
    }
    if (messageId !== null) inbox.put({ kind: "stored", messageId });
  }

  let storeFailureAt = Number.NEGATIVE_INFINITY;

  /** Once in a while, not for each of a thousand writes. */
  function noteStoreFailure(code: ErrorCode, cause: unknown): void {
    if (clock.now() - storeFailureAt < failurePauseMs) return;
    storeFailureAt = clock.now();
    const fields = cause instanceof FeiyanError ? cause.fields : {};
    publish({ kind: "notice", code, fields, at: clock.now() });
  }

  function run(step: Step): void {
    for (const event of step.events) publish(event);
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
    const resolved = resolveTarget(to, machine.peers(), parts.defaultPort);
    if (resolved.ok) return resolved.receivers;
    const matches = resolved.matches.map((peer) => peer.id);
    throw new FeiyanError(resolved.code, `${resolved.target}: ${resolved.code}`, {
      target: resolved.target,
      matches,
    });
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

  function subscribe(listener: (event: Event) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** What an earlier run left. A history that cannot be read does not keep anybody from chatting. */
  async function restore(): Promise<void> {
    if (history === undefined) return;
    try {
      const state = await history.state();
      const kept = await Promise.all(state.queue.map(({ messageId }) => history.message(messageId)));
      const waiting = kept.filter((one) => one !== null).map(({ message }) => message);
      inbox.put({ kind: "restore", state, waiting });
    } catch (cause) {
      noteStoreFailure(cause instanceof FeiyanError ? cause.code : "store-failed", cause);
    }
  }

  async function closeDown(): Promise<void> {
    await new Promise<void>((resolve) => {
      whenStopped = resolve;
      inbox.put({ kind: "stop" });
    });
    cancelWake?.();
    await courier?.close();
    if (opened) await transport.close();
    for (const queue of queues) queue.end();
    for (const end of unsettled) end();
  }

  return {
    async start() {
      if (closing !== null) throw new FeiyanError("node-closed", "the node was closed");
      await restore();
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
    get network() {
      return machine.network;
    },
    peers: () => machine.peers(),
    peer: (id) => machine.peer(id),
    conversation: (id) => machine.conversation(id),
    conversations: () => machine.conversations(),
    message: (id) => machine.message(id),
    diagnostics: () => machine.diagnostics(),

    async say(to, text, options = {}) {
      return request({ kind: "say", to: receiversOf(to), text, options });
    },
    resend: (id) => request({ kind: "resend", messageId: id }),
    settled,
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
    setPolicy: (peer, policy) => requestOnly({ kind: "set-policy", peer, policy }),
    mergePeers: (from, into) => requestOnly({ kind: "merge-peers", from, into }),
    splitPeer: (from) => requestOnly({ kind: "split-peer", from }),
    cancel: (id) => requestOnly({ kind: "cancel", messageId: id }),
    waiting: () => machine.waiting(),
    history: history ?? null,

    subscribe,
    events() {
      const queue = createEventQueue(limits.eventBacklog, () => {
        queues.delete(queue);
        stop();
      });
      queues.add(queue);
      if (machine.stopped) queue.end();
      const stop = subscribe((event) => queue.push(event));
      return queue;
    },
  };
}
