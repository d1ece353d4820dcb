// What kind of thing a network interface is, by its name and the maker's part of its MAC address: a guess that helps to see why nobody
// is there. Data and one function; knows no socket.

export type InterfaceKind = "ethernet" | "wireless" | "vpn" | "container" | "vm" | "bridge" | "loopback";

/** First match counts. Windows names interfaces in words, everybody else in letters and digits. */
const byName: readonly (readonly [RegExp, InterfaceKind])[] = [
  [/^lo\d*$|loopback/i, "loopback"],
  [
    /^(?:tun|tap|wg|ppp|utun|ipsec|zt|tailscale|nordlynx|proton|gpd|cscotun|ham)\d*|vpn|wireguard|zerotier|tailscale|hamachi|cisco anyconnect|sangfor|easyconnect/i,
    "vpn",
  ],
  [/^(?:vmnet|vboxnet|virbr|vnet|vmenet)\d*|vmware|virtualbox|hyper-v|vethernet|\bwsl\b/i, "vm"],
  [/^(?:docker|br-[0-9a-f]{6,}|veth|cni|flannel|cali|podman|lxc|lxd|kube|nerdctl)/i, "container"],
  [/^(?:br|bridge|bond|team)\d*$/i, "bridge"],
  [/^(?:wl|wlan|wlp|ath|ra)\w*\d|wi-?fi|wlan|wireless|无线/i, "wireless"],
];

/** Makers of machines that do not exist: this machine itself is a guest, which is worth a word and no reason to worry. */
const byMaker: readonly (readonly [string, InterfaceKind])[] = [
  ["00:50:56", "vm"],
  ["00:0c:29", "vm"],
  ["00:05:69", "vm"],
  ["08:00:27", "vm"],
  ["0a:00:27", "vm"],
  ["00:15:5d", "vm"],
  ["00:1c:42", "vm"],
  ["52:54:00", "vm"],
  ["02:42", "container"],
];

export function interfaceKindOf(name: string, mac: string, internal: boolean): InterfaceKind {
  if (internal) return "loopback";
  const named = byName.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined) return named;
  const lower = mac.toLowerCase();
  return byMaker.find(([maker]) => lower.startsWith(maker))?.[1] ?? "ethernet";
}

/** Where colleagues are seldom found. */
export function isVirtual(kind: InterfaceKind): boolean {
  return kind === "vpn" || kind === "container" || kind === "vm";
}
