import { describe, expect, it } from "vitest";
import type { CommandSpec } from "../../src/cli/command-spec.js";
import { commandTable } from "../../src/cli/command-table.js";
import { globalOptions } from "../../src/cli/global-options.js";
import { parseLine } from "../../src/cli/parse.js";
import { CliProblem } from "../../src/cli/problem.js";

function refusal(...words: string[]) {
  try {
    parseLine(words);
  } catch (error) {
    if (error instanceof CliProblem) return { code: error.code, ...error.fields };
    throw error;
  }
  return undefined;
}

describe("parseLine", () => {
  it("finds the command, its words and its flags", () => {
    const parsed = parseLine([
      "send",
      "--to",
      "小明,老王",
      "-t",
      "10.0.0.1",
      "三点",
      "开会",
      "--retries",
      "2",
      "--no-check",
    ]);
    expect(parsed.command.name).toBe("send");
    expect(parsed.args).toEqual(["三点", "开会"]);
    expect(parsed.options).toEqual({ to: ["小明", "老王", "10.0.0.1"], retries: 2, "no-check": true });
  });

  it("takes flags of every command before and after the command", () => {
    const parsed = parseLine([
      "--port",
      "1",
      "peers",
      "--json",
      "--name=小李",
      "--no-history",
      "--bind",
      "a",
      "--bind",
      "b,c",
    ]);
    expect(parsed.settingFlags).toEqual({ port: "1", name: "小李", history: false, bind: ["a", "b", "c"] });
    expect(parsed.json).toBe(true);
  });

  it("is the terminal UI without a command", () => {
    expect(parseLine([]).command.name).toBe("feiyan");
    expect(parseLine(["chat"]).command.name).toBe("chat");
  });

  it("finds commands of commands", () => {
    expect(parseLine(["config", "show"]).path.map((each) => each.name)).toEqual(["feiyan", "config", "show"]);
    expect(parseLine(["peers", "set", "小明", "--mute"]).options).toEqual({ mute: true });
  });

  it("takes words after -- as they are", () => {
    expect(parseLine(["send", "--to", "a", "--", "--json"]).args).toEqual(["--json"]);
  });

  it("gives help for an incomplete line", () => {
    expect(parseLine(["ask", "--help"]).help).toBe(true);
    expect(parseLine(["-h"]).help).toBe(true);
  });

  it.each([
    [["snd", "--to", "x"], { code: "unknown-command", command: "snd", nearest: "send" }],
    [["config", "sho"], { code: "unknown-command", command: "config sho", nearest: "config show" }],
    [["peers", "ste"], { code: "unknown-command", command: "peers ste", nearest: "peers set" }],
    [["frobnicate"], { code: "unknown-command", command: "frobnicate", nearest: undefined }],
    [["send", "--tp", "x"], { code: "unknown-flag", flag: "--tp", nearest: "--to" }],
    [["--prot=1"], { code: "unknown-flag", flag: "--prot", nearest: "--port" }],
    [["send", "--to"], { code: "flag-needs-value", flag: "--to" }],
    [["send", "--retries", "21"], { code: "bad-flag-value", flag: "--retries", got: "21", expected: "0-20" }],
    [
      ["watch", "--count", "1.5"],
      { code: "bad-flag-value", flag: "--count", got: "1.5", expected: "1-1000000000" },
    ],
    [["ask", "--to", "x"], { code: "missing-argument", argument: "TEXT" }],
    [["back", "now"], { code: "excess-argument", argument: "now" }],
  ])("refuses %j", (words, expected) => {
    expect(refusal(...words)).toEqual(expected);
  });
});

describe("the command table", () => {
  const all = (commands: readonly CommandSpec[]): readonly CommandSpec[] =>
    commands.flatMap((command) => [command, ...all(command.subcommands ?? [])]);

  it("has no flag of a command that hides one of every command", () => {
    const globals = new Set(globalOptions.flatMap((option) => [option.flag, option.short ?? option.flag]));
    for (const command of all(commandTable)) {
      const own = command.options.flatMap((option) => [option.flag, option.short ?? option.flag]);
      expect([command.name, own.filter((flag) => globals.has(flag))]).toEqual([command.name, []]);
    }
  });

  it("has the commands and flags of the contract", () => {
    const commands = all(commandTable).map((command) => command.name);
    expect(commands).toEqual(
      expect.arrayContaining(
        "chat send ask watch peers knock away back files open resend group history inspect doctor lab sim daemon config completion".split(
          " ",
        ),
      ),
    );
    expect(
      globalOptions.filter((option) => option.common && option.hidden !== true).map((option) => option.flag),
    ).toEqual(
      "port bind peer name group user host charset home lang color log-level no-history alone config json quiet help version".split(
        " ",
      ),
    );
  });
});

/** As a shell cuts it: blanks part words, quotes hold them together, a pipe or a redirection ends the command. */
function commandsOf(line: string): readonly (readonly string[])[] {
  return line
    .split(/ [|>] /)
    .map((part) =>
      Array.from(part.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g), ([, a, b, c]) => a ?? b ?? c ?? ""),
    )
    .filter(([program]) => program === "feiyan")
    .map(([, ...words]) => words);
}

describe("examples in the help of a command", () => {
  it("are all lines that it takes", () => {
    const all = (specs: readonly CommandSpec[]): readonly CommandSpec[] =>
      specs.flatMap((spec) => [spec, ...all(spec.subcommands ?? [])]);
    const calls = all(commandTable).flatMap(({ examples = [] }) => examples.flatMap(commandsOf));
    expect(calls.length).toBeGreaterThan(30);
    expect(calls.filter((words) => refusal(...words) !== undefined)).toEqual([]);
    // And the command is the one that was meant, not a word that fell through.
    for (const words of calls) {
      const { path, args } = parseLine(words);
      const names = path.slice(1).map(({ name }) => name);
      const spec = path.at(-1)!;
      expect([words.slice(0, names.length), args.length > 0 && spec.arguments.length === 0]).toEqual([
        names,
        false,
      ]);
    }
  });
});
