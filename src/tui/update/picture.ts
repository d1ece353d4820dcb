// Looking at a picture and sending one: what is asked for, and the window in which it then is.
import type { PicturePreview } from "../../index.js";
import { everyone, roomNumberOf } from "../../index.js";
import { pictureAtHand } from "../picture-at-hand.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** Opens the picture at hand, or that of a path; closes the window when it is open. */
export function lookAtPicture(state: UiState, world: World, argument: string): Step {
  if (state.dialog?.kind === "picture" && argument === "") return stepTo(closePicture(state));
  const path = argument === "" ? pictureAtHand(state, world) : argument;
  if (path === null) return stepTo(withNotice(state, world, world.text("why.noPicture"), "warning"));
  const under = state.dialog?.kind === "files" ? state.dialog : null;
  return stepTo(
    { ...state, dialog: { kind: "picture", path, preview: null, under } },
    { kind: "preview-picture", path },
  );
}

/** It was decoded: shown, unless the window was closed meanwhile. */
export function pictureRead(state: UiState, path: string, preview: PicturePreview): UiState {
  const { dialog } = state;
  return dialog?.kind === "picture" && dialog.path === path
    ? { ...state, dialog: { ...dialog, preview } }
    : state;
}

export function closePicture(state: UiState): UiState {
  return { ...state, dialog: state.dialog?.kind === "picture" ? state.dialog.under : null };
}

/** `/sendpic 路径`: inside the message to FeiQ, as an attachment to others. */
export function sendPicture(state: UiState, world: World, argument: string): Step {
  const path = argument.trim();
  const to = state.conversation;
  if (to === everyone) return stepTo(withNotice(state, world, world.text("why.filesToEveryone"), "warning"));
  if (roomNumberOf(to) !== null)
    return stepTo(withNotice(state, world, world.text("why.filesToGroup"), "warning"));
  if (path === "") return stepTo(withNotice(state, world, world.text("why.noPicturePath"), "warning"));
  return stepTo(state, { kind: "send-picture", to, path });
}
