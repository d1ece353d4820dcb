import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, formatCsv } from "../../../src/lab/report/csv.js";
import { parseReport } from "../../../src/lab/report/read-report.js";
import { buildReportSchema, type LabReport } from "../../../src/lab/report/report-shape.js";
import { stripRows } from "../../../src/lab/report/strip.js";
import { formatSvg } from "../../../src/lab/report/svg.js";
import { experiment, simulate } from "../runner/simulated.js";

const schemaFile = `${import.meta.dirname}/../../../docs/lab/report.schema.json`;
const all = "loss=5%,burst=3,dup=10%,reorder=5%:3,corrupt=2%";

async function sample(): Promise<LabReport> {
  const what = experiment(all, all, { seed: "3", n: 600, ratePps: 500 });
  return (await simulate(what, { keepsDatagrams: true })).report;
}

type Schema = Readonly<Record<string, unknown>>;

/** As much of JSON Schema as the document uses. */
function faults(schema: Schema, value: unknown, path = "$"): string[] {
  if (Array.isArray(schema["anyOf"]))
    return schema["anyOf"].some((one: Schema) => faults(one, value).length === 0) ? [] : [path];
  if (Array.isArray(schema["enum"])) return schema["enum"].includes(value) ? [] : [path];
  switch (schema["type"]) {
    case "null":
      return value === null ? [] : [path];
    case "number":
    case "integer": {
      const isWhole = schema["type"] === "number" || Number.isInteger(value);
      const { minimum = -Infinity, maximum = Infinity } = schema as { minimum?: number; maximum?: number };
      return typeof value === "number" && isWhole && value >= minimum && value <= maximum ? [] : [path];
    }
    case "boolean":
      return typeof value === "boolean" ? [] : [path];
    case "string":
      return typeof value === "string" &&
        new RegExp(typeof schema["pattern"] === "string" ? schema["pattern"] : "").test(value)
        ? []
        : [path];
    case "array": {
      if (!Array.isArray(value)) return [path];
      const prefix = (schema["prefixItems"] ?? []) as Schema[];
      return value.flatMap((one, index) =>
        faults(prefix[index] ?? (schema["items"] as Schema), one, `${path}[${index}]`),
      );
    }
    case "object": {
      if (typeof value !== "object" || value === null) return [path];
      const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
      const required = ((schema["required"] ?? []) as string[]).filter((key) => !(key in value));
      return [
        ...required.map((key) => `${path}.${key} is missing`),
        ...Object.entries(value).flatMap(([key, one]) => {
          const own = properties[key] ?? (schema["additionalProperties"] as Schema | undefined);
          return own === undefined ? [] : faults(own, one, `${path}.${key}`);
        }),
      ];
    }
    default:
      return [`${path}: no type`];
  }
}

describe("the report", () => {
  it("is documented by the schema in docs", async () => {
    const schema: Schema = JSON.parse(readFileSync(schemaFile, "utf8"));
    expect(schema).toEqual(JSON.parse(JSON.stringify(buildReportSchema())));
    expect(faults(schema, JSON.parse(JSON.stringify(await sample())))).toEqual([]);
    expect(faults(schema, { v: 1 })).not.toEqual([]);
  });

  it("comes back from a file", async () => {
    const report = await sample();
    expect(parseReport(JSON.stringify(report))).toEqual({
      ok: true,
      report: JSON.parse(JSON.stringify(report)),
    });
  });

  it("refuses what is none, and says where", async () => {
    const report = await sample();
    expect(parseReport("{}")).toEqual({ ok: false, where: "report.v" });
    expect(parseReport("nonsense")).toEqual({ ok: false, where: "JSON" });
    expect(parseReport(JSON.stringify({ ...report, strip: "<script>" }))).toEqual({
      ok: false,
      where: "report.strip",
    });
    const up = { ...report.up, lost: -1 };
    expect(parseReport(JSON.stringify({ ...report, up }))).toEqual({ ok: false, where: "report.up.lost" });
    expect(parseReport(JSON.stringify({ ...report, up: [] }))).toEqual({ ok: false, where: "report.up" });
  });

  it("never throws, whatever the file holds", () => {
    fc.assert(
      fc.property(fc.json(), (source) => {
        expect(parseReport(source).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (source) => {
        expect(parseReport(source).ok).toBe(false);
      }),
    );
  });

  it("A19 closes its account", async () => {
    const { ledger, up, down } = await sample();
    for (const [way, lost] of [
      [ledger!.up!, up!.lost],
      [ledger!.down!, down!.lost],
    ] as const) {
      const { relay, relayBuffer, receiverBuffer, neverLeft, checksum, damaged, unexplained } = way;
      const claimed = [relay, relayBuffer, receiverBuffer, neverLeft, checksum, damaged].map(
        (one) => one ?? 0,
      );
      expect(claimed.reduce((sum, one) => sum + one, unexplained)).toBe(lost);
      expect(unexplained).toBe(0);
    }
  });

  it("has strip letters for what happened", async () => {
    const { strip, up, down } = await sample();
    const count = (letters: string): number =>
      Array.from(strip!).filter((one) => letters.includes(one)).length;
    expect(strip!.length).toBe(600);
    expect(count("udx")).toBe(up!.lost + down!.lost);
    expect(count("x")).toBeGreaterThan(0);
    expect(count("2")).toBeGreaterThan(0);
    expect(count("r")).toBeGreaterThan(0);
    expect(stripRows("..u")).toEqual(["    0 ..u"]);
  });
});

describe("exports", () => {
  it("writes a row per datagram", async () => {
    const report = await sample();
    const lines = formatCsv(report).trimEnd().split("\r\n");
    expect(lines[0]).toBe("seq,sent_us,there,back,copies,rtt_us,fate");
    expect(lines.length).toBe(601);
    expect(lines[1]).toMatch(/^0,0,\d,\d,\d,[\d.]*,[.ud2rx]$/u);
  });

  it("keeps formulas out of spreadsheets", () => {
    expect(["=1+1", "+1", "-1", "@x"].map(csvCell)).toEqual(["'=1+1", "'+1", "'-1", "'@x"]);
    expect([csvCell('a,"b"'), csvCell(-1), csvCell(null)]).toEqual(['"a,""b"""', "-1", ""]);
  });

  it("draws without script, address or raw text", async () => {
    const report = await sample();
    const table = { columns: ["name", "n"], rows: [["<script>alert(1)</script>&", 3]] };
    const svg = formatSvg({ ...report, table });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/u);
    expect(svg).not.toMatch(/<script|href|javascript|NaN|undefined/u);
    expect(svg).toContain("&lt;script&g");
  });
});
