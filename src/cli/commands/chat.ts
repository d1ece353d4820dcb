// `feiyan` and `feiyan chat`: the terminal UI with a node, the tap on the wire and a way to start the virtual peers. Without a
// terminal there is nothing to show it on.
import { dirname, join } from "node:path";
import { openScreenMemory } from "../screen-memory.js";
import type { AppOptions } from "../../tui/app-options.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { describeConfigProblem } from "../problem-text.js";

export const chat = async (context: CommandContext): Promise<number> => await openScreen(context, false);

/** `feiyan lab`: the lab's screen alone, beside whatever else runs: its node is on no network, so that no port is taken. */
export const openLabScreen = async (context: CommandContext): Promise<number> =>
  await openScreen(context, true);

const openScreen = async (context: CommandContext, isLabOnly: boolean): Promise<number> => {
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
  const [{ createNode }, { createMemoryNetwork }, { nodeOptions }, { runApp }] = await Promise.all([
    import("../../index.js"),
    import("../../testing.js"),
    import("../session.js"),
    import("../../tui/app.js"),
  ]);
  type Listener = Parameters<AppOptions["wire"]["subscribe"]>[0];
  const listeners = new Set<Listener>();
  const memory = openScreenMemory(loaded);
  const nick = memory.nick ?? settings.name;
  const node = isLabOnly
    ? createNode({
        nick,
        presence: false,
        transport: createMemoryNetwork().transport({ address: "127.0.0.1" }),
      })
    : createNode({
        ...nodeOptions(loaded),
        ...(memory.nick === null ? {} : { nick }),
        onDatagram: (record) => {
          for (const listener of listeners) listener(record);
        },
      });
  // Before the screen is taken: a port that is in use is said in the terminal, with an exit code.
  await node.start();
  return await runApp({
    node,
    startSimulation: async () => {
      const { startSimulation } = await import("../../sim/simulation.js");
      return await startSimulation({ port: node.network?.port ?? settings.port });
    },
    memory: memory.forApp,
    isLabOnly,
    openLab: async () => {
      const [{ createLabDesk }, { createLabParts }] = await Promise.all([
        import("../../lab/desk/desk.js"),
        import("../../lab/runner/lab-parts.js"),
      ]);
      return createLabDesk({ parts: createLabParts(), exportFolder: process.cwd() });
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
  });
};
