// A12, second half: forty students in one program join a class, each measures 100 a second over its own bad line, and the teacher's
// table and every student's own report are compared with what the dice say for that student's number.
import { foretell } from "./dice.js";
import type { Finding } from "./finding.js";
import { feiyan, type Json, parseJson, start, textOf } from "./program.js";

const students = 40;
const n = 500;
const seed = "7";

const objects = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map(parseJson);

export async function measureRoom(): Promise<Finding> {
  const teacher = start(
    feiyan(
      "lab",
      "serve",
      "--open",
      "--json",
      "--bind",
      "127.0.0.1",
      "--lab-port",
      0,
      "--students",
      students,
      "-n",
      n,
      "--rate",
      100,
      "--loss",
      "5%",
      "--seed",
      seed,
    ),
  );
  const port = await teacher.until((line) => {
    const found = /"type":"lab-tick".*"port":(\d+)/u.exec(line);
    return found === null ? null : Number(found[1]);
  });
  const room = start(
    feiyan("lab", "join", `127.0.0.1:${port}`, "--students", students, "--plans", 1, "--json"),
  );
  const [told, theirs] = await Promise.all([teacher.ended, room.ended]);
  const table = objects(told.stdout).find((one) => textOf(one["kind"]) === "class")?.["table"];
  const columns = [...(table?.["columns"] ?? [])].map(textOf);
  const rows = [...(table?.["rows"] ?? [])];
  const reports = objects(theirs.stdout).filter((one) => textOf(one["type"]) === "lab-report");
  const expected = new Map(
    Array.from({ length: students }, (_unused, index) => {
      const flow = index + 1;
      return [flow, foretell(seed, { loss: 0.05 }, { loss: 0.05 }, n, flow)] as const;
    }),
  );
  const right = reports.filter((report) => {
    const own = expected.get(Number(report["experiment"]?.["flow"]));
    const { up, down } = { up: report["up"], down: report["down"] };
    return (
      own !== undefined &&
      Number(up?.["lost"]) === own.droppedUp &&
      Number(down?.["byDatagram"]?.["lost"]) === own.droppedDown &&
      textOf(report["check"]?.["lostNumbers"]) === "identical"
    );
  });
  const lostOf = (row: Json): number => Math.round(Number(row[columns.indexOf("there")]) * n);
  const sumTable = rows.reduce((sum, row) => sum + lostOf(row), 0);
  const sumTold = [...expected.values()].reduce((sum, { droppedUp }) => sum + droppedUp, 0);
  const sumReports = reports.reduce((sum, report) => sum + Number(report["up"]?.["lost"]), 0);
  return {
    measured: `${students} students at 100/s: ${right.length} of ${reports.length} exact one by one; lost there ${sumReports} in the reports, ${sumTable} in the teacher's table, ${sumTold} by the dice`,
    holds:
      right.length === students && rows.length === students && sumTable === sumTold && sumReports === sumTold,
  };
}
