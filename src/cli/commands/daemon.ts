// `feiyan daemon`: the node without a screen, with its control socket and its log file; `daemon status` and `daemon stop` ask the
// running one. Stays in the foreground: keeping it running is the business of systemd, launchd or a shell.
import { join } from "node:path";
import { createNode, formatEndpoint, FeiyanError, type TapRecord } from "../../index.js";
import { openControl } from "../../control/server.js";
import type { CommandContext } from "../context.js";
import { createDaemonLog } from "../daemon/daemon-log.js";
import { openLogFile, type LogFile } from "../daemon/log-file.js";
import { exitCodes } from "../exit-code.js";
import { openKept, tidyHistory } from "../history.js";
import { CliProblem } from "../problem.js";
import { createReload } from "../reload.js";
import { describeHookFault, openHook, type Hook } from "../hook.js";
import { beginFiles } from "../download-dir.js";
import { controlPlace, findInstance, nodeOptions, withInstance } from "../session.js";
import { formatTable } from "../width.js";

/** How often refused connections are looked for, to be written down once and not one by one. */
const refusedEveryMs = 10_000;

export const daemon = async (context: CommandContext): Promise<number> => {
  const { loaded, settings, output, text, surroundings } = context;
  if (settings.port === 0)
    throw new CliProblem("bad-flag-value", { flag: "--port", got: "0", expected: "1-65535" });
  const running = await findInstance(context, { events: false });
  if (running !== null) {
    const { pid, program, kind } = running.instance;
    await running.node.close();
    throw new FeiyanError("instance-running", `pid ${pid}`, { pid, program, kind });
  }
  const listeners = new Set<(record: TapRecord) => void>();
  const history = await openKept(context, { thread: true });
  const node = createNode({
    ...nodeOptions(loaded, [], true),
    ...(history === null ? {} : { history }),
    onDatagram: (record) => {
      for (const listener of listeners) listener(record);
    },
  });
  if (history !== null) void tidyHistory(context, history).catch(() => undefined);
  const file = openLog(context);
  const log = await createDaemonLog(file, settings);
  const ended = new AbortController();
  let hook: Hook | null = null;
  const stop = (): void => ended.abort();
  surroundings.stop.addEventListener("abort", stop);
  try {
    await node.start();
    await beginFiles(context, node);
    node.subscribe((event) => log.event(event, node));
    hook = openHook(settings, node, (fault) =>
      log.warn(describeHookFault(settings, fault, text), { program: settings.hook[0], fault }),
    );
    const reload = createReload({
      first: loaded,
      read: context.readSettings,
      node,
      text,
      take: (next, changed) => {
        log.adjust(next);
        return changed.filter((key) => key === "logLevel" || key === "logText");
      },
    });
    const place = controlPlace(context);
    const control = await openControl(
      {
        node,
        kind: "daemon",
        reload,
        stop,
        wire: {
          subscribe: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
        },
      },
      place,
    );
    surroundings.signals?.take("SIGTERM", () => {
      stop();
      return exitCodes.done;
    });
    surroundings.signals?.take("SIGHUP", () => {
      void reload().then(
        (outcome) => log.info("settings read again", { ...outcome }),
        (error: unknown) => log.warn("settings", { reason: String(error) }),
      );
      return null;
    });
    const fields = {
      port: node.network?.port,
      pid: process.pid,
      control: place.path,
      log: logFileOf(context),
    };
    // Every line of the log has the process already.
    const { pid: _, ...others } = fields;
    log.info("started", others);
    output.object("notice", {
      code: "daemon-started",
      text: text("error.daemon-started.text", fields),
      fields,
    });
    output.line(text("error.daemon-started.text", fields));
    let refusedBefore = 0;
    const timer = setInterval(() => {
      const { refused } = control.counts();
      const total = Object.values(refused).reduce((sum, count) => sum + count, 0);
      if (total > refusedBefore) log.warn("connections refused", { refused });
      refusedBefore = total;
    }, refusedEveryMs);
    await whenAborted(ended.signal, surroundings.stop);
    clearInterval(timer);
    log.info("stopping", { ...control.counts() });
    await control.close();
    return exitCodes.done;
  } finally {
    hook?.close();
    await node.close();
    await history?.close();
    file.close();
  }
};

const whenAborted = (...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    // Sockets alone would keep the process, but a machine without any network has none that count.
    const keep = setInterval(() => undefined, 2 ** 30);
    const end = (): void => {
      clearInterval(keep);
      resolve();
    };
    for (const signal of signals) {
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    }
  });

const logFileOf = ({ settings, loaded }: CommandContext): string =>
  settings.logFile === "" ? join(loaded.paths.stateDir, "daemon.log") : settings.logFile;

const openLog = (context: CommandContext): LogFile => {
  const path = logFileOf(context);
  try {
    return openLogFile(path, context.settings.logSize * 1024 * 1024);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliProblem("output-unwritable", { file: path, reason }, exitCodes.ownFault);
  }
};

export const daemonStatus = async (context: CommandContext): Promise<number> =>
  await withInstance(context, "daemon status", async (attached) => {
    const { instance } = attached;
    const { output, text } = context;
    const status = await attached.call("status", {});
    const refused = Object.values(status.counts.refused).reduce((sum, count) => sum + count, 0);
    const fields = {
      ...instance,
      startedAt: new Date(status.startedAt).toISOString(),
      addresses: (status.network?.addresses ?? []).map(({ address }) =>
        formatEndpoint({ address, port: status.network?.port ?? 0 }),
      ),
      rssBytes: status.rssBytes,
      ...status.counts,
    };
    output.object("status", fields);
    const rows = [
      ["kind", `${instance.kind}  pid ${instance.pid}  ${instance.program}`],
      ["port", String(instance.port)],
      ["since", fields.startedAt],
      ["clients", `${status.counts.clients} / ${status.counts.connected}`],
      ["refused", String(refused)],
      ["missed", String(status.counts.missed)],
      ["memory", `${Math.round(status.rssBytes / 1024 / 1024)} MB`],
    ] as const;
    for (const line of formatTable(rows.map(([key, value]) => [text(`cli.status.${key}`), value]))) {
      output.line(line);
    }
    return exitCodes.done;
  });

export const daemonStop = async (context: CommandContext): Promise<number> =>
  await withInstance(context, "daemon stop", async (attached) => {
    const { kind, pid } = attached.instance;
    if (!(await attached.call("stop", {})))
      throw new CliProblem("not-a-daemon", { kind, pid }, exitCodes.refused);
    await attached.lost;
    context.output.remark(context.text("cli.daemon.stopped", { pid }));
    return exitCodes.done;
  });
