// A whole class in one line: sums, an interval, and whether its students measured one and the same path. Pure arithmetic over the
// teacher's rows.
import { testHomogeneity } from "../stats/homogeneity.js";
import { wilson95 } from "../stats/interval.js";
import type { StudentRow } from "./teacher-types.js";

/** The last line of the teacher's table: everybody together, and whether it is one path. */
export interface ClassSummary {
  readonly joined: number;
  readonly sent: number;
  readonly upLost: number;
  readonly upN: number;
  readonly upCi95: readonly [number, number] | null;
  readonly downLost: number;
  readonly downN: number;
  readonly samePath: { readonly pValue: number; readonly chiSquare: number; readonly degrees: number } | null;
}

export function summariseClass(rows: readonly StudentRow[]): ClassSummary {
  const ups = rows.map((row) => row.report?.up).filter((way) => way !== null && way !== undefined);
  const downs = rows.map((row) => row.report?.down).filter((way) => way !== null && way !== undefined);
  const upN = ups.reduce((sum, way) => sum + way.n, 0);
  const upLost = ups.reduce((sum, way) => sum + way.lost, 0);
  return {
    joined: rows.length,
    sent: rows.reduce((sum, row) => sum + (row.report?.sent ?? 0), 0),
    upLost,
    upN,
    upCi95: wilson95(upLost, upN),
    downLost: downs.reduce((sum, way) => sum + way.lost, 0),
    downN: downs.reduce((sum, way) => sum + way.n, 0),
    samePath: testHomogeneity(ups),
  };
}
