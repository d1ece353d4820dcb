import { describe, expect, it } from "vitest";
import { openClass, type ClassHost } from "../../../src/lab/class/class-host.js";
import { buildClassMessage, parseClassBody } from "../../../src/lab/class/class-messages.js";
import { findClasses, openStudent } from "../../../src/lab/class/student-run.js";
import { pairStudents } from "../../../src/lab/class/pairs.js";
import { createTeacher } from "../../../src/lab/class/teacher.js";
import type { TeacherEvent } from "../../../src/lab/class/teacher-types.js";
import { teacherTable } from "../../../src/lab/class/teacher-table.js";
import { createSimulatedParts } from "../../../src/lab/runner/lab-parts.js";
import { createSimulation } from "../../../src/lab/runner/simulation.js";
import { classTypes } from "../../../src/lab/wire/class-types.js";
import { parseMessage } from "../../../src/lab/wire/messages.js";
import { createTestCrypto } from "../session/machines.js";
import { experiment } from "../runner/simulated.js";

const place = { address: "127.0.0.1", port: 2_426 };

async function openRoom(code: string | null = "4711") {
  const simulation = createSimulation();
  const parts = createSimulatedParts(simulation.time, createTestCrypto());
  const events: TeacherEvent[] = [];
  const options = {
    listen: place,
    name: "三班",
    code,
    announceTo: [],
    event: (event: TeacherEvent) => events.push(event),
  };
  const room: ClassHost = await simulation.run(openClass(parts, options));
  const wait = (ms: number): Promise<void> =>
    simulation.run(
      new Promise((resolve) => {
        simulation.time.at(simulation.time.nowNs() + ms * 1e6, resolve);
      }),
    );
  const join = async (name: string, given: string | null, agrees = true) => {
    const seen: string[] = [];
    const student = await simulation.run(
      openStudent(parts, {
        to: place,
        name,
        code: given,
        isSimulated: true,
        consent: async () => agrees,
        event: (event) => seen.push(event.kind),
      }),
    );
    return { student, seen };
  };
  return { simulation, parts, room, events, wait, join };
}

const read = (value: unknown) => {
  const parsed = parseMessage(
    buildClassMessage(classTypes.plan, value, { token: { high: 1, low: 1 }, seq: 0, nowNs: 0 }),
  );
  return parsed.ok ? parseClassBody(parsed.message) : null;
};

const member = (name: string, address: string, reflector: number | null = 9) => ({
  name,
  from: { address, port: 1 },
  reflector,
});

describe("a class", () => {
  it("runs one plan for everybody who agrees, each on its own dice, and makes one table", async () => {
    const { room, events, wait, join } = await openRoom();
    const students = [
      await join("小明", "4711"),
      await join("小红", "4711"),
      await join("小刚", "4711", false),
    ];
    await wait(500);
    expect(room.rows().map((row) => [row.ordinal, row.name])).toEqual([
      [1, "小明"],
      [2, "小红"],
      [3, "小刚"],
    ]);
    room.plan(experiment("loss=5%", "loss=5%", { seed: "9", n: 300, ratePps: 300 }), 500);
    await wait(9_000);
    expect(events.filter((event) => event.kind === "plan-over")).toHaveLength(1);
    const { lines, summary } = teacherTable(room.rows());
    expect(lines.map((line) => line.consent).toSorted()).toEqual(["no", "yes", "yes"]);
    expect(summary).toMatchObject({ joined: 3, sent: 600, upN: 600 });
    expect(lines[0]!.there).toBeGreaterThanOrEqual(lines[1]!.there!);
    const [one, two] = room.rows().filter((row) => row.consent === "yes");
    expect(one!.report!.up).not.toEqual(two!.report!.up);
    expect(one!.report!.where).toBe("relay");
    for (const { student } of students) await student.leave();
    await wait(500);
    expect(room.rows()).toEqual([]);
  });

  it("measures student against student, in a ring of those who joined", async () => {
    const { room, events, wait, join } = await openRoom();
    const students = [await join("小明", "4711"), await join("小红", "4711"), await join("小刚", "4711")];
    await wait(500);
    room.plan(experiment("loss=5%", "", { seed: "9", n: 200, ratePps: 200 }), 500, true);
    await wait(9_000);
    expect(events.filter((event) => event.kind === "plan-over")).toHaveLength(1);
    // Nobody measured towards the teacher, and everybody has a result.
    expect(room.host.reflector.sessions()).toEqual([]);
    expect(room.rows().map((row) => [row.report?.state, row.report?.sent])).toEqual(
      students.map(() => ["final", 200]),
    );
    for (const { student } of students) await student.leave();
  });

  it("pairs nobody with somebody out of reach, and whoever is alone with the teacher", () => {
    const near = [member("a", "127.0.0.1"), member("b", "127.0.0.1", 8)];
    const far = [member("c", "192.168.1.3"), member("d", "192.168.1.4", null)];
    expect(pairStudents([...near, ...far])).toEqual([
      { name: "b", address: "127.0.0.1", port: 8 },
      { name: "a", address: "127.0.0.1", port: 9 },
      null,
      null,
    ]);
    expect(pairStudents([])).toEqual([]);
  });

  it("is found without an address, and lets nobody in without the code", async () => {
    const { simulation, parts, room, wait, join } = await openRoom();
    const found = await simulation.run(findClasses(parts, 2_426, ["127.0.0.1"]));
    expect(found).toEqual([{ name: "三班", port: 2_426, code: true, joined: 0, address: "127.0.0.1" }]);
    const { seen } = await join("小明", "0815");
    await wait(20_000);
    expect(seen).toEqual(["silence"]);
    expect(room.rows()).toEqual([]);
    expect(room.refused()).toBeGreaterThan(0);
  });

  it("A16 counts and never answers a stranger's word, and answers WHO with no more than it asks", () => {
    const teacher = createTeacher({
      crypto: createTestCrypto(),
      secret: new Uint8Array(32),
      codeKey: null,
      name: "x".repeat(60),
      port: 2_426,
    });
    const from = { address: "127.0.0.1", port: 9_999 };
    const envelope = { token: { high: 1, low: 1 }, seq: 0, nowNs: 0 };
    const report = buildClassMessage(classTypes.report, { id: 0 }, envelope, 480);
    expect(teacher.datagram(report, from, 0).effects).toEqual([]);
    expect(teacher.refused()).toBe(1);
    const small = buildClassMessage(classTypes.who, {}, envelope);
    expect(teacher.datagram(small, from, 0).effects).toEqual([]);
    const who = buildClassMessage(classTypes.who, {}, envelope, 1_200);
    const [answer] = teacher.datagram(who, from, 0).effects;
    expect(answer!.bytes.length).toBeLessThanOrEqual(who.length);
  });

  it("reads plans strictly", () => {
    const plan = {
      id: 1,
      startInMs: 100,
      staggerMs: 1,
      experiment: {
        mode: "echo",
        n: 10,
        ratePps: 1,
        sizeBytes: 128,
        seed: "1",
        flow: 1,
        waitMs: null,
        deadlineMs: 50,
        up: "loss=5%",
        down: "",
      },
    };
    expect(read(plan)).toMatchObject({ kind: "plan", plan: { id: 1, experiment: { n: 10 } } });
    expect(read({ ...plan, extra: 1 })).toMatchObject({ kind: "plan" });
    for (const bad of [
      { ...plan, startInMs: 1e9 },
      { ...plan, experiment: { ...plan.experiment, n: 1e9 } },
      { ...plan, experiment: { ...plan.experiment, up: "loss=500%" } },
      { ...plan, experiment: { ...plan.experiment, seed: 1 } },
      { ...plan, experiment: null },
      { ...plan, to: { name: "x", address: "8.8.8.8", port: 53 } },
      { ...plan, to: { name: "x", address: "192.168.1.255", port: 53 } },
      { ...plan, to: { name: "x", address: "192.168.1.5", port: 0 } },
      [],
      "plan",
    ])
      expect(read(bad)).toBeNull();
  });
});
