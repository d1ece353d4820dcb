// The part of a node's public face that is about files: offers and transfers to look at, and what a user can do with them. Looks at
// paths before they are offered; every rule is in core/files.
import type { Event } from "../../core/event.js";
import type { AcceptOptions, AcceptPolicy, Offer, OfferId } from "../../core/files/model.js";
import type { FilesRequest } from "../../core/files/signals.js";
import type { Receiver, SayOptions } from "../../core/input.js";
import type { Machine } from "../../core/machine.js";
import type { PeerId } from "../../core/model.js";
import { FeiyanError } from "../../ports/error.js";
import type { FileStore, LocalEntry } from "../../ports/file-store.js";
import { limits } from "../../protocol/limits.js";

export interface OfferOptions extends SayOptions {
  /** Goes with the offer; default none. */
  readonly text?: string;
  /** What the first path is called instead of its own name. */
  readonly as?: string;
}

export interface FileApi {
  /**
   * Offers files and folders; they may be fetched from now on. Rejects with `file-not-found`, `file-not-readable`,
   * `text-not-encodable` (a name the receiver's charset lacks), `offer-too-long`, `peer-without-files` and as `say`.
   *
   * @example const offer = await node.offer("小明", ["报告.doc", "照片"]); await node.offerSettled(offer.offerId);
   */
  offer(
    to: Receiver | readonly Receiver[] | string,
    paths: readonly string[],
    options?: OfferOptions,
  ): Promise<Offer>;
  /** Resolves when every party of the offer is done with it; rejects with `no-such-offer`, or `node-closed` at the end. */
  offerSettled(id: OfferId): Promise<Offer>;
  /** Fetches what is offered; what failed before is tried again. Rejects with `no-such-offer`, `offer-not-open`. */
  accept(id: OfferId, options?: AcceptOptions): Promise<Offer>;
  /** Tells the sender that nothing will be fetched. */
  refuse(id: OfferId): Promise<Offer>;
  /** Ends what moves; an offer of ours is withdrawn. With `fileId` that file only. What came is kept and can be gone on with. */
  cancelOffer(id: OfferId, fileId?: string): Promise<void>;
  /** How offers are met from now on: of one peer, or (null) of all that have no rule of their own. */
  setAcceptPolicy(policy: AcceptPolicy | null, peer?: PeerId | null): Promise<void>;
  /** Makes offers again of what an earlier run left unfinished in a folder. */
  takeUp(dir: string): Promise<readonly Offer[]>;
  /**
   * Sends a picture. To FeiQ inside a message, as a JPEG made of it: its way shows as `picture` events, and the result is null. To others
   * as an attachment, shown at once by those who can. Rejects with `picture-not-readable`, `picture-not-sendable` and as `offer`.
   */
  sendPicture(peer: PeerId, path: string, text?: string): Promise<Offer | null>;
  /** What would be offered for a path. */
  look(path: string): Promise<LocalEntry>;
}

/** Entries of a folder that are looked at before it is offered: the size of a larger one is told too small. */
const mostMeasured = 200_000;

interface ApiParts {
  readonly machine: Pick<Machine, "offers" | "transfers" | "pictures" | "peer" | "stopped">;
  readonly store: FileStore | null;
  readonly toJpeg: (bytes: Uint8Array, limit: number) => Promise<Uint8Array>;
  readonly ask: (request: FilesRequest) => Promise<readonly Offer[]>;
  readonly receiversOf: (to: Receiver | readonly Receiver[] | string) => readonly Receiver[] | "everyone";
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** Calls when the node has closed; returns how to forget it. */
  readonly untilClosed: (end: () => void) => () => void;
}

/** A folder with the size of everything in it. */
async function measure(files: FileStore, path: string): Promise<LocalEntry> {
  const entry = await files.look(path);
  if (entry.kind === "file") return entry;
  let sizeBytes = 0;
  let count = 0;
  for await (const step of files.walk(entry)) {
    if (step.kind === "file") sizeBytes += step.entry.sizeBytes;
    count += 1;
    if (count >= mostMeasured) break;
  }
  return { ...entry, sizeBytes };
}

/** A picture file that is made into a smaller one. */
const mostPictureFileBytes = 64 * 1024 * 1024;

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const isSettled = (offer: Offer): boolean =>
  offer.parties.every(({ state }) => state !== "open" && state !== "partly");

export function createFileApi({
  machine,
  store,
  toJpeg,
  ask,
  receiversOf,
  subscribe,
  untilClosed,
}: ApiParts): FileApi {
  function storeOrFail(): FileStore {
    if (store === null) throw new FeiyanError("peer-without-files", "this node has no files");
    return store;
  }

  async function only(request: FilesRequest, id: OfferId): Promise<Offer> {
    const [offer] = await ask(request);
    if (offer === undefined) throw new FeiyanError("no-such-offer", "no such offer", { offerId: id });
    return offer;
  }

  const find = (id: OfferId): Offer | undefined => machine.offers().find(({ offerId }) => offerId === id);

  function offerSettled(id: OfferId): Promise<Offer> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        stop();
        forget();
        const offer = find(id);
        if (offer === undefined) reject(new FeiyanError("no-such-offer", "no such offer", { offerId: id }));
        else if (isSettled(offer)) resolve(offer);
        else reject(new FeiyanError("node-closed", "the node was closed"));
      };
      const look = (): void => {
        const offer = find(id);
        if (machine.stopped || offer === undefined || isSettled(offer)) end();
      };
      const stop = subscribe(look);
      const forget = untilClosed(end);
      look();
    });
  }

  return {
    async offer(to, paths, { text = "", as, ...options } = {}) {
      const files = storeOrFail();
      const receivers = receiversOf(to);
      if (receivers === "everyone")
        throw new FeiyanError("peer-without-files", "no files to everyone", { peer: "everyone" });
      const looked = await Promise.all(paths.map((path) => measure(files, path)));
      const entries = looked.map((entry, at) =>
        at === 0 && as !== undefined ? { ...entry, name: as } : entry,
      );
      const [offer] = await ask({ kind: "offer", to: receivers, entries, text, options });
      if (offer === undefined) throw new FeiyanError("offer-empty", "nothing to offer");
      return offer;
    },
    offerSettled,
    accept: (offerId, options = {}) => only({ kind: "accept", offerId, options }, offerId),
    refuse: (offerId) => only({ kind: "refuse", offerId }, offerId),
    async cancelOffer(offerId, fileId) {
      await ask({ kind: "cancel", offerId, fileId: fileId ?? null });
    },
    async setAcceptPolicy(policy, peer = null) {
      await ask({ kind: "policy", peer, policy });
    },
    async takeUp(dir) {
      return await ask({ kind: "unfinished", parts: await storeOrFail().unfinished(dir) });
    },
    async sendPicture(peer, path, text = "") {
      const files = storeOrFail();
      if (machine.peer(peer)?.dialect !== "feiq") {
        const entries = [await files.look(path)];
        const [offer] = await ask({
          kind: "offer",
          to: [{ peer }],
          entries,
          text,
          options: {},
          asPicture: true,
        });
        return offer ?? null;
      }
      const given = await files.load(path, mostPictureFileBytes);
      const isReady = given.length <= limits.imageBytes && isJpeg(given);
      const bytes = isReady ? given : await toJpeg(given, limits.imageBytes);
      await ask({ kind: "picture", peer, bytes, text });
      return null;
    },
    look: async (path) => await measure(storeOrFail(), path),
  };
}
