// `feiyan lab doctor`: what this machine gives the lab (buffers, counters, timers), and every limit.
import { labLimits, labLimitNames, receiveBufferBytes } from "../../../lab/limits.js";
import { createLabParts, type LabParts } from "../../../lab/runner/lab-parts.js";
import type { CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatTable } from "../../width.js";
import { labText } from "./measure.js";

const wakes = 50;
const wakeEveryNs = 3e6;

export const labDoctor = async (context: CommandContext): Promise<number> => {
  const { output } = context;
  const text = labText(context);
  const parts = createLabParts();
  const host = parts.counters.host();
  const socket = await parts.network.open({
    address: parts.network.loopback,
    port: 0,
    arrived: () => undefined,
    problem: () => undefined,
  });
  await socket.close();
  const { p50, max } = await measureTimer(parts);
  output.line(
    text("doctor.system", { os: parts.system, node: parts.nodeVersion, counters: parts.counters.source }),
  );
  output.line(
    text("doctor.buffer", { asked: receiveBufferBytes, granted: socket.receiveBufferBytes ?? "-" }),
  );
  output.line(text("doctor.timer", { p50: (p50 / 1e6).toFixed(2), max: (max / 1e6).toFixed(2) }));
  output.line(
    host === null
      ? text("doctor.noCounters")
      : text("doctor.host", {
          receive: host.receiveBufferErrors ?? "-",
          send: host.sendBufferErrors ?? "-",
          checksum: host.checksumErrors ?? "-",
          noPorts: host.noPorts ?? "-",
        }),
  );
  output.line(text("doctor.limits"));
  const rows = labLimitNames.map((name) => [
    text(`limit.${name}`),
    String(labLimits[name].usual),
    String(labLimits[name].hard),
  ]);
  for (const line of formatTable(rows)) output.line(`   ${line}`);
  output.object("finding", {
    code: "lab",
    severity: "ok",
    text: "",
    remedy: "",
    fields: {
      os: parts.system,
      node: parts.nodeVersion,
      counters: parts.counters.source,
      askedBufferBytes: receiveBufferBytes,
      grantedBufferBytes: socket.receiveBufferBytes,
      timerLateNs: { p50, max },
      host,
      limits: labLimits,
    },
  });
  return exitCodes.done;
};

/** How late the system's timers wake, in nanoseconds. */
const measureTimer = async ({ time }: LabParts): Promise<{ p50: number; max: number }> => {
  const late: number[] = [];
  for (let wake = 0; wake < wakes; wake += 1) {
    const dueNs = time.nowNs() + wakeEveryNs;
    await new Promise<void>((resolve) => {
      time.at(dueNs, resolve);
    });
    late.push(time.nowNs() - dueNs);
  }
  late.sort((a, b) => a - b);
  return { p50: late[wakes >> 1] ?? 0, max: late.at(-1) ?? 0 };
};
