// `feiyan` and `feiyan chat`: the terminal UI on the node of the running instance, or on one of its own that others can attach to; the
// tap on the wire and a way to start the virtual peers. Without a terminal there is nothing to show it on.
import { dirname, join } from "node:path";
import { openFolder } from "../open-folder.js";
import { completePath, expandHome } from "../path-completion.js";
import { openScreenMemory } from "../screen-memory.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { screenSettings } from "../screen-settings.js";
import { CliProblem } from "../problem.js";
import { HistoryRefused, queueExpiry, queuePrefix } from "../history.js";
import { describeConfigProblem, describeProblem, formatProblem } from "../problem-text.js";
import { askPerson } from "../read-input.js";

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
  if (typed !== undefined) {
    output.complain(text("cli.errorLine", { text: describeConfigProblem(typed, text).text }));
    return exitCodes.usage;
  }
  try {
    return await runScreen(context, isLabOnly, settings.history && !isLabOnly);
  } catch (error) {
    if (!(error instanceof HistoryRefused)) throw error;
    const { code, fields } = error.cause;
    output.complain(formatProblem(describeProblem(code, fields, text), text));
    if (await askPerson(`${text("cli.history.continue")} `, surroundings)) {
      return await runScreen(context, isLabOnly, false);
    }
    throw error.cause;
  }
};

const runScreen = async (
  context: CommandContext,
  isLabOnly: boolean,
  hasHistory: boolean,
): Promise<number> => {
  const { surroundings, settings, loaded, text } = context;
  const [{ openLabNode, openScreenNode }, { runApp }] = await Promise.all([
    import("../screen-node.js"),
    import("../../tui/app.js"),
  ]);
  const memory = openScreenMemory(loaded);
  const opened = isLabOnly
    ? await openLabNode(context, memory.nick)
    : await openScreenNode(context, { nick: memory.nick, hasHistory });
  const { node, wire, reload, onSettings, onTrouble, begin } = opened;
  const { queueAbsent } = settings;
  const running = runApp({
    ...(queueAbsent ? { queue: () => ({ prefix: queuePrefix(Date.now()), ...queueExpiry(context) }) } : {}),
    node,
    reload,
    onSettings,
    onTrouble,
    begin,
    startSimulation: async () => {
      const { startSimulation } = await import("../../sim/simulation.js");
      return await startSimulation({ port: node.network?.port ?? settings.port, binds: settings.bind });
    },
    memory: memory.forApp,
    paths: {
      complete: completePath,
      expand: expandHome,
      open: openFolder,
      preview: async (path, frame) => {
        const { createPictureDesk } = await import("../../index.js");
        return await createPictureDesk().preview(path, frame);
      },
    },
    isLabOnly,
    openLab: async () => {
      const [{ createLabDesk }, { createLabParts }] = await Promise.all([
        import("../../lab/desk/desk.js"),
        import("../../lab/runner/lab-parts.js"),
      ]);
      return createLabDesk({ parts: createLabParts(), exportFolder: process.cwd() });
    },
    settings: screenSettings(settings, context.language),
    wire,
    themesDir: join(surroundings.packageDir, "themes"),
    ownThemesDir: join(dirname(loaded.paths.configFile), "themes"),
    configProblems: loaded.problems.map((problem) => describeConfigProblem(problem, text).text),
  });
  try {
    return await running;
  } finally {
    await opened.close();
  }
};
