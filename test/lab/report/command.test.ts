import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { replayTimes } from "../../../src/cli/commands/lab/replay.js";
import { parseReport } from "../../../src/lab/report/read-report.js";
import { run } from "../../cli/surroundings.js";

const folder = mkdtempSync(join(tmpdir(), "feiyan-lab-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const seed42 = `\
feiyan lab solo --loss 5% --seed 42 --simulate                      seed 42
 sent 500   100/s   128 B   there: loss 5%   back: loss 5%
 predicted: lost there 16..35 of 500 (95 times in 100)
    0 d.............d..........................ud.......
   50 ...u............................d.u.............d.
  100 .....................d..d.......d.............uu..
  150 ..............u..u...........u.......u........u.d.
  200 .............................u....................
  250 ..............u.........d...u............u..u.....
  300 .......................u..d.......................
  350 ...................u....uu.......d................
  400 .....u.............u...u.....d...d.......d....du..
  450 ..........d..........u...........dd..d............
 there   lost  24 of 500   4.80 %   between 3.2 and 7.0 %   longest run 2
 back    lost  20 of 476   4.20 %   between 2.7 and 6.4 %   longest run 2
 round trip  median 0.20 ms   95 % below 0.2 ms   jitter 0.00 ms
 where: relay 44   receiver buffer 0   checksum 0   unexplained 0
 check: the relay dropped 24 and 20; measured 24 and 20; same numbers.  exact
`;

const strip = (text: string): string[] => text.split("\n").filter((line) => /^ +\d+ [.ud]+$/u.test(line));

describe("feiyan lab", () => {
  it("prints seed 42 as the lesson shows it", async () => {
    const { code, stdout } = await run(["lab", "solo", "--loss", "5%", "--seed", "42", "--simulate"]);
    expect(code).toBe(0);
    expect(stdout).toBe(seed42);
  });

  it("says what the limits made smaller, and when pacing to the microsecond is not done", async () => {
    const words = ["lab", "solo", "--seed", "42", "--simulate", "--lang", "en", "-n", "200"];
    const fast = await run([...words, "--rate", "50000"]);
    expect(fast.stderr).toContain("20000");
    expect(fast.stdout).toContain(" 20000/s");
    // The seed never sticks to the words of a long command.
    expect(fast.stdout.split("\n", 1)[0]).toMatch(/50000 +seed 42$/u);
    expect((await run([...words, "--rate", "100"])).stderr).toBe("");
  });

  it("draws a saved run once more", async () => {
    const file = join(folder, "replay.json");
    const words = ["lab", "solo", "--seed", "42", "--simulate", "-n", "120", "--rate", "1000"];
    const first = await run([...words, "--save", file]);
    const again = await run(["lab", "report", file, "--replay"]);
    expect(again.code).toBe(0);
    expect(strip(again.stdout)).toEqual(strip(first.stdout));
    expect(strip(again.stdout)).toHaveLength(3);
  });

  it("replays at the pace of the run, a long one within a minute, and never backwards", () => {
    const report = parseReport(readFileSync(join(folder, "replay.json"), "utf8"));
    if (!report.ok) throw new Error("unreadable");
    const times = replayTimes(report.report);
    expect(times).toHaveLength(120);
    expect(times.at(-1)).toBeCloseTo(119, 0);
    const odd = [[5e9], [0], [1e12]].map(([us = 0]) => [us, null, null, null, null] as const);
    const wild = replayTimes({ ...report.report, strip: "...", datagrams: odd });
    expect(wild).toEqual(wild.toSorted((a, b) => a - b));
    expect(wild.at(-1)).toBeCloseTo(60_000, 0);
  });

  it("speaks Chinese", async () => {
    const { stdout } = await run([
      "lab",
      "solo",
      "--loss",
      "0",
      "-n",
      "100",
      "--seed",
      "1",
      "--simulate",
      "--lang",
      "zh-CN",
    ]);
    expect(stdout).toContain("丢   0 / 100   低于 3.62 %");
  });

  it("repeats with the printed seed when none was given", async () => {
    const words = ["lab", "solo", "--loss", "20%", "-n", "200", "--simulate"];
    const first = await run(words);
    const seed = /seed (\d+)/u.exec(first.stdout)![1]!;
    const again = await run([...words, "--seed", seed]);
    expect(strip(first.stdout).length).toBe(4);
    expect(strip(again.stdout)).toEqual(strip(first.stdout));
  });

  it("saves, shows and exports a report", async () => {
    const file = join(folder, "run.json");
    const saved = await run([
      "lab",
      "solo",
      "--loss",
      "5%",
      "--seed",
      "42",
      "--simulate",
      "--json",
      "--check",
      "--save",
      file,
    ]);
    expect(saved.code).toBe(0);
    expect(saved.objects.at(-1)).toMatchObject({ v: 1, type: "lab-report", kind: "solo", up: { lost: 24 } });
    const svg = join(folder, "run.svg");
    const csv = join(folder, "run.csv");
    const shown = await run(["lab", "report", file, "--svg", svg, "--csv", csv]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("lost  24 of 500");
    expect(readFileSync(svg, "utf8")).toContain("</svg>");
    expect(readFileSync(csv, "utf8").split("\r\n").length).toBe(502);
  });

  it("refuses a file that is no report", async () => {
    const file = join(folder, "bad.json");
    writeFileSync(file, JSON.stringify({ v: 1, type: "\u001b[31m" }));
    const { code, stderr } = await run(["lab", "report", file]);
    expect(code).toBe(2);
    expect(stderr).toContain("report.type");
    expect((await run(["lab", "report", join(folder, "none.json")])).code).toBe(2);
  });

  it("explains itself without a terminal, and refuses what means nothing", async () => {
    const bare = await run(["lab"]);
    expect([bare.code, bare.stdout]).toEqual([2, ""]);
    expect(bare.stderr).toContain("lab solo");
    expect((await run(["lab", "solo", "--loss", "500%"])).code).toBe(2);
    expect((await run(["lab", "solo", "--wait", "soon"])).code).toBe(2);
    expect((await run(["lab", "run", "8.8.8.8"])).code).toBe(6);
    expect((await run(["lab", "relay", "--listen", "0", "--to", "192.168.1.5:9"])).code).toBe(6);
    expect((await run(["lab", "serve"])).code).toBe(2);
  });

  it("tells what this machine gives, and every limit", async () => {
    const { code, stdout } = await run(["lab", "doctor"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/receive buffer: asked 4194304, granted \d+/u);
    expect(stdout.split("\n").filter((line) => /^ {3}\S.* \d+ +\d+$/u.test(line)).length).toBe(14);
  });
});
