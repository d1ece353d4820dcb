// A saved run once more, datagram by datagram and at its own pace: the strip grows as it grew then. A long run is shortened to a
// minute. Called by `lab report --replay`.
import type { LabReport } from "../../../lab/report/report-shape.js";
import type { CommandContext } from "../../context.js";

const cellsPerRow = 50;
const paintMs = 100;
const mostMs = 60_000;

/** When each cell of the strip came, in milliseconds from the first; from the rate where the report holds no times. */
export const replayTimes = (report: LabReport): readonly number[] => {
  const count = report.strip?.length ?? 0;
  const everyMs = 1_000 / Math.max(1, report.experiment?.ratePps ?? 100);
  const firstUs = report.datagrams?.[0]?.[0] ?? 0;
  let latest = 0;
  const times = Array.from({ length: count }, (_unused, seq) => {
    const sentUs = report.datagrams?.[seq]?.[0];
    // Whoever wrote the file may have written any times: never backwards.
    latest = Math.max(
      latest,
      sentUs === undefined || sentUs === null ? seq * everyMs : (sentUs - firstUs) / 1_000,
    );
    return latest;
  });
  const shorter = Math.min(1, mostMs / Math.max(1, latest));
  return times.map((ms) => ms * shorter);
};

/** Draws it; ends early when the person does. */
export const replay = async (context: CommandContext, report: LabReport): Promise<void> => {
  const { stdout, stop } = context.surroundings;
  const strip = report.strip ?? "";
  const times = replayTimes(report);
  const startMs = performance.now();
  let drawn = 0;
  while (drawn < strip.length && !stop.aborted) {
    const nowMs = performance.now() - startMs;
    let piece = "";
    for (; drawn < strip.length && (times[drawn] ?? 0) <= nowMs; drawn += 1) {
      if (drawn % cellsPerRow === 0) piece += `${drawn === 0 ? "" : "\n"}${String(drawn).padStart(5)} `;
      piece += strip[drawn] ?? "";
    }
    stdout.write(piece);
    if (drawn < strip.length)
      await new Promise((resolve) => {
        setTimeout(resolve, Math.max(paintMs, (times[drawn] ?? 0) - nowMs));
      });
  }
  if (strip !== "") stdout.write("\n");
};
