// The send form read: whom `to` means, which names fit what is typed, and what is missing or wrong. Pure.
import { isAddress, parseEndpoint, peerName, resolveTarget } from "../index.js";
import type { Receiver } from "../index.js";
import { editorText } from "./edit/editor.js";
import { rosterOf, shownName } from "./roster.js";
import type { RosterEntry } from "./roster.js";
import type { FormField, SendForm } from "./ui-state.js";
import type { World } from "./world.js";

export type FormReading =
  | { readonly ok: true; readonly to: readonly Receiver[]; readonly text: string; readonly raw: boolean }
  | { readonly ok: false; readonly field: FormField; readonly text: string };

export const defaultPort = 2425;
const matchLimit = 5;

/** How the address in `to` gets its port. */
export type PortSource = "field" | "address" | "peer";

export function portSource(form: SendForm, world: World): PortSource {
  const to = editorText(form.to).trim();
  if (to === "") return "field";
  // An address without a port of its own reads differently with another default.
  const one = parseEndpoint(to, 1);
  if (one !== null) return isAddress(to) || parseEndpoint(to, 2)?.port !== one.port ? "field" : "address";
  return resolveTarget(to, world.node.peers()).ok ? "peer" : "field";
}

/** Peers whose name, host or address begins with or holds what is typed; none once it is a whole name. */
export function formMatches(form: SendForm, world: World): readonly RosterEntry[] {
  const typed = editorText(form.to).trim();
  if (form.field !== "to") return [];
  const found = rosterOf(world, { filter: typed }).filter((entry) => entry.peer !== null);
  return found.some((entry) => entry.name === typed) ? [] : found.slice(0, matchLimit);
}

/** Checks the whole form, from the top: the first fault is the one shown. */
export function readForm(form: SendForm, world: World): FormReading {
  const to = editorText(form.to).trim();
  if (to === "") return { ok: false, field: "to", text: world.text("form.noTo") };
  const port = portOf(form);
  if (port === null && portSource(form, world) === "field") {
    return { ok: false, field: "port", text: world.text("form.badPort") };
  }
  const target = resolveTarget(to, world.node.peers(), port ?? defaultPort);
  if (!target.ok) {
    const matches = target.matches.map((peer) => `${shownName(peer)} ${peer.endpoint.address}`);
    return {
      ok: false,
      field: "to",
      text:
        target.code === "peer-ambiguous"
          ? world.text("form.ambiguous", { name: target.target, matches: matches.join(", ") })
          : world.text("form.noPeer", { name: target.target }),
    };
  }
  const text = editorText(form.text);
  if (text.trim() === "") return { ok: false, field: "text", text: world.text("form.noText") };
  return { ok: true, to: target.receivers, text, raw: form.raw };
}

/** What a chosen match puts into `to`: its name, or its identity where the name would not find it. */
export function targetText(entry: RosterEntry, world: World): string {
  const { peer } = entry;
  if (peer === null) return "";
  const name = peerName(peer);
  const found = resolveTarget(name, world.node.peers());
  const isFound =
    found.ok &&
    found.receivers.length === 1 &&
    found.receivers.some((one) => "peer" in one && one.peer === peer.id);
  return isFound && name === entry.name ? name : `id:${peer.id}`;
}

function portOf(form: SendForm): number | null {
  const text = editorText(form.port).trim();
  if (text === "") return defaultPort;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}
