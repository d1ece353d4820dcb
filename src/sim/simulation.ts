// A handful of virtual peers on this machine, for one person alone: each on a free port of 127.0.0.1 (or of the address that the user's
// feiyan is bound to), announcing itself by unicast to the user's port. Started by `feiyan sim` and from inside the terminal UI.
import {
  createKeyRing,
  createMessageCipher,
  generateKeyPairs,
  createSystemClock,
  createSystemRandom,
  createTcpStreams,
  createTextCodec,
  createUdpTransport,
  formatEndpoint,
  type Clock,
  type DatagramTransport,
  type Endpoint,
  type KeyPairs,
  type KeyRing,
  type MessageCipher,
  type Random,
  type StreamTransport,
} from "../index.js";
import { personas, type Persona } from "./persona.js";
import { createVirtualPeer, type Audience, type VirtualPeer } from "./virtual-peer.js";

export interface SimulationOptions {
  /** Where the user's feiyan listens. */
  readonly port: number;
  /** Addresses that it is bound to; default all. */
  readonly binds?: readonly string[];
  readonly clock?: Clock;
  readonly random?: Random;
  readonly personas?: readonly Persona[];
  /** The keys that all of them use; default new ones. */
  readonly keys?: KeyPairs;
  /** One socket for each peer; tests give a network inside the process. */
  readonly openTransport?: (index: number) => DatagramTransport;
  /** Connections for the files of each; none beside an own `openTransport` unless given. */
  readonly openStreams?: (index: number) => StreamTransport;
}

export interface Simulation {
  readonly count: number;
  readonly peers: readonly SimulatedPeer[];
  stop(): Promise<void>;
}

/** Who takes part, for the list that `feiyan sim` prints. */
export interface SimulatedPeer {
  /** By what others know it: as `Peer.id`. */
  readonly id: string;
  readonly nick: string;
  readonly group: string;
  readonly program: string;
  readonly dialect: string;
  readonly charset: string;
  readonly address: string;
}

/** The first greeting, and how far apart the others are: all within three seconds. */
const firstGreetingMs = 500;
const greetingStepMs = 500;

/**
 * Starts the peers; resolves when they have announced themselves.
 *
 * @example const simulation = await startSimulation({ port: 2425 }); await simulation.stop();
 */
export const startSimulation = async (options: SimulationOptions): Promise<Simulation> => {
  const clock = options.clock ?? createSystemClock();
  const random = options.random ?? createSystemRandom();
  const codec = createTextCodec();
  const address = meetingAddress(options.binds ?? []);
  const target: Endpoint = { address, port: options.port };
  const audience = createAudience();
  const cast = options.personas ?? personas;
  const openTransport =
    options.openTransport ?? (() => createUdpTransport({ port: 0, binds: [address], ipv6: false }));
  const ring = createKeyRing(options.keys ?? null);
  const keyed = createMessageCipher(ring);
  let isMaking = options.keys !== undefined;
  /** Keys are made when the first one is asked for, in another thread; who asks again is answered. */
  const cipher = (): MessageCipher => {
    if (!isMaking) {
      isMaking = true;
      void fill(ring);
    }
    return keyed;
  };
  const openStreams =
    options.openStreams ??
    (options.openTransport === undefined ? () => createTcpStreams({ binds: [address] }) : undefined);
  const started: VirtualPeer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((peer) => peer.stop()));
  };
  const peers: SimulatedPeer[] = [];
  try {
    for (const [index, persona] of cast.entries()) {
      const greetAfterMs = firstGreetingMs + index * greetingStepMs;
      const peer = createVirtualPeer({
        persona,
        transport: openTransport(index),
        streams: openStreams?.(index),
        target,
        clock,
        random,
        codec,
        cipher,
        audience,
        greetAfterMs,
      });
      const endpoint = await peer.start();
      started.push(peer);
      const { group, program, dialect, charset } = persona;
      const nick = persona.nick === "" ? persona.program : persona.nick;
      const where = formatEndpoint(endpoint);
      peers.push({ id: idOf(persona, where), nick, group, program, dialect, charset, address: where });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { count: peers.length, peers, stop };
};

/** Who is bound to one address hears nothing on 127.0.0.1. */
const meetingAddress = (binds: readonly string[]): string => {
  const loopback = "127.0.0.1";
  const own = binds.filter((bind) => !bind.includes(":"));
  return own.length === 0 || own.includes("0.0.0.0") || own.includes(loopback)
    ? loopback
    : (own[0] ?? loopback);
};

/** `user@host`, FeiQ with its MAC, a debug tool by its address. */
const idOf = ({ presence, user, host, version }: Persona, address: string): string => {
  if (presence === null) return `raw:${address}`;
  const mac = /^1_lbt\w*#\d+#([0-9A-F]{12})#/.exec(version)?.[1];
  return mac === undefined ? `${user}@${host}` : `${user}@${host}#${mac}`;
};

const fill = async (ring: KeyRing): Promise<void> => {
  ring.pairs = await generateKeyPairs();
};

/** Whether the user's program is there, as any of the peers has seen. */
const createAudience = (): Audience => {
  let present = false;
  const greeters: (() => void)[] = [];
  return {
    isPresent: () => present,
    arrived: () => {
      present = true;
      for (const greet of greeters.splice(0)) greet();
    },
    left: () => {
      present = false;
    },
    whenPresent: (greet) => {
      if (present) greet();
      else greeters.push(greet);
    },
  };
};
