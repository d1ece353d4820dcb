// The bound of a table that strangers can fill: whoever was put in first goes first.

interface Table<K> {
  readonly size: number;
  keys(): Iterator<K>;
  delete(key: K): boolean;
}

/** Lets the oldest entries of a map or a set go until `most` are left. */
export function trimOldest<K>(table: Table<K>, most: number): void {
  while (table.size > most) {
    const oldest = table.keys().next();
    if (oldest.done === true) return;
    table.delete(oldest.value);
  }
}
