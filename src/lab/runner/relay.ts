// The impairing relay for any UDP program: one front socket, and a back socket per client so that the far end can tell clients
// apart. Data rolls the dice of its client's flow; the lab's own control passes unless wished otherwise. Keeps the truth.
// Used by `solo` and by `lab relay`. Loopback only unless a LAN is allowed.
import type { Endpoint, Impairment } from "../../index.js";
import { isLabAddress, reachOf } from "../address.js";
import { counted, type SystemCounters } from "../counters/system-counters.js";
import { labTimes, type LabScope, limitOf } from "../limits.js";
import { headerBytes, peekSeq, peekType } from "../wire/header.js";
import { firstControlType } from "../wire/message-types.js";
import { createHand, type Hand } from "./hand.js";
import { createJudgedPath, type JudgedPath, type PathTruth } from "./judged-path.js";
import type { LabNetwork, LabSocket } from "./lab-network.js";
import type { LabTime } from "./lab-time.js";

export interface RelayOptions {
  readonly network: LabNetwork;
  readonly time: LabTime;
  readonly counters: SystemCounters;
  readonly listen: Endpoint;
  readonly to: Endpoint;
  readonly up: Impairment;
  readonly down: Impairment;
  readonly seed: string;
  /** Number of the first client's flow. */
  readonly firstFlow?: number;
  readonly scope: LabScope;
  /** Control of the lab is lost and damaged too, by dice of its own. */
  readonly impairControl?: boolean;
  readonly changed?: () => void;
  readonly problem?: (systemCode: string) => void;
}

export interface RelayFlow {
  readonly client: Endpoint;
  readonly flow: number;
  readonly up: PathTruth;
  readonly down: PathTruth;
  /** Kernel drops at the relay's socket towards the far end. */
  readonly ownDropsDown: number | null;
}

export interface Relay {
  readonly local: Endpoint;
  readonly receiveBufferBytes: number | null;
  readonly hand: Hand;
  flows(): readonly RelayFlow[];
  /** Kernel drops at the front socket, all clients together. */
  ownDropsUp(): number | null;
  /** Datagrams of addresses that may not use the relay, or of clients beyond the limit. */
  readonly refused: () => number;
  flush(): void;
  close(): Promise<void>;
}

interface Client {
  readonly from: Endpoint;
  readonly flow: number;
  readonly paths: Readonly<Record<"up" | "down" | "controlUp" | "controlDown", JudgedPath>>;
  back: LabSocket | null;
  heardMs: number;
  /** Until the back socket is open. */
  readonly early: Uint8Array[];
}

const mostEarly = 256;
const controlFlow = 0x8000_0000;

export async function openRelay(options: RelayOptions): Promise<Relay> {
  const { network, time, counters, to, scope } = options;
  const clients = new Map<string, Client>();
  const hand = createHand(
    (ms, fire) => time.clock.at(time.clock.now() + ms, fire),
    () => options.changed?.(),
  );
  const report = (code: string): void => options.problem?.(code);
  let nextFlow = options.firstFlow ?? 0;
  let refused = 0;
  let closed = false;

  if (reachOf(to.address) !== "loopback" && !isLabAddress(to.address, scope))
    throw new RangeError(`not an address a relay may send to: ${to.address}`);
  const front = await network.open({
    ...options.listen,
    arrived: (bytes, from) => {
      const client = clientOf(from);
      if (client === null) refused += 1;
      else if (client.back !== null) forward(client, "up", bytes);
      else if (client.early.length < mostEarly) client.early.push(bytes);
    },
    problem: report,
  });
  const dropsBefore = counters.socketDrops(front.local.port);

  function clientOf(from: Endpoint): Client | null {
    const key = `${from.address} ${from.port}`;
    const known = clients.get(key);
    if (known !== undefined) {
      known.heardMs = time.clock.now();
      return known;
    }
    if (closed || !isLabAddress(from.address, scope)) return null;
    if (clients.size >= limitOf("relayClients", scope) && !forgetIdle()) return null;
    const client = createClient(from);
    clients.set(key, client);
    void openBack(client, key);
    return client;
  }

  function createClient(from: Endpoint): Client {
    const flow = nextFlow;
    nextFlow += 1;
    const path = (direction: 0 | 1, control: boolean, deliver: (bytes: Uint8Array) => void): JudgedPath =>
      createJudgedPath({
        clock: time.clock,
        spec: direction === 0 ? options.up : options.down,
        seed: options.seed,
        flow: control ? (flow | controlFlow) >>> 0 : flow,
        direction,
        deliver,
      });
    const toServer = (bytes: Uint8Array): void => client.back?.send(bytes, to);
    const toClient = (bytes: Uint8Array): void => {
      front.send(bytes, from);
    };
    const client: Client = {
      from,
      flow,
      paths: {
        up: path(0, false, toServer),
        down: path(1, false, toClient),
        controlUp: path(0, true, toServer),
        controlDown: path(1, true, toClient),
      },
      back: null,
      heardMs: time.clock.now(),
      early: [],
    };
    return client;
  }

  async function openBack(client: Client, key: string): Promise<void> {
    try {
      const address = reachOf(to.address) === "loopback" ? to.address : wildcard(to.address);
      const back = await network.open({
        address,
        port: 0,
        arrived: (bytes, from) => {
          if (from.port === to.port && from.address === to.address) {
            client.heardMs = time.clock.now();
            forward(client, "down", bytes);
          } else refused += 1;
        },
        problem: report,
      });
      if (closed) {
        await back.close();
        return;
      }
      client.back = back;
      for (const bytes of client.early.splice(0)) forward(client, "up", bytes);
    } catch {
      // No socket for this client: the next datagram of it tries again.
      clients.delete(key);
      report("EMFILE");
    }
  }

  function forward(client: Client, direction: "up" | "down", bytes: Uint8Array): void {
    const type = peekType(bytes);
    const isControl = type !== null && type >= firstControlType && bytes.length >= headerBytes;
    if (isControl && options.impairControl !== true) {
      if (direction === "up") client.back?.send(bytes, to);
      else front.send(bytes, client.from);
      return;
    }
    if (isControl) {
      client.paths[direction === "up" ? "controlUp" : "controlDown"].push(bytes, null);
      return;
    }
    const path = client.paths[direction];
    const seq = peekSeq(bytes);
    const held = { seq, sizeBytes: bytes.length, direction: direction === "up" ? "there" : "back" } as const;
    const isHeld = hand.take(held, (copies, damage) => {
      path.decide(bytes, seq, copies, damage);
    });
    if (!isHeld) path.push(bytes, seq);
  }

  function forgetIdle(): boolean {
    const now = time.clock.now();
    for (const [key, client] of clients) {
      if (now - client.heardMs < labTimes.relayIdleMs) continue;
      clients.delete(key);
      for (const path of Object.values(client.paths)) path.flush();
      void client.back?.close();
    }
    return clients.size < limitOf("relayClients", scope);
  }

  return {
    local: front.local,
    receiveBufferBytes: front.receiveBufferBytes,
    hand,
    flows: () =>
      [...clients.values()].map((client) => ({
        client: client.from,
        flow: client.flow,
        up: client.paths.up.truth(),
        down: client.paths.down.truth(),
        ownDropsDown: client.back === null ? null : counters.socketDrops(client.back.local.port),
      })),
    ownDropsUp: () => counted(dropsBefore, counters.socketDrops(front.local.port)),
    refused: () => refused,
    flush: () => {
      for (const client of clients.values()) for (const path of Object.values(client.paths)) path.flush();
    },
    close: async () => {
      closed = true;
      for (const client of clients.values()) for (const path of Object.values(client.paths)) path.abandon();
      await Promise.all([front.close(), ...[...clients.values()].map((client) => client.back?.close())]);
    },
  };
}

function wildcard(address: string): string {
  return address.includes(":") ? "::" : "0.0.0.0";
}
