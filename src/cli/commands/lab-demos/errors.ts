// `feiyan lab errors`: what a program is told when something goes wrong, and what it is not.
import { runErrors } from "../../../lab/demos/errors.js";
import type { CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatTable } from "../../width.js";
import { emitReport } from "./demo-report.js";
import { demoTexts } from "../../../lab/demo-texts.js";

export const errors = async (context: CommandContext): Promise<number> => {
  const { output, language } = context;
  const text = demoTexts(language);
  const cases = await runErrors();
  const heading = (["case", "told", "by", "arrived"] as const).map((name) => text(`errors.${name}`));
  const rows = cases.map((one) => [
    text(`errors.case.${one.name}`),
    one.told ?? text("errors.nothing"),
    text(`errors.by.${one.by}`),
    one.arrived === null ? "-" : text(one.arrived ? "yes" : "no"),
  ]);
  for (const row of formatTable([heading, ...rows])) output.line(row);
  output.line(text("errors.why"));
  output.line(text("errors.notHere"));
  emitReport(context, {
    kind: "errors",
    columns: ["case", "told", "by", "arrived"],
    rows: cases.map((one) => [one.name, one.told, one.by, one.arrived === null ? null : Number(one.arrived)]),
    notes: [],
  });
  return exitCodes.done;
};
