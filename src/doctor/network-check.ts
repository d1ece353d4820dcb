// What a node hears and what others see of it: interfaces, our own broadcast, answers to it, and a feiyan peer that tries to reach us
// from outside. Works with a node of our own or with that of the running instance alike.
import {
  broadcastAddress,
  createSystemRandom,
  formatEndpoint,
  peerName,
  safeText,
  type Event,
  type InterfaceInfo,
  type Node,
  type Peer,
  type TapRecord,
} from "../index.js";
import { faultFinding, finding, type Finding } from "./finding.js";
import { interfaceKindOf, isVirtual } from "./interface-kind.js";

/** Every IPv4 address with its broadcast address, IPv6 ones by name; and what is missing. */
export function checkInterfaces(interfaces: readonly InterfaceInfo[]): readonly Finding[] {
  const outside = interfaces.filter((info) => !info.internal);
  const kinds = outside.map((info) => interfaceKindOf(info.name, info.mac, info.internal));
  const found = interfaces.map((info) => {
    const kind = interfaceKindOf(info.name, info.mac, info.internal);
    const { name, address, netmask, family } = info;
    const broadcast = info.internal ? null : broadcastAddress(address, netmask);
    const fields = { name, address, netmask, broadcast, family, kind, virtual: isVirtual(kind) };
    return finding("doctor-interface", fields);
  });
  if (!outside.some((info) => info.family === "IPv4")) return [...found, finding("doctor-no-network")];
  return kinds.every(isVirtual)
    ? [...found, finding("doctor-only-virtual", { kinds: [...new Set(kinds)] })]
    : found;
}

export interface ListenParts {
  readonly node: Node;
  /** What the node hears, from now on. */
  readonly onDatagram: (listener: (record: TapRecord) => void) => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly waitMs: number;
}

/** Announces, listens for our own broadcast and for answers. */
export async function checkBroadcast({
  node,
  onDatagram,
  pause,
  waitMs,
}: ListenParts): Promise<readonly Finding[]> {
  const port = node.network?.port ?? 0;
  const faults = new Map<string, Finding>();
  const unsubscribe = node.subscribe((event) => {
    if (event.kind === "notice" && isSendFault(event)) {
      faults.set(event.code, faultFinding(event.code, { ...event.fields }));
    }
  });
  const own = new Set(node.network?.addresses.map(({ address }) => address) ?? []);
  let echoes = 0;
  /** Those that have been outside of this machine, or could have been. */
  let outsideEchoes = 0;
  let others = 0;
  onDatagram(({ direction, peer, fate }) => {
    // The others of this field speak IPv4: that IPv6 gets through helps nobody who waits for them.
    if (direction === "out" || peer.address.includes(":")) return;
    if (fate !== null && fate.dropped !== null) return;
    if (own.has(peer.address) && peer.port === port) {
      echoes += 1;
      if (!peer.address.startsWith("127.")) outsideEchoes += 1;
    } else if (!own.has(peer.address)) others += 1;
  });
  try {
    await node.refresh();
    await pause(waitMs);
    const present = node.peers().filter((peer) => peer.state !== "offline" && peer.dialect !== "raw");
    // Who answers us lets datagrams pass in both directions, whatever became of our own echo.
    const isOpen = echoes > 0 || others > 0;
    // Where they could not be sent, that is all there is to say of them.
    const isTold = faults.size > 0 && outsideEchoes + others === 0;
    const heard = isOpen
      ? finding("doctor-broadcast-heard", { port, echoes })
      : finding("doctor-broadcast-silent", { port });
    return [
      ...faults.values(),
      ...(isTold ? [] : [heard]),
      present.length > 0
        ? finding("doctor-peers-heard", { count: present.length })
        : finding("doctor-nobody", { port }),
    ];
  } finally {
    unsubscribe();
  }
}

function isSendFault(event: Extract<Event, { kind: "notice" }>): boolean {
  return event.code === "broadcast-unavailable" || event.code === "send-not-permitted";
}

/** Longer than its own time limits. */
const reachPatienceMs = 4_500;

/** Peers on other machines that try for others; the one named first, if any. */
export function listTesters(node: Node): readonly Peer[] {
  const own = new Set(node.network?.addresses.map(({ address }) => address) ?? []);
  return node
    .peers()
    .filter((peer) => peer.state !== "offline" && peer.feiyan?.probes === true)
    .filter(({ endpoint }) => !own.has(endpoint.address) && !endpoint.address.startsWith("127."));
}

const noop = (): void => undefined;

/** Asks a peer to try, and says what came of it. */
export async function checkReach(
  node: Node,
  tester: Peer,
  pause: (ms: number) => Promise<void>,
): Promise<readonly Finding[]> {
  const port = node.network?.port ?? 0;
  const random = createSystemRandom();
  const token = [random.uint32(), random.uint32()].map((part) => part.toString(16).padStart(8, "0")).join("");
  const peer = `${safeText(peerName(tester), { newlines: "space", maxCharacters: 40 })} (${formatEndpoint(tester.endpoint)})`;
  const seen: { begun: boolean; udp: boolean; tcp: string | null } = { begun: false, udp: false, tcp: null };
  let finish = noop;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const unsubscribe = node.subscribe((event) => {
    if (event.kind !== "probe" || event.token !== token) return;
    if (event.step === "udp") seen.udp = true;
    else {
      seen.begun = true;
      seen.tcp ??= event.tcp;
    }
    if (seen.udp && seen.tcp !== null) finish();
  });
  try {
    await node.probe(tester.id, token, port);
    await Promise.race([finished, pause(reachPatienceMs)]);
  } finally {
    unsubscribe();
  }
  if (!seen.begun && !seen.udp) return [finding("doctor-tester-silent", { peer })];
  const isTcpOpen = seen.tcp === "open" || seen.tcp === "refused";
  return [
    finding(seen.udp ? "doctor-reach-udp" : "doctor-reach-udp-blocked", { peer, port }),
    finding(isTcpOpen ? "doctor-reach-tcp" : "doctor-reach-tcp-blocked", {
      peer,
      port,
      tcp: seen.tcp ?? "silent",
    }),
  ];
}
