// `/accept always 2G ~/小明`: how offers of the open peer are met, kept with the peer. Without words it tells what holds.
import type { FilePolicy } from "../../index.js";
import { formatByteSize, readByteSize } from "../text/byte-size.js";
import type { UiState } from "../ui-state.js";
import { fileRuleText } from "../view/file-rule.js";
import type { World } from "../world.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

export function setAcceptRule(state: UiState, world: World, argument: string): Step {
  const peer = world.node.peer(state.conversation);
  if (peer === undefined) return stepTo(withNotice(state, world, world.text("why.noPeer"), "warning"));
  const words = argument.trim();
  if (words === "") return stepTo(withNotice(state, world, ruleNotice(peer.policy.files, world)));
  const files = parseRule(words);
  if (files === undefined) {
    return stepTo(
      withNotice(
        state,
        world,
        world.text("why.acceptWords", { size: formatByteSize(2 * 1024 ** 3) }),
        "warning",
      ),
    );
  }
  const told = withNotice(state, world, ruleNotice(files, world));
  return stepTo(told, { kind: "set-file-rule", peer: peer.id, files });
}

function ruleNotice(files: FilePolicy | null, world: World): string {
  return world.text("notice.fileRule", { rule: fileRuleText(files, world) });
}

/** Undefined: not understood. Null: as everybody. */
function parseRule(words: string): FilePolicy | null | undefined {
  const [accept = "", ...rest] = words.split(/\s+/u);
  if (accept === "default") return rest.length === 0 ? null : undefined;
  if (accept !== "ask" && accept !== "always" && accept !== "never") return undefined;
  const size = readByteSize(rest[0] ?? "");
  const dir = words
    .split(/\s+/u)
    .slice(size === null ? 1 : 2)
    .join(" ");
  return { accept, maxSizeBytes: size, dir: dir === "" ? null : dir };
}
