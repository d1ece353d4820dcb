// The lab's commands as a class uses them: a bad line between two chats, a room of students, a genuine firewall. What the relay says it
// dropped is compared with the dice of its seed, not with itself.
import { afterAll, describe, expect, it } from "vitest";
import { createFates, parseImpairment } from "../../src/index.js";
import { feiyan, removeHomes, start } from "./program.js";
import { addressOf, startNode, useStage } from "./stage.js";

const stage = useStage();
afterAll(removeHomes);

type Fields = Readonly<Record<string, unknown>>;

/** How many of the first `count` datagrams of a way the seed loses. */
function lostBySeed(seed: string, spec: string, direction: 0 | 1, count: number): number {
  const fates = createFates(seed, 0, direction, parseImpairment(spec));
  return Array.from({ length: count }, () => fates.next(100)).filter(({ lost }) => lost).length;
}

/** The last flow that a relay told of. */
function lastFlow(objects: readonly Fields[]): Record<string, number> {
  const flows: unknown = objects.at(-1)!["flows"];
  return Array.isArray(flows) ? flows[0] : {};
}

describe("a relay before two chats", () => {
  it("loses what its seed says, counts it, and every message is shown once", async () => {
    const words = ["--to", addressOf(stage().node), "--impair", "loss=30%,seed=42", "--json"];
    const relay = start(["lab", "relay", "--listen", "0", ...words], null);
    await relay.printed('"flows"');
    const [, port] = /"listen":"127\.0\.0\.1:(\d+)"/u.exec(await firstLine(relay.child))!;
    const sender = await startNode("小红");
    const to = { endpoint: { address: "127.0.0.1", port: Number(port) } };
    const over = new Promise<void>((resolve) => {
      let open = 8;
      sender.subscribe((event) => {
        if (event.kind !== "delivery" || !/delivered|unconfirmed/u.test(event.delivery.state)) return;
        open -= 1;
        if (open === 0) resolve();
      });
    });
    for (let index = 0; index < 8; index += 1) await sender.say(to, `第 ${index} 句`);
    await over;
    const heard = stage().events.flatMap((event) =>
      event.kind === "message" && event.message.direction === "in" ? [event.message.text] : [],
    );
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.length).toBeGreaterThan(4);
    await sender.close();
    relay.child.kill("SIGINT");
    const { code, objects } = await relay.ended;
    expect(code).toBe(130);
    const flow = lastFlow(objects);
    expect(flow["upDropped"]).toBe(lostBySeed("42", "loss=30%", 0, flow["upIn"]!));
    expect(flow["downDropped"]).toBe(lostBySeed("42", "loss=30%", 1, flow["downIn"]!));
    expect(flow["upDropped"]).toBeGreaterThan(0);
    expect(flow["upOut"]).toBe(flow["upIn"]! - flow["upDropped"]!);
  });
});

function firstLine(child: ReturnType<typeof start>["child"]): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const take = (chunk: string): void => {
      text += chunk;
      if (text.includes("\n")) resolve(text);
    };
    child.stdout.on("data", take);
  });
}

describe("one command", () => {
  it("measures a bad line by itself, exactly", async () => {
    const { code, objects } = await feiyan(
      "lab solo --seed 42 --check -n 200 --rate 1000 --deadline 30s --json".split(" "),
    );
    expect(code).toBe(0);
    expect(objects.at(-1)).toMatchObject({
      check: { upLost: "equal", downLost: "equal", lostNumbers: "identical" },
      up: { lost: lostBySeed("42", "loss=5%", 0, 200) },
    });
  });
});

describe("a room", () => {
  it("has ten students in one program, each with an exact account", async () => {
    const plan = ["--students", "10", "-n", "100", "--rate", "100", "--loss", "5%", "--seed", "7"];
    const place = ["--open", "--bind", "127.0.0.1", "--lab-port", "0", "--json"];
    const teacher = start(["lab", "serve", ...place, ...plan], null);
    const [, port] = /"port":(\d+)/u.exec(await firstLine(teacher.child))!;
    const room = await feiyan([
      "lab",
      "join",
      `127.0.0.1:${port}`,
      "--students",
      "10",
      "--plans",
      "1",
      "--json",
    ]);
    const told = await teacher.ended;
    expect([room.code, told.code]).toEqual([0, 0]);
    const reports = room.objects.filter(({ type }) => type === "lab-report");
    expect(reports.length).toBe(10);
    for (const report of reports) expect(report).toMatchObject({ check: { lostNumbers: "identical" } });
    const lost = reports.reduce((sum, { up }) => sum + Number(Reflect.get(Object(up), "lost")), 0);
    const table: unknown = told.objects.find(({ kind }) => kind === "class")!["table"];
    const rows: readonly (readonly unknown[])[] = Reflect.get(Object(table), "rows");
    expect(rows.reduce((sum, row) => sum + Math.round(Number(row[4]) * 100), 0)).toBe(lost);
  });
});

describe("real loss", () => {
  it("is counted by a firewall of a namespace of its own, where the system has one", async (context) => {
    const { code, objects } = await feiyan(["lab", "real", "--yes", "--loss", "20%", "-n", "200", "--json"]);
    const table: unknown = objects.at(-1)!["table"];
    const columns: readonly string[] = Reflect.get(Object(table), "columns");
    const [row = []]: readonly (readonly unknown[])[] = Reflect.get(Object(table), "rows");
    if (columns[0] === "refused") context.skip(`the system refuses: ${String(row[0])}`);
    expect(code).toBe(0);
    const cell = (name: string): number => Number(row[columns.indexOf(name)]);
    expect(cell("udpReceived") + cell("udpDropped")).toBe(200);
    expect(cell("udpDropped")).toBeGreaterThan(0);
    expect(cell("tcpReceivedBytes")).toBe(cell("tcpSentBytes"));
    expect(cell("tcpDropped")).toBeGreaterThan(0);
  });
});
