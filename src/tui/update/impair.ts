// A bad line for the chat: `/impair loss=30%,seed=42`, `/impair off`, or the form; for the open peer, or for everybody.
import { everyone, FeiyanError, parseImpairment, type PeerId } from "../../index.js";
import { impairmentOf, lineName } from "../lab/bad-lines.js";
import { impairmentValues, readImpairment } from "../lab/read-fields.js";
import type { Dialog, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { withLab } from "./lab/fields.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

export function impair(state: UiState, world: World, argument: string): Step {
  if (state.dialog?.kind === "impair") return stepTo({ ...state, dialog: null });
  const to = lineOf(state, world);
  const words = argument.trim().toLowerCase();
  if (words === "off") return set(state, world, to, "");
  if (words !== "") {
    try {
      parseImpairment(words);
    } catch (error) {
      if (!(error instanceof FeiyanError)) throw error;
      const { text, remedy } = world.problem(error.code, error.fields);
      return stepTo(withNotice(state, world, `${text} (${remedy})`, "warning"));
    }
    return set(state, world, to, words);
  }
  const spec = impairmentOf(world, to);
  const opened = withLab(state, {
    isFresh: true,
    error: null,
    ...(spec === null ? {} : { values: { ...state.lab.values, ...impairmentValues(spec) } }),
  });
  return stepTo({ ...opened, focus: "input", filter: null, dialog: { kind: "impair", to } });
}

/** The peer under the cursor of the list, else the open conversation. */
function lineOf(state: UiState, world: World): PeerId {
  const { selected } = state.list;
  const chosen = world.node.peers().find((one) => state.focus === "peers" && one.id === selected);
  return chosen?.id ?? (world.node.peer(state.conversation) === undefined ? everyone : state.conversation);
}

/** Enter in the form. */
export function acceptImpair(
  state: UiState,
  world: World,
  dialog: Extract<Dialog, { kind: "impair" }>,
): Step {
  const reading = readImpairment(state.lab.values, world);
  return reading.ok
    ? set({ ...state, dialog: null }, world, dialog.to, reading.value)
    : stepTo(withLab(state, { error: reading.text }));
}

/** The key that ends it from the form. */
export function endImpair(state: UiState, world: World): Step {
  return state.dialog?.kind === "impair"
    ? set({ ...state, dialog: null }, world, state.dialog.to, "")
    : stepTo(state);
}

function set(state: UiState, world: World, to: PeerId, spec: string): Step {
  const name = lineName(world, to);
  const words = world.text(spec === "" ? "notice.impairOff" : "notice.impaired", { name, spec });
  return stepTo(withNotice(state, world, words), { kind: "impair", to, spec });
}
