// What one requirement of the lab's accuracy is, and what measuring it gave. The list of all of them is in `requirements.ts`.

export interface Finding {
  /** What was measured, in one line of plain text. */
  readonly measured: string;
  /** Null: it could not be tried here, and `measured` says why. */
  readonly holds: boolean | null;
}

export interface Requirement {
  /** `A1` … `A21`. */
  readonly id: string;
  readonly text: string;
  /** What anybody can type to see it. */
  readonly command: string;
  measure(): Promise<Finding>;
}

/** One after the other: measurements must not disturb each other. */
export async function inTurn<In, Out>(
  items: readonly In[],
  act: (item: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  for (const [index, item] of items.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- in turn is what is wanted
    results.push(await act(item, index));
  }
  return results;
}

/** A finding that something is missing on this machine. */
export function notHere(why: string): Finding {
  return { measured: `not tried: ${why}`, holds: null };
}
