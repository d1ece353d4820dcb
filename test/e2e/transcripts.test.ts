// Every command of the built program, for people and for programs, succeeding and failing: exit codes, streams, lines as documented, and
// what they say, kept in transcripts/*.txt. The calls share one process and one daemon, so that hundreds of them cost seconds; that a
// process of its own says the same is seen for some of them at the end, and by the other tests of this folder.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandTable } from "../../src/cli/command-table.js";
import type { CommandSpec } from "../../src/cli/command-spec.js";
import { loadProgram } from "../../src/cli/load-program.js";
import { stopDaemons } from "./daemon.js";
import { programFile, removeHomes, start } from "./program.js";
import { checkLine } from "./schema.js";
import { maskLine, maskText } from "./transcripts/mask.js";
import { following, setScene, type Scene } from "./transcripts/scene.js";
import { rows, type Call, type Row } from "./transcripts/table.js";

const root = join(import.meta.dirname, "..", "..");
let scene: Scene;
const program = loadProgram(join(programFile, ".."));

beforeAll(async () => {
  scene = await setScene();
});
afterAll(async () => {
  await scene.close();
  await stopDaemons();
  removeHomes();
});

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const wordsOf = ({ command, words }: Call): readonly string[] =>
  [...command.split(" "), ...words.split(" ")]
    .filter((word) => word !== "")
    .map((word) => word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => scene.values.get(name) ?? whole));

const environmentOf = ({ home = "daemon" }: Call): Record<string, string> => ({
  FEIYAN_LANG: "en",
  ...(home === "daemon"
    ? { FEIYAN_HOME: scene.daemon.home }
    : { FEIYAN_HOME: scene[home], FEIYAN_PORT: String(scene.freePort), FEIYAN_BIND: "127.0.0.1" }),
});

/** Runs a call in this process. */
async function run(call: Call, form: readonly string[]): Promise<Said> {
  // Those who ran before are gone.
  await following(scene, 1);
  await call.before?.(scene);
  const said = { stdout: "", stderr: "" };
  const stop = new AbortController();
  const sink = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      said[name] += text;
      if (call.until?.test(said[name]) === true) stop.abort();
    },
  });
  const running = program.runCommandLine({
    words: [...wordsOf(call), ...form],
    environment: environmentOf(call),
    stdin: Object.assign(Readable.from(call.input === undefined ? [] : [Buffer.from(call.input)]), {
      isTTY: false,
    }),
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    packageDir: root,
    stop: stop.signal,
  });
  await call.during?.(scene);
  return { code: await running, ...said };
}

const objectsOf = ({ stdout }: Said): readonly Record<string, unknown>[] =>
  stdout.startsWith("{")
    ? stdout
        .trimEnd()
        .split("\n")
        .map((line): Record<string, unknown> => JSON.parse(line))
    : [];

/** What a call said, without what changes. */
function transcript(call: Call, people: Said, programs: Said): string {
  const { values } = scene;
  const cut = (text: string): readonly string[] => {
    const lines = maskText(text, values).trimEnd().split("\n");
    if (call.head === undefined || lines.length <= call.head) return lines;
    return [...lines.slice(0, call.head), "[…]"];
  };
  const shown = ({ stdout, stderr }: Said): readonly string[] => [
    ...(stdout === "" ? [] : cut(stdout)),
    ...(stderr === "" ? [] : cut(stderr).map((line) => `! ${line}`)),
  ];
  const objects = objectsOf(programs);
  const types = [...new Set(objects.map(({ type }) => String(type)))];
  const lines =
    call.isMeasured === true ? types.map((type) => `[${type}]`) : objects.map((one) => maskLine(one, values));
  const words = `${call.command} ${call.words}`.trim();
  return [
    `$ feiyan ${words}`,
    ...(call.isMeasured === true ? [] : shown(people)),
    `[exit ${people.code}]`,
    ...(objects.length === 0 ? [] : [`$ feiyan ${words} --json`, ...lines, `[exit ${programs.code}]`]),
    "",
  ].join("\n");
}

const isCall = (row: Row): row is Call => "words" in row;
const calls = rows.filter(isCall);
const rooms = [...new Set(calls.map(({ command }) => command.split(" ", 1)[0]!))];

describe.each(rooms)("%s", (room) => {
  it("says what it said", async () => {
    const texts: string[] = [];
    for (const call of calls.filter(({ command }) => command.split(" ", 1)[0] === room)) {
      const name = `feiyan ${call.command} ${call.words}`;
      const people = await run(call, []);
      const programs = await run(call, ["--json"]);
      expect([name, people.code, programs.code], people.stderr + programs.stdout).toEqual([
        name,
        call.code,
        call.code,
      ]);
      const objects = objectsOf(programs);
      for (const object of objects) checkLine(object);
      // What went wrong is on stderr for people, and the last object for programs.
      if (call.code !== 0 && call.command !== "chat" && call.command !== "lab") {
        const isReport = call.command === "send" && (call.code === 3 || call.code === 7);
        expect([name, people.stderr !== ""]).toEqual([name, !isReport]);
        if (people.stderr !== "") expect([name, objects.at(-1)?.["type"]]).toEqual([name, "error"]);
      }
      texts.push(transcript(call, people, programs));
    }
    await expect(texts.join("\n")).toMatchFileSnapshot(`transcripts/${room}.txt`);
  });
});

const commandsWith = (outcome: "success" | "failure"): readonly string[] => {
  const found = rows.filter((row) =>
    isCall(row) ? (row.code === 0) === (outcome === "success") : row.outcome === outcome,
  );
  return [...new Set(found.map(({ command }) => command))].toSorted();
};

describe("the table", () => {
  const leaves = (specs: readonly CommandSpec[], before = ""): readonly string[] =>
    specs.flatMap((spec) => {
      if (spec.hidden === true) return [];
      const own = spec.run.kind === "group" ? [] : [`${before}${spec.name}`];
      return [...own, ...leaves(spec.subcommands ?? [], `${before}${spec.name} `)];
    });

  it("has a success and a failure of every command there is, and of no other", () => {
    const commands = leaves(commandTable).toSorted();
    expect(commandsWith("success")).toEqual(commands);
    expect(commandsWith("failure")).toEqual(commands);
  });

  it("names tests that are there and run the command", () => {
    for (const row of rows) {
      if (isCall(row)) continue;
      const file = join(import.meta.dirname, row.test);
      expect(existsSync(file)).toBe(true);
      // The screens are called by no name.
      const name = row.command.split(" ").at(-1)!;
      if (row.command !== "chat" && row.command !== "lab")
        expect(readFileSync(file, "utf8")).toContain(`"${name}"`);
    }
  });
});

it("a process of its own says the same, with the same code", async () => {
  const some = calls.filter(
    ({ command, code, isMeasured, before, during, input }) =>
      isMeasured !== true &&
      before === undefined &&
      during === undefined &&
      input === undefined &&
      [
        "send",
        "peers set",
        "inspect",
        "config check",
        "history export",
        "daemon status",
        "config template",
      ].includes(command) &&
      code !== 3,
  );
  expect(some.length).toBeGreaterThan(10);
  for (const call of some) {
    const here = await run(call, []);
    const there = await start(wordsOf(call), "", [
      "env",
      ...Object.entries(environmentOf(call)).map(([name, value]) => `${name}=${value}`),
    ]).ended;
    const mask = ({ code, stdout, stderr }: Said) => [
      code,
      ...[stdout, stderr].map((text) => maskText(text, scene.values)),
    ];
    expect(mask(there)).toEqual(mask(here));
  }
});
