// What impairment on purpose did to a datagram, for the views of the wire: a glyph that stands in a column, and words. Never by colour
// alone. Called by wire.ts and packet.ts.
import type { DatagramFate } from "../../index.js";
import type { World } from "../world.js";
import type { Role } from "./scene.js";

export interface FateMark {
  /** One column. */
  readonly glyph: string;
  readonly words: string;
  readonly role: Role;
}

/** Null for one to which nothing was done. */
export function fateMark(fate: DatagramFate | null, world: World): FateMark | null {
  if (fate === null) return null;
  const words = [
    ...(fate.dropped === null ? [] : [world.text(`fate.${fate.dropped}`)]),
    ...(fate.isDamaged ? [world.text("fate.damaged")] : []),
    ...(fate.copies > 1 ? [world.text("fate.doubled")] : []),
    ...(fate.isHeld ? [world.text("fate.held")] : []),
    ...(fate.delayMs > 0 ? [world.text("fate.delayed", { ms: Math.max(1, Math.round(fate.delayMs)) })] : []),
  ].join(", ");
  if (fate.dropped !== null) return { glyph: "✗", words, role: "lab.lost" };
  if (fate.isDamaged) return { glyph: "!", words, role: "lab.lost" };
  if (fate.copies > 1) return { glyph: "+", words, role: "lab.duplicate" };
  return { glyph: "~", words, role: "lab.late" };
}
