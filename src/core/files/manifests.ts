// Lists of folders between feiyan peers (docs/protocol.md section 23): asked for page by page, by datagrams that are repeated until
// the page comes, and given to those only to whom the folder was offered. Hashing is the shell's work.
import { trimOldest } from "../trim-oldest.js";
import { fileLimits, fileTimers } from "../limits.js";
import type { PeerId } from "../model.js";
import { drop, sendPacket } from "../world.js";
import type { World } from "../world.js";
import type { Endpoint } from "../../ports/transport.js";
import {
  buildManifestDone,
  buildManifestPage,
  buildManifestRequest,
  feiyanCommand,
  type FeiyanBody,
  type ManifestEntry,
  type ManifestPage,
  type ManifestRequest,
  paginateManifest,
} from "../../protocol/feiyan.js";
import { optionBits } from "../../protocol/options.js";
import type { TransferId } from "./model.js";
import { memberBaseOf } from "./offers.js";
import type { Offers } from "./offers.js";
import { keyOf } from "./sharing.js";
import type { Transfers } from "./transfers.js";

export interface Manifests {
  /** A fetch wants the list of its folder; answered by a `give-manifest` effect, always. */
  want(id: TransferId, source: Source | null): void;
  /** Somebody will want the list of this folder of ours: true when nobody makes it yet, and whoever asks does. */
  begin(key: string): boolean;
  heard(body: FeiyanBody, peerId: PeerId | undefined, from: Endpoint): void;
  read(key: string, entries: readonly ManifestEntry[] | null): void;
  again(id: TransferId, round: number): void;
  /** The transfer is over: nobody waits any more. */
  stop(id: TransferId): void;
  /** Tells the sender that everything is here, until it has heard it. */
  tellDone(id: TransferId, source: Source | null): void;
  doneAgain(id: TransferId, round: number): void;
}

interface Source {
  readonly packetNo: string;
  readonly fileId: string;
  readonly to: Endpoint;
}

interface Asking {
  readonly packetNo: string;
  readonly fileId: string;
  readonly to: Endpoint;
  readonly entries: ManifestEntry[];
  /** The next one to be added. */
  page: number;
  /** Those before it are asked for. */
  asked: number;
  /** Came before their turn. */
  readonly ahead: Map<number, readonly ManifestEntry[]>;
  /** Alarms count up; an old one means nothing. */
  round: number;
  misses: number;
  readonly since: number;
}

type Kept = { readonly pages: readonly (readonly ManifestEntry[])[] } | "reading" | "none";

export function createManifests(
  world: World,
  offers: Offers,
  transfers: Transfers,
  /** A receiver has compared a folder of ours. */
  confirmed: (packetNo: string, fileId: string, peerId: PeerId) => void,
): Manifests {
  const telling = new Map<TransferId, Source & { round: number }>();
  const asking = new Map<TransferId, Asking>();
  const kept = new Map<string, Kept>();

  function send([text, json]: readonly [string, string], to: Endpoint): void {
    const command = feiyanCommand | optionBits.UTF8OPT;
    // The flag is in the command already: charset alone.
    sendPacket(world, { command, sections: [text, json] }, to, {
      charset: "utf-8",
      flag: true,
      reason: "utf8-flag",
    });
  }

  function ask(id: TransferId, wish: Asking): void {
    askFor(wish, wish.page);
    wish.asked = wish.page + 1;
    askLater(id, wish, fileTimers.manifestMs);
  }

  function askFor({ packetNo, fileId, to }: Asking, page: number): void {
    send(buildManifestRequest({ packetNo, fileId, page }), to);
  }

  function askLater(id: TransferId, wish: Asking, ms: number): void {
    wish.round += 1;
    const alarm = { kind: "manifest", transferId: id, round: wish.round } as const;
    world.alarms.set(world.now + ms, { kind: "files", alarm });
  }

  function give(id: TransferId, entries: readonly ManifestEntry[] | null): void {
    asking.delete(id);
    world.effects.push({ kind: "files", effect: { kind: "give-manifest", transferId: id, entries } });
  }

  function addInOrder(wish: Asking): void {
    for (let next = wish.ahead.get(wish.page); next !== undefined; next = wish.ahead.get(wish.page)) {
      wish.entries.push(...next);
      wish.ahead.delete(wish.page);
      wish.page += 1;
    }
  }

  function heardPage(page: ManifestPage, from: Endpoint): void {
    for (const [id, wish] of asking) {
      if (wish.packetNo !== page.packetNo || wish.fileId !== page.fileId) continue;
      if (page.page < wish.page || page.page >= wish.asked) continue;
      if (wish.to.address !== from.address) continue;
      if (page.state === "none") give(id, null);
      else if (page.state === "wait") {
        wish.misses = 0;
        askLater(id, wish, fileTimers.manifestPollMs);
      } else {
        wish.misses = 0;
        wish.ahead.set(page.page, page.entries);
        addInOrder(wish);
        if (wish.entries.length > fileLimits.manifestEntries) give(id, null);
        else if (wish.page >= page.pages) give(id, wish.entries);
        else {
          // A few at a time: one after another a long list would be all waiting.
          const end = Math.min(page.pages, wish.page + fileLimits.manifestPagesAsked);
          for (; wish.asked < end; wish.asked += 1) if (!wish.ahead.has(wish.asked)) askFor(wish, wish.asked);
          askLater(id, wish, fileTimers.manifestMs);
        }
      }
      return;
    }
    drop(world, "stray-manifest");
  }

  /** Only to whom the folder was offered, and only a folder. */
  function pageFor(request: ManifestRequest, peerId: PeerId | undefined): ManifestPage {
    const { packetNo, fileId, page } = request;
    const record = peerId === undefined ? undefined : offers.findOut(packetNo, peerId);
    const index = record?.offer.files.findIndex((file) => file.fileId === fileId) ?? -1;
    const file = record?.offer.files[index];
    const none: ManifestPage = { packetNo, fileId, page, state: "none" };
    if (record === undefined || file?.kind !== "folder" || file.path === null) return none;
    const base = memberBaseOf(index);
    const key = keyOf(record, base);
    const state = kept.get(key);
    if (state === "none") return none;
    if (state === undefined || state === "reading") {
      if (state === undefined && markReading(key)) {
        const effect = { kind: "read-manifest", key, path: file.path, baseId: base } as const;
        world.effects.push({ kind: "files", effect });
      }
      return { packetNo, fileId, page, state: "wait" };
    }
    const entries = state.pages[page];
    return entries === undefined
      ? none
      : { packetNo, fileId, page, state: "ready", pages: state.pages.length, entries };
  }

  function tell(id: TransferId): void {
    const word = telling.get(id);
    if (word === undefined) return;
    word.round += 1;
    send(buildManifestDone("manifest-done", word.packetNo, word.fileId), word.to);
    const alarm = { kind: "done", transferId: id, round: word.round } as const;
    world.alarms.set(world.now + fileTimers.manifestMs, { kind: "files", alarm });
  }

  function stopTelling(packetNo: string, fileId: string, from: Endpoint): void {
    for (const [id, word] of telling) {
      const isSame = word.packetNo === packetNo && word.fileId === fileId;
      if (isSame && word.to.address === from.address) telling.delete(id);
    }
  }

  /** False when too many are being made. */
  function markReading(key: string): boolean {
    const busy = [...kept.values()].filter((one) => one === "reading").length;
    if (busy >= fileLimits.manifestsWanted) return false;
    kept.set(key, "reading");
    trimOldest(kept, fileLimits.offers);
    return true;
  }

  return {
    want(id, source) {
      if (source === null) {
        give(id, null);
        return;
      }
      const wish: Asking = {
        ...source,
        entries: [],
        page: 0,
        asked: 0,
        ahead: new Map(),
        round: 0,
        misses: 0,
        since: world.now,
      };
      asking.set(id, wish);
      ask(id, wish);
    },

    begin: (key) => !kept.has(key) && markReading(key),

    heard(body, peerId, from) {
      if (body.kind === "manifest") heardPage(body.page, from);
      else if (body.kind === "manifest-done-answer") stopTelling(body.packetNo, body.fileId, from);
      else if (peerId === undefined) drop(world, "stranger");
      else if (body.kind === "manifest-done") {
        confirmed(body.packetNo, body.fileId, peerId);
        send(buildManifestDone("manifest-done-answer", body.packetNo, body.fileId), from);
      } else send(buildManifestPage(pageFor(body.request, peerId)), from);
    },

    read(key, entries) {
      kept.set(key, entries === null ? "none" : { pages: paginateManifest(entries) });
    },

    again(id, round) {
      const wish = asking.get(id);
      if (wish === undefined || wish.round !== round) return;
      wish.misses += 1;
      const isOver = transfers.get(id)?.endedAt !== null;
      const isLate = world.now - wish.since > fileTimers.manifestWaitMs;
      if (isOver || isLate || wish.misses > fileTimers.manifestRounds) give(id, null);
      else ask(id, wish);
    },

    stop: (id) => void asking.delete(id),

    tellDone(id, source) {
      if (source === null) return;
      telling.set(id, { ...source, round: 0 });
      tell(id);
    },

    doneAgain(id, round) {
      if (telling.get(id)?.round !== round) return;
      if (round >= fileTimers.manifestRounds) telling.delete(id);
      else tell(id);
    },
  };
}
