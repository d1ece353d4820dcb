// What the log says while nobody else is there: that we have announced ourselves and where, who would appear by itself, how to try
// everything alone with one key, and how to reach hosts that broadcast does not.
import type { LocalAddress } from "../../index.js";
import type { World } from "../world.js";
import type { UiState } from "../ui-state.js";
import { wrapPieces } from "../text/wrap.js";
import { span } from "./lines.js";
import type { Line, Role } from "./scene.js";

/** A firewall is worth a word when nobody has come for so long. */
const firewallAfterMs = 3_000;
const addressLimit = 4;

export function isNobodyThere(world: World): boolean {
  return world.node.peers().length === 0;
}

/** Addresses that somebody can be told: link-local ones only where there are no others, and those of this computer alone after all. */
export function shownAddresses(addresses: readonly LocalAddress[]): readonly LocalAddress[] {
  const reachable = addresses.filter((one) => !one.loopback);
  const routable = reachable.filter((one) => !/^(?:fe80|169\.254)/i.test(one.address));
  if (routable.length > 0) return routable;
  return reachable.length > 0 ? reachable : addresses;
}

/** The notice for a pane of this size; the most useful lines first, so that a small pane loses the last ones. */
export function emptyNetworkLines(
  state: UiState,
  world: World,
  columns: number,
  rows: number,
): readonly Line[] {
  const isSmall = rows < 14;
  const lines: Line[] = [];
  const add = (text: string, role: Role = "message.peer", indent = 2): void => {
    const width = Math.max(2, columns - indent - 1);
    for (const row of wrapPieces([span(text, role)], { columns: width })) {
      lines.push([span(" ".repeat(indent), "screen"), ...row]);
    }
  };
  const gap = (): void => {
    if (!isSmall) lines.push([]);
  };
  const waitedMs = world.now() - state.startedAt;
  const { network } = world.node;
  gap();
  add(world.text(waitedMs < firewallAfterMs ? "empty.looking" : "empty.title"), "pane.title", 2);
  gap();
  if (state.simulation.kind === "off") {
    const keys = { key: world.keymap.keyOf("simulate"), enter: world.keymap.keyOf("say") };
    add(world.text("empty.simulate", keys), "line.unread");
  } else {
    add(world.text("empty.starting"), "line.unread");
  }
  gap();
  if (network === null) {
    add(world.text("empty.noNetwork"));
  } else {
    const own = shownAddresses(network.addresses);
    add(world.text("empty.announced", { port: network.port }));
    for (const address of own.slice(0, addressLimit)) {
      add(`${address.address}  (${address.interfaceName})`, "status.value", 4);
    }
    if (own.every((one) => one.loopback)) add(world.text("empty.noAddress"), "message.error", 4);
  }
  gap();
  add(world.text("empty.who"));
  gap();
  add(world.text("empty.peer"));
  add(world.text("empty.peerExample"), "message.link", 4);
  add(world.text("empty.send", { key: world.keymap.keyOf("send-form") }));
  if (waitedMs >= firewallAfterMs && network !== null) {
    gap();
    add(world.text("empty.firewall", { port: network.port }), "message.system");
  }
  return lines.slice(0, rows);
}
