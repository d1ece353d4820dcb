// How offers of a peer are met, in words: for the details and for the answer to `/accept`.
import type { FilePolicy } from "../../index.js";
import { shownText } from "../roster.js";
import { formatByteSize } from "../text/byte-size.js";
import type { World } from "../world.js";

export function fileRuleText(files: FilePolicy | null, world: World): string {
  if (files === null) return world.text("rule.default");
  const { accept, maxSizeBytes, dir } = files;
  const size = maxSizeBytes === null ? "" : world.text("rule.upTo", { size: formatByteSize(maxSizeBytes) });
  return [world.text(`rule.${accept}`), size, dir === null ? "" : shownText(dir, 200)]
    .filter((part) => part !== "")
    .join("  ");
}
