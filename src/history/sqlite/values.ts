// Values of a row as what they should be: a column may hold anything, and somebody may have written into the file.

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
