// `feiyan config template [FILE]`: a commented settings file; `feiyan config reload`: the running instance reads its settings again.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { withInstance } from "../session.js";
import { formatTemplate } from "../settings-template.js";

export const printTemplate = async (context: CommandContext): Promise<number> => {
  const { args, output, surroundings, text } = context;
  const template = formatTemplate(text);
  const [file] = args;
  if (file === undefined || file === "-") {
    surroundings.stdout.write(template);
    return exitCodes.done;
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    // A file that is there is somebody's work.
    writeFileSync(file, template, { flag: "wx", mode: 0o644 });
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliProblem("output-unwritable", { file, reason }, exitCodes.ownFault);
  }
  output.remark(text("cli.config.written", { file }));
  return exitCodes.done;
};

export const reloadConfig = async (context: CommandContext): Promise<number> =>
  await withInstance(context, "config reload", async (attached) => {
    const { output, text } = context;
    const outcome = await attached.call("reload", {});
    const { applied = [], waiting = [], problems = [] } = outcome ?? {};
    output.object("status", { applied, waiting, problems });
    for (const problem of problems) output.complain(problem);
    if (problems.length > 0) return exitCodes.usage;
    if (applied.length > 0) output.line(text("cli.reload.applied", { keys: applied }));
    if (waiting.length > 0) output.line(text("cli.reload.waiting", { keys: waiting }));
    if (applied.length + waiting.length === 0) output.line(text("cli.reload.same"));
    return exitCodes.done;
  });
