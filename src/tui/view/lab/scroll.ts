// Where a page of the lab is scrolled to by a key. Updates ask; the view knows how much there is.
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import type { Layout } from "../layout.js";
import { scrollOf } from "./screen.js";

export type ScrollMove = "up" | "down" | "page-up" | "page-down" | "first" | "last";

/** The first line in sight from now on; null: the newest lines again. */
export function labScroll(state: UiState, world: World, layout: Layout, move: ScrollMove): number | null {
  const { top, room, most, follows } = scrollOf(state, world, layout);
  const page = Math.max(1, room - 1);
  const steps: Readonly<Record<ScrollMove, number>> = {
    up: top - 1,
    down: top + 1,
    "page-up": top - page,
    "page-down": top + page,
    first: 0,
    last: most,
  };
  const next = Math.max(0, Math.min(most, steps[move]));
  return follows && next === most ? null : next;
}
