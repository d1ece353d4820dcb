import { connect } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../../src/cli/run.js";
import { createSystemCounters } from "../../../src/lab/counters/linux-counters.js";
import { lessons } from "../../../src/lab/lessons/lesson-table.js";
import { parseReport } from "../../../src/lab/report/read-report.js";
import { labDemosEn } from "../../../src/i18n/lab-demos-en.js";
import { labDemosZhCN, type LabDemosTextKey } from "../../../src/i18n/lab-demos-zh-CN.js";
import { run } from "../../cli/surroundings.js";

const hasTables = createSystemCounters().source === "linux";
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "feiyan-lab-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Report {
  readonly kind: string;
  readonly schema: string;
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };
}

/** Runs with `--json` and gives the report. */
async function report(...words: string[]): Promise<Report> {
  const { code, stdout, stderr } = await run(["lab", ...words, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const line = stdout.trimEnd().split("\n").at(-1)!;
  expect(parseReport(line)).toMatchObject({ ok: true });
  return JSON.parse(line) as Report;
}

describe("lab race", () => {
  it("shows every lane with its theory, and the seed", async () => {
    const { code, stdout } = await run(["lab", "race", "--simulate", "--seed", "7", "-n", "300"]);
    expect(code).toBe(0);
    expect(stdout).toContain("seed 7");
    expect(stdout).toMatch(/udp +262\/300 +300 /);
    expect(stdout).toMatch(/saw +300\/300 +380 .* 10\.8 s .*10\.2 s {2}370 sent/);
    expect(stdout).toMatch(/sr +300\/300 +380 /);
    expect(stdout).toContain("20 times faster");
    expect(stdout).toContain("the simulation has none");
    expect(stdout.split("\n").every((line) => line.length <= 120)).toBe(true);
  });

  it("reports the same as JSON and as CSV", async () => {
    const csv = join(folder, "race.csv");
    const saved = join(folder, "race.json");
    const picture = join(folder, "race.svg");
    const words = ["race", "--simulate", "--seed", "7", "--lanes", "udp,ipmsg", "--loss", "30%"];
    const told = await report(...words, "--csv", csv, "--save", saved, "--svg", picture);
    expect(readFileSync(picture, "utf8")).toContain("feiyan lab race");
    expect(told).toMatchObject({ kind: "race", schema: "feiyan-lab/1" });
    expect(told.table.rows.map((row) => row[0])).toEqual(["udp", "ipmsg"]);
    expect(readFileSync(csv, "utf8").split("\r\n")[0]).toBe(told.table.columns.join(","));
    expect(parseReport(readFileSync(saved, "utf8"))).toMatchObject({ ok: true });
  });

  it("says where it cannot write", async () => {
    const { code, stderr } = await run([
      "lab",
      "sizes",
      "-n",
      "1",
      "--save",
      join(folder, "no", "such.json"),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("ENOENT");
  });

  it.each([
    [["--loss", "many"], "impairment-invalid"],
    [["--lanes", "udp,bird"], "bad-flag-value"],
    [["--seed", "many"], "impairment-invalid"],
    [["--seed", "18446744073709551616"], "impairment-invalid"],
    [["--window", "65"], "bad-flag-value"],
  ])("refuses %j", async (words, code) => {
    const outcome = await run(["lab", "race", "--simulate", "--json", ...words]);
    expect([outcome.code, outcome.objects.at(-1)!["code"]]).toEqual([2, code]);
  });
});

describe("the demonstrations", () => {
  it("sticky", async () => {
    const { table } = await report("sticky", "-n", "200");
    expect(Object.fromEntries(table.rows as [string, number][])).toMatchObject({
      tcpWrites: 200,
      cureWhole: 200,
      cureWholeByteByByte: 200,
    });
  });

  it("handshake", async () => {
    const { stdout } = await run(["lab", "handshake"]);
    expect(stdout).toContain("TIME_WAIT");
    expect(stdout).toContain(hasTables ? "[kernel]" : "[inferred]");
    expect(stdout).toContain("-- SYN -->");
  });

  it.runIf(hasTables)("handshake --backlog", async () => {
    const { table } = await report("handshake", "--backlog", "1", "--clients", "2", "--blocked", "60ms");
    expect(table.rows).toHaveLength(2);
  });

  it("sizes", async () => {
    const { table } = await report("sizes", "--loss", "5%", "--seed", "1", "-n", "100");
    expect(table.rows.map((row) => row[1])).toEqual([1, 1, 2, 6, 45]);
  });

  it("errors", async () => {
    const { stdout } = await run(["lab", "errors"]);
    expect(stdout).toContain("EMSGSIZE");
    expect(stdout).toContain("nothing");
  });

  it("overflow", async () => {
    const { table } = await report("overflow", "--service", "0", "-n", "50", "--rate", "500", "--size", "64");
    expect(table.rows[0]!.slice(0, 3)).toEqual([50, 50, 0]);
  });

  it("overflow --capacity", async () => {
    const { table } = await report("overflow", "--capacity");
    expect(table.rows.map((row) => row[0])).toEqual([16, 64, 200, 512, 1_024, 1_400]);
  });

  it("real asks first", async () => {
    expect((await run(["lab", "real"])).code).toBe(2);
  });

  it.each([
    ["overflow", "--service", "soon"],
    ["overflow", "--buffer", "0"],
    ["sizes", "--loss", "101%"],
    ["handshake", "--backlog", "0"],
  ])("%s %s %s is a slip", async (...words) => {
    expect((await run(["lab", ...words])).code).toBe(2);
  });
});

describe("lab lesson", () => {
  it("lists all of them", async () => {
    const { objects } = await run(["lab", "lesson", "list", "--json"]);
    expect(objects.map((one) => one["name"])).toEqual(lessons.map((lesson) => lesson.name));
    const { stdout } = await run(["lab", "lesson", "--lang", "zh-CN"]);
    expect(stdout).toContain("粘包");
  });

  it("runs by itself without a terminal, and says why", async () => {
    const { code, stdout } = await run(["lab", "lesson", "udp-echo"]);
    expect(code).toBe(0);
    expect(stdout).toContain("came back the same: 3 (predicted 3)");
    expect(stdout).toContain("why: Every datagram carries");
    expect(stdout).toContain("Everything was where it was predicted.");
  });

  it("waits for Enter on a terminal, and can be left", async () => {
    const through = await run(["lab", "lesson", "udp-echo"], { terminal: true, input: "\n" });
    expect(through.stderr).toContain("guess first");
    expect(through.stdout).toContain("came back the same");
    const left = await run(["lab", "lesson", "udp-echo"], { terminal: true, input: "q\n" });
    expect(left.stdout).not.toContain("came back the same");
    expect(left.stderr).toContain("stopped early");
  });

  it("names the nearest lesson", async () => {
    const { code, stderr } = await run(["lab", "lesson", "udp-ecko"]);
    expect(code).toBe(2);
    expect(stderr).toContain("lab lesson udp-echo");
  });

  it("has a label for everything it measures", () => {
    const made = /^(widthAt|percentAt)\d+$|^[a-z]+(Delivered|Sent|Seconds)$/;
    const names = lessons.flatMap((one) =>
      one.steps.flatMap((step) => step.expected.map(({ what }) => what)),
    );
    expect(names.filter((name) => !made.test(name) && !(`what.${name}` in labDemosZhCN()))).toEqual([]);
  });
});

const doNothing = (): void => undefined;

describe("the servers", () => {
  it("show each connection's bytes and states, harmlessly", async () => {
    const stop = new AbortController();
    let shown = "";
    let wake = doNothing;
    const until = async (text: string): Promise<void> => {
      while (!shown.includes(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const sink = {
      write: (text: string) => {
        shown += text;
        wake();
      },
    };
    const running = runCommandLine({
      words: ["lab", "tcp-upper", "--listen", "127.0.0.1:0"],
      environment: { FEIYAN_LANG: "en", FEIYAN_HOME: "/dev/null/feiyan" },
      stdin: Object.assign(Readable.from([]), { isTTY: false }),
      stdout: sink,
      stderr: sink,
      packageDir: folder,
      stop: stop.signal,
    });
    await until("listens at 127.0.0.1:");
    const port = Number(/listens at 127\.0\.0\.1:(\d+)/.exec(shown)![1]);
    const client = connect({ host: "127.0.0.1", port });
    client.resume();
    client.end("ab\u001b[2J你好");
    await until("closed: both were done");
    stop.abort();
    expect(await running).toBe(0);
    expect(shown).toContain("→ 12 bytes  61 62 1b 5b 32 4a e4 bd a0 e5 a5 bd  | ab你好\n");
    expect(shown).toContain("41 42 1b 5b 32 4a e4 bd a0 e5 a5 bd  | AB你好\n");
    expect(shown).toContain("is done talking (FIN)");
    expect(shown).not.toContain("\u001b");
  });

  it.each(["0.0.0.0:80", "8.8.8.8", "nowhere"])("do not listen at %s", async (place) => {
    expect((await run(["lab", "tcp-echo", "--listen", place])).code).toBe(2);
  });

  it("end by themselves with --for", async () => {
    const { code, stderr } = await run(["lab", "echo", "--listen", "127.0.0.1:0", "--for", "0"]);
    expect(code).toBe(0);
    expect(stderr).toContain("echo listens at 127.0.0.1:");
  });

  it("need a folder", async () => {
    const words = ["lab", "file-server", "--listen", "127.0.0.1:0", "--root", join(folder, "none")];
    expect((await run(words)).code).toBe(2);
  });
});

const places = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]!))].toSorted();

describe("texts", () => {
  it("have the same keys and values in both languages", () => {
    expect(Object.keys(labDemosEn())).toEqual(Object.keys(labDemosZhCN()));
    for (const [key, text] of Object.entries(labDemosZhCN())) {
      expect([key, places(labDemosEn()[key as LabDemosTextKey])]).toEqual([key, places(text)]);
    }
  });
});
