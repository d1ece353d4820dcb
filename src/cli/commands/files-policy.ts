// `feiyan files policy`: how offers of one peer are met from now on, kept with the peer; without flags it tells.
import { resolve } from "node:path";
import { FeiyanError, peerName, resolveTarget, safeText, type FilePolicy, type Peer } from "../../index.js";
import { formatByteSize } from "../../tui/text/byte-size.js";
import { parseByteSize } from "../byte-size.js";
import { textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { peerFields } from "../json.js";
import { withInstance } from "../session.js";

export const filePolicy = async (context: CommandContext): Promise<number> => {
  const { output, args } = context;
  const target = args[0] ?? "";
  return await withInstance(context, "files policy", async ({ node }) => {
    const found = resolveTarget(target, node.peers());
    const [receiver] = found.ok ? found.receivers : [];
    const peer = receiver !== undefined && "peer" in receiver ? node.peer(receiver.peer) : undefined;
    if (!found.ok || peer === undefined) {
      const matches = found.ok ? [] : found.matches.map((one) => `${one.nick} id:${one.id}`);
      throw new FeiyanError(found.ok ? "no-such-peer" : found.code, target, { target, matches });
    }
    const files = wanted(context, peer.policy.files);
    if (files !== undefined) await node.setPolicy(peer.id, { files });
    const now: Peer = {
      ...peer,
      policy: { ...peer.policy, files: files === undefined ? peer.policy.files : files },
    };
    output.object("peer", peerFields(now));
    output.line(
      `${safeText(peerName(now), { newlines: "space", maxCharacters: 80 })}  ${describe(context, now)}`,
    );
    return exitCodes.done;
  });
};

/** Undefined: nothing was said. What is not given stays. */
const wanted = (context: CommandContext, before: FilePolicy | null): FilePolicy | null | undefined => {
  const [accept, size, dir] = [
    textFlag(context, "accept"),
    textFlag(context, "max-size"),
    textFlag(context, "dir"),
  ];
  if (accept === undefined && size === undefined && dir === undefined) return undefined;
  if (accept === "default") return null;
  const base: FilePolicy = before ?? { accept: "ask", maxSizeBytes: null, dir: null };
  return {
    accept: accept === "always" || accept === "never" || accept === "ask" ? accept : base.accept,
    maxSizeBytes:
      size === undefined ? base.maxSizeBytes : size === "none" ? null : parseByteSize("--max-size", size),
    dir: dir === undefined ? base.dir : resolve(dir),
  };
};

const describe = ({ text }: CommandContext, { policy: { files } }: Peer): string => {
  if (files === null) return text("files.policy.default");
  const { accept, maxSizeBytes, dir } = files;
  const parts = [
    text(`files.policy.${accept}`),
    maxSizeBytes === null ? "" : text("files.policy.upTo", { size: formatByteSize(maxSizeBytes) }),
    dir ?? "",
  ];
  return parts.filter((part) => part !== "").join("  ");
};
