// The teacher's table as plain data: a line for each student, most loss first, and the sum of all. Apart from lab-run.ts, because a screen
// that shows it needs nothing of what measures. Knows no screen; called by the screen, by `lab serve` and by the class's report.
import { summariseClass } from "./class-summary.js";
import type { StudentRow } from "./teacher-types.js";

/** A cell of the teacher's table: text as it is, numbers as shares or counts. */
export interface TeacherLine {
  readonly name: string;
  readonly address: string;
  readonly consent: StudentRow["consent"];
  readonly sent: number;
  readonly there: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly back: number | null;
  readonly runThere: number;
  readonly runBack: number;
  readonly copies: number;
  readonly reordered: number;
  readonly rttMs: number | null;
  readonly where: string;
}

/** The teacher's table as plain data, most loss first, and its last line. Names come from others: make them safe. */
export function teacherTable(rows: readonly StudentRow[]): {
  readonly lines: readonly TeacherLine[];
  readonly summary: ReturnType<typeof summariseClass>;
} {
  const lines = rows.map(({ name, from, consent, report }): TeacherLine => {
    const { up, down } = report ?? { up: null, down: null };
    return {
      name,
      address: from.address,
      consent,
      sent: report?.sent ?? 0,
      there: up === null || up.n === 0 ? null : up.lost / up.n,
      low: up?.low ?? null,
      high: up?.high ?? null,
      back: down === null || down.n === 0 ? null : down.lost / down.n,
      runThere: up?.run ?? 0,
      runBack: down?.run ?? 0,
      copies: (up?.copies ?? 0) + (down?.copies ?? 0),
      reordered: (up?.reordered ?? 0) + (down?.reordered ?? 0),
      rttMs: report?.rttUs === null || report === null ? null : report.rttUs / 1_000,
      where: report?.where ?? "none",
    };
  });
  return {
    lines: lines.toSorted((a, b) => (b.there ?? -1) - (a.there ?? -1)),
    summary: summariseClass(rows),
  };
}
