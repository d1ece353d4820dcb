// The rows of the peer list: its entries in order, with a heading above each group; a folded group is its heading alone. While
// something is searched there are no headings.
import type { PeerId } from "../index.js";
import type { ListItems } from "./log/list.js";
import { rosterOf } from "./roster.js";
import type { RosterEntry } from "./roster.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

export type RosterRow =
  | { readonly kind: "entry"; readonly id: PeerId; readonly entry: RosterEntry }
  | {
      readonly kind: "group";
      /** Unlike any peer's. */
      readonly id: string;
      readonly group: string;
      readonly count: number;
      readonly online: number;
      readonly isFolded: boolean;
    };

interface Kept {
  readonly entries: readonly RosterEntry[];
  readonly folded: ReadonlySet<string>;
  readonly rows: readonly RosterRow[];
}

let kept: Kept | null = null;

/** The list as the list model wants it: in order, filtered, with keys. */
export function rosterItems(state: UiState, world: World): ListItems<RosterRow> {
  const entries = rosterOf(world, state);
  const isSearched = (state.filter?.trim() ?? "") !== "";
  const folded = isSearched ? noGroups : state.folded;
  if (kept === null || kept.entries !== entries || kept.folded !== folded) {
    kept = { entries, folded, rows: rowsOf(entries, folded, isSearched) };
  }
  return { items: kept.rows, keyOf: (row) => row.id };
}

const noGroups: ReadonlySet<string> = new Set();

function rowsOf(
  entries: readonly RosterEntry[],
  folded: ReadonlySet<string>,
  isSearched: boolean,
): readonly RosterRow[] {
  const rows: RosterRow[] = [];
  const counts = new Map<string, { count: number; online: number }>();
  if (!isSearched) {
    for (const { group, peer } of entries) {
      if (group === "") continue;
      const known = counts.get(group) ?? { count: 0, online: 0 };
      counts.set(group, {
        count: known.count + 1,
        online: known.online + (peer?.state === "offline" ? 0 : 1),
      });
    }
  }
  let last = "";
  for (const entry of entries) {
    const { group } = entry;
    const numbers = counts.get(group);
    if (numbers !== undefined && group !== last) {
      rows.push({ kind: "group", id: `group ${group}`, group, ...numbers, isFolded: folded.has(group) });
      last = group;
    }
    if (numbers === undefined || !folded.has(group)) rows.push({ kind: "entry", id: entry.id, entry });
  }
  return rows;
}
