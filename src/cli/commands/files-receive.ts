// `feiyan files receive`: takes what is offered, as the flags say, shows how it comes, tries again what failed, and goes on with what
// an earlier run left in the folder.
import { resolve } from "node:path";
import {
  peerName,
  resolveTarget,
  safeText,
  type Node,
  type Offer,
  type OfferId,
  type Overwrite,
  type Peer,
} from "../../index.js";
import { parseByteSize } from "../byte-size.js";
import { listFlag, numberFlag, textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { offerFields } from "../json.js";
import { askPerson } from "../read-input.js";
import { waitFor, withNode } from "../session.js";
import { describeFiles, followTransfers } from "../transfer-report.js";

/** What failed for a reason that may pass is tried again after so long, then twice as long, … */
const retryMs = [1_000, 2_000, 4_000];

const passing = new Set(["stream-broken", "stream-idle", "stream-short", "connect-failed", "hash-mismatch"]);

type Accepts = "ask" | "all" | "known" | "never";

interface Rules {
  readonly dir: string;
  readonly accepts: Accepts;
  readonly from: readonly string[];
  readonly accept: {
    readonly dir: string;
    readonly overwrite: Overwrite;
    readonly resume: boolean;
    readonly maxSizeBytes: number | null;
  };
}

export const receiveFiles = async (context: CommandContext): Promise<number> => {
  const { output, surroundings, settings } = context;
  const limit = textFlag(context, "limit");
  const maxSize = textFlag(context, "max-size");
  const overwrite = textFlag(context, "overwrite") ?? "rename";
  const isAsked = surroundings.stdin.isTTY === true;
  const accepts = readAccepts(textFlag(context, "accept")) ?? (isAsked ? "ask" : "never");
  const given = textFlag(context, "dir") ?? settings.downloadDir;
  const resume = textFlag(context, "resume") !== "never";
  const dir = resolve(given === "" ? "." : given);
  const rules: Rules = {
    dir,
    accepts,
    from: listFlag(context, "from"),
    accept: {
      dir,
      overwrite: overwrite === "never" || overwrite === "replace" ? overwrite : "rename",
      resume,
      maxSizeBytes: maxSize === undefined ? null : parseByteSize("--max-size", maxSize),
    },
  };
  const count = numberFlag(context, "count") ?? Infinity;
  const options = {
    files: true,
    keeps: "direct" as const,
    fileLimit: limit === undefined ? undefined : parseByteSize("--limit", limit),
  };
  return await withNode(context, options, async (node, { attached }) => {
    // A running instance keeps its own rules; only what is accepted here follows these.
    if (attached === null) {
      await node.setAcceptPolicy({ ...rules.accept, accept: "ask", maxSizeBytes: rules.accept.maxSizeBytes });
    }
    const stopFollowing = followTransfers(context, node);
    const taker = createTaker(context, node, rules);
    const stop = node.subscribe((event) => {
      if (event.kind === "offer" && event.offer.direction === "in") {
        if (event.change === "appeared") taker.offered(event.offer);
      } else if (event.kind === "transfer" && event.transfer.direction === "in")
        taker.moved(event.transfer.offerId);
      else if (event.kind === "peer" && event.change !== "left") taker.seen(event.peer);
    });
    try {
      output.remark(context.text("cli.files.waiting", { port: node.network?.port, dir: rules.dir }));
      if (resume) await taker.takeUp();
      const isEnough = (): true | undefined => (taker.settled() >= count ? true : undefined);
      await waitFor(node, isEnough, Infinity, surroundings.stop);
      return taker.exitCode();
    } finally {
      taker.stop();
      stop();
      stopFollowing();
    }
  });
};

const readAccepts = (text: string | undefined): Accepts | undefined =>
  text === "ask" || text === "all" || text === "known" || text === "never" ? text : undefined;

interface Taker {
  offered(offer: Offer): void;
  moved(id: OfferId): void;
  seen(peer: Peer): void;
  takeUp(): Promise<void>;
  /** Offers that came to their end. */
  settled(): number;
  exitCode(): number;
  stop(): void;
}

const createTaker = (context: CommandContext, node: Node, rules: Rules): Taker => {
  const { output, text, surroundings } = context;
  const tries = new Map<OfferId, number>();
  const over = new Map<OfferId, boolean>();
  const waiting = new Map<OfferId, ReturnType<typeof setTimeout>>();
  /** Of earlier runs: their peer was not seen yet. */
  const absent = new Map<OfferId, Offer>();
  let questions = Promise.resolve();

  const peerOf = (offer: Offer): Peer | undefined => {
    const party = offer.parties[0];
    return party === undefined ? undefined : node.peer(party.peerId);
  };

  const isWanted = (peer: Peer | undefined): boolean =>
    rules.from.length === 0 ||
    rules.from.some((target) => {
      const found = resolveTarget(target, node.peers());
      return found.ok && found.receivers.some((one) => "peer" in one && one.peer === peer?.id);
    });

  const accept = (id: OfferId): void => {
    node.accept(id, rules.accept).catch((error: unknown) => {
      // Withdrawn or fetched meanwhile: nothing to take.
      over.set(id, false);
      output.remark(error instanceof Error ? error.message : String(error));
    });
  };

  const nameOf = (offer: Offer): string => {
    const peer = peerOf(offer);
    return peer === undefined ? "" : safeText(peerName(peer), { newlines: "space", maxCharacters: 80 });
  };

  const leave = (offer: Offer): void => {
    const values = { names: describeFiles(context, offer), name: nameOf(offer) };
    output.remark(text("cli.files.notAccepted", values));
  };

  const ask = (offer: Offer): void => {
    const values = { name: nameOf(offer), files: describeFiles(context, offer) };
    // One question at a time.
    questions = questions.then(async () => {
      if (await askPerson(text("cli.files.question", values), surroundings)) accept(offer.offerId);
      else await node.refuse(offer.offerId).catch(() => undefined);
      return undefined;
    });
  };

  const moved = (id: OfferId): void => {
    const all = node.transfers().filter((one) => one.offerId === id && one.direction === "in");
    if (all.length === 0 || all.some(({ endedAt }) => endedAt === null)) return;
    const failed = all.filter(({ state }) => state !== "done");
    const tried = tries.get(id) ?? 0;
    const pauseMs = retryMs[tried];
    const mayPass = failed.some(({ reason }) => reason !== null && passing.has(reason));
    if (failed.length > 0 && mayPass && pauseMs !== undefined && !surroundings.stop.aborted) {
      tries.set(id, tried + 1);
      waiting.set(
        id,
        setTimeout(() => accept(id), pauseMs),
      );
      return;
    }
    over.set(id, failed.length === 0);
  };

  return {
    offered(offer) {
      output.object("offer", offerFields(offer, node), offer.at);
      if (offer.isUnfinished) return;
      // Met already, by what was decided about its sender.
      const isMet = offer.parties.some(({ state }) => state !== "open");
      if (isMet || node.transfers().some(({ offerId }) => offerId === offer.offerId)) return;
      const peer = peerOf(offer);
      // An entry told what it can do: it is no stranger.
      const isKnown = peer !== undefined && peer.capabilities.length > 0;
      const isTaken = rules.accepts === "all" || (rules.accepts === "known" && isKnown);
      if (!isWanted(peer) || rules.accepts === "never") leave(offer);
      else if (isTaken) accept(offer.offerId);
      else if (rules.accepts === "ask") ask(offer);
      else leave(offer);
    },
    moved,
    seen(peer) {
      // One of an earlier run was not heard yet: what it can do is not known, and without that nothing is gone on with.
      if (peer.capabilities.length === 0 || peer.state === "offline") return;
      for (const [id, offer] of absent) {
        const known = node.offers().find((one) => one.offerId === id) ?? offer;
        if (known.parties[0]?.peerId !== peer.id) continue;
        absent.delete(id);
        accept(id);
      }
    },
    async takeUp() {
      const offers = await node.takeUp(rules.dir);
      const wanted = offers.filter((offer) => isWanted(peerOf(offer)) || rules.from.length === 0);
      if (wanted.length > 0) output.remark(text("cli.files.resuming", { count: wanted.length }));
      for (const offer of wanted) absent.set(offer.offerId, offer);
      for (const peer of node.peers()) this.seen(peer);
    },
    settled: () => over.size,
    exitCode() {
      const done = [...over.values()].filter((isDone) => isDone).length;
      if (done === over.size) return exitCodes.done;
      return done > 0 ? exitCodes.partly : exitCodes.unconfirmed;
    },
    stop() {
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };
};
