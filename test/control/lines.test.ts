// What crosses the control socket: values there and back, lines within bounds, shapes that name what is wrong, and where sockets are.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineReader } from "../../src/control/lines.js";
import { locateControl } from "../../src/control/place.js";
import type { Served } from "../../src/control/host.js";
import { requestNames, requests } from "../../src/control/requests.js";
import {
  choice,
  either,
  listOf,
  object,
  optional,
  orNull,
  ShapeProblem,
  text,
  whole,
} from "../../src/control/shape.js";
import { decodeLine, encodeLine } from "../../src/control/wire-json.js";
import { createNode } from "../../src/index.js";
import { createMemoryNetwork } from "../../src/testing.js";

describe("values", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom("$bytes", "$int", "$object", "__proto__", "constructor")),
        tie("any"),
        {
          maxKeys: 3,
          noNullPrototype: true,
        },
      ),
    ),
  })).any;

  it("come back as they went", () => {
    fc.assert(
      fc.property(value, (one) => {
        const line = encodeLine(one);
        expect(line).not.toContain("\n");
        expect(decodeLine(line)).toEqual(one);
      }),
      { numRuns: 300 },
    );
  });

  it("that nobody wrote are read as plain objects, or not at all", () => {
    expect(decodeLine('{"$bytes":7}')).toEqual({ $bytes: 7 });
    expect(decodeLine('{"$int":"x"}')).toEqual({ $int: "x" });
    expect(decodeLine("{")).toBeUndefined();
  });
});

describe("lines", () => {
  it("are the same however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string().map((one) => one.replaceAll(/\s/gu, "_"))),
        fc.integer({ min: 1, max: 7 }),
        (all, size) => {
          const bytes = Buffer.from(all.map((one) => `${one}\n`).join(""));
          const read: string[] = [];
          const reader = createLineReader(
            () => 10_000,
            (line) => read.push(line),
          );
          for (let at = 0; at < bytes.length; at += size)
            expect(reader.take(bytes.subarray(at, at + size))).toBe(true);
          expect(read).toEqual(all.filter((one) => one.trim() !== ""));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("past the bound end the reading for good", () => {
    const read: string[] = [];
    const reader = createLineReader(
      () => 4,
      (line) => read.push(line),
    );
    expect(reader.take(Buffer.from("ab\n1234\n12345"))).toBe(false);
    expect(reader.take(Buffer.from("\nab\n"))).toBe(false);
    expect(read).toEqual(["ab", "1234"]);
  });
});

describe("shapes", () => {
  const shape = object({
    to: either(listOf(text(3), 2), text(5)),
    count: optional(whole(1, 9)),
    mode: orNull(choice(["a", "b"])),
  });

  it.each([
    [{ to: "x", mode: "a" }, null],
    [{ to: ["x"], count: 9, mode: null }, null],
    [{ mode: "a" }, "params.to is missing"],
    [{ to: "x", mode: "c" }, "params.mode must be one of a, b"],
    [{ to: "x", mode: "a", count: 1.5 }, "params.count must be a whole number from 1 to 9"],
    [{ to: "x", mode: "a", more: 1 }, "params has no more"],
    [{ to: ["long"], mode: "a" }, "params.to must be a text of at most 5 characters"],
    [[], "params must be an object"],
    [null, "params must be an object"],
  ])("%j: %s", (value, problem) => {
    const read = (): unknown => shape.read(value, "params");
    if (problem === null) expect(read()).toEqual(value);
    else expect(read).toThrow(new ShapeProblem(problem));
  });

  it("of every request refuse anything at all with a problem, never otherwise", async () => {
    const node = createNode({ transport: createMemoryNetwork().transport({ address: "10.0.0.1" }) });
    const counts = { clients: 0, following: 0, connected: 0, refused: {}, requests: 0, missed: 0 };
    const served: Served = {
      host: { node, kind: "daemon" },
      follow: () => undefined,
      counts: () => counts,
      startedAt: 0,
    };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...requestNames), fc.anything(), async (name, params) => {
        try {
          await requests[name].answerTo(served, params);
        } catch (error) {
          expect(["ShapeProblem", "FeiyanError"]).toContain(error instanceof Error ? error.name : "");
        }
      }),
      { numRuns: 200 },
    );
  });
});

const base = { home: "", stateDir: "/s/state", runtimeDir: "/run/user/7", port: 2425 };

const pipe = (port: number) => locateControl({ ...base, port, platform: "win32" }).path;

describe("the place", () => {
  it.each([
    [{ platform: "linux" as const }, "/run/user/7/feiyan/2425.sock"],
    [{ platform: "linux" as const, runtimeDir: undefined }, "/s/state/run/2425.sock"],
    [{ platform: "linux" as const, home: "/h", stateDir: "/h/state" }, "/h/run/control.sock"],
  ])("%j: %s", (options, path) => {
    const place = locateControl({ ...base, ...options });
    expect(place).toEqual({ path, keyFile: path.replace(/sock$/u, "key"), isPipe: false });
  });

  it("on Windows is a pipe with a name of its own for each instance", () => {
    expect(pipe(2425)).toMatch(/^\\\\\.\\pipe\\feiyan-[0-9a-f]{24}$/u);
    expect(pipe(2425)).toBe(pipe(2425));
    expect(pipe(2425)).not.toBe(pipe(2426));
  });
});
