// `feiyan` and `feiyan chat`: the terminal UI with a node, the tap on the wire and a way to start the virtual peers. Without a
// terminal there is nothing to show it on.
import { dirname, join } from "node:path";
import { openScreenMemory } from "../screen-memory.js";
import type { AppOptions } from "../../tui/app-options.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { openKept, queueExpiry, queuePrefix, tidyHistory } from "../history.js";
import { describeConfigProblem, describeProblem, formatProblem } from "../problem-text.js";
import { askPerson } from "../read-input.js";
import type { HistoryStore } from "../../index.js";

export const chat = async (context: CommandContext): Promise<number> => {
  const { surroundings, settings, loaded, text, output } = context;
  if (surroundings.stdin.isTTY !== true || surroundings.stdout.isTTY !== true) {
    throw new CliProblem("no-terminal");
  }
  // A slip in a file must not keep anybody from chatting; a slip in what was just typed is answered at once.
  const typed = loaded.problems.find((problem) => problem.file === undefined);
  const described = loaded.problems.map((problem) => describeConfigProblem(problem, text));
  if (typed !== undefined) {
    output.complain(text("cli.errorLine", { text: describeConfigProblem(typed, text).text }));
    return exitCodes.usage;
  }
  const [{ createNode }, { nodeOptions }, { runApp }] = await Promise.all([
    import("../../index.js"),
    import("../session.js"),
    import("../../tui/app.js"),
  ]);
  type Listener = Parameters<AppOptions["wire"]["subscribe"]>[0];
  const listeners = new Set<Listener>();
  const memory = openScreenMemory(loaded);
  const history = await openOrGoWithout(context);
  const node = createNode({
    ...nodeOptions(loaded),
    ...(history === null ? {} : { history }),
    ...(memory.nick === null ? {} : { nick: memory.nick }),
    onDatagram: (record) => {
      for (const listener of listeners) listener(record);
    },
  });
  // Before the screen is taken: a port that is in use is said in the terminal, with an exit code.
  try {
    await node.start();
  } catch (error) {
    await history?.close();
    throw error;
  }
  // Not waited for: a large history must not keep anybody from the first frame.
  if (history !== null) void tidyHistory(context, history).catch(() => undefined);
  const code = await runApp({
    node,
    startSimulation: async () => {
      const { startSimulation } = await import("../../sim/simulation.js");
      return await startSimulation({ port: node.network?.port ?? settings.port });
    },
    memory: memory.forApp,
    openLab: async () => {
      const [{ createLabRun }, { createLabParts }, { defaultExperiment }] = await Promise.all([
        import("../../lab/lab-run.js"),
        import("../../lab/runner/lab-parts.js"),
        import("../../lab/experiment.js"),
      ]);
      return createLabRun({ parts: createLabParts(), experiment: defaultExperiment });
    },
    settings: {
      lang: context.language,
      theme: settings.theme,
      color: settings.color,
      ambiguousWidth: settings.ambiguousWidth,
      mouse: settings.mouse,
      bell: settings.bell,
      keys: settings.keys,
      charset: settings.charset,
      cursor: settings.cursor,
      notify: settings.notify,
    },
    wire: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    themesDir: join(surroundings.packageDir, "themes"),
    ownThemesDir: join(dirname(loaded.paths.configFile), "themes"),
    configProblems: described.map((problem) => problem.text),
    ...(settings.queueAbsent
      ? { queue: () => ({ prefix: queuePrefix(Date.now()), ...queueExpiry(context) }) }
      : {}),
  });
  await history?.close();
  return code;
};

/** The history, or null when it cannot be opened and the person goes on without; else the fault is the command's. */
const openOrGoWithout = async (context: CommandContext): Promise<HistoryStore | null> => {
  const { text, output, surroundings } = context;
  try {
    return await openKept(context, { thread: true });
  } catch (error) {
    const { FeiyanError } = await import("../../index.js");
    if (!(error instanceof FeiyanError)) throw error;
    output.complain(formatProblem(describeProblem(error.code, error.fields, text), text));
    if (await askPerson(`${text("cli.history.continue")} `, surroundings)) return null;
    throw error;
  }
};
